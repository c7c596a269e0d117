#include "fund_list.h"

#include "base/grow.h"
#include "columns/fund_columns.h"

#include <stdio.h>
#include <stdlib.h>

/* Pages come one after the other, and each lives until the next: rows are added as they come. */
struct entries {
	struct command *command;
	const struct entry_query *query;
	struct reading reading;
	struct listing *listing; /* NULL: they are only counted */
	struct as_of as_of;
	char label[NAME_BYTES_MAX + 1];
	/* What is in transit is kept until all of it is there, and shown by age. */
	struct arena arena;
	struct entry_item *kept;
	size_t count, room;
	size_t early; /* how many were */
	bool counts;  /* nothing else is wanted: each question as of now, which is answered at once */
};

static bool
keep_text(struct arena *arena, const char **text)
{
	*text = arena_string(arena, *text);
	return *text;
}

static bool
keep(struct entries *l, const struct entry_item *item)
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
show_kept(const struct entries *l)
{
	bool good = true;
	if (l->count)
		qsort(l->kept, l->count, sizeof *l->kept, oldest_first);
	for (size_t i = 0; good && i < l->count; i++)
		good = listing_add(l->listing, &l->kept[i]);
	return good;
}

static struct as_of
as_of_asked(const struct entries *l)
{
	return l->counts ? (struct as_of){0} : l->command->as_of;
}

/* An answer may have no entry and still go on. All pages are as of the first one's commit. */
static int
fetch(struct entries *l, unit_code unit)
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
		for (size_t i = 0; good && l->listing && i < reply.entries.count; i++)
			good = l->query->in_transit ? keep(l, &reply.entries.items[i])
			                            : listing_add(l->listing, &reply.entries.items[i]);
		request.entries.after_seq = reply.entries.next_seq;
		request.entries.after_line = reply.entries.next_line;
	} while (good && request.entries.after_seq);
	return good && show_kept(l) ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* From malloc: the units of a level, at or below one, that have money. */
static int
find_units(struct entries *l, enum unit_level level, unit_code **out, size_t *count)
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
fetch_early(struct entries *l)
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
	struct entries l = {.command = c, .query = &query, .counts = !c->as_of_option};
	int status = fetch_early(&l);
	*count = l.early;
	return status;
}

int
fund_list_show(struct command *c, const struct entry_query *query)
{
	struct entries l = {.command = c, .query = query};
	arena_init(&l.arena, DECODE_BYTES_MAX);
	command_reading(c, &l.reading);
	l.reading.more = query;
	l.listing =
	    listing_begin(c->output, "ledger", &entry_columns, &l.reading, query->early ? ENTRY_EARLY : 0);
	int status = !l.listing                    ? EXIT_FAILED_INSIDE
	             : query->early && !query->own ? fetch_early(&l)
	                                           : fetch(&l, query->unit);
	int ended = command_end_listing(&l.listing, &l.reading, status == EXIT_DONE);
	status = status == EXIT_DONE ? ended : status;
	if (status == EXIT_DONE)
		command_footer(c, &l.as_of, l.label);
	arena_free(&l.arena);
	free(l.kept);
	return status;
}

/* ---------------------------------------------------------------- the way of an entry's money */

/* A step, and below it those that come from it. */
static bool
add_steps(struct listing *listing, struct reading *r, const struct trace_answer *answer, size_t at, int depth)
{
	r->more = &depth;
	bool good = listing_add(listing, &answer->steps[at]);
	for (size_t i = at + 1; good && i < answer->count; i++)
		if (answer->steps[i].from == at)
			good = add_steps(listing, r, answer, i, depth + 1);
	return good;
}

static int
show_way(const struct command *c, const struct trace_answer *answer)
{
	struct reading r;
	if (c->format == FORMAT_JSON) {
		command_print_record(c, &trace_columns, answer);
		return EXIT_DONE;
	}
	command_reading(c, &r);
	struct listing *listing =
	    listing_begin(c->output, "flow", columns_find(&trace_columns, "steps")->nested, &r, 0);
	bool good = listing && (!answer->count || add_steps(listing, &r, answer, 0, 0));
	return command_end_listing(&listing, &r, good);
}

int
fund_way_show(struct command *c, const struct trace_query *query)
{
	struct request request = {.kind = REQUEST_TRACE, .trace = *query};
	struct reply reply;
	int status = command_ask(c, &request, REPLY_TRACE, &reply);
	if (status == EXIT_DONE)
		status = show_way(c, &reply.trace);
	if (status != EXIT_DONE)
		return status;
	if (reply.trace.more)
		output_line(c->output, "%s", _("the way has more steps than are shown"));
	command_footer(c, &reply.trace.as_of, reply.trace.label);
	return EXIT_DONE;
}
