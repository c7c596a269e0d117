#include "document_list.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>

/* Pages come one after the other, and each lives until the next: rows are added as they come. */
struct listing {
	struct command *command;
	struct table *table;      /* of a table or CSV */
	struct json_object *list; /* of JSON */
	struct as_of as_of;
	int64_t now; /* seconds since 1970 UTC */
	char label[NAME_BYTES_MAX + 1];
};

enum standing { ON_TIME, LATE, MISSING, NOT_DUE };

static const char *const standings[][2] = {
    [ON_TIME] = {"on time", "按时"},
    [LATE] = {"late", "迟报"},
    [MISSING] = {"missing", "未报"},
    [NOT_DUE] = {"not due yet", "未到期"},
};
static const char *const standing_codes[] = {"on_time", "late", "missing", "not_due"};

/* The first version counts: a document that was sent in time stays so when it is corrected later. */
static enum standing
standing_of(const struct document_item *item, int64_t now)
{
	if (item->key.version)
		return item->first_time < item->due ? ON_TIME : LATE;
	return now >= item->due ? MISSING : NOT_DUE;
}

static struct table *
create_table(const struct command *c)
{
	const struct table_column columns[] = {
	    {_("code"), false},          {_("unit"), false}, {_("document"), false},
	    {_("state"), false},         {_("due"), false},  {C_("document", "version"), true},
	    {_("sent"), false},          {_("type"), false}, {_("bytes"), true},
	    {C_("file", "name"), false}, {_("note"), false}};
	return table_create(c->output, c->format == FORMAT_XLSX ? "documents" : NULL, columns,
	                    sizeof columns / sizeof *columns);
}

static const char *
kind_name(const struct command *c, uint32_t number)
{
	const struct document_kind *kind = catalogue_document(&c->catalogue, number);
	return kind ? in_language(c, kind->name_en, kind->name_zh) : "";
}

static bool
add_row(const struct listing *l, const struct document_item *item)
{
	const struct command *c = l->command;
	enum standing standing = standing_of(item, l->now);
	char code[24], due[DEADLINE_TEXT_BYTES];
	bool sent = item->key.version;
	snprintf(code, sizeof code, "%" PRId64, item->key.unit);
	deadline_format(item->due, due);
	const struct cell cells[] = {cell_text(code),
	                             cell_text(command_unit_name(c, item->key.unit)),
	                             cell_text(kind_name(c, item->key.kind)),
	                             cell_text(in_language(c, standings[standing][0], standings[standing][1])),
	                             cell_text(due),
	                             cell_figure(sent, item->key.version, 0),
	                             cell_time(sent ? item->time : 0),
	                             cell_text(file_type_name(item->type)),
	                             cell_figure(sent, (int64_t)item->size, 0),
	                             cell_text(item->name),
	                             cell_text(item->note)};
	return table_add(l->table, cells);
}

static bool
add_json(const struct listing *l, const struct document_item *item)
{
	const struct command *c = l->command;
	const struct document_kind *kind = catalogue_document(&c->catalogue, item->key.kind);
	struct json_object *o = json_object_new_object();
	char digest[DIGEST_TEXT_BYTES];
	json_object_object_add(o, "unit", json_object_new_int64(item->key.unit));
	json_object_object_add(o, "unit_name", json_object_new_string(command_unit_name(c, item->key.unit)));
	json_object_object_add(o, "kind", json_object_new_string(kind ? kind->code : ""));
	json_object_object_add(o, "state", json_object_new_string(standing_codes[standing_of(item, l->now)]));
	json_object_object_add(o, "due", json_object_new_int64(item->due));
	json_object_object_add(o, "version", json_object_new_int64(item->key.version));
	if (item->key.version) {
		json_object_object_add(o, "first_time", json_object_new_int64(item->first_time));
		json_object_object_add(o, "time", json_object_new_int64(item->time));
		json_object_object_add(o, "seq", json_object_new_int64((int64_t)item->seq));
		json_object_object_add(o, "type", json_object_new_string(file_type_name(item->type)));
		json_object_object_add(o, "size", json_object_new_int64((int64_t)item->size));
		json_object_object_add(o, "digest", json_object_new_string(digest_format(&item->digest, digest)));
		json_object_object_add(o, "name", json_object_new_string(item->name));
		json_object_object_add(o, "note", json_object_new_string(item->note));
	}
	return !json_object_array_add(l->list, o);
}

static int
fetch(struct listing *l, const struct document_query *query)
{
	struct request request = {.kind = REQUEST_DOCUMENTS, .documents = *query};
	bool good = true;
	do {
		struct reply reply;
		int status = command_ask(l->command, &request, REPLY_DOCUMENTS, &reply);
		if (status != EXIT_DONE)
			return status;
		l->as_of = reply.documents.as_of;
		l->now = reply.documents.time_us / 1000000;
		snprintf(l->label, sizeof l->label, "%s", reply.documents.label);
		for (size_t i = 0; good && i < reply.documents.count; i++)
			good = l->table ? add_row(l, &reply.documents.items[i]) : add_json(l, &reply.documents.items[i]);
		request.documents.after = reply.documents.next;
	} while (good && request.documents.after.unit);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* What the notice says, and what follows from the calendar. */
static void
print_dates(const struct command *c, const struct document_query *query)
{
	for (size_t i = 0; i < c->catalogue.document_kind_count; i++) {
		const struct document_kind *kind = &c->catalogue.document_kinds[i];
		char day[11], due[DEADLINE_TEXT_BYTES];
		if (query->kind_count && query->kinds[0] != kind->number)
			continue;
		date_format(kind->due_date, day);
		output_line(c->output, _("%s (%s): by the notice (%s) %s, in effect %s"),
		            in_language(c, kind->name_en, kind->name_zh), kind->code, kind->notice, day,
		            deadline_format(kind->due, due));
	}
}

static bool
print(const struct listing *l, const struct document_query *query)
{
	const struct command *c = l->command;
	if (l->list) {
		command_print_json(c, json_object_get(l->list));
		return true;
	}
	if (!table_end(l->table))
		return false;
	if (c->format != FORMAT_CSV)
		print_dates(c, query);
	command_footer(c, &l->as_of, l->label);
	return true;
}

int
document_list_show(struct command *c, const struct document_query *query)
{
	struct listing l = {.command = c};
	if (c->format == FORMAT_JSON)
		l.list = json_object_new_array();
	else
		l.table = create_table(c);
	int status = l.list || l.table ? fetch(&l, query) : EXIT_FAILED_INSIDE;
	if (status == EXIT_DONE && !print(&l, query))
		status = EXIT_FAILED_INSIDE;
	table_destroy(&l.table);
	json_object_put(l.list);
	return status;
}
