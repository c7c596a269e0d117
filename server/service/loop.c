/* The loop: poll → authenticate → frames (into the pipeline, or among the questions) → journal events →
 * next batch → receipts → answers → pushes, each with its bounded share of a turn. All state is owned here
 * and passed on; nothing is global. */
#include "service.h"

#include "admitted.h"
#include "base/clock.h"
#include "codec.h"
#include "files.h"
#include "jobs.h"
#include "question_kinds.h"
#include "questions.h"
#include "sealed.h"
#include "send.h"
#include "start.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <zmq.h>

enum {
	FRAMES_PER_TURN = 128,
	FRAMES_US_PER_TURN = 200, /* then the journal has a look: it may wait for its next batch */
	HANDSHAKES_PER_TURN = 64,
	WATCHING_WAIT_MS = 1000, /* heartbeats of quiet watches */
	STOPPING_WAIT_MS = 50,
	DRAIN_SECONDS = 10, /* for what is queued when SIGTERM comes */
};

/* ---------------------------------------------------------------- frames */

/* Of a guest: an Enrol, or it is not even read. */
static bool
accept_guest(const struct service *s, const struct frame *frame, struct envelope *e,
             struct problem_list *problems)
{
	bool good = frame->size <= GUEST_FRAME_BYTES_MAX &&
	            codec_decode_request(&e->arena, frame->bytes, frame->size, &e->request, problems);
	e->how = handling_of(e->request.kind);
	if (good && e->request.kind == REQUEST_ENROL)
		return true;
	if (good || frame->size > GUEST_FRAME_BYTES_MAX)
		service_turn_away(s, frame->public_key, problems);
	return false;
}

static bool
admit(struct envelope *e, struct problem_list *problems)
{
	e->how = handling_of(e->request.kind);
	return question_admit(e->how, &e->office, &e->request, problems);
}

/* Whole, readable, from a known key, and allowed to its role? */
static bool
accept_frame(const struct service *s, const struct frame *frame, struct envelope *e,
             struct problem_list *problems)
{
	bool known = admitted_office(s, frame->public_key, e);
	if (!frame->whole) {
		problem_detail(problem_only(problems, PROBLEM_MALFORMED), "a message is exactly one frame");
		return false;
	}
	if (!known)
		return accept_guest(s, frame, e, problems);
	if (!codec_decode_request(&e->arena, frame->bytes, frame->size, &e->request, problems) ||
	    !admit(e, problems))
		return false;
	return e->request.kind != REQUEST_CARRY || (sealed_open(s, e, problems) && admit(e, problems));
}

void
service_take_frame(struct service *s, const struct frame *frame)
{
	struct problem_list problems;
	problem_list_init(&problems);
	struct envelope *e = envelope_create(&s->envelopes, frame);
	if (!e)
		return; /* no memory even to say so: the client will ask again */
	if (accept_frame(s, frame, e, &problems)) {
		(e->how->at_once ? e->how->take : service_ask)(s, e);
		return;
	}
	service_refuse(s, e, &problems, 0);
	envelope_destroy(&e);
}

static void
take_frames(struct service *s)
{
	struct frame frame;
	int64_t until_us = clock_steady_us() + FRAMES_US_PER_TURN;
	for (int i = 0; i < FRAMES_PER_TURN && gate_receive(s->gate, &frame); i++) {
		service_take_frame(s, &frame);
		if (clock_steady_us() >= until_us)
			break;
	}
}

/* ---------------------------------------------------------------- the loop */

static void
take_signals(struct service *s)
{
	struct signalfd_siginfo info;
	while (read(s->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGHUP) {
			service_reload(s);
		} else if (!s->stopping) {
			s->stopping = true;
			s->stop_by_us = clock_steady_us() + DRAIN_SECONDS * INT64_C(1000000);
			sd_notify(0, "STOPPING=1");
			log_line(LOG_INFO, "stopping", "waiting=%zu", pipeline_waiting(&s->pipeline));
		}
	}
}

static bool
step_journal(struct service *s)
{
	enum journal_event event;
	do {
		event = journal_step(s->pipeline.journal, clock_steady_us());
		if (event == JOURNAL_FATAL)
			return service_fail("journal_fatal", journal_error(s->pipeline.journal));
		if (event == JOURNAL_LOST)
			service_fail("database_lost", journal_error(s->pipeline.journal));
		if (!pipeline_event(&s->pipeline, event))
			return service_fail("out_of_memory", "what was committed could not be taken over");
	} while (event == JOURNAL_COMMITTED || event == JOURNAL_REFUSED || event == JOURNAL_NEWS);
	int session = journal_slow_session(s->pipeline.journal);
	if (session)
		service_unblock(s, session);
	const struct reloading *r = &s->reloading;
	bool due = r->due_us && clock_steady_us() >= r->due_us && !r->under_way;
	if (journal_principals_changed(s->pipeline.journal) || due)
		service_reload(s);
	if (!journal_is_connected(s->pipeline.journal) && s->store.is_embedded)
		embedded_keep_running(&s->store.embedded, clock_steady_us());
	return true;
}

/* poll(2)'s flags are not ZeroMQ's: POLLOUT is 4 there and ZMQ_POLLOUT is 2. */
static zmq_pollitem_t
journal_poll_item(const struct journal *journal)
{
	short events = journal_poll_events(journal);
	return (zmq_pollitem_t){
	    .fd = journal_fd(journal),
	    .events = (short)((events & POLLIN ? ZMQ_POLLIN : 0) | (events & POLLOUT ? ZMQ_POLLOUT : 0)),
	};
}

enum {
	POLL_ZAP,
	POLL_GATE,
	POLL_MONITOR,
	POLL_LINES,
	POLL_SIGNALS,
	POLL_WORKER,
	POLL_FILES,
	POLL_DOOR_WORKER,
	POLL_JOURNAL,
	POLL_COUNT
};

/* -1: never. */
static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Until something is due without an event; 0: there is work left from the last turn. */
static int
wait_ms(const struct service *s, bool pushed)
{
	int64_t now_us = clock_steady_us();
	int wait = sooner(worker_wait_ms(s->worker, now_us), worker_wait_ms(s->files, now_us));
	wait = sooner(wait, worker_wait_ms(s->door_worker, now_us));
	wait = sooner(wait, gate_wait_ms(s->gate, now_us));
	if (!pushed || pipeline_has_work(&s->pipeline))
		return 0;
	wait = sooner(wait, journal_wait_ms(s->pipeline.journal, now_us));
	wait = sooner(wait, service_answer_wait_ms(s, now_us));
	wait = sooner(wait, service_sweep_wait_ms(s, now_us));
	int most = s->stopping                                        ? STOPPING_WAIT_MS
	           : watches_count(s->watches) || s->reloading.due_us ? WATCHING_WAIT_MS
	                                                              : -1;
	return sooner(wait, most);
}

static int
wait_for_events(struct service *s, zmq_pollitem_t items[POLL_COUNT], int wait)
{
	const struct journal *journal = s->pipeline.journal;
	items[POLL_ZAP] = (zmq_pollitem_t){.socket = gate_zap_socket(s->gate), .events = ZMQ_POLLIN};
	items[POLL_GATE] =
	    (zmq_pollitem_t){.socket = gate_socket(s->gate), .events = s->stopping ? 0 : ZMQ_POLLIN};
	items[POLL_MONITOR] = (zmq_pollitem_t){.socket = gate_monitor_socket(s->gate), .events = ZMQ_POLLIN};
	items[POLL_LINES] = (zmq_pollitem_t){.fd = gate_lines_fd(s->gate), .events = ZMQ_POLLIN};
	items[POLL_SIGNALS] = (zmq_pollitem_t){.fd = s->signals, .events = ZMQ_POLLIN};
	items[POLL_WORKER] = (zmq_pollitem_t){.fd = worker_fd(s->worker), .events = ZMQ_POLLIN};
	items[POLL_FILES] = (zmq_pollitem_t){.fd = worker_fd(s->files), .events = ZMQ_POLLIN};
	items[POLL_DOOR_WORKER] = (zmq_pollitem_t){.fd = worker_fd(s->door_worker), .events = ZMQ_POLLIN};
	/* The journal comes last: without a connection there is nothing of it to poll. */
	bool connected = journal_fd(journal) >= 0;
	if (connected)
		items[POLL_JOURNAL] = journal_poll_item(journal);
	else
		items[POLL_JOURNAL].revents = 0;
	return zmq_poll(items, connected ? POLL_COUNT : POLL_COUNT - 1, wait);
}

static void
tend_gate(struct service *s, const zmq_pollitem_t items[POLL_COUNT])
{
	int64_t now_us = clock_steady_us();
	if (items[POLL_MONITOR].revents || items[POLL_LINES].revents || !gate_wait_ms(s->gate, now_us))
		gate_tend(s->gate, now_us);
}

static bool
turn(struct service *s, bool *pushed)
{
	zmq_pollitem_t items[POLL_COUNT];
	if (wait_for_events(s, items, wait_ms(s, *pushed)) < 0 && zmq_errno() != EINTR)
		return service_fail("poll_failed", zmq_strerror(zmq_errno()));
	if (items[POLL_SIGNALS].revents)
		take_signals(s);
	for (int i = 0; items[POLL_ZAP].revents && i < HANDSHAKES_PER_TURN; i++)
		gate_authenticate(s->gate);
	if (items[POLL_WORKER].revents)
		worker_finish(s->worker, s);
	if (items[POLL_FILES].revents)
		worker_finish(s->files, s);
	if (items[POLL_DOOR_WORKER].revents)
		worker_finish(s->door_worker, s);
	if (items[POLL_GATE].revents)
		take_frames(s);
	tend_gate(s, items);
	if (!step_journal(s))
		return false;
	if (!service_note_acknowledged(s))
		return false;
	service_ask_clock(s);
	if (!pipeline_settle(&s->pipeline, SETTLE_ROWS) || !pipeline_write(&s->pipeline))
		return service_fail("out_of_memory", "what was committed could not be taken over");
	service_answer(s);
	service_sweep_files(s, clock_steady_us());
	*pushed = service_push(s);
	return true;
}

static bool
loop(struct service *s)
{
	bool pushed = true;
	for (;;) {
		if (!turn(s, &pushed))
			return false;
		bool idle = !pipeline_waiting(&s->pipeline) && !s->asked.queues.count;
		bool done = idle || clock_steady_us() >= s->stop_by_us;
		if (s->stopping && done)
			break;
	}
	pipeline_refuse_all(&s->pipeline, PROBLEM_STOPPING);
	return true;
}

int
service_run(const struct options *options, const struct plan *files)
{
	struct service s = {.options = options, .signals = -1, .acknowledging.noted.file = -1};
	bool good = service_open(&s, files) && loop(&s);
	service_close(&s);
	if (good)
		log_line(LOG_INFO, "stopped", "seq=%" PRIu64, s.pipeline.as_of.seq);
	return good ? 0 : 4;
}
