#include "rules.h"

#include "base/log.h"
#include "rule_tables.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A rule's statement stops after so many steps of SQLite's machine, looked at now and then: what a rule that
 * joins units with themselves costs before it is given up, about 50 ms. A good one takes some hundred a unit.
 */
enum { STEPS_MAX = 2000000, STEPS_AT_ONCE = 1000 };

/* A function is one step, however long it takes, and nothing stops it from outside: trim('aaa…', 'bbb…a') of
 * two texts of 64 KiB takes ten seconds. So texts have a bound that keeps each call to some ten
 * milliseconds, and a statement with functions that may take long is looked at every few steps, and stopped
 * after a limit of processor time. */
enum { TEXT_BYTES_MAX = 4096, STEPS_BY_TIME = 10, TIME_MS_MAX = 200 };

enum { REASON_BYTES = 256, PART_MAX = 1 << 16, FAILED_LINES_PER_SECOND = 5 };

/* Where a rule's row has what it has to say; -1: not at all. */
enum column_kind { COLUMN_UNIT, COLUMN_MEASURED, COLUMN_REQUIRED, COLUMN_SHORTFALL, COLUMN_DUE, COLUMNS };

static const char *const column_names[COLUMNS] = {"unit", "measured", "required", "shortfall_fen", "due"};

struct statement {
	sqlite3_stmt *sql;
	int columns[COLUMNS];
	size_t figure_count;
	int figure_columns[RULE_FIGURES_MAX];
	bool by_day, by_time, given_up;
	char reason[REASON_BYTES];
};

struct rules {
	struct rule_scope scope;
	sqlite3 *db;
	struct statement *items; /* as in the catalogue */
	struct statement *preparing;
	int64_t steps, until_us; /* of this thread's processor time; 0: it does not count */
	size_t given_up;
	struct log_bound failed; /* lines about rules that fail */
};

/* ---------------------------------------------------------------- what a rule may do */

/* Exactly: parts of a whole. floor(part × scale / whole), NULL if there is no whole. */
static void
share(sqlite3_context *context, int argc, sqlite3_value **argv, int64_t scale)
{
	(void)argc;
	if (sqlite3_value_type(argv[0]) != SQLITE_INTEGER || sqlite3_value_type(argv[1]) != SQLITE_INTEGER ||
	    sqlite3_value_int64(argv[1]) <= 0) {
		sqlite3_result_null(context);
		return;
	}
	wide_sum part = (wide_sum)sqlite3_value_int64(argv[0]) * scale, whole = sqlite3_value_int64(argv[1]);
	wide_sum result = part / whole - (part % whole < 0);
	sqlite3_result_int64(context, wide_sum_clamp(result));
}

static void
percent(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	share(context, argc, argv, 10000);
}

static void
ratio(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	share(context, argc, argv, 100);
}

static bool
is_short(const char *function)
{
	static const char *const names[] = {"abs",       "avg",   "coalesce",  "count",   "iif",   "ifnull",
	                                    "max",       "min",   "nullif",    "percent", "ratio", "round",
	                                    "sum",       "total", "date",      "length",  "lag",   "lead",
	                                    "julianday", "rank",  "row_number"};
	size_t i = 0;
	while (i < sizeof names / sizeof *names && sqlite3_stricmp(function, names[i]) != 0)
		i++;
	return i < sizeof names / sizeof *names;
}

/* One SELECT may be read from our tables, and functions called that touch nothing outside. */
static int
authorize(void *data, int action, const char *one, const char *two, const char *database, const char *trigger)
{
	struct rules *r = data;
	(void)database;
	(void)trigger;
	const struct rule_table *table = action == SQLITE_READ && one ? rule_table_find(one) : NULL;
	if (table && r->preparing)
		r->preparing->by_day |= table->by_day;
	if (action == SQLITE_FUNCTION && two && r->preparing)
		r->preparing->by_time |= !is_short(two);
	bool harmful = action == SQLITE_FUNCTION && two &&
	               (!sqlite3_stricmp(two, "load_extension") || !sqlite3_stricmp(two, "random") ||
	                !sqlite3_stricmp(two, "randomblob"));
	bool good = action == SQLITE_SELECT || table || (action == SQLITE_FUNCTION && !harmful);
	return good ? SQLITE_OK : SQLITE_DENY;
}

/* Of this thread: it does not grow while others work on the machine. */
static int64_t
processor_us(void)
{
	struct timespec used;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * INT64_C(1000000) + used.tv_nsec / 1000;
}

static int
watch_steps(void *data)
{
	struct rules *r = data;
	r->steps += r->until_us ? STEPS_BY_TIME : STEPS_AT_ONCE;
	return r->steps > STEPS_MAX || (r->until_us && processor_us() > r->until_us);
}

static void
begin_watch(struct rules *r, const struct statement *s)
{
	r->steps = 0;
	r->until_us = s->by_time ? processor_us() + TIME_MS_MAX * INT64_C(1000) : 0;
	sqlite3_progress_handler(r->db, s->by_time ? STEPS_BY_TIME : STEPS_AT_ONCE, watch_steps, r);
}

static bool
limit(struct rules *r)
{
	static const int limits[][2] = {
	    {SQLITE_LIMIT_LENGTH, TEXT_BYTES_MAX},
	    {SQLITE_LIMIT_SQL_LENGTH, PART_MAX},
	    {SQLITE_LIMIT_COLUMN, 64},
	    {SQLITE_LIMIT_EXPR_DEPTH, 100},
	    {SQLITE_LIMIT_COMPOUND_SELECT, 20},
	    {SQLITE_LIMIT_VDBE_OP, 100000},
	    {SQLITE_LIMIT_FUNCTION_ARG, 16},
	    {SQLITE_LIMIT_ATTACHED, 0},
	    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
	    {SQLITE_LIMIT_VARIABLE_NUMBER, 16},
	    {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
	    {SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		sqlite3_limit(r->db, limits[i][0], limits[i][1]);
	return sqlite3_create_function(r->db, "percent", 2, flags, NULL, percent, NULL, NULL) == SQLITE_OK &&
	       sqlite3_create_function(r->db, "ratio", 2, flags, NULL, ratio, NULL, NULL) == SQLITE_OK &&
	       rule_tables_register(r->db, &r->scope) && sqlite3_set_authorizer(r->db, authorize, r) == SQLITE_OK;
}

/* ---------------------------------------------------------------- preparing */

static bool
refuse(struct statement *s, const char *why, const char *what)
{
	snprintf(s->reason, sizeof s->reason, "%s%s", why, what);
	sqlite3_finalize(s->sql);
	s->sql = NULL;
	return false;
}

static bool
find_columns(struct statement *s)
{
	for (int i = 0; i < COLUMNS; i++)
		s->columns[i] = -1;
	for (int at = 0; at < sqlite3_column_count(s->sql); at++) {
		const char *name = sqlite3_column_name(s->sql, at);
		int kind = 0;
		while (kind < COLUMNS && strcmp(name, column_names[kind]))
			kind++;
		if (kind < COLUMNS)
			s->columns[kind] = at;
		else if (s->figure_count == RULE_FIGURES_MAX)
			return refuse(s, "it has too many columns: ", name);
		else
			s->figure_columns[s->figure_count++] = at;
	}
	for (int kind = 0; kind <= COLUMN_REQUIRED; kind++)
		if (s->columns[kind] < 0)
			return refuse(s, "it has no column ", column_names[kind]);
	return true;
}

static bool
is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n;")];
}

static bool
find_parameters(struct statement *s)
{
	static const char *const known[] = {":threshold", ":today", ":year"};
	for (int i = 1; i <= sqlite3_bind_parameter_count(s->sql); i++) {
		const char *name = sqlite3_bind_parameter_name(s->sql, i);
		size_t at = 0;
		while (name && at < sizeof known / sizeof *known && strcmp(name, known[at]))
			at++;
		if (!name || at == sizeof known / sizeof *known)
			return refuse(s,
			              "it has a parameter that is not :threshold, :today or :year: ", name ? name : "?");
		s->by_day |= !strcmp(name, ":today");
	}
	return true;
}

static bool
prepare(struct rules *r, const struct plan_rule *rule, struct statement *s)
{
	const char *rest = "";
	r->preparing = s;
	int code = sqlite3_prepare_v3(r->db, rule->sql, -1, SQLITE_PREPARE_PERSISTENT, &s->sql, &rest);
	r->preparing = NULL;
	if (code == SQLITE_AUTH)
		return refuse(s, "it does what no rule may: ", sqlite3_errmsg(r->db));
	/* SQLite's words for a table that its index cannot answer. */
	if (code != SQLITE_OK && !strcmp(sqlite3_errmsg(r->db), "no query solution"))
		return refuse(s, "it asks a table for more than one unit: join it by unit (and its second column)",
		              "");
	if (code != SQLITE_OK)
		return refuse(s, sqlite3_errmsg(r->db), "");
	if (!s->sql || !is_blank(rest))
		return refuse(s, "it is not one SELECT", "");
	if (!sqlite3_stmt_readonly(s->sql) || sqlite3_stmt_isexplain(s->sql))
		return refuse(s, "it is not a SELECT", "");
	return find_columns(s) && find_parameters(s);
}

/* Runs a rule with nothing in the tables, so that names in it are looked up. */
static void
take_nothing(void *context, size_t at, const struct judgement *judgement)
{
	struct statement *s = context;
	(void)at;
	if (judgement->state == RULE_NOT_JUDGED)
		snprintf(s->reason, sizeof s->reason, "%s", judgement->reason);
}

static void
try(struct rules *r, size_t rule)
{
	const struct catalogue *c = r->scope.catalogue;
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE && !*r->items[rule].reason; level++)
		for (uint32_t i = 0; i < c->unit_count; i++)
			if ((int)c->units[i].level == level && c->plan_rules[rule].levels & 1U << level) {
				rules_judge(r, rule, &i, 1, 20130101, take_nothing, &r->items[rule]);
				break;
			}
}

struct rules *
rules_create(const struct catalogue *c, const struct holdings *h)
{
	struct rules *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->scope = (struct rule_scope){.catalogue = c, .holdings = h};
	r->failed.per_second = FAILED_LINES_PER_SECOND;
	r->items = calloc(c->plan_rule_count + 1, sizeof *r->items);
	r->scope.money = h ? rule_money_create(h) : NULL;
	bool good =
	    r->items && (!h || r->scope.money) &&
	    sqlite3_open_v2(":memory:", &r->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX,
	                    NULL) == SQLITE_OK &&
	    limit(r);
	if (!good)
		rules_destroy(&r);
	for (size_t i = 0; good && i < c->plan_rule_count; i++)
		if (prepare(r, &c->plan_rules[i], &r->items[i]) && !h)
			try(r, i);
	return r;
}

void
rules_destroy(struct rules **rules)
{
	struct rules *r = *rules;
	if (!r)
		return;
	for (size_t i = 0; r->items && i < r->scope.catalogue->plan_rule_count; i++)
		sqlite3_finalize(r->items[i].sql);
	sqlite3_close(r->db);
	rule_money_destroy(&r->scope.money);
	free(r->items);
	free(r);
	*rules = NULL;
}

const char *
rules_reason(const struct rules *r, size_t rule)
{
	return r->items[rule].reason;
}

size_t
rules_given_up(const struct rules *r)
{
	return r->given_up;
}

bool
rules_by_day(const struct rules *r, size_t rule)
{
	return r->items[rule].by_day;
}

/* ---------------------------------------------------------------- judging */

/* One evaluation of one rule. */
struct judging {
	struct rules *rules;
	const struct plan_rule *rule;
	struct statement *statement;
	const uint32_t *units;
	size_t count;
	size_t first; /* of all that were asked about, this is where `units` begin */
	date today;
	bool seen[RULE_UNITS_MAX];
	rules_take take;
	void *context;
};

/* A whole number, or nothing: a rule that divides into fractions is wrong. */
static bool
take_whole(const struct judging *j, enum column_kind kind, int64_t *out, bool *known, const char **reason)
{
	int at = j->statement->columns[kind];
	int type = at < 0 ? SQLITE_NULL : sqlite3_column_type(j->statement->sql, at);
	*known = type == SQLITE_INTEGER;
	if (*known)
		*out = sqlite3_column_int64(j->statement->sql, at);
	if (*known || type == SQLITE_NULL)
		return true;
	*reason = kind == COLUMN_MEASURED   ? "measured is not a whole number"
	          : kind == COLUMN_REQUIRED ? "required is not a whole number"
	                                    : "shortfall_fen is not a whole number";
	return false;
}

static bool
take_due(const struct judging *j, date *out, const char **reason)
{
	int at = j->statement->columns[COLUMN_DUE];
	const char *text = at < 0 ? NULL : (const char *)sqlite3_column_text(j->statement->sql, at);
	*out = j->rule->due;
	if (!text || date_parse(text, out))
		return true;
	*reason = "due is not a date (2013-11-30)";
	return false;
}

/* Compares the measured value with the required one; false: the rule is silent after all. */
static bool
weigh(const struct judging *j, struct judgement *out)
{
	bool measured, required, shortfall;
	*out = (struct judgement){.state = RULE_NOT_JUDGED, .required = j->rule->threshold, .reason = ""};
	if (!take_whole(j, COLUMN_MEASURED, &out->measured, &measured, &out->reason) ||
	    !take_whole(j, COLUMN_REQUIRED, &out->required, &required, &out->reason) ||
	    !take_whole(j, COLUMN_SHORTFALL, &out->shortfall_fen, &shortfall, &out->reason) ||
	    !take_due(j, &out->due, &out->reason))
		return true;
	if (!measured)
		return false;
	bool reached = j->rule->at_most ? out->measured <= out->required : out->measured >= out->required;
	bool passed = !out->due || j->today > out->due;
	out->state = reached ? RULE_GREEN : passed ? j->rule->severity : RULE_AMBER;
	int64_t missing = j->rule->at_most ? out->measured - out->required : out->required - out->measured;
	if (!shortfall && j->rule->measure == RULE_YUAN)
		out->shortfall_fen = missing;
	if (reached || out->shortfall_fen < 0)
		out->shortfall_fen = 0;
	return true;
}

static void
take_figures(const struct judging *j, struct rule_figure figures[RULE_FIGURES_MAX], struct judgement *out)
{
	sqlite3_stmt *sql = j->statement->sql;
	for (size_t i = 0; i < j->statement->figure_count; i++) {
		int at = j->statement->figure_columns[i], type = sqlite3_column_type(sql, at);
		bool is_text = type != SQLITE_INTEGER && type != SQLITE_NULL;
		figures[i] = (struct rule_figure){
		    .name = sqlite3_column_name(sql, at),
		    .known = type != SQLITE_NULL,
		    .number = type == SQLITE_INTEGER ? sqlite3_column_int64(sql, at) : 0,
		    .text = is_text ? (const char *)sqlite3_column_text(sql, at) : "",
		};
	}
	out->figure_count = j->statement->figure_count;
	out->figures = figures;
}

static int
by_index(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* Which of the units a row is about; false: none of them, or one that had a row before. */
static bool
find_unit(struct judging *j, size_t *at)
{
	const struct catalogue *c = j->rules->scope.catalogue;
	const struct unit *unit =
	    catalogue_unit(c, sqlite3_column_int64(j->statement->sql, j->statement->columns[COLUMN_UNIT]));
	uint32_t index = unit ? (uint32_t)(unit - c->units) : UINT32_MAX;
	const uint32_t *found = bsearch(&index, j->units, j->count, sizeof index, by_index);
	*at = found ? (size_t)(found - j->units) : 0;
	if (!found || j->seen[*at])
		return false;
	return j->seen[*at] = true;
}

/* Runs the statement. False: it failed, and `reason` says why. */
static bool
run(struct judging *j, const char **reason)
{
	struct rule_figure figures[RULE_FIGURES_MAX];
	struct judgement judgement;
	size_t at;
	int code;
	while ((code = sqlite3_step(j->statement->sql)) == SQLITE_ROW) {
		if (!find_unit(j, &at)) {
			*reason = "it says something twice of one unit, or of a unit that it was not asked about";
			return false;
		}
		if (!weigh(j, &judgement))
			continue;
		take_figures(j, figures, &judgement);
		j->take(j->context, j->first + at, &judgement);
	}
	*reason = code == SQLITE_INTERRUPT ? "it takes too long" : sqlite3_errmsg(j->rules->db);
	j->statement->given_up = code == SQLITE_INTERRUPT;
	return code == SQLITE_DONE;
}

static void
bind(const struct judging *j)
{
	sqlite3_stmt *sql = j->statement->sql;
	const struct catalogue *c = j->rules->scope.catalogue;
	char day[11];
	date_format(j->today, day);
	sqlite3_bind_int64(sql, sqlite3_bind_parameter_index(sql, ":threshold"), j->rule->threshold);
	sqlite3_bind_text(sql, sqlite3_bind_parameter_index(sql, ":today"), day, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(sql, sqlite3_bind_parameter_index(sql, ":year"),
	                 period_from_index(c->period_first + c->period_count - 1) / 100);
}

static void
tell_all(const struct judging *j, const char *reason)
{
	const struct judgement failed = {
	    .state = RULE_NOT_JUDGED, .required = j->rule->threshold, .due = j->rule->due, .reason = reason};
	for (size_t at = 0; at < j->count; at++)
		j->take(j->context, j->first + at, &failed);
}

/* False: it failed; `reason` has room for why. */
static bool
judge(struct judging *j, char reason[REASON_BYTES])
{
	const char *why = "";
	struct rules *r = j->rules;
	r->scope.units = j->units;
	r->scope.count = j->count;
	r->scope.today = j->today;
	begin_watch(r, j->statement);
	memset(j->seen, 0, sizeof j->seen);
	bind(j);
	bool good = run(j, &why);
	snprintf(reason, REASON_BYTES, "%s", why);
	sqlite3_reset(j->statement->sql);
	r->scope.count = 0;
	return good;
}

/* If a rule fails for many units, they are judged one by one, as the cause may be one unit's figures; a rule
 * that takes too long is not tried again. */
static void
judge_again(const struct judging *all, char reason[REASON_BYTES])
{
	struct statement *s = all->statement;
	for (size_t at = 0; at < all->count && !s->given_up; at++) {
		struct judging one = *all;
		one.units += at;
		one.first += at;
		one.count = 1;
		if (!judge(&one, reason))
			tell_all(&one, reason);
	}
	if (!s->given_up)
		return;
	all->rules->given_up++;
	snprintf(s->reason, sizeof s->reason, "%s", reason);
	tell_all(all, s->reason);
}

void
rules_judge(struct rules *r, size_t rule, const uint32_t *units, size_t count, date today, rules_take take,
            void *context)
{
	char reason[REASON_BYTES], text[LOG_QUOTED_BYTES];
	struct statement *s = &r->items[rule];
	struct judging j = {.rules = r,
	                    .rule = &r->scope.catalogue->plan_rules[rule],
	                    .statement = s,
	                    .units = units,
	                    .count = count,
	                    .today = today,
	                    .take = take,
	                    .context = context};
	assert(count <= RULE_UNITS_MAX);
	if (*s->reason) {
		tell_all(&j, s->reason);
		return;
	}
	if (judge(&j, reason))
		return;
	if (r->scope.holdings)
		log_line(log_bounded(&r->failed, LOG_WARNING, "rule_failed"), "rule_failed", "rule=%s error=%s",
		         j.rule->code, log_quoted(reason, text));
	judge_again(&j, reason);
}
