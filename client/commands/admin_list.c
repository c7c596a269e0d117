#include "admin_list.h"

#include "columns/office_columns.h"

int
show_enrolments(const struct command *c, const struct enrolment_list *list)
{
	struct reading r;
	size_t waiting = 0, rivals = 0;
	command_reading(c, &r);
	int status = command_show_rows(c, _("enrolments"), &enrolment_columns, &r, list->items, list->count);
	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < list->count; i++) {
		waiting += list->items[i].state == ENROLMENT_WAITING;
		rivals += list->items[i].rivals > 0;
	}
	output_line(c->output, _("%zu wait: fupin admin admit N, when the office has read you the same digits"),
	            waiting);
	if (rivals)
		output_line(c->output,
		            _("%zu codes were brought by another key, too: were they seen by somebody else?"),
		            rivals);
	if (list->more)
		output_line(c->output, "%s", _("… and older ones"));
	return EXIT_DONE;
}

int
show_offices(const struct command *c, const struct office_list *list)
{
	struct reading r;
	size_t revoked = 0;
	command_reading(c, &r);
	int status = command_show_rows(c, _("offices"), &office_columns, &r, list->items, list->count);
	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < list->count; i++)
		revoked += list->items[i].revoked_us > 0;
	output_line(c->output, _("%zu admitted, %zu keys revoked"), list->count - revoked, revoked);
	if (list->more)
		output_line(c->output, "%s", _("… and more"));
	return EXIT_DONE;
}
