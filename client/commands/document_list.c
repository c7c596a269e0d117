#include "document_list.h"

#include "columns/document_columns.h"

#include <stdio.h>

/* Pages come one after the other, and each lives until the next: rows are added as they come. */
static int
fetch(struct command *c, const struct document_query *query, struct listing *list, struct reading *r,
      struct as_of *as_of, char label[NAME_BYTES_MAX + 1])
{
	struct request request = {.kind = REQUEST_DOCUMENTS, .documents = *query};
	bool good = true;
	do {
		struct reply reply;
		int status = command_ask(c, &request, REPLY_DOCUMENTS, &reply);
		if (status != EXIT_DONE)
			return status;
		*as_of = reply.documents.as_of;
		r->time_us = reply.documents.time_us;
		snprintf(label, NAME_BYTES_MAX + 1, "%s", reply.documents.label);
		for (size_t i = 0; good && i < reply.documents.count; i++)
			good = listing_add(list, &reply.documents.items[i]);
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

int
document_list_show(struct command *c, const struct document_query *query)
{
	struct reading r;
	struct as_of as_of;
	char label[NAME_BYTES_MAX + 1];
	command_reading(c, &r);
	struct listing *list =
	    listing_begin(c->output, c->format == FORMAT_XLSX ? "documents" : NULL, &document_columns, &r, 0);
	int status = list ? fetch(c, query, list, &r, &as_of, label) : EXIT_FAILED_INSIDE;
	int end = command_end_listing(&list, &r, status == EXIT_DONE);
	if (status == EXIT_DONE)
		status = end;
	if (status != EXIT_DONE)
		return status;
	if (c->format != FORMAT_CSV)
		print_dates(c, query);
	command_footer(c, &as_of, label);
	return EXIT_DONE;
}
