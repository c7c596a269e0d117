/* Reports, as many as there are: pages of one answer each, shown as they come and kept nowhere. All of them
 * are as of the commit that the first page was as of, so that they fit together. */
#include "columns/report_columns.h"
#include "command/showing.h"
#include "output/json.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>

struct report_table {
	struct output *output;
	struct reading reading;
	struct listing *listing; /* NULL in JSON */
	uint64_t shown;
};

static bool
print_report(struct report_table *r, const struct report_item *item)
{
	FILE *out = r->output->stream;
	arena_reset(&r->reading.arena);
	struct json_object *o = json_record(&r->reading, &report_columns, item);
	fputs(r->shown ? ",\n" : "\n", out);
	json_print(out, o, JSON_C_TO_STRING_NOSLASHESCAPE);
	json_object_put(o);
	return !r->reading.arena.exhausted;
}

/* What stands before the first report in JSON: what all of them are as of. */
static void
print_json_head(const struct command *c, const struct report_answer *first)
{
	static const char list[] = ",\"reports\":[";
	struct json_object *label = json_object_new_string(first->label);
	fprintf(c->output->stream, "{\"seq\":%" PRIu64 ",\"label\":", first->as_of.seq);
	json_print(c->output->stream, label, JSON_C_TO_STRING_NOSLASHESCAPE);
	fputs(list, c->output->stream);
	json_object_put(label);
}

static bool
show_page(struct report_table *r, const struct report_answer *page)
{
	bool good = true;
	for (size_t i = 0; good && i < page->count; i++, r->shown++)
		good = r->listing ? listing_add(r->listing, &page->items[i]) : print_report(r, &page->items[i]);
	/* A full disk shows here, not an hour later. */
	return good && !(r->output->stream && ferror(r->output->stream));
}

static int
show_pages(struct report_table *r, struct command *c, struct report_query *q)
{
	struct request request = {.kind = REQUEST_REPORTS, .reports = *q};
	struct reply reply;
	bool first = true;
	do {
		request.reports.as_of = c->as_of;
		int status = command_ask(c, &request, REPLY_REPORTS, &reply);
		if (status == EXIT_DONE)
			status = command_hold_as_of(c, &reply.reports.as_of);
		if (status != EXIT_DONE)
			return status;
		if (first && !r->listing)
			print_json_head(c, &reply.reports);
		first = false;
		if (!show_page(r, &reply.reports))
			return EXIT_FAILED_INSIDE;
		request.reports.after = reply.reports.next;
	} while (request.reports.after.unit);
	if (!r->listing)
		fprintf(c->output->stream, "\n]}\n");
	else if (!listing_end(&r->listing))
		return EXIT_FAILED_INSIDE;
	command_footer(c, &reply.reports.as_of, reply.reports.label);
	return EXIT_DONE;
}

int
show_reports(struct command *c, const char *sheet, uint32_t form, struct report_query *query)
{
	struct report_table r = {.output = c->output};
	struct columns columns = {0};
	int status = EXIT_FAILED_INSIDE;
	command_reading(c, &r.reading);
	query->values = true;
	query->forms = &form;
	query->form_count = 1;
	if (c->format != FORMAT_JSON && report_columns_of_form(&c->catalogue, form, &columns))
		r.listing = listing_begin(c->output, sheet, &columns, &r.reading, 0);
	if (c->format == FORMAT_JSON || r.listing)
		status = show_pages(&r, c, query);
	if (status == EXIT_FAILED_INSIDE)
		fprintf(stderr, _("fupin: after %" PRIu64 " reports: no memory, or no room\n"), r.shown);
	listing_discard(&r.listing);
	reading_free(&r.reading);
	columns_free(&columns);
	return status;
}
