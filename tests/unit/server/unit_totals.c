/* Totals against a plain model: random histories of reports, corrections, figures withdrawn and fund
 * entries, in any order of periods; after every step what totals_answer() says of a random query must be
 * what adding up the current reports by hand gives, and totals_changes() the rows of it that changed.
 *
 * The model keeps the reports in a list and knows nothing of nodes, cells or differences. Each history has
 * a seed, which is printed when it fails. */
#include "case.h"
#include "plan.h"

#include "totals/totals.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEEDS = 8,
	STEPS = 600,
	REPORTS_MAX = 1000,
	ENTRIES_MAX = STEPS,
	ARENA_BYTES = 1024 * 1024,
	VALUES_MAX = 4,
	UNITS = 11, /* of the plan */
};

/* ---------------------------------------------------------------- the model */

struct figure {
	bool present;
	int64_t value;
};

/* The current revision of one report. */
struct model_report {
	unit_code unit;
	period when;
	uint32_t form, version, revision;
	struct figure figures[INDICATORS + 1]; /* by indicator number */
};

struct model {
	uint64_t random;         /* state */
	uint64_t seq;            /* the newest commit */
	uint64_t changed[UNITS]; /* by which commit last; by the unit's index */
	size_t report_count, entry_count;
	struct model_report reports[REPORTS_MAX];
	struct fund_entry entries[ENTRIES_MAX];
	struct fund_effect effects[ENTRIES_MAX]; /* what each counts as; of a reversal: what it undoes */
};

/* splitmix64 */
static uint64_t
next_random(struct model *m)
{
	uint64_t z = m->random += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static size_t
pick(struct model *m, size_t count)
{
	return (size_t)(next_random(m) % count);
}

/* By the digits of the codes, not by arithmetic. */
static bool
lies_in(unit_code code, unit_code top)
{
	char a[24], b[24];
	snprintf(a, sizeof a, "%" PRId64, code);
	snprintf(b, sizeof b, "%" PRId64, top);
	return !strncmp(a, b, strlen(b));
}

static struct model_report *
model_find(struct model *m, unit_code unit, period when, uint32_t form)
{
	for (size_t i = 0; i < m->report_count; i++)
		if (m->reports[i].unit == unit && m->reports[i].when == when && m->reports[i].form == form)
			return &m->reports[i];
	return NULL;
}

/* The latest figure of a stock that this unit reported up to `to`: the current reports of all periods. */
static struct figure
standing(const struct model *m, unit_code unit, uint32_t indicator, period to)
{
	struct figure latest = {0};
	period when = 0;
	for (size_t i = 0; i < m->report_count; i++) {
		const struct model_report *r = &m->reports[i];
		if (r->unit == unit && r->when <= to && r->when > when && r->figures[indicator].present) {
			latest = r->figures[indicator];
			when = r->when;
		}
	}
	return latest;
}

static void
model_sum(const struct model *m, unit_code top, const struct indicator *indicator, period from, period to,
          int64_t *value, uint32_t *reported)
{
	*value = 0;
	*reported = 0;
	if (indicator->kind == INDICATOR_STOCK) {
		for (size_t i = 0; i < plan.unit_count; i++) {
			struct figure f = {0};
			if (lies_in(plan.units[i].code, top))
				f = standing(m, plan.units[i].code, indicator->number, to);
			*value += f.value;
			*reported += f.present;
		}
		return;
	}
	for (size_t i = 0; i < m->report_count; i++) {
		const struct model_report *r = &m->reports[i];
		if (lies_in(r->unit, top) && r->when >= from && r->when <= to &&
		    r->figures[indicator->number].present) {
			*value += r->figures[indicator->number].value;
			*reported += 1;
		}
	}
}

static bool
same_combination(const struct fund_entry *e, struct fund_effect as, const struct fund_total *t)
{
	return as.kind == t->kind && e->source == t->source && as.use == t->use &&
	       unit_level_of(e->unit) == t->level;
}

/* ---------------------------------------------------------------- steps */

static unit_code
random_unit(struct model *m, enum unit_level level)
{
	for (;;) {
		const struct unit *unit = &plan.units[pick(m, plan.unit_count)];
		if (level == UNIT_NONE || unit->level == level)
			return unit->code;
	}
}

/* Fresh figures for a report: each indicator of its version is left out one time in four. */
static void
random_figures(struct model *m, struct model_report *r)
{
	const struct form_version *version = catalogue_version(&plan, r->form, r->version);
	memset(r->figures, 0, sizeof r->figures);
	for (size_t i = 0; i < version->field_count; i++) {
		struct figure *f = &r->figures[version->fields[i].indicator];
		f->present = pick(m, 4) != 0;
		if (f->present)
			f->value = pick(m, 5) ? (int64_t)pick(m, 1000000) - 1000 : 0;
	}
}

/* The commit that the present step belongs to: the newest one, the next one, or, as when the journal is
 * read at start, one before. */
static uint64_t
random_commit(struct model *m)
{
	m->seq += pick(m, 2) || !m->seq;
	return pick(m, 8) ? m->seq : 1 + pick(m, (size_t)m->seq);
}

static void
mark_changed(struct model *m, unit_code unit, uint64_t seq)
{
	for (size_t i = 0; i < plan.unit_count; i++)
		if (lies_in(unit, plan.units[i].code) && m->changed[i] < seq)
			m->changed[i] = seq;
}

static bool
give(struct model *m, struct totals *t, const struct model_report *r, uint32_t revision, uint64_t seq)
{
	uint32_t indicators[INDICATORS];
	int64_t values[INDICATORS];
	struct report report = {r->unit, r->when, r->form, r->version, revision - 1, 0, indicators, values, 0};
	if (pick(m, 2)) /* looked up before, or not */
		report.place = (uint32_t)(catalogue_unit(&plan, r->unit) - plan.units) + 1;
	/* In any order: the totals place the values by the form. */
	uint32_t start = (uint32_t)pick(m, INDICATORS);
	for (uint32_t i = 0; i < INDICATORS; i++) {
		uint32_t indicator = (start + i) % INDICATORS + 1;
		if (!r->figures[indicator].present)
			continue;
		indicators[report.value_count] = indicator;
		values[report.value_count++] = r->figures[indicator].value;
	}
	return totals_add_report(t, &report, revision, seq, 0);
}

static bool
step_report(struct model *m, struct totals *t)
{
	struct model_report fresh = {.form = pick(m, 3) ? FORM_VILLAGE : FORM_COUNTY, .revision = 1};
	fresh.when = (period)(201301 + pick(m, 12));
	if (!pick(m, 20)) {
		fresh.form = FORM_OLD;
		fresh.when -= 200;
	}
	fresh.unit = random_unit(m, fresh.form == FORM_VILLAGE ? UNIT_VILLAGE : UNIT_COUNTY);
	fresh.version = catalogue_version_for(&plan, fresh.form, fresh.when)->version;
	struct model_report *current = model_find(m, fresh.unit, fresh.when, fresh.form);
	uint64_t seq = random_commit(m);
	random_figures(m, &fresh);
	if (current && !pick(m, 5)) /* an older revision, or this one again, changes nothing */
		return give(m, t, &fresh, current->revision - (uint32_t)pick(m, current->revision), seq);
	mark_changed(m, fresh.unit, seq);
	if (!current) {
		m->reports[m->report_count++] = fresh;
		return give(m, t, &fresh, 1, seq);
	}
	if (!pick(m, 3)) { /* a correction of one figure; the others stay */
		uint32_t keep = (uint32_t)pick(m, INDICATORS) + 1;
		for (uint32_t i = 1; i <= INDICATORS; i++)
			if (i != keep)
				fresh.figures[i] = current->figures[i];
	}
	fresh.revision = current->revision + 1 + (uint32_t)pick(m, 2);
	*current = fresh;
	return give(m, t, &fresh, fresh.revision, seq);
}

static bool
step_entry(struct model *m, struct totals *t)
{
	struct fund_entry e = {
	    .kind = (enum fund_kind)(1 + pick(m, FUND_REVERSED - 1)), /* a reversal counts by what it undoes */
	    .unit = random_unit(m, UNIT_NONE),
	    .voucher = "",
	    .occurred = (date)((201201 + 100 * pick(m, 2) + pick(m, 12)) * 100 + 1 + pick(m, 28)),
	    .source = (uint32_t)(1 + pick(m, 3)),
	    .use = (uint32_t)pick(m, 3),
	    .amount_fen = (int64_t)pick(m, 1000000000) + 1,
	    .note = "",
	    .refers = "",
	    .document = "",
	    .project = "",
	};
	struct fund_effect effect = {e.kind, e.use};
	if (e.kind == FUND_REVERSED)
		effect.kind = (enum fund_kind)(1 + pick(m, FUND_REVERSED - 1));
	if (e.kind == FUND_REVERSED || e.kind == FUND_WITHDRAWN)
		e.use = 0; /* that of what it refers to counts */
	uint64_t seq = random_commit(m);
	m->effects[m->entry_count] = effect;
	m->entries[m->entry_count++] = e;
	mark_changed(m, e.unit, seq);
	return totals_add_entry(t, &e, effect, seq);
}

/* ---------------------------------------------------------------- queries */

struct query {
	struct total_query q;
	uint32_t indicators[VALUES_MAX];
};

static void
random_query(struct model *m, struct query *out)
{
	struct total_query *q = &out->q;
	*out = (struct query){0};
	do
		q->unit = random_unit(m, UNIT_NONE);
	while (unit_level_of(q->unit) > UNIT_COUNTY);
	int level = (int)unit_level_of(q->unit);
	q->by =
	    pick(m, 3) ? (enum unit_level)(level + (int)pick(m, (size_t)(UNIT_COUNTY - level + 1))) : UNIT_NONE;
	/* Within the plan, across its ends, and beyond. */
	int from = period_index(201010) + (int)pick(m, 54);
	int to = from + (int)pick(m, 16);
	q->from = period_from_index(from);
	q->to = period_from_index(to);
	q->indicator_count = pick(m, VALUES_MAX + 1);
	for (size_t i = 0; i < q->indicator_count; i++)
		out->indicators[i] = (uint32_t)pick(m, INDICATORS) + 1;
	q->indicators = out->indicators;
	q->funds = pick(m, 2) != 0;
	q->whole = pick(m, 2) != 0;
}

static bool
funds_agree(const struct model *m, const struct total_query *q, const struct unit_total *answer)
{
	static const struct fund_effect reversal = {FUND_REVERSED, 0};
	size_t parts = 0, found = 0;
	for (size_t i = 0; i < answer->fund_count; i++) {
		const struct fund_total *total = &answer->funds[i];
		int64_t amount = 0;
		uint32_t count = 0;
		size_t before = found;
		for (size_t k = 0; k < m->entry_count; k++) {
			const struct fund_entry *e = &m->entries[k];
			bool undoes = e->kind == FUND_REVERSED;
			if (!lies_in(e->unit, answer->unit) || e->occurred / 100 < q->from || e->occurred / 100 > q->to)
				continue;
			if (same_combination(e, undoes ? reversal : m->effects[k], total)) {
				amount += e->amount_fen;
				count++;
				found++;
			}
			if (undoes && same_combination(e, m->effects[k], total)) {
				amount -= e->amount_fen;
				found++;
			}
		}
		if (found == before || amount != total->amount_fen || count != total->entries)
			return false;
	}
	/* Each entry stands in one combination, a reversal in two: none is missing if there are so many. */
	for (size_t k = 0; q->funds && k < m->entry_count; k++)
		if (lies_in(m->entries[k].unit, answer->unit) && m->entries[k].occurred / 100 >= q->from &&
		    m->entries[k].occurred / 100 <= q->to)
			parts += m->entries[k].kind == FUND_REVERSED ? 2 : 1;
	return found == parts;
}

static bool
targets_agree(const struct total_query *q, const struct unit_total *answer)
{
	size_t expected = 0;
	for (size_t i = 0; i < plan.target_count; i++)
		expected += plan.targets[i].unit == answer->unit && plan.targets[i].year >= q->from / 100 &&
		            plan.targets[i].year <= q->to / 100;
	return answer->target_count == expected;
}

static bool
unit_agrees(const struct model *m, const struct total_query *q, const struct unit_total *answer)
{
	size_t count = q->indicator_count ? q->indicator_count : plan.indicator_count;
	if (answer->indicator_count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		uint32_t number = q->indicator_count ? q->indicators[i] : plan.indicators[i].number;
		int64_t value;
		uint32_t reported;
		model_sum(m, answer->unit, catalogue_indicator(&plan, number), q->from, q->to, &value, &reported);
		if (answer->indicators[i] != number || answer->values[i] != value ||
		    answer->reported[i] != reported) {
			print_error("unit %" PRId64 " indicator %u %d..%d: %" PRId64 " of %u, by hand %" PRId64
			            " of %u\n",
			            answer->unit, number, q->from, q->to, answer->values[i], answer->reported[i], value,
			            reported);
			return false;
		}
	}
	return funds_agree(m, q, answer) && targets_agree(q, answer);
}

static bool
query_agrees(const struct model *m, const struct totals *t, const struct total_query *q)
{
	struct arena arena;
	static struct problem_list problems;
	struct total_answer answer = {0};
	enum unit_level level = q->by ? q->by : unit_level_of(q->unit);
	size_t at = 0;
	problems = (struct problem_list){0};
	arena_init(&arena, ARENA_BYTES);
	bool good = totals_answer(t, q, &arena, &answer, &problems);
	for (size_t i = 0; good && i < plan.unit_count; i++) {
		if (plan.units[i].level != level || !lies_in(plan.units[i].code, q->unit))
			continue;
		good = at < answer.unit_count && answer.units[at].unit == plan.units[i].code &&
		       unit_agrees(m, q, &answer.units[at]);
		at++;
	}
	if (good && q->whole && q->by) {
		good = at < answer.unit_count && answer.units[at].unit == q->unit &&
		       unit_agrees(m, q, &answer.units[at]);
		at++;
	}
	good = good && at == answer.unit_count;
	arena_free(&arena);
	return good;
}

static bool
same_row(const struct unit_total *a, const struct unit_total *b)
{
	bool good = a->unit == b->unit && a->indicator_count == b->indicator_count &&
	            a->fund_count == b->fund_count && a->target_count == b->target_count;
	for (size_t i = 0; good && i < a->indicator_count; i++)
		good = a->indicators[i] == b->indicators[i] && a->values[i] == b->values[i] &&
		       a->reported[i] == b->reported[i];
	for (size_t i = 0; good && i < a->fund_count; i++)
		good = a->funds[i].kind == b->funds[i].kind && a->funds[i].amount_fen == b->funds[i].amount_fen;
	return good;
}

static uint64_t
model_changed(const struct model *m, unit_code unit)
{
	return m->changed[catalogue_unit(&plan, unit) - plan.units];
}

/* The rows of the whole answer that changed, the same and in its order; no more than the caller takes. */
static bool
changes_agree(struct model *m, const struct totals *t, const struct total_query *q)
{
	struct arena arena;
	struct problem_list problems = {0};
	struct total_answer answer = {0};
	struct unit_total *rows, *fewer;
	size_t count, fewer_count, at = 0;
	uint64_t since = pick(m, 3) ? m->seq - pick(m, (size_t)m->seq + 1) : m->seq - !pick(m, 2);
	arena_init(&arena, ARENA_BYTES);
	bool good = totals_answer(t, q, &arena, &answer, &problems) &&
	            totals_changes(t, q, since, UNITS + 1, &arena, &rows, &count);
	for (size_t i = 0; good && i < answer.unit_count; i++)
		if (model_changed(m, answer.units[i].unit) > since) {
			good = at < count && same_row(&answer.units[i], &rows[at]);
			at++;
		}
	good = good && at == count && totals_changes(t, q, since, count, &arena, &fewer, &fewer_count) &&
	       fewer_count == count &&
	       (!count || !totals_changes(t, q, since, count - 1, &arena, &fewer, &fewer_count));
	arena_free(&arena);
	for (size_t i = 0; good && i < plan.unit_count; i++)
		if (plan.units[i].level <= UNIT_COUNTY)
			good = totals_changed(t, plan.units[i].code) == m->changed[i];
	return good;
}

static bool
revisions_agree(struct model *m, const struct totals *t)
{
	unit_code unit = random_unit(m, UNIT_NONE);
	period when = (period)(201301 + pick(m, 12));
	for (uint32_t form = FORM_VILLAGE; form <= FORM_OLD; form++) {
		const struct model_report *r = model_find(m, unit, when, form);
		uint32_t expected = r ? r->revision : 0;
		struct report asked = {.unit = unit, .period = when, .form = form};
		if (totals_revision(t, &asked) != expected)
			return false;
		asked.place = (uint32_t)(catalogue_unit(&plan, unit) - plan.units) + 1;
		if (totals_revision(t, &asked) != expected)
			return false;
	}
	return true;
}

static void
run_history(uint64_t seed)
{
	struct model *m = calloc(1, sizeof *m);
	struct totals *t = totals_create(&plan);
	assert_true(m && t);
	m->random = seed;
	for (int step = 0; step < STEPS; step++) {
		bool good = pick(m, 4) ? step_report(m, t) : step_entry(m, t);
		EXPECT(good, "seed %" PRIu64 " step %d", seed, step);
		for (int i = 0; i < 2; i++) {
			struct query query;
			random_query(m, &query);
			EXPECT(query_agrees(m, t, &query.q) && (i || changes_agree(m, t, &query.q)),
			       "seed %" PRIu64 " step %d: unit %" PRId64
			       " by %d, %d..%d, %zu indicators, funds %d, whole %d",
			       seed, step, query.q.unit, (int)query.q.by, query.q.from, query.q.to,
			       query.q.indicator_count, query.q.funds, query.q.whole);
		}
		EXPECT(revisions_agree(m, t), "seed %" PRIu64 " step %d", seed, step);
	}
	totals_destroy(&t);
	totals_destroy(&t); /* twice is fine */
	free(m);
}

static void
test_histories(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run_history(seed);
}

/* ---------------------------------------------------------------- by hand */

static void
add(struct totals *t, unit_code unit, period when, uint32_t revision, uint32_t indicator, int64_t value)
{
	const struct form_version *version = catalogue_version_for(&plan, FORM_VILLAGE, when);
	struct report report = {unit,   when, FORM_VILLAGE, version->version, 0, indicator != 0, &indicator,
	                        &value, 0};
	assert_true(totals_add_report(t, &report, revision, 1, 0));
}

static uint32_t
revision_of(const struct totals *t, unit_code unit, period when, uint32_t form)
{
	struct report report = {.unit = unit, .period = when, .form = form};
	return totals_revision(t, &report);
}

static void
expect_total(const struct totals *t, period from, period to, uint32_t indicator, int64_t value,
             uint32_t reported)
{
	struct total_query q = {
	    .unit = PROVINCE, .from = from, .to = to, .indicator_count = 1, .indicators = &indicator};
	struct total_answer answer;
	struct arena arena;
	struct problem_list problems = {0};
	arena_init(&arena, ARENA_BYTES);
	assert_true(totals_answer(t, &q, &arena, &answer, &problems));
	EXPECT(answer.units[0].values[0] == value && answer.units[0].reported[0] == reported,
	       "%d..%d indicator %u: %" PRId64 " of %u", from, to, indicator, answer.units[0].values[0],
	       answer.units[0].reported[0]);
	arena_free(&arena);
}

static void
expect_approved(const struct totals *t, period when, int64_t submitted, int64_t approved, uint32_t reported)
{
	uint32_t indicator = SUBSIDY;
	struct total_query q = {
	    .unit = PROVINCE, .from = when, .to = when, .indicator_count = 1, .indicators = &indicator};
	struct total_answer answer;
	struct arena arena;
	struct problem_list problems = {0};
	arena_init(&arena, ARENA_BYTES);
	assert_true(totals_answer(t, &q, &arena, &answer, &problems));
	const struct unit_total *u = &answer.units[0];
	EXPECT(u->values[0] == submitted && u->approved[0] == approved && u->approved_reported[0] == reported,
	       "%d: %" PRId64 " submitted, %" PRId64 " approved of %u", when, u->values[0], u->approved[0],
	       u->approved_reported[0]);
	arena_free(&arena);
}

static void
decide(struct totals *t, period when, uint32_t revision, uint32_t step, enum decision decision)
{
	const struct review r = {VILLAGE, when, FORM_VILLAGE, revision, step, decision, RETURN_REASON_NONE, ""};
	assert_true(totals_add_review(t, &r, 1));
}

/* Only what was approved is in the approved figures, in whatever order a replay brings report and decision.
 */
static void
test_approved_in_any_order(void **state)
{
	struct totals *t = totals_create(&plan);
	(void)state;
	add(t, VILLAGE, 201303, 1, SUBSIDY, 40); /* the decision comes after its report */
	expect_approved(t, 201303, 40, 0, 0);
	decide(t, 201303, 1, 0, DECISION_PASS);
	expect_approved(t, 201303, 40, 40, 1);
	decide(t, 201304, 1, 0, DECISION_PASS); /* and before it */
	expect_approved(t, 201304, 0, 0, 0);
	add(t, VILLAGE, 201304, 1, SUBSIDY, 7);
	expect_approved(t, 201304, 7, 7, 1);
	add(t, VILLAGE, 201304, 2, SUBSIDY, 9); /* a correction is not approved with what it replaces */
	expect_approved(t, 201304, 9, 7, 1);
	/* The first revision is not approved by a decision on the second. */
	decide(t, 201305, 2, 0, DECISION_PASS);
	add(t, VILLAGE, 201305, 1, SUBSIDY, 3);
	expect_approved(t, 201305, 3, 0, 0);
	add(t, VILLAGE, 201305, 2, SUBSIDY, 5);
	expect_approved(t, 201305, 5, 5, 1);
	decide(t, 201305, 2, 1, DECISION_RETURN);
	expect_approved(t, 201305, 5, 0, 0);
	totals_destroy(&t);
}

/* A flow adds up over months; a stock stands until the next figure, and comes back when that is withdrawn. */
static void
test_flow_and_stock(void **state)
{
	struct totals *t = totals_create(&plan);
	(void)state;
	add(t, VILLAGE, 201303, 1, HOUSEHOLDS, 40);
	add(t, VILLAGE_OTHER, 201304, 1, HOUSEHOLDS, 7);
	add(t, VILLAGE, 201306, 1, HOUSEHOLDS, 50);
	expect_total(t, 201301, 201302, HOUSEHOLDS, 0, 0);
	expect_total(t, 201301, 201303, HOUSEHOLDS, 40, 1);
	expect_total(t, 201304, 201304, HOUSEHOLDS, 47, 2);
	expect_total(t, 201305, 201305, HOUSEHOLDS, 47, 2);
	expect_total(t, 201301, 201306, HOUSEHOLDS, 57, 2);
	expect_total(t, 201307, 201307, HOUSEHOLDS, 57, 2); /* over the change of versions */
	expect_total(t, 201312, 201412, HOUSEHOLDS, 57, 2); /* and past the plan */
	add(t, VILLAGE, 201306, 2, 0, 0);                   /* withdrawn */
	expect_total(t, 201301, 201306, HOUSEHOLDS, 47, 2);
	add(t, VILLAGE, 201303, 2, HOUSEHOLDS, 0); /* zero is reported */
	expect_total(t, 201301, 201306, HOUSEHOLDS, 7, 2);
	add(t, VILLAGE, 201303, 3, 0, 0);
	expect_total(t, 201301, 201312, HOUSEHOLDS, 7, 1);
	add(t, VILLAGE_OTHER, 201305, 1, SUBSIDY, 5);
	add(t, VILLAGE_OTHER, 201306, 1, SUBSIDY, 6);
	add(t, VILLAGE_OTHER, 201307, 1, SUBSIDY, 7);
	expect_total(t, 201306, 201307, SUBSIDY, 13, 2);
	expect_total(t, 201301, 201312, SUBSIDY, 18, 3);
	add(t, VILLAGE_OTHER, 201306, 1, SUBSIDY, 600); /* not newer */
	expect_total(t, 201301, 201312, SUBSIDY, 18, 3);
	assert_int_equal(revision_of(t, VILLAGE, 201303, FORM_VILLAGE), 3);
	assert_int_equal(revision_of(t, VILLAGE, 201302, FORM_VILLAGE), 0);
	assert_int_equal(revision_of(t, 1, 201303, FORM_VILLAGE), 0);
	assert_int_equal(revision_of(t, VILLAGE, 201303, 77), 0);
	assert_int_equal(revision_of(t, VILLAGE, 209912, FORM_VILLAGE), 0);
	totals_destroy(&t);
}

/* The largest values that a report may have; and amounts whose sum 64 bits do not hold. */
static void
test_extremes(void **state)
{
	struct totals *t = totals_create(&plan);
	struct fund_entry e = {FUND_RAISED, COUNTY, "", 20130401, 1, 0, 0, INT64_MAX, "", "", ""};
	(void)state;
	add(t, VILLAGE, 201304, 1, SUBSIDY, VALUE_MAX);
	add(t, VILLAGE_OTHER, 201304, 1, SUBSIDY, VALUE_MAX);
	expect_total(t, 201304, 201304, SUBSIDY, 2 * VALUE_MAX, 2);
	add(t, VILLAGE, 201304, 2, SUBSIDY, -VALUE_MAX);
	expect_total(t, 201304, 201304, SUBSIDY, 0, 2);
	const struct fund_effect raised = {FUND_RAISED, 0};
	assert_true(totals_add_entry(t, &e, raised, 1) && totals_add_entry(t, &e, raised, 1));
	struct total_query q = {.unit = COUNTY, .from = 201304, .to = 201304, .funds = true};
	struct total_answer answer;
	struct arena arena;
	struct problem_list problems = {0};
	arena_init(&arena, ARENA_BYTES);
	assert_true(totals_answer(t, &q, &arena, &answer, &problems));
	assert_int_equal(answer.units[0].fund_count, 1);
	assert_true(answer.units[0].funds[0].amount_fen == INT64_MAX);
	assert_int_equal(answer.units[0].funds[0].entries, 2);
	arena_free(&arena);
	totals_destroy(&t);
}

static void
test_queries_refused(void **state)
{
	static const uint32_t unknown[] = {SUBSIDY, 77};
	static const uint32_t twice[INDICATORS + 1] = {FUND,     SUBSIDY, HOUSEHOLDS, TRAINED, ROADS,
	                                               MATCHING, STAFF,   BALANCE,    OLD,     FUND};
	static const struct {
		struct total_query q;
		enum problem_code code;
	} cases[] = {
	    {{PROVINCE, 201301, 201312, UNIT_COUNTY, 0, NULL, true, false}, 0},
	    {{23, 201301, 201312, UNIT_NONE, 0, NULL, false, false}, PROBLEM_UNIT_UNKNOWN},
	    {{0, 201301, 201312, UNIT_NONE, 0, NULL, false, false}, PROBLEM_UNIT_UNKNOWN},
	    {{PROVINCE, 201300, 201312, UNIT_NONE, 0, NULL, false, false}, PROBLEM_PERIOD_INVALID},
	    {{PROVINCE, 201301, 201313, UNIT_NONE, 0, NULL, false, false}, PROBLEM_PERIOD_INVALID},
	    {{PROVINCE, 201302, 201301, UNIT_NONE, 0, NULL, false, false}, PROBLEM_PERIOD_INVALID},
	    {{PROVINCE, 201302, 201302, UNIT_NONE, 0, NULL, false, false}, 0},
	    {{PROVINCE, -1, 201302, UNIT_NONE, 0, NULL, false, false}, PROBLEM_PERIOD_INVALID},
	    {{PROVINCE, 201301, 201312, UNIT_TOWNSHIP, 0, NULL, false, false}, PROBLEM_LEVEL_INVALID},
	    {{COUNTY, 201301, 201312, UNIT_PREFECTURE, 0, NULL, false, false}, PROBLEM_LEVEL_INVALID},
	    {{COUNTY, 201301, 201312, UNIT_COUNTY, 0, NULL, false, false}, 0},
	    {{COUNTY, 201301, 201312, UNIT_VILLAGE, 0, NULL, false, false}, 0},
	    {{VILLAGE, 201301, 201312, UNIT_NONE, 0, NULL, false, false}, 0},
	    {{TOWNSHIP, 201301, 201312, UNIT_COUNTY, 0, NULL, false, false}, PROBLEM_LEVEL_INVALID},
	    {{PROVINCE, 201301, 201312, UNIT_NONE, 2, unknown, false, false}, PROBLEM_INDICATOR_UNKNOWN},
	    {{PROVINCE, 201301, 201312, UNIT_NONE, 1, unknown, false, false}, 0},
	    {{PROVINCE, 201301, 201312, UNIT_NONE, INDICATORS, twice, false, false}, 0},
	    {{PROVINCE, 201301, 201312, UNIT_NONE, INDICATORS + 1, twice, false, false},
	     PROBLEM_INDICATOR_REPEATED},
	};
	struct totals *t = totals_create(&plan);
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct total_answer answer;
		struct problem_list problems = {0};
		struct arena arena;
		arena_init(&arena, ARENA_BYTES);
		bool good = totals_answer(t, &cases[i].q, &arena, &answer, &problems);
		EXPECT(good == !cases[i].code, "row %zu", i);
		EXPECT(problems.count == !good && problems.items[0].code == cases[i].code, "row %zu", i);
		arena_free(&arena);
	}
	struct total_answer answer;
	struct problem_list problems = {0};
	struct arena arena;
	arena_init(&arena, 200); /* no room for the answer */
	assert_false(totals_answer(t, &cases[0].q, &arena, &answer, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_TOO_LARGE);
	arena_free(&arena);
	totals_destroy(&t);
}

/* What does not fit the catalogue is refused and changes nothing. */
static void
test_misfits(void **state)
{
	static const uint32_t indicators[] = {SUBSIDY};
	static const int64_t values[] = {1};
	static const struct {
		unit_code unit;
		period when;
		uint32_t form, version;
	} cases[] = {
	    {VILLAGE + 9, 201304, FORM_VILLAGE, 1}, {VILLAGE, 201304, 77, 1},
	    {VILLAGE, 201304, FORM_VILLAGE, 3},     {VILLAGE, 201012, FORM_VILLAGE, 1},
	    {VILLAGE, 201401, FORM_VILLAGE, 1},
	};
	struct totals *t = totals_create(&plan);
	struct fund_entry e = {FUND_RAISED, 23, "", 20130401, 1, 0, 0, 1, "", "", ""};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report r = {
		    cases[i].unit, cases[i].when, cases[i].form, cases[i].version, 0, 1, indicators, values, 0};
		EXPECT(!totals_add_report(t, &r, 1, 1, 0), "row %zu", i);
	}
	assert_false(totals_add_entry(t, &e, (struct fund_effect){FUND_RAISED, 0}, 1));
	expect_total(t, 201101, 201312, SUBSIDY, 0, 0);
	assert_int_equal(totals_changed(t, PROVINCE), 0);
	assert_int_equal(totals_changed(t, 23), 0); /* there is none */
	totals_destroy(&t);
}

/* No room for the rows. */
static void
test_changes_too_large(void **state)
{
	struct totals *t = totals_create(&plan);
	struct total_query q = {.unit = PROVINCE, .from = 201301, .to = 201312, .by = UNIT_COUNTY, .whole = true};
	struct arena arena;
	struct unit_total *rows;
	size_t count;
	(void)state;
	arena_init(&arena, 200);
	assert_true(totals_changes(t, &q, 0, 10, &arena, &rows, &count));
	assert_int_equal(count, 0); /* nothing yet */
	add(t, VILLAGE, 201303, 1, HOUSEHOLDS, 40);
	assert_false(totals_changes(t, &q, 0, 10, &arena, &rows, &count));
	arena.bytes_max = ARENA_BYTES;
	assert_true(totals_changes(t, &q, 0, 2, &arena, &rows, &count));
	assert_true(count == 2 && rows[0].unit == COUNTY && rows[1].unit == PROVINCE);
	assert_false(totals_changes(t, &q, 0, 1, &arena, &rows, &count));
	assert_true(totals_changes(t, &q, 1, 0, &arena, &rows, &count));
	assert_int_equal(count, 0);
	arena_free(&arena);
	totals_destroy(&t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_approved_in_any_order),
	    cmocka_unit_test(test_flow_and_stock),
	    cmocka_unit_test(test_extremes),
	    cmocka_unit_test(test_queries_refused),
	    cmocka_unit_test(test_misfits),
	    cmocka_unit_test(test_changes_too_large),
	    cmocka_unit_test(test_histories),
	};
	return cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
