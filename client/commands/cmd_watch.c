/* fupin watch UNIT: the same as fupin total, again and again as it changes. On a terminal the table is drawn
 * anew; otherwise each change is one line of JSON with the rows that changed. */
#include "command/totalling.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/shown.h"
#include "rule_watch.h"
#include "subcommands.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	AGAIN_MS = 1000,    /* between attempts while the centre is away */
	SILENCE_MS = 60000, /* the centre says something every 20 s */
	REDRAW_MS = 100,    /* people read no faster; the centre conflates meanwhile */
};

struct watching {
	struct totalling totalling;
	const char *count_text; /* option */
	int64_t count, shown;   /* 0: without end */
	bool terminal;
	uint64_t id; /* of the watch request */
	int64_t drawn_us;
};

/* ---------------------------------------------------------------- showing */

static int
draw(struct watching *w)
{
	int64_t next_us = w->drawn_us + REDRAW_MS * 1000, now = clock_steady_us();
	if (now < next_us)
		poll(NULL, 0, (int)((next_us - now) / 1000));
	fputs("\033[H\033[2J", shown_below(stdout));
	int status = totalling_print(&w->totalling, NULL);
	w->drawn_us = clock_steady_us();
	return status;
}

/* The state, or of it the rows that changed. */
static int
show(struct watching *w, const struct unit_total *units, size_t count)
{
	int status = w->terminal ? draw(w) : totalling_print_line(&w->totalling, units, count);
	w->shown++;
	/* Flushed at once for the reader of a pipe, which may have closed it. */
	return fflush(shown_below(stdout)) ? EXIT_FAILED_INSIDE : status;
}

static int
show_all(struct watching *w)
{
	return show(w, w->totalling.follow.state.units, w->totalling.follow.state.unit_count);
}

static bool
is_enough(const struct watching *w)
{
	return w->count && w->shown >= w->count;
}

/* ---------------------------------------------------------------- following */

/* Watches: the answer is the state from which pushes go on. */
static int
begin_once(struct watching *w)
{
	struct totalling *t = &w->totalling;
	struct request request = {.kind = REQUEST_WATCH, .total = t->query};
	struct reply reply;
	uint64_t seen = t->follow.state.as_of.seq;
	int status = command_ask(t->command, &request, REPLY_TOTAL, &reply);
	if (status != EXIT_DONE)
		return status;
	w->id = request.id;
	if (!reply.total.unit_count || !follow_begin(&t->follow, &reply.total))
		return EXIT_FAILED_INSIDE;
	return w->shown && t->follow.state.as_of.seq == seen ? EXIT_DONE : show_all(w);
}

/* The first time a centre that does not answer is told of; later it is waited for. */
static int
begin(struct watching *w)
{
	int status;
	do
		status = begin_once(w);
	while (status == EXIT_WAITING && w->shown && !poll(NULL, 0, AGAIN_MS));
	return status;
}

static int
acknowledge(struct watching *w, uint64_t seq)
{
	struct request request = {.kind = REQUEST_ACK, .ack = {.watch = w->id, .seq = seq}};
	return command_fail(w->totalling.command, session_send(w->totalling.command->session, &request));
}

static int
take_push(struct watching *w, const struct push *push)
{
	struct totalling *t = &w->totalling;
	uint64_t seq = push->as_of.seq;
	enum follow_result result = follow_push(&t->follow, push);
	int status = result == FOLLOW_NO_MEMORY ? EXIT_FAILED_INSIDE : EXIT_DONE;
	if (result == FOLLOW_GAP) {
		status = totalling_ask(t);
		if (status == EXIT_WAITING)
			return begin(w); /* the centre went away meanwhile */
		if (status == EXIT_DONE)
			status = show_all(w);
	} else if (status == EXIT_DONE && push->unit_count) {
		status = show(w, push->units, push->unit_count);
	}
	return status == EXIT_DONE ? acknowledge(w, seq) : status;
}

static bool
watch_is_unknown(const struct refusal *refusal)
{
	return refusal->problems->count && refusal->problems->items[0].code == PROBLEM_WATCH_UNKNOWN;
}

/* Takes one message. */
static int
step(struct watching *w)
{
	struct session *session = w->totalling.command->session;
	struct reply reply;
	enum session_failure failure = session_take(session, SILENCE_MS, &reply);
	if (failure == SESSION_LOST)
		return begin(w);
	if (failure == SESSION_NO_ANSWER)
		return session_reconnect(session) ? begin(w) : EXIT_FAILED_INSIDE;
	if (failure)
		return command_fail(w->totalling.command, failure);
	if (reply.kind == REPLY_PUSH && reply.request_id == w->id)
		return take_push(w, &reply.push);
	if (reply.kind == REPLY_REFUSAL)
		return watch_is_unknown(&reply.refusal) ? begin(w)
		                                        : command_fail(w->totalling.command, SESSION_REFUSED);
	return EXIT_DONE; /* a late answer */
}

int
cmd_watch(int argc, char **argv)
{
	struct command c = {0};
	struct watching w = {.totalling.command = &c};
	struct totalling *t = &w.totalling;
	const struct arg_kind kinds[] = {TOTALLING_OPTIONS(t), {"--count", &w.count_text, NULL}};
	int count;
	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], "--compliance"))
			return rule_watch(argc, argv);
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (w.count_text && (!decimal_parse(w.count_text, 0, &w.count) || w.count < 1)) {
		fprintf(stderr, _("fupin watch: --count %s: not a number from 1 on\n"), w.count_text);
		return EXIT_USAGE;
	}
	if (!command_shows_no_table(&c))
		return EXIT_USAGE; /* it has no end: there would never be a file */
	int status = totalling_open(t, count, argv);
	w.terminal = t->command->format == FORMAT_TABLE && isatty(STDOUT_FILENO);
	if (status == EXIT_DONE)
		status = begin(&w);
	while (status == EXIT_DONE && !is_enough(&w))
		status = step(&w);
	totalling_close(t);
	return command_close(&c, status);
}
