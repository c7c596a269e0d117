/* Everything between the command line and the loop: data directory, database, memory, socket; and the
 * way back. */
#include "start.h"

#include "access/enrol_store.h"
#include "admitted.h"
#include "base/clock.h"
#include "base/endpoint.h"
#include "files.h"
#include "jobs.h"
#include "journal/replay.h"
#include "letters.h"
#include "past.h"
#include "send.h"
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
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum {
	CONNECT_WAIT_SHARE = 25, /* of the patience with the database: a killed fupind's session ends within that,
	                            a second host is tried */
	ALONE_PAUSE_MS = 100,
};

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
		return service_fail("signals_failed", strerror(errno));
	/* A signal that is ignored, as a shell does for background jobs, would never be told. */
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return s->signals >= 0 || service_fail("signals_failed", strerror(errno));
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

static bool
open_journal(struct service *s)
{
	struct journal *journal = journal_create(&s->store.target);
	s->pipeline.journal = journal;
	if (!journal)
		return service_fail("out_of_memory", "journal");
	int64_t until = clock_steady_us() + pg_patience_us(&s->store.target, CONNECT_WAIT_SHARE);
	while (clock_steady_us() < until) {
		int wait = journal_wait_ms(journal, clock_steady_us());
		struct pollfd item = {.fd = journal_fd(journal)};
		if (item.fd >= 0)
			item.events = journal_poll_events(journal);
		poll(&item, 1, wait < 0 || wait > 100 ? 100 : wait);
		if (journal_step(journal, clock_steady_us()) == JOURNAL_READY)
			return true;
	}
	return service_fail("database_refused", journal_error(journal));
}

/* Schema, units and forms change only while no other fupind serves. If none of them has to change, another
 * one may serve; the session of one that was killed ends soon. */
static bool
save_plan(struct service *s, struct pg_conn *connection, const struct plan *files, char error[PG_ERROR_BYTES])
{
	struct plan_saving how = {
	    .label = s->options->label,
	    .principals_whole = s->options->principals,
	};
	int64_t until = clock_steady_us() + pg_patience_us(&s->store.target, CONNECT_WAIT_SHARE);
	for (;;) {
		how.may_change_catalogue = journal_is_alone(s->pipeline.journal);
		if (store_save(connection, files, &how, error))
			return true;
		if (how.may_change_catalogue || clock_steady_us() > until)
			return false;
		if (!journal_try_alone(s->pipeline.journal))
			poll(NULL, 0, ALONE_PAUSE_MS);
	}
}

static bool
replay_journal(struct service *s, struct pg_conn *connection, bool *again, char error[PG_ERROR_BYTES])
{
	struct pipeline *p = &s->pipeline;
	int64_t began = clock_steady_us(), generation;
	struct replay replay = {.holdings = &p->holdings};
	if (!pg_run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error) ||
	    !pg_number(connection, "SELECT generation FROM plan", &generation, error))
		return false;
	bool good = replay_all(&replay, connection);
	replay_free(&replay);
	*again = replay.incomplete;
	if (!good) {
		snprintf(error, PG_ERROR_BYTES, "%s", replay.error);
		return false;
	}
	p->as_of = p->written = p->numbered = replay.as_of;
	/* A drill goes on where it was. */
	if (s->options->clock && replay.as_of.time_us > clock_wall_us())
		clock_set_wall_us(replay.as_of.time_us);
	journal_expect(p->journal, replay.as_of.seq, &replay.last_id, generation);
	log_line(LOG_INFO, "replayed",
	         "seq=%" PRIu64 " submissions=%" PRIu64 " reports=%" PRIu64 " fund_entries=%" PRIu64
	         " ms=%" PRId64,
	         replay.as_of.seq, replay.submissions, replay.reports, replay.entries,
	         (clock_steady_us() - began) / 1000);
	return pg_run(connection, "COMMIT", error);
}

static bool
fill_memory(struct service *s, struct pg_conn *connection)
{
	struct pipeline *p = &s->pipeline;
	char error[PG_ERROR_BYTES], ignored[PG_ERROR_BYTES];
	int64_t until_us = clock_steady_us() + pg_patience_us(&s->store.target, CONNECT_WAIT_SHARE);
	bool again = false, told = false;
	for (;;) {
		if (!holdings_create(&s->plan.catalogue, &p->holdings))
			return service_fail("out_of_memory", "totals");
		if (replay_journal(s, connection, &again, error))
			return true;
		if (!again || clock_steady_us() >= until_us || !pg_run(connection, "ROLLBACK", ignored))
			return service_fail("replay_failed", error);
		if (!told)
			log_line(LOG_WARNING, "journal_incomplete", "again=yes why=\"%s\"", error);
		told = true;
		holdings_destroy(&p->holdings);
		poll(NULL, 0, ALONE_PAUSE_MS);
	}
}

static const char clock_sql[] = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

struct clock_job {
	struct job job;
	int64_t time_us, asked_us; /* asked_us 0: there was no answer */
};

static void
ask_clock(struct job *job, struct pg_conn *connection, const char *error)
{
	struct clock_job *c = (struct clock_job *)job;
	char why[PG_ERROR_BYTES];
	(void)error;
	if (connection && pg_number(connection, clock_sql, &c->time_us, why))
		c->asked_us = clock_steady_us();
}

static void
take_clock(struct job *job, void *context)
{
	struct clock_job *c = (struct clock_job *)job;
	struct service *s = context;
	s->acknowledging.asking_clock = false;
	if (c->asked_us) {
		journal_set_clock(s->pipeline.journal, c->time_us + (clock_steady_us() - c->asked_us));
		s->pipeline.clock_asked_us = c->asked_us;
		s->pipeline.clock_suspected = false;
	}
	free(c);
}

void
service_ask_clock(struct service *s)
{
	if (!s->pipeline.clock_suspected || s->acknowledging.asking_clock)
		return;
	struct clock_job *c = calloc(1, sizeof *c);
	if (!c)
		return;
	*c = (struct clock_job){.job = {.work = ask_clock, .finish = take_clock}};
	s->acknowledging.asking_clock = worker_post(s->worker, &c->job);
	if (!s->acknowledging.asking_clock)
		free(c);
}

/* Commits that were noted at a start have the clock's time, too. */
static bool
check_clock(const struct service *s, struct pg_conn *connection)
{
	char error[PG_ERROR_BYTES], what[256], day[11], database_day[11];
	int64_t database_us, now_us = clock_wall_us();
	if (!pg_number(connection, clock_sql, &database_us, error))
		return service_fail("database_failed", error);
	if (s->pipeline.is_drill || now_us - database_us < CLOCK_JUMP_US ||
	    now_us - s->pipeline.as_of.time_us < CLOCK_JUMP_US)
		return true;
	date_format(date_of_time(now_us), day);
	date_format(date_of_time(database_us), database_day);
	snprintf(what, sizeof what,
	         "this machine's clock says %s, the database's %s, and nothing was committed since: set it right "
	         "(timedatectl)",
	         day, database_day);
	return service_fail("clock_ahead", what);
}

/* ---------------------------------------------------------------- what was acknowledged */

static bool
take_history(struct service *s, struct pg_conn *connection, const char *sql, char error[PG_ERROR_BYTES])
{
	struct pg_result *r;
	if (!pg_query(connection, sql, 0, NULL, &r, error))
		return false;
	snprintf(s->acknowledging.history, sizeof s->acknowledging.history, "%s",
	         PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	s->pipeline.history = s->acknowledging.history;
	return true;
}

/* Why this database is not the one whose commits were acknowledged; "": it is. */
static bool
compare_history(struct service *s, struct pg_conn *connection, char why[PG_ERROR_BYTES],
                char error[PG_ERROR_BYTES])
{
	const struct acknowledged *a = &s->acknowledging.noted;
	char sql[256], seq[24];
	const char *values[] = {seq};
	struct pg_result *r;
	*why = 0;
	if (!take_history(s, connection, "SELECT history::text FROM journal_head", error))
		return false;
	if (!*a->history)
		return true;
	if (strcmp(a->history, s->acknowledging.history) != 0) {
		snprintf(why, PG_ERROR_BYTES,
		         "it is another database: commit %" PRIu64 " was acknowledged of history %s, this is %s",
		         a->seq, a->history, s->acknowledging.history);
		return true;
	}
	if (s->pipeline.as_of.seq < a->seq) {
		snprintf(why, PG_ERROR_BYTES,
		         "it was set back: it ends with commit %" PRIu64 ", and %" PRIu64 " was acknowledged",
		         s->pipeline.as_of.seq, a->seq);
		return true;
	}
	snprintf(seq, sizeof seq, "%" PRIu64, a->seq);
	snprintf(sql, sizeof sql, "SELECT encode(uuid_send(id), 'hex') FROM submission WHERE seq = $1");
	if (!pg_query(connection, sql, 1, values, &r, error))
		return false;
	if (a->seq && (!PQntuples(r) || strcmp(PQgetvalue(r, 0, 0), a->id) != 0))
		snprintf(why, PG_ERROR_BYTES,
		         "it was set back, and went on: its commit %" PRIu64 " is not the one that was acknowledged",
		         a->seq);
	PQclear(r);
	return true;
}

/* From here on commits belong to another history. By its name each office sees that its receipts may be for
 * commits that are gone, even when as many new ones have followed. */
static bool
accept_set_back(struct service *s, struct pg_conn *connection, const char *why, char error[PG_ERROR_BYTES])
{
	static const char begin_history[] =
	    "UPDATE journal_head SET history = gen_random_uuid() RETURNING history::text";
	if (!strcmp(s->acknowledging.noted.history, s->acknowledging.history) &&
	    !take_history(s, connection, begin_history, error))
		return false;
	log_line(LOG_WARNING, "set_back_accepted", "why=\"%s\" history=%s", why, s->acknowledging.history);
	return true;
}

/* A number that a receipt names is never given again unless the operator allows it. */
static bool
check_history(struct service *s, struct pg_conn *connection)
{
	static const char yes[] = "yes";
	char why[PG_ERROR_BYTES], what[PG_ERROR_BYTES + 256], error[PG_ERROR_BYTES];
	const char *id;
	if (!acknowledged_open(s->home.path, &s->acknowledging.noted, error))
		return service_fail("data_directory_failed", error);
	if (!compare_history(s, connection, why, error))
		return service_fail("database_failed", error);
	if (*why && (!s->options->accept_set_back || strcmp(s->options->accept_set_back, yes) != 0)) {
		snprintf(what, sizeof what,
		         "%s; bring the newer database back, or, if what is missing is lost for good, start once "
		         "with --accept-set-back yes: offices "
		         "then hold receipts of what is not there, and can send it again",
		         why);
		return service_fail("set_back", what);
	}
	if (*why && !accept_set_back(s, connection, why, error))
		return service_fail("database_failed", error);
	uint64_t seq = journal_known(s->pipeline.journal, &id);
	return acknowledged_write(&s->acknowledging.noted, s->acknowledging.history, seq, id) ||
	       service_fail("data_directory_failed", strerror(errno));
}

struct sync_job {
	struct job job;
	int file;
	uint64_t seq;
};

static void
sync_file(struct job *job, struct pg_conn *connection, const char *error)
{
	struct sync_job *sync = (struct sync_job *)job;
	(void)connection;
	(void)error;
	if (fdatasync(sync->file))
		sync->seq = 0;
}

static void
end_sync(struct job *job, void *context)
{
	struct sync_job *sync = (struct sync_job *)job;
	struct service *s = context;
	s->acknowledging.syncing = false;
	if (sync->seq)
		s->acknowledging.noted.synced_seq = sync->seq;
	free(sync);
}

bool
service_note_acknowledged(struct service *s)
{
	struct acknowledged *a = &s->acknowledging.noted;
	const char *id;
	uint64_t seq = journal_known(s->pipeline.journal, &id);
	int64_t now_us = clock_steady_us();
	if (seq != a->seq && !acknowledged_write(a, s->acknowledging.history, seq, id))
		return service_fail("data_directory_failed", strerror(errno));
	if (s->acknowledging.syncing || !acknowledged_is_due(a, now_us))
		return true;
	struct sync_job *sync = calloc(1, sizeof *sync);
	if (!sync)
		return true; /* the next turn tries again */
	*sync = (struct sync_job){{.work = sync_file, .finish = end_sync}, a->file, a->seq};
	a->synced_us = now_us;
	s->acknowledging.syncing = worker_post(s->files, &sync->job);
	if (!s->acknowledging.syncing)
		free(sync);
	return true;
}

/* From here on answers are by this plan. */
static bool
note_plan(struct service *s, struct pg_conn *connection)
{
	struct as_of now = s->pipeline.as_of;
	int64_t now_us = clock_wall_us();
	char error[PG_ERROR_BYTES];
	/* Later than the last commit, unless that was made by a wrong clock. */
	bool right = now.time_us - now_us < CLOCK_STEP_US;
	now.time_us = right && now_us <= now.time_us ? now.time_us + 1 : now_us;
	return plan_history_note(connection, &now, &s->plan_since, error) ||
	       service_fail("database_failed", error);
}

/* The locks come first: a fupind that may not serve changes neither schema nor plan. */
static bool
open_store(struct service *s, const struct plan *files)
{
	char error[PG_ERROR_BYTES];
	if (!store_open(s->options, &s->home, &s->store, error))
		return service_fail("database_failed", error);
	if (!open_journal(s))
		return false;
	struct pg_conn *connection = pg_connect(&s->store.owner, error);
	bool good = connection && save_plan(s, connection, files, error);
	if (good)
		connection = store_hand_over(&s->store, connection, error);
	good = good && connection && catalogue_load(connection, 0, &s->plan, error) &&
	       admitted_load(&s->admitted, connection, error);
	if (!good)
		service_fail("database_failed", error);
	good = good && fill_memory(s, connection) && check_history(s, connection) && check_clock(s, connection) &&
	       note_plan(s, connection);
	PQfinish(connection);
	return good && (journal_share(s->pipeline.journal) ||
	                service_fail("database_failed", journal_error(s->pipeline.journal)));
}

/* Written whole and renamed, so that a program that waits for the file never reads half of it. */
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
	return (good && !rename(fresh, path)) || service_fail("ready_file_failed", strerror(errno));
}

static bool
open_gate(struct service *s)
{
	char error[GATE_ERROR_BYTES], endpoint[ENDPOINT_BYTES], why[ENDPOINT_ERROR_BYTES];
	if (!endpoint_complete(s->options->endpoint, ENDPOINT_BIND, endpoint, why))
		return service_fail("gate_failed", why);
	s->gate = gate_open(endpoint, s->home.local_endpoint, &s->home.centre, admitted_at_gate, s, error);
	if (!s->gate)
		return service_fail("gate_failed", error);
	log_line(
	    LOG_INFO, "serving", "endpoint=%s version=" FUPIN_VERSION " units=%zu principals=%zu centre_key=%s",
	    gate_endpoint(s->gate), s->plan.catalogue.unit_count, s->admitted.count, s->home.centre.public_key);
	if (!write_ready_file(s->options->ready_file, gate_endpoint(s->gate)))
		return false;
	/* Without systemd there is no listener, and that is no failure. */
	sd_notifyf(0, "READY=1\nSTATUS=serving at %s", gate_endpoint(s->gate));
	return true;
}

static bool
open_helpers(struct service *s)
{
	s->worker = worker_start(&s->store.target);
	s->files = worker_start(&s->store.target);
	s->watches = watches_create();
	s->compliance = compliance_create(&s->pipeline.holdings);
	if (s->watches && s->compliance)
		watches_follow_rules(s->watches, s->compliance);
	s->door_worker = worker_start(&s->store.target);
	return (s->worker && s->files && s->door_worker && s->watches && s->compliance && service_open_past(s)) ||
	       service_fail("out_of_memory", "worker");
}

/* A drill's figures must not be taken for real ones. */
static bool
start_drill(struct service *s)
{
	int64_t time;
	if (!s->options->clock)
		return true;
	if (!deadline_parse(s->options->clock, &time))
		return service_fail("start_failed", "--clock is no time: write 2013-05-03T09:00");
	clock_set_wall_us(time * 1000000);
	s->pipeline.is_drill = true;
	return true;
}

bool
service_open(struct service *s, const struct plan *files)
{
	char error[HOME_ERROR_BYTES];
	pipeline_init(&s->pipeline);
	plan_init(&s->plan);
	arena_init(&s->admitted.arena, PLAN_BYTES_MAX);
	arena_init(&s->reply_arena, ANSWER_BYTES_MAX * 4UL);
	s->pipeline.reply = service_send;
	s->pipeline.ask_database = service_ask_database;
	s->pipeline.find_files = service_find_files;
	s->pipeline.admits = service_admits_submission;
	s->pipeline.context = s;
	raise_file_limit();
	if (!start_drill(s))
		return false;
	quiet_signals();
	if (!home_open(s->options, &s->home, error) || home_lock(&s->home, true, error) != HOME_LOCKED)
		return service_fail("start_failed", error);
	return follow_parent(s->options) && open_store(s, files) && open_signals(s) && open_helpers(s) &&
	       open_gate(s);
}

void
service_close(struct service *s)
{
	service_refuse_past(s);
	worker_stop(&s->worker, s);
	worker_stop(&s->files, s);
	worker_stop(&s->door_worker, s);
	letters_forget(s);
	service_forget_past(s);
	service_forget_thrown(s);
	watches_destroy(&s->watches);
	compliance_destroy(&s->compliance);
	pipeline_free(&s->pipeline);
	queues_free(&s->asked.queues);
	envelope_pool_free(&s->envelopes);
	gate_close(&s->gate);
	journal_destroy(&s->pipeline.journal);
	acknowledged_close(&s->acknowledging.noted);
	store_close(&s->store);
	home_close(&s->home);
	holdings_destroy(&s->pipeline.holdings);
	plan_free(&s->plan);
	arena_free(&s->admitted.arena);
	arena_free(&s->reply_arena);
	if (s->signals >= 0)
		close(s->signals);
}
