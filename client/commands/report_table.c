/* Reports, as many as there are: pages of one answer each, shown as they come and kept nowhere. All of them
 * are as of the commit that the first page was as of, so that they fit together. */
#include "base/decimal.h"
#include "command/showing.h"
#include "output/json.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIXED_COLUMNS = 9 };

struct report_table {
	const struct command *command;
	struct table *table; /* NULL in JSON */
	size_t columns;
	struct cell *cells;
	size_t column_of[CATALOGUE_NUMBER_MAX + 1]; /* by the indicator's number; 0: not of this form */
	uint64_t shown;
};

/* In CSV an indicator is headed by its code, as in every CSV file of ours. */
static bool
create_table(struct report_table *r, const char *sheet, uint32_t form)
{
	const struct command *c = r->command;
	const struct table_column fixed[FIXED_COLUMNS] = {
	    {_("code"), false},        {_("unit"), false},
	    {_("county"), false},      {_("period"), false},
	    {_("form version"), true}, {_("revision"), true},
	    {_("state"), false},       {C_("revision", "approved"), true},
	    {_("first sent"), false}};
	struct table_column *columns = calloc(FIXED_COLUMNS + c->catalogue.indicator_count, sizeof *columns);
	r->cells = calloc(FIXED_COLUMNS + c->catalogue.indicator_count, sizeof *r->cells);
	for (r->columns = 0; columns && r->columns < FIXED_COLUMNS; r->columns++)
		columns[r->columns] = fixed[r->columns];
	for (size_t i = 0; columns && i < c->catalogue.indicator_count; i++) {
		const struct indicator *indicator = &c->catalogue.indicators[i];
		if (indicator->form != form)
			continue;
		const char *name = in_language(c, indicator->name_en, indicator->name_zh);
		r->column_of[indicator->number] = r->columns;
		columns[r->columns++] = (struct table_column){c->format == FORMAT_CSV ? indicator->code : name, true};
	}
	if (columns && r->cells)
		r->table = table_create(c->output, sheet, columns, r->columns);
	free(columns);
	return r->table;
}

static bool
add_report(struct report_table *r, const struct report_item *item)
{
	const struct command *c = r->command;
	char code[24], when[8];
	snprintf(code, sizeof code, "%" PRId64, item->key.unit);
	period_format(item->key.period, when);
	const struct cell fixed[FIXED_COLUMNS] = {
	    cell_text(code),
	    cell_text(command_unit_name(c, item->key.unit)),
	    cell_text(command_unit_name(c, unit_county(item->key.unit))),
	    cell_text(when),
	    cell_number(item->version, 0),
	    cell_number(item->revision, 0),
	    cell_text(in_language(c, review_state_name(item->state), review_state_name_zh(item->state))),
	    item->approved ? cell_number(item->approved, 0) : cell_text(""),
	    cell_time(item->first_time)};
	for (size_t i = 0; i < r->columns; i++)
		r->cells[i] = i < FIXED_COLUMNS ? fixed[i] : cell_text(""); /* not reported: an empty cell */
	for (size_t i = 0; i < item->value_count; i++) {
		const struct indicator *indicator = catalogue_indicator(&c->catalogue, item->indicators[i]);
		if (indicator && r->column_of[indicator->number])
			r->cells[r->column_of[indicator->number]] = cell_number(item->values[i], indicator->decimals);
	}
	return table_add(r->table, r->cells);
}

static void
print_report(struct report_table *r, const struct report_item *item)
{
	struct json_object *o = report_json(r->command, item);
	FILE *out = r->command->output->stream;
	fputs(r->shown ? ",\n" : "\n", out);
	json_print(out, o, JSON_C_TO_STRING_NOSLASHESCAPE);
	json_object_put(o);
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
	for (size_t i = 0; good && i < page->count; i++, r->shown++) {
		if (r->table)
			good = add_report(r, &page->items[i]);
		else
			print_report(r, &page->items[i]);
	}
	/* A full disk shows here, not an hour later. */
	return good && !(r->command->output->stream && ferror(r->command->output->stream));
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
		if (first && !r->table)
			print_json_head(c, &reply.reports);
		first = false;
		if (!show_page(r, &reply.reports))
			return EXIT_FAILED_INSIDE;
		request.reports.after = reply.reports.next;
	} while (request.reports.after.unit);
	if (!r->table)
		fprintf(c->output->stream, "\n]}\n");
	if (r->table && !table_end(r->table))
		return EXIT_FAILED_INSIDE;
	command_footer(c, &reply.reports.as_of, reply.reports.label);
	return EXIT_DONE;
}

int
show_reports(struct command *c, const char *sheet, uint32_t form, struct report_query *query)
{
	struct report_table *r = calloc(1, sizeof *r);
	int status = EXIT_FAILED_INSIDE;
	if (!r)
		return status;
	r->command = c;
	query->values = true;
	query->forms = &form;
	query->form_count = 1;
	if (c->format == FORMAT_JSON || create_table(r, sheet, form))
		status = show_pages(r, c, query);
	if (status == EXIT_FAILED_INSIDE)
		fprintf(stderr, _("fupin: after %" PRIu64 " reports: no memory, or no room\n"), r->shown);
	table_destroy(&r->table);
	free(r->cells);
	free(r);
	return status;
}
