/* fupin review: the work list of a reviewer, one report as it stands, and decisions about one or many of
 * them. A decision names the revision and the step that the list showed; if another reviewer was faster, it
 * is refused. */
#include "base/decimal.h"
#include "base/grow.h"
#include "columns/report_columns.h"
#include "command/sending.h"
#include "subcommands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reviewing {
	struct command command;
	struct sending sending;
	const char *state_option, *revision_option, *reason_option, *text_option, *seen_option;
	struct report_query query;
	bool warned;
	uint32_t form;
	enum review_state states[REVIEW_STATES];
	/* All pages of the list. */
	struct arena arena;
	size_t count, room;
	struct report_item *items;
	struct as_of as_of;
	const char *label;
};

/* ---------------------------------------------------------------- asking */

/* Without --state the list shows what the office has to work on: for a county what was returned, for a
 * prefecture what was sent, for the province what was passed. */
static enum review_state
own_work(enum role role)
{
	return role == ROLE_COUNTY ? REVIEW_RETURNED : role == ROLE_PREFECTURE ? REVIEW_SENT : REVIEW_PASSED;
}

static bool
read_states(struct reviewing *r, const char *text)
{
	char word[32];
	r->query.states = r->states;
	while (*text) {
		size_t size = strcspn(text, ",");
		snprintf(word, sizeof word, "%.*s", (int)(size < sizeof word ? size : sizeof word - 1), text);
		text += size + (text[size] == ',');
		if (!strcmp(word, "all")) {
			r->query.state_count = 0;
			return true;
		}
		if (r->query.state_count == REVIEW_STATES ||
		    !review_state_parse(word, &r->states[r->query.state_count++])) {
			fprintf(stderr, _("fupin review: --state %s: sent, returned, passed, taken or all\n"), word);
			return false;
		}
	}
	return true;
}

static int
read_words(struct reviewing *r, int count, char **words)
{
	struct command_scope scope;
	int status = command_read_scope(&r->command, count, words, &scope);
	if (status != EXIT_DONE)
		return status;
	r->form = scope.form;
	r->query.unit = scope.unit;
	r->query.from = scope.from;
	r->query.to = scope.to;
	r->query.forms = &r->form;
	r->query.form_count = scope.form != 0;
	r->query.warned = r->warned;
	r->query.as_of = r->command.as_of;
	return EXIT_DONE;
}

/* --seen: decides on the reports as a list showed them as of that commit. The centre refuses the decision
 * for a report that has changed since. */
static bool
read_seen(struct reviewing *r)
{
	int64_t seq = 0;
	if (r->seen_option && (!decimal_parse(r->seen_option, 0, &seq) || seq < 1)) {
		fprintf(stderr, _("fupin review: --seen %s: the number of the commit that a list is as of\n"),
		        r->seen_option);
		return false;
	}
	if (seq)
		r->query.as_of = (struct as_of){.seq = (uint64_t)seq};
	return true;
}

static bool
keep(struct reviewing *r, const struct report_answer *page)
{
	if (!grow(&r->items, &r->room, r->count + page->count, sizeof *r->items))
		return false;
	for (size_t i = 0; i < page->count; i++) {
		struct report_item *item = &r->items[r->count];
		*item = page->items[i];
		item->text = arena_string(&r->arena, item->text);
		item->indicators = arena_array(&r->arena, item->value_count, sizeof *item->indicators);
		item->values = arena_array(&r->arena, item->value_count, sizeof *item->values);
		item->warnings = arena_array(&r->arena, item->warning_count, sizeof *item->warnings);
		if (!item->text || !item->indicators || !item->values || !item->warnings)
			return false;
		if (item->warning_count)
			memcpy(item->warnings, page->items[i].warnings, item->warning_count * sizeof *item->warnings);
		if (item->value_count) {
			memcpy(item->indicators, page->items[i].indicators, item->value_count * sizeof *item->indicators);
			memcpy(item->values, page->items[i].values, item->value_count * sizeof *item->values);
		}
		r->count++;
	}
	return true;
}

static int
fetch(struct reviewing *r)
{
	struct request request = {.kind = REQUEST_REPORTS, .reports = r->query};
	struct reply reply;
	do {
		int status = command_ask(&r->command, &request, REPLY_REPORTS, &reply);
		if (status != EXIT_DONE)
			return status;
		if (!keep(r, &reply.reports))
			return EXIT_FAILED_INSIDE;
		r->as_of = reply.reports.as_of;
		r->label = arena_string(&r->arena, reply.reports.label);
		request.reports.after = reply.reports.next;
	} while (request.reports.after.unit && r->label);
	return r->label ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

/* ---------------------------------------------------------------- showing */

static int
print_list(const struct reviewing *r)
{
	const struct command *c = &r->command;
	const struct report_answer all = {
	    .as_of = r->as_of, .label = r->label, .count = r->count, .items = r->items};
	struct reading reading;
	command_reading(c, &reading);
	int status = command_show_answer(c, _("reports"), &report_list_columns, "reports", &reading, &all);
	if (status != EXIT_DONE || c->format == FORMAT_JSON)
		return status;
	if (r->count && !c->as_of_option)
		output_line(c->output,
		            _("to decide on this list as it stands here: review pass, take or return … "
		              "--seen %" PRIu64),
		            r->as_of.seq);
	command_footer(c, &r->as_of, r->label);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- deciding */

static int
send_decisions(struct reviewing *r, struct review *reviews, size_t count, const char *what)
{
	const struct submission s = {.review_count = count, .reviews = reviews};
	int status = sending_open(&r->sending, &r->command);
	if (status == EXIT_DONE)
		status = sending_save(&r->sending, &s, what);
	if (status == EXIT_DONE)
		status = sending_deliver(&r->sending, false);
	sending_close(&r->sending);
	return status;
}

/* Everything in the list is decided on in the same way, as it was listed. */
static int
decide(struct reviewing *r, enum decision decision, int count, char **words)
{
	struct review *reviews = calloc(r->count + 1, sizeof *reviews);
	enum return_reason reason = RETURN_REASON_NONE;
	char what[128];
	if (!reviews)
		return EXIT_FAILED_INSIDE;
	if (decision == DECISION_RETURN &&
	    !return_reason_parse(r->reason_option ? r->reason_option : "", &reason)) {
		fprintf(stderr, _("fupin review return: --reason wrong_figure, missing_figure, inconsistent, "
		                  "no_evidence, asked_for or other, and --text\n"));
		free(reviews);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < r->count; i++) {
		const struct report_item *item = &r->items[i];
		reviews[i] = (struct review){.unit = item->key.unit,
		                             .period = item->key.period,
		                             .form = item->key.form,
		                             .revision = item->revision,
		                             .step = item->step,
		                             .decision = decision,
		                             .reason = reason,
		                             .text = r->text_option ? r->text_option : ""};
		if (r->revision_option)
			reviews[i].revision = (uint32_t)strtoul(r->revision_option, NULL, 10);
	}
	snprintf(what, sizeof what, "review %s %.30s %.20s %.30s (%zu)", decision_name(decision),
	         count > 0 ? words[0] : "", count > 1 ? words[1] : "", count > 2 ? words[2] : "", r->count);
	int status = r->count ? send_decisions(r, reviews, r->count, what) : EXIT_DONE;
	if (!r->count)
		fprintf(stderr, "%s", _("fupin review: nothing there to be decided on\n"));
	free(reviews);
	return r->count ? status : EXIT_PROBLEMS;
}

/* The states of reports on which this decision can be made. */
static void
choose_states(struct reviewing *r, enum decision decision)
{
	bool province = session_welcome(r->command.session)->role == ROLE_PROVINCE;
	enum review_state first = decision == DECISION_TAKE ? REVIEW_PASSED : REVIEW_SENT;
	r->query.states = r->states;
	r->query.state_count = decision == DECISION_RETURN ? 2 : 1;
	r->states[0] = decision == DECISION_RETURN ? REVIEW_PASSED : first;
	r->states[1] = province ? REVIEW_TAKEN : REVIEW_SENT;
}

enum { ACTION_LIST, ACTION_SHOW, ACTION_DECIDE };

static int
run(struct reviewing *r, int action, enum decision decision, int count, char **words)
{
	if (action == ACTION_DECIDE && !command_shows_no_table(&r->command))
		return EXIT_USAGE;
	if (action == ACTION_SHOW)
		r->command.format_option = "json"; /* there is no other way to show one whole */
	int status = command_open(&r->command);
	if (status == EXIT_DONE)
		status = command_catalogue(&r->command, true, true);
	if (status == EXIT_DONE)
		status = read_words(r, count, words);
	if (status != EXIT_DONE)
		return status;
	r->query.values = action == ACTION_SHOW;
	if (action == ACTION_DECIDE && decision == DECISION_RETURN && count < 2) {
		fprintf(stderr, _("fupin review return: which unit, and which period?\n"));
		return EXIT_USAGE;
	}
	if (action == ACTION_DECIDE && !read_seen(r))
		return EXIT_USAGE;
	if (action == ACTION_DECIDE)
		choose_states(r, decision);
	else if (r->state_option && !read_states(r, r->state_option))
		return EXIT_USAGE;
	else if (action == ACTION_LIST && !r->state_option) {
		r->states[0] = own_work(session_welcome(r->command.session)->role);
		r->query.states = r->states;
		r->query.state_count = 1;
	}
	status = fetch(r);
	if (status == EXIT_DONE)
		status = action == ACTION_DECIDE ? decide(r, decision, count, words) : print_list(r);
	return status;
}

int
cmd_review(int argc, char **argv)
{
	static const struct {
		const char *name;
		int action;
		enum decision decision;
	} verbs[] = {
	    {"list", ACTION_LIST, DECISION_NONE},       {"show", ACTION_SHOW, DECISION_NONE},
	    {"pass", ACTION_DECIDE, DECISION_PASS},     {"take", ACTION_DECIDE, DECISION_TAKE},
	    {"return", ACTION_DECIDE, DECISION_RETURN},
	};
	struct reviewing r = {.label = ""};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&r.command),
	                                 {"--state", &r.state_option, NULL},
	                                 {"--revision", &r.revision_option, NULL},
	                                 {"--reason", &r.reason_option, NULL},
	                                 {"--text", &r.text_option, NULL},
	                                 {"--seen", &r.seen_option, NULL},
	                                 {"--warned", NULL, &r.warned},
	                                 AS_OF_OPTION(&r.command)};
	int count, status = EXIT_USAGE;
	size_t verb = 0;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	while (count && verb < sizeof verbs / sizeof *verbs && strcmp(argv[0], verbs[verb].name))
		verb++;
	if (!count || verb == sizeof verbs / sizeof *verbs) {
		fprintf(stderr, _("fupin review: list, show, pass, return or take; see fupin help\n"));
		return EXIT_USAGE;
	}
	arena_init(&r.arena, DECODE_BYTES_MAX * 16UL);
	status = run(&r, verbs[verb].action, verbs[verb].decision, count - 1, argv + 1);
	arena_free(&r.arena);
	free(r.items);
	return command_close(&r.command, status);
}
