/* The loop: poll → authenticate → frames (answered from memory, or into the pipeline) → journal events
 * → next batch. All state is owned here and passed on; nothing is global. */
#include "service.h"

#include "answers.h"
#include "clock.h"
#include "codec.h"
#include "log.h"
#include "plan_store.h"
#include "reload.h"
#include "replay.h"
#include "store.h"
#include "version.h"

#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

enum {
	FRAMES_PER_TURN = 512, /* then the journal and authentication get their turn */
	HANDSHAKES_PER_TURN = 64,
	DRAIN_SECONDS = 10,     /* for what is queued when SIGTERM comes */
	LOCK_WAIT_SECONDS = 12, /* a killed fupind's database session ends within that */
};

struct service {
	const struct options *options;
	struct home home;
	struct store store;
	struct plan plan; /* the catalogue */
	struct pipeline pipeline;
	struct gate *gate;
	int signals;
	bool stopping;
	int64_t stop_by_us;
	/* Principals, replaced as a whole. */
	struct arena principal_arena;
	struct principal *principals;
	size_t principal_count;
	struct reload *reload;
	bool reload_again;               /* asked for while one was under way */
	struct envelope *reload_waiting; /* who wants to know when it is done */
	struct arena reply_arena;
};

static bool
fail(const char *event, const char *error)
{
	char text[LOG_QUOTED_BYTES];
	log_line(LOG_ERROR, event, "error=%s", log_quoted(error, text));
	return false;
}

/* ---------------------------------------------------------------- replies */

/* What cannot be put into a frame is refused, so that nobody waits for it. */
static bool
encode_reply(struct arena *arena, const struct reply *reply, uint8_t **bytes, size_t *size)
{
	arena_reset(arena);
	if (codec_encode_reply(arena, reply, bytes, size) && *size <= ANSWER_BYTES_MAX)
		return true;
	struct problem_list problems;
	struct reply refusal = {.request_id = reply->request_id, .kind = REPLY_REFUSAL};
	problems.count = problems.more = 0;
	problem_only(&problems, PROBLEM_TOO_LARGE);
	refusal.refusal.problems = &problems;
	arena_reset(arena);
	return codec_encode_reply(arena, &refusal, bytes, size);
}

static void
send_reply(void *context, const struct envelope *envelope, const struct reply *reply)
{
	struct service *s = context;
	uint8_t *bytes;
	size_t size;
	const char *office = envelope->office.name ? envelope->office.name : "unknown";
	if (!encode_reply(&s->reply_arena, reply, &bytes, &size))
		fail("reply_failed", office);
	else if (!gate_send(s->gate, &envelope->sender, bytes, size))
		log_line(LOG_DEBUG, "reply_dropped", "office=%s", office);
}

static void
send_refusal(struct service *s, const struct envelope *envelope, const struct problem_list *problems)
{
	struct reply reply = {.request_id = envelope->request.id, .kind = REPLY_REFUSAL};
	reply.refusal.problems = problems;
	log_line(LOG_INFO, "refused", "office=%s code=%s",
	         envelope->office.name ? envelope->office.name : "unknown",
	         problem_name(problems->items[0].code));
	send_reply(s, envelope, &reply);
}

/* ---------------------------------------------------------------- principals */

static bool
admits(void *context, const char *public_key)
{
	const struct service *s = context;
	return !strcmp(public_key, s->home.local.public_key) ||
	       principal_by_key(s->principals, s->principal_count, public_key);
}

/* Looked up for every frame: a key that was taken out is cut off at once, also on a standing line. */
static bool
find_office(const struct service *s, const char *public_key, struct envelope *envelope)
{
	if (!strcmp(public_key, s->home.local.public_key)) {
		envelope->office = (struct office){.name = "local", .role = ROLE_ADMIN, .unit = 0};
		return true;
	}
	const struct principal *p = principal_by_key(s->principals, s->principal_count, public_key);
	if (!p)
		return false;
	const char *name = arena_string(&envelope->arena, p->name);
	envelope->office = (struct office){.name = name ? name : "", .role = p->role, .unit = p->unit};
	return true;
}

/* Answers all who asked for the reload. */
static void
tell_reloaded(struct service *s, bool good)
{
	while (s->reload_waiting) {
		struct envelope *e = s->reload_waiting;
		s->reload_waiting = e->next;
		struct reply reply = {
		    .request_id = e->request.id, .kind = REPLY_RELOADED, .reloaded = (uint32_t)s->principal_count};
		struct problem_list problems = {0};
		if (!good) {
			problem_only(&problems, PROBLEM_STORE_UNAVAILABLE);
			reply.kind = REPLY_REFUSAL;
			reply.refusal = (struct refusal){.problems = &problems, .retry_after_ms = 1000};
		}
		send_reply(s, e, &reply);
		envelope_destroy(&e);
	}
}

static void
begin_reload(struct service *s)
{
	if (s->reload) {
		s->reload_again = true;
		return;
	}
	s->reload = reload_begin(&s->store.target);
	if (!s->reload) {
		fail("reload_failed", "no thread");
		tell_reloaded(s, false);
	}
}

static void
finish_reload(struct service *s)
{
	struct arena arena;
	struct principal *principals;
	size_t count;
	char error[PG_ERROR_BYTES];
	bool good = reload_end(&s->reload, &arena, &principals, &count, error);
	if (good) {
		arena_free(&s->principal_arena);
		s->principal_arena = arena;
		s->principals = principals;
		s->principal_count = count;
		log_line(LOG_INFO, "principals_loaded", "count=%zu", count);
	} else {
		fail("reload_failed", error);
	}
	if (s->reload_again) {
		s->reload_again = false;
		begin_reload(s);
		return;
	}
	tell_reloaded(s, good);
}

/* ---------------------------------------------------------------- frames */

static void
answer_now(struct service *s, struct envelope *envelope, struct problem_list *problems)
{
	struct reply reply;
	answer(&s->pipeline, &envelope->office, &envelope->request, clock_wall_us(), &envelope->arena, problems,
	       &reply);
	if (reply.kind == REPLY_REFUSAL)
		send_refusal(s, envelope, problems);
	else
		send_reply(s, envelope, &reply);
	envelope_destroy(&envelope);
}

/* Takes the envelope over. */
static void
dispatch(struct service *s, struct envelope *envelope, struct problem_list *problems)
{
	switch (envelope->request.kind) {
	case REQUEST_SUBMIT:
		pipeline_take(&s->pipeline, envelope, clock_wall_us());
		break;
	case REQUEST_RELOAD:
		envelope->next = s->reload_waiting;
		s->reload_waiting = envelope;
		begin_reload(s);
		break;
	default:
		answer_now(s, envelope, problems);
	}
}

/* Whole, readable, from a known key, and allowed to its role? */
static bool
accept_frame(const struct service *s, const struct frame *frame, struct envelope *e,
             struct problem_list *problems)
{
	bool known = find_office(s, frame->public_key, e);
	if (!frame->whole) {
		problem_detail(problem_only(problems, PROBLEM_MALFORMED), "a message is exactly one frame");
		return false;
	}
	if (!codec_decode_request(&e->arena, frame->bytes, frame->size, &e->request, problems))
		return false;
	if (known)
		return admit_request(&e->office, &e->request, problems);
	problem_detail(problem_only(problems, PROBLEM_NOT_PERMITTED), "a key that was revoked");
	return false;
}

static void
take_frame(struct service *s, const struct frame *frame)
{
	struct problem_list problems;
	problems.count = problems.more = 0;
	struct envelope *e = envelope_create(frame);
	if (!e)
		return; /* no memory even to say so: the client will ask again */
	if (accept_frame(s, frame, e, &problems)) {
		dispatch(s, e, &problems);
		return;
	}
	send_refusal(s, e, &problems);
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- the loop */

static void
take_signals(struct service *s)
{
	struct signalfd_siginfo info;
	while (read(s->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGHUP) {
			begin_reload(s);
		} else if (!s->stopping) {
			s->stopping = true;
			s->stop_by_us = clock_steady_us() + DRAIN_SECONDS * INT64_C(1000000);
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
			return fail("journal_fatal", journal_error(s->pipeline.journal));
		if (event == JOURNAL_LOST)
			fail("database_lost", journal_error(s->pipeline.journal));
		if (!pipeline_event(&s->pipeline, event, clock_wall_us()))
			return fail("out_of_memory", "a committed batch could not be taken over");
	} while (event == JOURNAL_COMMITTED || event == JOURNAL_REFUSED);
	if (!journal_is_connected(s->pipeline.journal) && s->store.is_embedded)
		embedded_keep_running(&s->store.embedded, clock_steady_us());
	return true;
}

static bool
write_batch(struct service *s)
{
	if (!pipeline_write(&s->pipeline, clock_wall_us()))
		return fail("out_of_memory", "a batch could not be written");
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

enum { POLL_ZAP, POLL_GATE, POLL_SIGNALS, POLL_RELOAD, POLL_JOURNAL, POLL_COUNT };

static int
wait_for_events(struct service *s, zmq_pollitem_t items[POLL_COUNT])
{
	const struct journal *journal = s->pipeline.journal;
	items[POLL_ZAP] = (zmq_pollitem_t){.socket = gate_zap_socket(s->gate), .events = ZMQ_POLLIN};
	items[POLL_GATE] =
	    (zmq_pollitem_t){.socket = gate_socket(s->gate), .events = s->stopping ? 0 : ZMQ_POLLIN};
	items[POLL_SIGNALS] = (zmq_pollitem_t){.fd = s->signals, .events = ZMQ_POLLIN};
	items[POLL_RELOAD] = (zmq_pollitem_t){.fd = s->reload ? reload_fd(s->reload) : s->signals,
	                                      .events = s->reload ? ZMQ_POLLIN : 0};
	/* The journal comes last: without a connection there is nothing of it to poll. */
	bool connected = journal_fd(journal) >= 0;
	if (connected)
		items[POLL_JOURNAL] = journal_poll_item(journal);
	else
		items[POLL_JOURNAL].revents = 0;
	int wait = journal_wait_ms(journal, clock_steady_us());
	if (s->stopping && (wait < 0 || wait > 50))
		wait = 50;
	return zmq_poll(items, connected ? POLL_COUNT : POLL_COUNT - 1, wait);
}

static bool
turn(struct service *s)
{
	zmq_pollitem_t items[POLL_COUNT];
	struct frame frame;
	if (wait_for_events(s, items) < 0 && zmq_errno() != EINTR)
		return fail("poll_failed", zmq_strerror(zmq_errno()));
	if (items[POLL_SIGNALS].revents)
		take_signals(s);
	for (int i = 0; items[POLL_ZAP].revents && i < HANDSHAKES_PER_TURN; i++)
		gate_authenticate(s->gate);
	if (s->reload && items[POLL_RELOAD].revents)
		finish_reload(s);
	for (int i = 0; items[POLL_GATE].revents && i < FRAMES_PER_TURN && gate_receive(s->gate, &frame); i++)
		take_frame(s, &frame);
	return step_journal(s) && write_batch(s);
}

static bool
loop(struct service *s)
{
	for (;;) {
		if (!turn(s))
			return false;
		bool done = !pipeline_waiting(&s->pipeline) || clock_steady_us() >= s->stop_by_us;
		if (s->stopping && done)
			break;
	}
	pipeline_refuse_all(&s->pipeline, PROBLEM_STOPPING);
	return true;
}

/* ---------------------------------------------------------------- start and end */

/* Until the loop begins SIGTERM and SIGINT end the process as they always do (nothing is acknowledged
 * yet, and the database ends with its parent); SIGHUP has nothing to reload. */
static void
quiet_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
}

/* libzmq's own threads block all signals, so that this thread alone is asked. */
static bool
open_signals(struct service *s)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL))
		return fail("signals_failed", strerror(errno));
	/* A signal that is ignored, as a shell does for background jobs, would never be told. */
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return s->signals >= 0 || fail("signals_failed", strerror(errno));
}

/* After home_open(): becoming another user would undo it. */
static bool
follow_parent(const struct options *options)
{
	static const char yes[] = "yes";
	return !options->with_parent || strcmp(options->with_parent, yes) || !prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static void
raise_file_limit(void)
{
	struct rlimit limit;
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* The lock first, then the replay: from then on nobody else adds to the journal. */
static bool
open_journal(struct service *s)
{
	struct journal *journal = journal_create(&s->store.target);
	s->pipeline.journal = journal;
	if (!journal)
		return fail("out_of_memory", "journal");
	int64_t until = clock_steady_us() + LOCK_WAIT_SECONDS * INT64_C(1000000);
	while (clock_steady_us() < until) {
		int wait = journal_wait_ms(journal, clock_steady_us());
		bool connected = journal_fd(journal) >= 0;
		zmq_pollitem_t item = {0};
		if (connected)
			item = journal_poll_item(journal);
		zmq_poll(&item, connected, wait < 0 || wait > 100 ? 100 : wait);
		if (journal_step(journal, clock_steady_us()) == JOURNAL_READY)
			return true;
	}
	return fail("database_refused", journal_error(journal));
}

static bool
fill_memory(struct service *s, struct pg_conn *connection)
{
	struct pipeline *p = &s->pipeline;
	struct replayed replayed;
	char error[PG_ERROR_BYTES];
	int64_t began = clock_steady_us(), generation;
	p->catalogue = &s->plan.catalogue;
	p->totals = totals_create(p->catalogue);
	p->records = records_create();
	if (!p->totals || !p->records)
		return fail("out_of_memory", "totals");
	if (!pg_number(connection, "SELECT generation FROM plan", &generation, error))
		return fail("database_failed", error);
	if (!replay(connection, p->catalogue, p->totals, p->records, &replayed, error))
		return fail("replay_failed", error);
	p->as_of = replayed.as_of;
	journal_expect(p->journal, replayed.as_of.seq, generation);
	log_line(LOG_INFO, "replayed",
	         "seq=%" PRIu64 " submissions=%" PRIu64 " reports=%" PRIu64 " fund_entries=%" PRIu64
	         " ms=%" PRId64,
	         replayed.as_of.seq, replayed.submissions, replayed.reports, replayed.entries,
	         (clock_steady_us() - began) / 1000);
	return true;
}

/* The lock comes first: who does not serve changes neither schema nor plan. */
static bool
open_store(struct service *s, const struct plan *files)
{
	char error[PG_ERROR_BYTES];
	if (!store_open(s->options, &s->home, &s->store, error))
		return fail("database_failed", error);
	if (!open_journal(s))
		return false;
	const struct plan_saving how = {
	    .label = s->options->label,
	    .principals_whole = s->options->principals,
	    .may_change_catalogue = true,
	};
	struct pg_conn *connection = pg_connect(&s->store.target, error);
	bool good = connection && store_save(connection, files, &how, error) &&
	            catalogue_load(connection, &s->plan, error) &&
	            principals_load(connection, &s->principal_arena, &s->principals, &s->principal_count, error);
	if (!good)
		fail("database_failed", error);
	good = good && fill_memory(s, connection);
	PQfinish(connection);
	return good;
}

/* Written whole and renamed: who waits for the file never reads half of it. */
static bool
write_ready_file(const char *path, const char *endpoint)
{
	char fresh[PATH_MAX];
	if (!path)
		return true;
	snprintf(fresh, sizeof fresh, "%s.new", path);
	FILE *file = fopen(fresh, "we");
	bool good = file && fprintf(file, "%s\n", endpoint) > 0;
	if (file && fclose(file))
		good = false;
	return (good && !rename(fresh, path)) || fail("ready_file_failed", strerror(errno));
}

static bool
open_gate(struct service *s)
{
	char error[GATE_ERROR_BYTES];
	s->gate = gate_open(s->options->endpoint, s->home.local_endpoint, &s->home.centre, admits, s, error);
	if (!s->gate)
		return fail("gate_failed", error);
	log_line(
	    LOG_INFO, "serving", "endpoint=%s version=" FUPIN_VERSION " units=%zu principals=%zu centre_key=%s",
	    gate_endpoint(s->gate), s->plan.catalogue.unit_count, s->principal_count, s->home.centre.public_key);
	return write_ready_file(s->options->ready_file, gate_endpoint(s->gate));
}

static void
close_all(struct service *s)
{
	s->reload_again = false;
	if (s->reload)
		finish_reload(s);
	pipeline_free(&s->pipeline);
	gate_close(&s->gate);
	journal_destroy(&s->pipeline.journal);
	while (s->reload_waiting) {
		struct envelope *e = s->reload_waiting;
		s->reload_waiting = e->next;
		envelope_destroy(&e);
	}
	store_close(&s->store);
	totals_destroy(&s->pipeline.totals);
	records_destroy(&s->pipeline.records);
	plan_free(&s->plan);
	arena_free(&s->principal_arena);
	arena_free(&s->reply_arena);
	if (s->signals >= 0)
		close(s->signals);
}

int
service_run(const struct options *options, const struct plan *files)
{
	struct service s = {.options = options, .signals = -1};
	char error[HOME_ERROR_BYTES];
	pipeline_init(&s.pipeline);
	plan_init(&s.plan);
	arena_init(&s.principal_arena, PLAN_BYTES_MAX);
	arena_init(&s.reply_arena, ANSWER_BYTES_MAX * 4UL);
	s.pipeline.reply = send_reply;
	s.pipeline.reply_context = &s;
	raise_file_limit();
	quiet_signals();
	bool good = ((home_open(options, &s.home, error) && home_lock(&s.home, true, error) == HOME_LOCKED) ||
	             fail("start_failed", error)) &&
	            follow_parent(options) && open_store(&s, files) && open_signals(&s) && open_gate(&s) &&
	            loop(&s);
	close_all(&s);
	if (good)
		log_line(LOG_INFO, "stopped", "seq=%" PRIu64, s.pipeline.as_of.seq);
	return good ? 0 : 4;
}
