#include "fund_list.h"

#include "base/decimal.h"
#include "base/grow.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>

/* Pages come one after the other, and each lives until the next: rows are added as they come. */
struct listing {
	struct command *command;
	const struct entry_query *query;
	struct table *table;      /* of a table or CSV */
	struct json_object *list; /* of JSON */
	struct as_of as_of;
	char label[NAME_BYTES_MAX + 1];
	/* What is in transit is kept until all of it is there, and shown by age. */
	struct arena arena;
	struct entry_item *kept;
	size_t count, room;
	size_t early; /* how many were */
	bool counts;  /* nothing else is wanted: each question as of now, which is answered at once */
};

static const char *
term_name(const struct command *c, const struct fund_term *terms, size_t count, uint32_t number)
{
	const struct fund_term *term = fund_term_by_number(terms, count, number);
	return term ? in_language(c, term->name_en, term->name_zh) : "";
}

static const char *
term_code(const struct fund_term *terms, size_t count, uint32_t number)
{
	const struct fund_term *term = fund_term_by_number(terms, count, number);
	return term ? term->code : "";
}

static const char *
kind_name(const struct command *c, enum fund_kind kind)
{
	return in_language(c, fund_kind_name(kind), fund_kind_name_zh(kind));
}

/* Its name, or its code where the office's catalogue does not have it. */
static const char *
unit_text(const struct command *c, unit_code unit, char out[24])
{
	const char *name = unit ? command_unit_name(c, unit) : "";
	if (!unit || *name)
		return name;
	snprintf(out, 24, "%" PRId64, unit);
	return out;
}

static struct table *
create_table(const struct command *c, bool early)
{
	const struct table_column columns[] = {{_("date"), false},
	                                       {_("code"), false},
	                                       {_("unit"), false},
	                                       {C_("funds", "kind"), false},
	                                       {_("voucher"), false},
	                                       {_("refers"), false},
	                                       {_("source"), false},
	                                       {_("use"), false},
	                                       {_("project"), false},
	                                       {_("other unit"), false},
	                                       {C_("column", "yuan"), true},
	                                       {_("open"), true},
	                                       {_("days"), true},
	                                       {C_("paper", "document"), false},
	                                       {_("note"), false},
	                                       {_("IATI type"), false},
	                                       {_("recorded"), false},
	                                       {C_("short", "commit"), true},
	                                       {_("not there yet"), true}};
	return table_create(c->output, c->format == FORMAT_XLSX ? "ledger" : NULL, columns,
	                    sizeof columns / sizeof *columns - !early);
}

/* What is open of an entry means something only where others wait for it. */
static bool
shows_open(const struct entry_item *item)
{
	enum fund_kind kind = item->entry.kind;
	return kind == FUND_SENT_DOWN || kind == FUND_RETURNED || kind == FUND_ALLOCATED || kind == FUND_GRANTED;
}

static bool
add_row(const struct listing *l, const struct entry_item *item)
{
	const struct command *c = l->command;
	const struct catalogue *catalogue = &c->catalogue;
	const struct fund_entry *e = &item->entry;
	char day[11], code[24], unit[24], other[24];
	date_format(e->occurred, day);
	snprintf(code, sizeof code, "%" PRId64, e->unit);
	const struct cell cells[] = {
	    cell_text(day),
	    cell_text(code),
	    cell_text(unit_text(c, e->unit, unit)),
	    cell_text(kind_name(c, e->kind)),
	    cell_text(e->voucher),
	    cell_text(e->refers),
	    cell_text(term_name(c, catalogue->sources, catalogue->source_count, e->source)),
	    cell_text(term_name(c, catalogue->uses, catalogue->use_count, e->use)),
	    cell_text(e->project),
	    cell_text(unit_text(c, e->counterparty, other)),
	    cell_number(e->amount_fen, MONEY_DECIMALS),
	    cell_figure(shows_open(item), item->open_fen, MONEY_DECIMALS),
	    cell_figure(l->query->in_transit, item->age_days, 0),
	    cell_text(e->document),
	    cell_text(e->note),
	    cell_text(fund_kind_iati(e->kind)),
	    cell_time(item->recorded),
	    cell_number((int64_t)item->seq, 0),
	    cell_number(item->early_fen, MONEY_DECIMALS),
	};
	return table_add(l->table, cells);
}

static struct json_object *
item_json(const struct command *c, const struct entry_item *item)
{
	const struct catalogue *catalogue = &c->catalogue;
	const struct fund_entry *e = &item->entry;
	struct json_object *o = json_object_new_object();
	char text[DECIMAL_TEXT_BYTES];
	date_format(e->occurred, text);
	json_object_object_add(o, "occurred", json_object_new_string(text));
	json_object_object_add(o, "recorded", json_object_new_int64(item->recorded));
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)item->seq));
	json_object_object_add(o, "line", json_object_new_int64(item->line));
	json_object_object_add(o, "unit", json_object_new_int64(e->unit));
	json_object_object_add(o, "kind", json_object_new_string(fund_kind_name(e->kind)));
	json_object_object_add(o, "voucher", json_object_new_string(e->voucher));
	json_object_object_add(o, "refers", json_object_new_string(e->refers));
	json_object_object_add(
	    o, "source",
	    json_object_new_string(term_code(catalogue->sources, catalogue->source_count, e->source)));
	json_object_object_add(o, "use",
	                       json_object_new_string(term_code(catalogue->uses, catalogue->use_count, e->use)));
	json_object_object_add(o, "project", json_object_new_string(e->project));
	json_object_object_add(o, "counterparty", json_object_new_int64(e->counterparty));
	json_object_object_add(o, "yuan",
	                       json_object_new_string(decimal_plain(e->amount_fen, MONEY_DECIMALS, text)));
	json_object_object_add(o, "open",
	                       json_object_new_string(decimal_plain(item->open_fen, MONEY_DECIMALS, text)));
	json_object_object_add(o, "age_days", json_object_new_int64(item->age_days));
	if (item->early_fen)
		json_object_object_add(o, "early",
		                       json_object_new_string(decimal_plain(item->early_fen, MONEY_DECIMALS, text)));
	json_object_object_add(o, "document", json_object_new_string(e->document));
	json_object_object_add(o, "note", json_object_new_string(e->note));
	json_object_object_add(o, "iati", json_object_new_string(fund_kind_iati(e->kind)));
	return o;
}

static bool
show(const struct listing *l, const struct entry_item *item)
{
	return l->table ? add_row(l, item) : !json_object_array_add(l->list, item_json(l->command, item));
}

static bool
keep_text(struct arena *arena, const char **text)
{
	*text = arena_string(arena, *text);
	return *text;
}

static bool
keep(struct listing *l, const struct entry_item *item)
{
	if (!grow(&l->kept, &l->room, l->count + 1, sizeof *l->kept))
		return false;
	struct entry_item *kept = &l->kept[l->count++];
	*kept = *item;
	return keep_text(&l->arena, &kept->entry.voucher) && keep_text(&l->arena, &kept->entry.note) &&
	       keep_text(&l->arena, &kept->entry.refers) && keep_text(&l->arena, &kept->entry.document) &&
	       keep_text(&l->arena, &kept->entry.project);
}

/* What was sent first has waited longest; on one day, what was booked first. */
static int
oldest_first(const void *a, const void *b)
{
	const struct entry_item *x = a, *y = b;
	if (x->entry.occurred != y->entry.occurred)
		return x->entry.occurred < y->entry.occurred ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static bool
show_kept(const struct listing *l)
{
	bool good = true;
	if (l->count)
		qsort(l->kept, l->count, sizeof *l->kept, oldest_first);
	for (size_t i = 0; good && i < l->count; i++)
		good = show(l, &l->kept[i]);
	return good;
}

static struct as_of
as_of_asked(const struct listing *l)
{
	return l->counts ? (struct as_of){0} : l->command->as_of;
}

/* An answer may have no entry and still go on. All pages are as of the first one's commit. */
static int
fetch(struct listing *l, unit_code unit)
{
	struct request request = {.kind = REQUEST_ENTRIES, .entries = *l->query};
	bool good = true;
	request.entries.unit = unit;
	do {
		struct reply reply;
		request.entries.as_of = as_of_asked(l);
		int status = command_ask(l->command, &request, REPLY_ENTRIES, &reply);
		if (status == EXIT_DONE && !l->counts)
			status = command_hold_as_of(l->command, &reply.entries.as_of);
		if (status != EXIT_DONE)
			return status;
		l->as_of = reply.entries.as_of;
		snprintf(l->label, sizeof l->label, "%s", reply.entries.label);
		l->early += l->query->early ? reply.entries.count : 0;
		for (size_t i = 0; good && (l->list || l->table) && i < reply.entries.count; i++)
			good = l->query->in_transit ? keep(l, &reply.entries.items[i]) : show(l, &reply.entries.items[i]);
		request.entries.after_seq = reply.entries.next_seq;
		request.entries.after_line = reply.entries.next_line;
	} while (good && request.entries.after_seq);
	return good && show_kept(l) ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* From malloc: the units of a level, at or below one, that have money. */
static int
find_units(struct listing *l, enum unit_level level, unit_code **out, size_t *count)
{
	struct request request = {
	    .kind = REQUEST_BALANCES,
	    .balances = {.unit = l->query->unit, .by = level, .own = true, .as_of = as_of_asked(l)}};
	struct reply reply;
	*count = 0;
	*out = NULL;
	int status = command_ask(l->command, &request, REPLY_BALANCES, &reply);
	if (status == EXIT_DONE && !l->counts)
		status = command_hold_as_of(l->command, &reply.balances.as_of);
	if (status != EXIT_DONE)
		return status;
	l->as_of = reply.balances.as_of;
	snprintf(l->label, sizeof l->label, "%s", reply.balances.label);
	*out = calloc(reply.balances.unit_count + 1, sizeof **out);
	for (size_t i = 0; *out && i < reply.balances.unit_count; i++)
		if (reply.balances.units[i].count)
			(*out)[(*count)++] = reply.balances.units[i].unit;
	return *out ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* The centre looks through one place at a time. */
static int
fetch_early(struct listing *l)
{
	int status = EXIT_DONE;
	for (int level = (int)unit_level_of(l->query->unit); status == EXIT_DONE && level <= (int)UNIT_VILLAGE;
	     level++) {
		unit_code *units;
		size_t count;
		status = find_units(l, (enum unit_level)level, &units, &count);
		for (size_t i = 0; status == EXIT_DONE && i < count; i++)
			status = fetch(l, units[i]);
		free(units);
	}
	return status;
}

int
fund_list_early(struct command *c, unit_code unit, size_t *count)
{
	const struct entry_query query = {.unit = unit, .early = true};
	struct listing l = {.command = c, .query = &query, .counts = !c->as_of_option};
	int status = fetch_early(&l);
	*count = l.early;
	return status;
}

int
fund_list_show(struct command *c, const struct entry_query *query)
{
	struct listing l = {.command = c, .query = query};
	arena_init(&l.arena, DECODE_BYTES_MAX);
	if (c->format == FORMAT_JSON)
		l.list = json_object_new_array();
	else
		l.table = create_table(c, query->early);
	int status = !l.list && !l.table           ? EXIT_FAILED_INSIDE
	             : query->early && !query->own ? fetch_early(&l)
	                                           : fetch(&l, query->unit);
	if (status == EXIT_DONE && l.list)
		command_print_json(c, json_object_get(l.list));
	else if (status == EXIT_DONE && !table_end(l.table))
		status = EXIT_FAILED_INSIDE;
	else if (status == EXIT_DONE)
		command_footer(c, &l.as_of, l.label);
	arena_free(&l.arena);
	free(l.kept);
	table_destroy(&l.table);
	json_object_put(l.list);
	return status;
}

/* ---------------------------------------------------------------- the way of an entry's money */

static void
way_json(const struct command *c, const struct trace_answer *answer)
{
	struct json_object *o = json_object_new_object(), *steps = json_object_new_array();
	char text[DECIMAL_TEXT_BYTES];
	for (size_t i = 0; i < answer->count; i++) {
		struct json_object *step = item_json(c, &answer->steps[i].item);
		json_object_object_add(step, "from", json_object_new_int64(answer->steps[i].from));
		json_object_object_add(
		    step, "part",
		    json_object_new_string(decimal_plain(answer->steps[i].amount_fen, MONEY_DECIMALS, text)));
		json_object_array_add(steps, step);
	}
	json_object_object_add(o, "steps", steps);
	json_object_object_add(o, "more", json_object_new_boolean(answer->more));
	command_print_json(c, o);
}

/* A step, and below it those that come from it. */
static bool
add_steps(const struct command *c, struct table *table, const struct trace_answer *answer, size_t at,
          int depth)
{
	const struct trace_step *step = &answer->steps[at];
	const struct fund_entry *e = &step->item.entry;
	const struct catalogue *catalogue = &c->catalogue;
	char kind[CELL_TEXT_BYTES + NAME_BYTES_MAX], day[11], unit[24], other[24];
	snprintf(kind, sizeof kind, "%*s%s", 2 * depth, "", kind_name(c, e->kind));
	date_format(e->occurred, day);
	const struct cell cells[] = {
	    cell_text(kind),
	    cell_number(step->amount_fen, MONEY_DECIMALS),
	    cell_text(unit_text(c, e->unit, unit)),
	    cell_text(e->voucher),
	    cell_text(day),
	    cell_text(term_name(c, catalogue->uses, catalogue->use_count, e->use)),
	    cell_text(unit_text(c, e->counterparty, other)),
	    cell_number(e->amount_fen, MONEY_DECIMALS),
	};
	bool good = table_add(table, cells);
	for (size_t i = at + 1; good && i < answer->count; i++)
		if (answer->steps[i].from == at)
			good = add_steps(c, table, answer, i, depth + 1);
	return good;
}

int
fund_way_show(struct command *c, const struct trace_query *query)
{
	const struct table_column columns[] = {{_("way"), false},        {C_("column", "yuan"), true},
	                                       {_("unit"), false},       {_("voucher"), false},
	                                       {_("date"), false},       {_("use"), false},
	                                       {_("other unit"), false}, {_("of yuan"), true}};
	struct request request = {.kind = REQUEST_TRACE, .trace = *query};
	struct reply reply;
	int status = command_ask(c, &request, REPLY_TRACE, &reply);
	if (status != EXIT_DONE)
		return status;
	if (c->format == FORMAT_JSON) {
		way_json(c, &reply.trace);
		return EXIT_DONE;
	}
	struct table *table = table_create(c->output, c->format == FORMAT_XLSX ? "flow" : NULL, columns,
	                                   sizeof columns / sizeof *columns);
	bool good = table && (!reply.trace.count || add_steps(c, table, &reply.trace, 0, 0)) && table_end(table);
	table_destroy(&table);
	if (!good)
		return EXIT_FAILED_INSIDE;
	if (reply.trace.more)
		output_line(c->output, "%s", _("the way has more steps than are shown"));
	command_footer(c, &reply.trace.as_of, reply.trace.label);
	return EXIT_DONE;
}
