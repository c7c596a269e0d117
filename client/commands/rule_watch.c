/* First all findings that are not green (or those that --state asks for), then a line for every push: on a
 * terminal a line of words for each finding that turned, otherwise a line of JSON. */
#include "rule_watch.h"

#include "base/decimal.h"
#include "base/shown.h"
#include "columns/compliance_columns.h"
#include "command/command.h"
#include "rule_options.h"

#include <inttypes.h>
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
	struct reading reading;
	const char *count_text;
	int64_t count, shown; /* 0: without end */
	bool compliance, terminal;
	uint64_t id; /* of the watch request */
};

static int
print_counts(const uint32_t n[RULE_STATES])
{
	printf(_("%u red, %u amber, %u green, %u not judged\n"), n[RULE_RED], n[RULE_AMBER], n[RULE_GREEN],
	       n[RULE_NOT_JUDGED]);
	return fflush(shown_below(stdout)) ? EXIT_FAILED_INSIDE : EXIT_DONE;
}

/* ---------------------------------------------------------------- what stands, and what turned */

static bool
is_shown(const struct watching *w, enum rule_state state)
{
	return w->query.state_count || state != RULE_GREEN;
}

static void
print_what(const struct watching *w, const struct finding_key *key)
{
	printf("%" PRId64 " %s %s: ", key->unit, command_unit_name(&w->command, key->unit),
	       cell_rule(&w->reading, key->rule).text);
}

/* At most as many as one answer holds: all of them tells fupin compliance. */
static int
show_state(struct watching *w, struct compliance_answer *answer)
{
	size_t count = 0;
	w->shown++;
	for (size_t i = 0; i < answer->count; i++)
		if (is_shown(w, answer->items[i].state))
			answer->items[count++] = answer->items[i];
	answer->count = count;
	if (!w->terminal)
		return command_print_record_line(&w->command, &compliance_watch_columns, answer);
	for (size_t i = 0; i < answer->count; i++) {
		print_what(w, &answer->items[i].key);
		printf("%s\n", cell_rule_state(&w->reading, answer->items[i].state).text);
	}
	return print_counts(answer->states);
}

static int
show_turns(struct watching *w, const struct push *push)
{
	w->shown++;
	if (!w->terminal)
		return command_print_record_line(&w->command, &compliance_push_columns, push);
	for (size_t i = 0; i < push->turn_count; i++) {
		const struct rule_turn *turn = &push->turns[i];
		print_what(w, &turn->key);
		printf("%s → %s\n", cell_rule_state(&w->reading, turn->from).text,
		       cell_rule_state(&w->reading, turn->to).text);
	}
	return print_counts(push->states);
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
	command_reading(&w.command, &w.reading);
	w.terminal = w.command.format == FORMAT_TABLE && isatty(STDOUT_FILENO);
	if (status == EXIT_DONE)
		status = begin(&w);
	while (status == EXIT_DONE && !(w.count && w.shown >= w.count))
		status = step(&w);
	reading_free(&w.reading);
	return command_close(&w.command, status);
}
