/* fupin extend UNIT PERIOD [FORM] --closed TIME --reason TEXT, or UNIT DOCUMENT --due TIME --reason TEXT:
 * gives a unit below the office more time. */
#include "command/sending.h"
#include "subcommands.h"

#include <stdio.h>
#include <string.h>

enum { EXTENSIONS_MAX = 3 * 64 };

struct extending {
	struct command command;
	struct sending sending;
	const char *times[DEADLINE_EVENTS]; /* by event, as given */
	const char *reason;
	struct extension items[EXTENSIONS_MAX];
	struct submission submission;
};

static bool
add(struct extending *x, struct extension e)
{
	const char *time = x->times[e.event];
	if (x->submission.extension_count == EXTENSIONS_MAX)
		return false;
	if (!deadline_parse(time, &e.until)) {
		fprintf(stderr, _("fupin extend: %s: not a time: write 2013-08-20 or 2013-08-20T17:00\n"), time);
		return false;
	}
	e.reason = x->reason;
	x->items[x->submission.extension_count++] = e;
	return true;
}

static bool
add_form(struct extending *x, unit_code unit, period when, const struct form *form)
{
	bool good = true;
	for (int event = DEADLINE_DUE; good && event < DEADLINE_EVENTS; event++)
		if (x->times[event])
			good = add(x, (struct extension){.unit = unit,
			                                 .period = when,
			                                 .form = form->number,
			                                 .event = (enum deadline_event)event});
	return good;
}

/* A document has one date. */
static int
fill_document(struct extending *x, unit_code unit, const struct document_kind *kind)
{
	if (!x->times[DEADLINE_DUE] || x->times[DEADLINE_CLOSED] || x->times[DEADLINE_CORRECTIONS]) {
		fprintf(stderr, _("fupin extend: a document is due at --due, and never closes\n"));
		return EXIT_USAGE;
	}
	struct extension e = {.unit = unit, .event = DEADLINE_DUE, .document = kind->number};
	return add(x, e) ? EXIT_DONE : EXIT_USAGE;
}

/* All forms that units at or below this one's level report, or the one that was named; or a document. */
static int
fill(struct extending *x, int count, char **words)
{
	const struct catalogue *c = &x->command.catalogue;
	const struct document_kind *kind = catalogue_document_by_name(c, words[1]);
	unit_code unit;
	period when;
	const struct form *only = NULL;
	x->submission.extensions = x->items;
	if (!command_find_unit(&x->command, words[0], &unit))
		return EXIT_USAGE;
	if (kind && count == 2)
		return fill_document(x, unit, kind);
	if (!period_parse(words[1], &when)) {
		fprintf(stderr,
		        _("fupin extend: %s: neither a period (2013-04) nor a document of the plan (fupin document "
		          "list)\n"),
		        words[1]);
		return EXIT_USAGE;
	}
	if (count > 2 && !(only = catalogue_form_by_code(c, words[2]))) {
		fprintf(stderr, _("fupin extend: %s: no such form; fupin forms lists them\n"), words[2]);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < c->form_count; i++)
		if ((only ? &c->forms[i] == only : c->forms[i].level >= unit_level_of(unit)) &&
		    !add_form(x, unit, when, &c->forms[i]))
			return EXIT_USAGE;
	return EXIT_DONE;
}

int
cmd_extend(int argc, char **argv)
{
	static struct extending x;
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&x.command),
	                                 {"--due", &x.times[DEADLINE_DUE], NULL},
	                                 {"--closed", &x.times[DEADLINE_CLOSED], NULL},
	                                 {"--corrections", &x.times[DEADLINE_CORRECTIONS], NULL},
	                                 {"--reason", &x.reason, NULL}};
	char what[128];
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	bool has_time = x.times[DEADLINE_DUE] || x.times[DEADLINE_CLOSED] || x.times[DEADLINE_CORRECTIONS];
	if (count < 2 || count > 3 || !has_time || !x.reason) {
		fprintf(stderr, _("fupin extend: a unit, a period or a document, --reason, and --due, --closed or "
		                  "--corrections; see fupin help\n"));
		return EXIT_USAGE;
	}
	int status = command_open(&x.command);
	if (status == EXIT_DONE)
		status = command_catalogue(&x.command, true, true);
	if (status == EXIT_DONE)
		status = fill(&x, count, argv);
	if (status == EXIT_DONE)
		status = sending_open(&x.sending, &x.command);
	snprintf(what, sizeof what, "extend %.40s %.20s", count > 0 ? argv[0] : "", count > 1 ? argv[1] : "");
	if (status == EXIT_DONE)
		status = sending_save(&x.sending, &x.submission, what);
	if (status == EXIT_DONE)
		status = sending_deliver(&x.sending, false);
	sending_close(&x.sending);
	return command_close(&x.command, status);
}
