/* First all findings that are not green (or those that --state asks for), then a line for every push: on a
 * terminal a line of words for each finding that turned, otherwise a line of JSON. */
#include "rule_watch.h"

#include "base/decimal.h"
#include "base/shown.h"
#include "command/command.h"
#include "output/json.h"
#include "rule_text.h"

#include <inttypes.h>
#include <json.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum {
	AGAIN_MS = 1000,    /* between attempts while the centre is away */
	SILENCE_MS = 60000, /* the centre says something every 20 s */
};

struct watching {
	struct command command;
	struct rule_options options;
	struct compliance_query query;
	const char *count_text;
	int64_t count, shown; /* 0: without end */
	bool compliance, terminal;
	uint64_t id; /* of the watch request */
};

static int
print_json_line(struct json_object *o)
{
	json_print(shown_below(stdout), o, JSON_C_TO_STRING_NOSLASHESCAPE);
	putc('\n', shown_below(stdout));
	json_object_put(o);
	return fflush(shown_below(stdout)) ? EXIT_FAILED_INSIDE : EXIT_DONE;
}

static void
print_counts(const uint32_t n[RULE_STATES])
{
	printf(_("%u red, %u amber, %u green, %u not judged\n"), n[RULE_RED], n[RULE_AMBER], n[RULE_GREEN],
	       n[RULE_NOT_JUDGED]);
}

/* ---------------------------------------------------------------- what stands, and what turned */

static bool
is_shown(const struct watching *w, enum rule_state state)
{
	return w->query.state_count || state != RULE_GREEN;
}

/* At most as many as one answer holds: all of them tells fupin compliance. */
static int
show_state(struct watching *w, const struct compliance_answer *answer)
{
	const struct command *c = &w->command;
	w->shown++;
	if (w->terminal) {
		for (size_t i = 0; i < answer->count; i++) {
			const struct finding_item *item = &answer->items[i];
			if (is_shown(w, item->state))
				printf("%" PRId64 " %s %s: %s\n", item->key.unit, command_unit_name(c, item->key.unit),
				       rule_name(c, item->key.rule), rule_state_text(c, item->state));
		}
		print_counts(answer->states);
		return fflush(shown_below(stdout)) ? EXIT_FAILED_INSIDE : EXIT_DONE;
	}
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	json_object_object_add(o, "as_of", rule_as_of_json(&answer->as_of));
	json_object_object_add(o, "label", json_object_new_string(answer->label));
	json_object_object_add(o, "counts", rule_counts_json(answer->states));
	for (size_t i = 0; i < answer->count; i++)
		if (is_shown(w, answer->items[i].state))
			json_object_array_add(list, rule_finding_json(c, &answer->items[i]));
	json_object_object_add(o, "findings", list);
	return print_json_line(o);
}

static struct json_object *
turn_json(const struct command *c, const struct rule_turn *turn)
{
	const struct plan_rule *rule = catalogue_plan_rule(&c->catalogue, turn->key.rule);
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "rule", json_object_new_string(rule ? rule->code : ""));
	json_object_object_add(o, "unit", json_object_new_int64(turn->key.unit));
	json_object_object_add(o, "name", json_object_new_string(command_unit_name(c, turn->key.unit)));
	json_object_object_add(o, "from", json_object_new_string(rule_state_name(turn->from)));
	json_object_object_add(o, "to", json_object_new_string(rule_state_name(turn->to)));
	return o;
}

static int
show_turns(struct watching *w, const struct push *push)
{
	const struct command *c = &w->command;
	w->shown++;
	if (w->terminal) {
		for (size_t i = 0; i < push->turn_count; i++) {
			const struct rule_turn *turn = &push->turns[i];
			printf("%" PRId64 " %s %s: %s → %s\n", turn->key.unit, command_unit_name(c, turn->key.unit),
			       rule_name(c, turn->key.rule), rule_state_text(c, turn->from),
			       rule_state_text(c, turn->to));
		}
		print_counts(push->states);
		return fflush(shown_below(stdout)) ? EXIT_FAILED_INSIDE : EXIT_DONE;
	}
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	json_object_object_add(o, "as_of", rule_as_of_json(&push->as_of));
	json_object_object_add(o, "counts", rule_counts_json(push->states));
	for (size_t i = 0; i < push->turn_count; i++)
		json_object_array_add(list, turn_json(c, &push->turns[i]));
	json_object_object_add(o, "turns", list);
	json_object_object_add(o, "more", json_object_new_int64(push->more_turns));
	return print_json_line(o);
}

/* ---------------------------------------------------------------- following */

/* Watches anew; what stands is shown again, as something may have turned meanwhile. */
static int
begin(struct watching *w)
{
	struct reply reply;
	int status;
	for (;;) {
		struct request request = {.kind = REQUEST_WATCH_COMPLIANCE, .compliance = w->query};
		status = command_ask(&w->command, &request, REPLY_COMPLIANCE, &reply);
		w->id = request.id;
		/* The first time a centre that does not answer is told of; later it is waited for. */
		if (status != EXIT_WAITING || !w->shown || poll(NULL, 0, AGAIN_MS))
			break;
	}
	return status == EXIT_DONE ? show_state(w, &reply.compliance) : status;
}

static int
take_push(struct watching *w, const struct push *push)
{
	struct request request = {.kind = REQUEST_ACK, .ack = {.watch = w->id, .seq = push->as_of.seq}};
	int status = push->turn_count || push->more_turns ? show_turns(w, push) : EXIT_DONE;
	return status == EXIT_DONE ? command_fail(&w->command, session_send(w->command.session, &request))
	                           : status;
}

/* Takes one message. */
static int
step(struct watching *w)
{
	struct session *session = w->command.session;
	struct reply reply;
	enum session_failure failure = session_take(session, SILENCE_MS, &reply);
	if (failure == SESSION_LOST)
		return begin(w);
	if (failure == SESSION_NO_ANSWER)
		return session_reconnect(session) ? begin(w) : EXIT_FAILED_INSIDE;
	if (failure)
		return command_fail(&w->command, failure);
	if (reply.kind == REPLY_PUSH && reply.request_id == w->id)
		return take_push(w, &reply.push);
	if (reply.kind != REPLY_REFUSAL)
		return EXIT_DONE; /* a late answer */
	const struct problem_list *problems = reply.refusal.problems;
	bool unknown = problems->count && problems->items[0].code == PROBLEM_WATCH_UNKNOWN;
	return unknown ? begin(w) : command_fail(&w->command, SESSION_REFUSED);
}

int
rule_watch(int argc, char **argv)
{
	struct watching w = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&w.command),
	                                 RULE_OPTIONS(&w.options),
	                                 {"--compliance", NULL, &w.compliance},
	                                 {"--count", &w.count_text, NULL}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (w.count_text && (!decimal_parse(w.count_text, 0, &w.count) || w.count < 1)) {
		fprintf(stderr, _("fupin watch: --count %s: not a number from 1 on\n"), w.count_text);
		return EXIT_USAGE;
	}
	if (!command_shows_no_table(&w.command))
		return EXIT_USAGE; /* it has no end: there would never be a file */
	int status = rule_options_read(&w.command, &w.options, count, argv, &w.query);
	w.terminal = w.command.format == FORMAT_TABLE && isatty(STDOUT_FILENO);
	if (status == EXIT_DONE)
		status = begin(&w);
	while (status == EXIT_DONE && !(w.count && w.shown >= w.count))
		status = step(&w);
	return command_close(&w.command, status);
}
