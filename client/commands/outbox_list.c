/* fupin outbox list: what is in the outbox, without the network. */
#include "outbox_list.h"

#include <inttypes.h>
#include <json.h>
#include <string.h>

struct listing {
	const struct command *command;
	struct table *table;
	struct json_object *json;
	bool with_problems; /* as a column; for people they stand below, each with its number */
	bool failed;
};

static const char *
problems_of(const struct command *c, const struct outbox_item *item)
{
	return c->language == LANGUAGE_CHINESE ? item->problems_zh : item->problems;
}

static void
list_json(struct listing *l, const struct outbox_item *item)
{
	char id[ID_TEXT_BYTES], digest[DIGEST_TEXT_BYTES], time[20];
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "number", json_object_new_int64(item->position));
	json_object_object_add(o, "id", json_object_new_string(submission_id_format(&item->id, id)));
	json_object_object_add(o, "digest", json_object_new_string(digest_format(&item->digest, digest)));
	json_object_object_add(o, "state", json_object_new_string(outbox_state_name(item->state)));
	time_format(item->created_us, time);
	json_object_object_add(o, "saved", json_object_new_string(time));
	json_object_object_add(o, "files", json_object_new_string(item->files));
	json_object_object_add(o, "bytes", json_object_new_int64((int64_t)item->size));
	if (outbox_has_receipt(item->state)) {
		time_format(item->receipt.time_us, time);
		json_object_object_add(o, "seq", json_object_new_int64((int64_t)item->receipt.seq));
		json_object_object_add(o, "time", json_object_new_string(time));
		json_object_object_add(o, "time_us", json_object_new_int64(item->receipt.time_us));
		json_object_object_add(o, "reports", json_object_new_int64(item->receipt.report_count));
		json_object_object_add(o, "fund_entries", json_object_new_int64(item->receipt.entry_count));
	}
	if (*item->problems)
		json_object_object_add(o, "problems", json_object_new_string(problems_of(l->command, item)));
	json_object_array_add(l->json, o);
}

static void
list_row(void *context, const struct outbox_item *item)
{
	struct listing *l = context;
	const struct command *c = l->command;
	bool receipted = outbox_has_receipt(item->state);
	char id[ID_TEXT_BYTES];
	if (l->json) {
		list_json(l, item);
		return;
	}
	const struct cell cells[] = {
	    cell_number(item->position, 0),
	    cell_text(submission_id_format(&item->id, id)),
	    cell_text(in_language(c, outbox_state_name(item->state), outbox_state_name_zh(item->state))),
	    cell_time(item->created_us / 1000000),
	    cell_figure(receipted, (int64_t)item->receipt.seq, 0),
	    cell_time(receipted ? item->receipt.time_us / 1000000 : 0),
	    cell_text(item->files),
	    cell_text(problems_of(c, item))};
	l->failed |= !table_add(l->table, cells);
}

static struct table *
create_table(const struct command *c, bool with_problems)
{
	const struct table_column columns[] = {
	    {_("no."), true}, {_("submission"), false}, {_("state"), false}, {_("saved"), false},
	    {_("seq"), true}, {_("receipt"), false},    {_("files"), false}, {_("problems"), false}};
	size_t count = sizeof columns / sizeof *columns;
	return table_create(c->output, _("outbox"), columns, count - !with_problems);
}

/* "3: …", a line for each problem. */
static void
print_problems(void *context, const struct outbox_item *item)
{
	const struct command *c = context;
	for (const char *at = problems_of(c, item); *at; at += *at == '\n') {
		size_t size = strcspn(at, "\n");
		output_line(c->output, "%" PRId64 ": %.*s", item->position, (int)size, at);
		at += size;
	}
}

int
outbox_list(const struct command *c, struct outbox *outbox, int state)
{
	struct listing l = {.command = c, .with_problems = c->format != FORMAT_TABLE};
	if (c->format == FORMAT_JSON) {
		l.json = json_object_new_array();
		bool good = l.json && outbox_each(outbox, state, INT64_MAX, list_row, &l);
		command_print_json(c, l.json);
		return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
	}
	l.table = create_table(c, l.with_problems);
	bool good =
	    l.table && outbox_each(outbox, state, INT64_MAX, list_row, &l) && !l.failed && table_end(l.table);
	if (good && !l.with_problems)
		good = outbox_each(outbox, state, INT64_MAX, print_problems, (void *)(uintptr_t)c);
	table_destroy(&l.table);
	if (!good)
		fprintf(stderr, "fupin: %s\n", *outbox_error(outbox) ? outbox_error(outbox) : "no memory");
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}
