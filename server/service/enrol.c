/* Enrolment: requests about it are answered from the database, by a worker of its own. */
#include "enrol.h"

#include "access/enrol_store.h"
#include "admitted.h"
#include "base/clock.h"
#include "jobs.h"
#include "send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASK_AGAIN_MS = 1000 };

struct enrol_job {
	struct job job;
	struct envelope *envelope;
	char key[KEY_TEXT_BYTES]; /* whose enrolment it is */
	bool asked;
	struct problem_list problems;
	struct reply reply;
	struct admitted admitted; /* after a change: the principals and guests that may connect now */
	bool loaded;
	char error[PG_ERROR_BYTES];
};

static bool
changes_who_is_admitted(const struct request *request)
{
	return request->kind == REQUEST_ENROL || request->kind == REQUEST_INVITE ||
	       request->kind == REQUEST_DECIDE;
}

static void
ask_store(struct job *job, struct pg_conn *connection, const char *error)
{
	struct enrol_job *j = (struct enrol_job *)job;
	struct envelope *e = j->envelope;
	struct asker asker = {&e->office, j->key};
	snprintf(j->error, sizeof j->error, "%s", error);
	j->asked = connection && enrol_store_answer(connection, &asker, &e->request, &e->arena, &j->problems,
	                                            &j->reply, j->error);
	/* This centre takes the change over before it answers; the others are notified. */
	if (j->asked && !j->problems.count && changes_who_is_admitted(&e->request))
		j->loaded = admitted_load(&j->admitted, connection, j->error);
}

static void
log_change(const struct envelope *e, const char *key, const struct reply *reply)
{
	char who[LOG_QUOTED_BYTES], name[LOG_QUOTED_BYTES];
	log_quoted(e->office.name, who);
	if (e->request.kind == REQUEST_INVITE || e->request.kind == REQUEST_ENROL)
		log_line(LOG_INFO, e->request.kind == REQUEST_INVITE ? "invited" : "enrol_request",
		         "by=%s number=%llu name=%s state=%s key=%s", who,
		         (unsigned long long)reply->enrolment.number, log_quoted(reply->enrolment.name, name),
		         enrolment_state_name(reply->enrolment.state), key);
	else if (e->request.kind == REQUEST_DECIDE)
		log_line(LOG_INFO, "office_decided", "by=%s action=%d name=%s key=%s", who,
		         (int)e->request.decide.action, log_quoted(reply->decided.name, name),
		         reply->decided.public_key);
}

static void
give_answer(struct job *job, void *context)
{
	struct enrol_job *j = (struct enrol_job *)job;
	struct service *s = context;
	struct envelope *e = j->envelope;
	s->door_jobs--;
	if (j->loaded)
		service_take_admitted(s, &j->admitted);
	else
		arena_free(&j->admitted.arena);
	if (!j->asked) {
		service_fail("enrolment_failed", j->error);
		problem_only(&j->problems, PROBLEM_STORE_UNAVAILABLE);
		service_refuse(s, e, &j->problems, ASK_AGAIN_MS);
	} else if (j->problems.count) {
		service_refuse(s, e, &j->problems, 0);
	} else {
		log_change(e, j->key, &j->reply);
		service_send(s, e, &j->reply);
	}
	envelope_destroy(&e);
	free(j);
}

static bool
post(struct service *s, struct envelope *e, const char *key)
{
	struct enrol_job *j = s->door_jobs < DOOR_JOBS_MAX ? calloc(1, sizeof *j) : NULL;
	if (!j)
		return false;
	j->job = (struct job){.work = ask_store, .finish = give_answer};
	j->envelope = e;
	snprintf(j->key, sizeof j->key, "%s", key);
	arena_init(&j->admitted.arena, PLAN_BYTES_MAX);
	if (worker_post(s->door_worker, &j->job)) {
		s->door_jobs++;
		return true;
	}
	free(j);
	return false;
}

/* The key that is to be enrolled: the line's or, if that is the code's guest key, the key in the request.
 * NULL: the line belongs to another code, or there is no proof that the office has that key. */
static const char *
key_of(const struct service *s, const struct envelope *e, struct problem_list *problems)
{
	const struct guest *guest = door_guest(&s->admitted.door, e->public_key);
	const struct enrol *enrol = &e->request.enrol;
	struct key_pair line;
	struct digest proof;
	if (!guest || !guest->of_code)
		return e->public_key;
	enrol_guest_keys(enrol->secret, &line);
	if (strcmp(line.public_key, e->public_key) != 0) {
		problem_only(problems, PROBLEM_CODE_UNKNOWN);
		return NULL;
	}
	if (enrol_proof(s->home.centre.secret_key, enrol->public_key, enrol->secret, enrol->public_key, &proof) &&
	    digest_equal(&proof, &enrol->proof))
		return enrol->public_key;
	problem_detail(problem_only(problems, PROBLEM_MALFORMED), "enrol.proof is not that of enrol.public_key");
	return NULL;
}

void
service_answer_enrolment(struct service *s, struct envelope *e)
{
	bool enrol = e->request.kind == REQUEST_ENROL;
	struct problem_list problems;
	problem_list_init(&problems);
	if (!e->office.name)
		e->office = (struct office){.name = "", .role = ROLE_NONE};
	const char *key = enrol ? key_of(s, e, &problems) : e->public_key;
	bool takes = key && (!enrol || door_takes_enrol(&s->admitted.door, e->public_key, clock_steady_us()));
	if (takes && post(s, e, key))
		return;
	if (key)
		problem_only(&problems, PROBLEM_BUSY);
	service_refuse(s, e, &problems, key ? ASK_AGAIN_MS : 0);
	envelope_destroy(&e);
}
