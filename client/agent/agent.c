#include "agent.h"

#include "base/clock.h"
#include "outbox/deliver.h"
#include "outbox/recheck.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

/* How often the office's standing is asked for again, and the report is written again at least. */
enum { STANDING_MS = 60000, REPORT_MS = 30000 };
/* After a failure over a line that is there: doubled each time, with a random part; a new connection begins
 * anew. */
enum { RETRY_MS = 1000, RETRY_MAX_MS = 60000 };
enum { LOOK_AGAIN_MS = 1000 };
/* A question to the centre may take as long as the office tolerates silence, and twice as long after each
 * time that a slow line was too slow. A delivery has its own limit (session_silence_us()), until something
 * else has to be done. */
enum { SLOWEST_MS = 300000, ALIVE_MS = 10000 };

struct agent {
	struct command *command; /* its session stays NULL: sheets are read by what the centre said last */
	struct session *session;
	struct outbox *outbox;
	struct folder *folder; /* NULL: none */
	int lock, signals, home_watch;
	bool greeted, stopping, shut_out; /* shut out: there is no connection, and libzmq makes none */
	int64_t retry_us;                 /* not sooner */
	int retry_ms;
	int ask_ms;                     /* longer each time that a slow line was too slow */
	int64_t alive_us;               /* when systemd is told again */
	int64_t standing_us, report_us; /* due */
	int64_t look_us;                /* when the outbox is looked at again; 0: not now */
	size_t lost;                    /* as told */
	unsigned epoch; /* of the session, when it was greeted: behind a new line it may be another centre */
	struct agent_report *report;
	struct standing *standing; /* being asked */
};

/* ---------------------------------------------------------------- the report */

static void
write_report(struct agent *a)
{
	struct agent_report *r = a->report;
	r->written_us = clock_wall_us();
	a->report_us = clock_steady_us() + REPORT_MS * INT64_C(1000);
	if (!outbox_counts(a->outbox, r->counts))
		snprintf(r->error, sizeof r->error, "%s", outbox_error(a->outbox));
	if (!agent_file_write(&a->command->home, r))
		fprintf(stderr, _("fupin agent: its status cannot be written: %s\n"), strerror(errno));
	sd_notifyf(0, "STATUS=%s, waiting %zu, refused %zu",
	           r->reachable ? "centre reachable" : "centre not reached", r->counts[OUTBOX_WAITING],
	           r->counts[OUTBOX_REFUSED]);
}

static void
set_reachable(struct agent *a, bool reachable, const char *error)
{
	struct agent_report *r = a->report;
	bool changed = r->reachable != reachable || strcmp(r->error, error) != 0;
	r->reachable = reachable;
	if (reachable)
		r->heard_us = clock_wall_us();
	snprintf(r->error, sizeof r->error, "%s", error);
	if (!changed)
		return;
	fprintf(stderr, "%s%s%s\n", reachable ? _("the centre is reached") : _("the centre is not reached"),
	        *error ? ": " : "", error);
	write_report(a);
}

static void
tell_alive(struct agent *a)
{
	int64_t now = clock_steady_us();
	if (now < a->alive_us)
		return;
	a->alive_us = now + ALIVE_MS * INT64_C(1000);
	sd_notify(0, "WATCHDOG=1");
}

/* ---------------------------------------------------------------- the centre */

static void
try_later(struct agent *a, const char *error)
{
	int64_t jitter = (int64_t)randombytes_uniform((uint32_t)a->retry_ms * 500 + 1);
	a->greeted = false;
	a->retry_us = clock_steady_us() + a->retry_ms * INT64_C(1000) + jitter;
	a->retry_ms = a->retry_ms * 2 < RETRY_MAX_MS ? a->retry_ms * 2 : RETRY_MAX_MS;
	set_reachable(a, false, error);
}

static void
start_over(struct agent *a, const char *error)
{
	try_later(a, error);
	if (!session_reconnect(a->session))
		set_reachable(a, false, session_error(a->session));
}

/* Units and forms of now, for the sheets to come. */
static enum session_failure
renew_catalogue(struct agent *a)
{
	struct command *c = a->command;
	struct catalogue catalogue;
	catalogue_init(&catalogue, CATALOGUE_BYTES_MAX);
	enum session_failure failure = kept_fetch(&c->home, a->session, a->ask_ms, &catalogue);
	catalogue_free(&catalogue);
	if (!failure)
		command_renew_kept(c);
	return failure;
}

static int
longer(int ms)
{
	return ms * 2 < SLOWEST_MS ? ms * 2 : SLOWEST_MS;
}

static enum session_failure
look_for_lost(struct agent *a)
{
	size_t lost = a->lost;
	enum session_failure failure =
	    recheck_all(a->session, a->outbox, a->command->home.centre_key, a->ask_ms, &lost);
	if (lost != a->lost) {
		a->lost = lost;
		fprintf(stderr,
		        _("the centre has lost what it gave receipts for: %zu; see fupin outbox list --state lost\n"),
		        lost);
	}
	return failure;
}

static void
greet(struct agent *a)
{
	char text[PROBLEM_TEXT_BYTES];
	enum session_failure failure = session_hello(a->session, a->ask_ms);
	a->epoch = session_epoch(a->session);
	if (!failure)
		failure = renew_catalogue(a);
	if (!failure)
		failure = look_for_lost(a);
	if (failure == SESSION_NO_ANSWER)
		a->ask_ms = longer(a->ask_ms);
	if (failure == SESSION_REFUSED) { /* the line is good, the key may not be */
		const struct problem_list *problems = session_refusal(a->session)->problems;
		try_later(a, problem_text(&problems->items[0], a->command->language, text));
		return;
	}
	if (failure) {
		start_over(a, session_error(a->session));
		return;
	}
	a->greeted = true;
	a->retry_ms = RETRY_MS;
	a->standing_us = 0;
	set_reachable(a, true, "");
}

static void
ask_standing(struct agent *a)
{
	enum session_failure failure = standing_fetch(a->session, a->ask_ms, &a->command->catalogue, a->standing);
	a->standing_us = clock_steady_us() + STANDING_MS * INT64_C(1000);
	if (failure && failure != SESSION_REFUSED) {
		start_over(a, session_error(a->session));
		return;
	}
	if (!failure) {
		a->report->standing = *a->standing;
		a->report->has_standing = true;
	}
	set_reachable(a, true, "");
	write_report(a);
}

/* ---------------------------------------------------------------- the outbox */

static void
on_receipt(void *context, const struct outbox_item *item, const struct receipt *receipt)
{
	struct agent *a = context;
	a->report->receipt_seq = receipt->seq;
	a->report->receipt_us = receipt->time_us;
	snprintf(a->report->receipt_files, sizeof a->report->receipt_files, "%s", item->files);
	fprintf(stderr, _("receipt: %s\n"), item->files);
}

static void
on_refusal(void *context, const struct outbox_item *item, const struct refusal *refusal)
{
	(void)context;
	(void)refusal;
	fprintf(stderr, _("refused: %s; see fupin outbox list\n"), item->files);
}

/* A signal, or something in the folder. */
static bool
is_wanted(const struct agent *a)
{
	struct pollfd fds[] = {{.fd = a->signals, .events = POLLIN},
	                       {.fd = a->folder ? folder_fd(a->folder) : -1, .events = POLLIN}};
	return poll(fds, 2, 0) > 0 || (a->folder && folder_has_news(a->folder));
}

static bool
has_to_stop(void *context)
{
	struct agent *a = context;
	tell_alive(a);
	return !session_connected(a->session) || is_wanted(a);
}

/* The centre does not admit the key: it is asked again later (knock_again()). */
static void
turn_away(struct agent *a)
{
	a->shut_out = true;
	try_later(a, session_error(a->session));
}

static void
deliver_waiting(struct agent *a)
{
	const struct delivery_watch watch = {
	    .context = a, .receipted = on_receipt, .refused = on_refusal, .stop = has_to_stop};
	struct delivery delivery;
	if (!deliver(a->session, a->outbox, SLOWEST_MS, &watch, &delivery)) {
		try_later(a, outbox_error(a->outbox));
		return;
	}
	if (delivery.receipted || delivery.refused) {
		a->retry_ms = RETRY_MS;
		a->standing_us = 0;
	} else if (delivery.failure == SESSION_NOT_ADMITTED) {
		turn_away(a);
	} else if (delivery.mistaken) {
		try_later(a, _("a receipt came for other content than was sent: tell the administrator"));
	} else if (delivery.total && delivery.failure && session_connected(a->session) && !is_wanted(a)) {
		start_over(a, session_error(a->session));
	}
	write_report(a);
}

static bool
has_waiting(struct agent *a)
{
	return outbox_counts(a->outbox, a->report->counts) && a->report->counts[OUTBOX_WAITING];
}

static void
take_sheets(struct agent *a)
{
	if (folder_take(a->folder, a->command, a->outbox, &a->report->folder))
		write_report(a);
}

/* ---------------------------------------------------------------- the loop */

static int
least(int wait_ms, int64_t due_us, int64_t now)
{
	int64_t left = due_us > now ? (due_us - now) / 1000 + 1 : 0;
	return left < wait_ms ? (int)left : wait_ms;
}

static int
wait_ms(const struct agent *a)
{
	int64_t now = clock_steady_us();
	int wait = least(REPORT_MS, a->report_us, now), folder = -1;
	if (a->folder && a->command->kept)
		folder = folder_wait_ms(a->folder);
	if (a->greeted && a->look_us)
		wait = least(wait, a->look_us, now);
	if (a->greeted)
		wait = least(wait, a->standing_us, now);
	else if (a->shut_out || session_connected(a->session))
		wait = least(wait, a->retry_us, now);
	return folder >= 0 && folder < wait ? folder : wait;
}

static void
drain(int fd)
{
	char events[4096];
	while (read(fd, events, sizeof events) > 0)
		continue;
}

/* Waits for whatever comes first, and notes it. */
static void
wait_for_something(struct agent *a)
{
	struct pollfd others[] = {
	    {.fd = a->signals}, {.fd = a->home_watch}, {.fd = a->folder ? folder_fd(a->folder) : -1}};
	enum session_failure failure = session_wait(a->session, others, a->folder ? 3 : 2, wait_ms(a));
	if (others[0].revents)
		a->stopping = true;
	/* A commit is written before it can be read. If the committing process keeps the outbox open, the second
	 * look sees the commit; if it closes the outbox, that is an event of its own. */
	if (others[1].revents) {
		drain(a->home_watch);
		a->look_us = clock_steady_us() + LOOK_AGAIN_MS * 1000;
	} else if (a->look_us && clock_steady_us() >= a->look_us) {
		a->look_us = 0;
	}
	if (a->folder && others[2].revents)
		folder_note(a->folder);
	if (failure == SESSION_LOST) { /* the line is back */
		a->greeted = false;
		a->retry_us = 0;
	} else if (failure == SESSION_NOT_ADMITTED) {
		turn_away(a);
	} else if (failure) {
		start_over(a, session_error(a->session));
	}
	if (!failure && !session_connected(a->session) && *session_trouble(a->session))
		set_reachable(a, false, session_trouble(a->session));
	if (a->greeted && !session_connected(a->session)) {
		a->greeted = false;
		a->retry_us = 0;
		set_reachable(a, false, _("the line is broken"));
	}
}

/* A key that was not admitted may be now. */
static void
knock_again(struct agent *a)
{
	a->shut_out = false;
	if (!session_reconnect(a->session))
		try_later(a, session_error(a->session));
}

static void
run(struct agent *a)
{
	while (!a->stopping) {
		wait_for_something(a);
		tell_alive(a);
		int64_t now = clock_steady_us();
		if (a->shut_out && now >= a->retry_us)
			knock_again(a);
		a->greeted = a->greeted && a->epoch == session_epoch(a->session);
		if (!a->greeted && session_connected(a->session) && now >= a->retry_us)
			greet(a);
		if (a->folder && a->command->kept && !folder_wait_ms(a->folder))
			take_sheets(a);
		if (a->greeted && has_waiting(a))
			deliver_waiting(a);
		if (a->greeted && now >= a->standing_us)
			ask_standing(a);
		if (now >= a->report_us)
			write_report(a);
	}
}

static int
watch_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Others put submissions into the outbox. */
static int
watch_home(const struct home *home)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd >= 0 && inotify_add_watch(fd, home->path, IN_MODIFY | IN_CLOSE_WRITE | IN_ONLYDIR) >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
open_all(struct agent *a, const char *folder, char error[HOME_ERROR_BYTES])
{
	const struct home *home = &a->command->home;
	a->report = calloc(1, sizeof *a->report);
	a->standing = calloc(1, sizeof *a->standing);
	a->signals = watch_signals();
	a->home_watch = watch_home(home);
	if (!a->report || !a->standing || a->signals < 0 || a->home_watch < 0) {
		snprintf(error, HOME_ERROR_BYTES, "%s", strerror(errno));
		return false;
	}
	a->report->pid = getpid();
	a->report->since_us = clock_wall_us();
	return (a->outbox = outbox_open(home->outbox, error)) && (a->session = session_open(home, error)) &&
	       (!folder || (a->folder = folder_open(folder, home, error)));
}

static void
close_all(struct agent *a)
{
	folder_close(&a->folder);
	session_close(&a->session);
	outbox_close(&a->outbox);
	free(a->report);
	free(a->standing);
	if (a->signals >= 0)
		close(a->signals);
	if (a->home_watch >= 0)
		close(a->home_watch);
	close(a->lock);
}

int
agent_run(struct command *command, const char *folder)
{
	struct agent a = {.command = command, .retry_ms = RETRY_MS, .ask_ms = command->home.silence_ms};
	char error[HOME_ERROR_BYTES];
	if (!agent_lock(&command->home, &a.lock)) {
		fprintf(stderr, _("fupin agent: another agent works in %s\n"), command->home.path);
		return EXIT_FAILED_INSIDE;
	}
	command_renew_kept(command);
	bool good = open_all(&a, folder, error);
	if (good) {
		write_report(&a);
		sd_notify(0, "READY=1");
		run(&a);
		sd_notify(0, "STOPPING=1");
	} else {
		fprintf(stderr, "fupin agent: %s\n", error);
	}
	close_all(&a);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}
