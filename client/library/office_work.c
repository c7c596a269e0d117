/* libfupin, the thread inside a handle: one loop. Each turn takes operations that were begun, does what can
 * be done, sends questions and submissions, takes the answers that have arrived, and hands out letters
 * (events); then it waits for the bell, the centre, or the next moment at which something is due. Nothing in
 * it waits for one answer. */
#include "office_parts.h"

#include "base/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* While something is in flight; while nothing is; answers in one turn. */
enum { TURN_MS = 100, IDLE_MS = 2000, ANSWERS_MAX = 256 };
/* The centre sends something to a watcher every 20 s. */
enum { WATCH_SILENCE_MS = 60000 };

int64_t
office_time_us(const struct fupin_office *o)
{
	int64_t passed = clock_wall_us() - o->work.local_us;
	return o->work.time_us + (passed > 0 ? passed : 0);
}

struct outbox *
office_outbox(struct fupin_office *o, char error[OUTBOX_ERROR_BYTES])
{
	struct work *w = &o->work;
	if (!w->outbox && (w->outbox = outbox_open(o->home.outbox, error)))
		outbox_stop_when(w->outbox, &o->closing);
	return w->outbox;
}

/* ---------------------------------------------------------------- what the centre said of itself */

static void
note_welcome(struct work *w, const struct welcome *welcome, int64_t local_us)
{
	w->unit = welcome->unit;
	w->time_us = welcome->time_us;
	w->local_us = local_us;
}

static void
read_kept(struct fupin_office *o)
{
	struct work *w = &o->work;
	catalogue_init(&w->catalogue, CATALOGUE_BYTES_MAX);
	struct kept *kept = kept_read(&o->home, &w->catalogue);
	w->has_catalogue = kept;
	if (kept) {
		note_welcome(w, &kept->welcome, kept->local_us);
		kept_free(&kept);
	} else {
		catalogue_free(&w->catalogue);
		catalogue_init(&w->catalogue, CATALOGUE_BYTES_MAX);
	}
}

static bool
take_catalogue(struct fupin_office *o)
{
	struct work *w = &o->work;
	struct catalogue next;
	catalogue_init(&next, CATALOGUE_BYTES_MAX);
	if (session_take_catalogue(w->session, &next)) {
		catalogue_free(&next);
		return false;
	}
	kept_write(&o->home, w->session);
	catalogue_free(&w->catalogue);
	w->catalogue = next;
	w->has_catalogue = true;
	w->fetching = false;
	for (struct operation *p = w->operations; p; p = p->next)
		if (p->kind == OPERATION_CONNECT && p->stage == STAGE_ASKING)
			tell_end(o, p, FUPIN_DONE, "");
	return true;
}

/* ---------------------------------------------------------------- the end of a connection */

void
office_fail(struct fupin_office *o, enum fupin_status status, const char *text)
{
	struct work *w = &o->work;
	office_stop_delivery(o);
	for (struct operation *p = w->operations; p; p = p->next)
		if (operation_needs_centre(p))
			tell_end(o, p, status, text);
	w->greeted = w->fetching = w->rechecking = false;
	w->hello = w->fetch = w->look = (struct question){0};
	session_close(&w->session);
}

/* Both are told in the words of the handle's language; what else can fail has words of the system's. */
void
office_fail_session(struct fupin_office *o, enum session_failure failure)
{
	char error[HOME_ERROR_BYTES], text[PROBLEM_TEXT_BYTES];
	const struct problem_list *problems = session_refusal(o->work.session)->problems;
	snprintf(error, sizeof error, "%s", session_error(o->work.session));
	if (failure == SESSION_NOT_ADMITTED)
		office_fail(o, FUPIN_NOT_ADMITTED, office_text(o, TEXT_NOT_ADMITTED));
	else if (failure == SESSION_REFUSED)
		office_fail(o, problem_is_of_key(problems->items[0].code) ? FUPIN_NOT_ADMITTED : FUPIN_PROBLEMS,
		            problem_text(&problems->items[0], o->language, text));
	else
		office_fail(o, FUPIN_FAILED, error);
}

/* ---------------------------------------------------------------- asking */

static void
reconnect(struct fupin_office *o)
{
	if (!session_reconnect(o->work.session))
		office_fail_session(o, SESSION_BROKEN);
}

/* Sends it if it is due; after silence on a new connection. False: the session is gone. */
static bool
ask(struct fupin_office *o, struct question *q, struct request *request)
{
	struct work *w = &o->work;
	int64_t now = clock_steady_us();
	/* On a slow line the question waits behind the delivery. */
	size_t ahead = session_request_bytes(request);
	if (w->deliverer)
		ahead += deliverer_bytes_in_flight(w->deliverer);
	bool lost = q->sent && q->epoch != session_epoch(w->session);
	bool silent = q->sent && !lost && now - q->sent_us > session_silence_us(w->session, q->attempt, ahead);
	if (now < q->not_before_us || (q->sent && !lost && !silent))
		return true;
	if (silent) {
		q->attempt++;
		if (w->heard_us < q->sent_us)
			reconnect(o);
	}
	if (!w->session)
		return false;
	enum session_failure failure = session_send(w->session, request);
	if (failure) {
		office_fail_session(o, failure);
		return false;
	}
	q->sent = true;
	q->request_id = request->id;
	q->epoch = session_epoch(w->session);
	q->sent_us = now;
	return true;
}

static bool
ask_hello(struct fupin_office *o)
{
	struct request request = session_greeting();
	return ask(o, &o->work.hello, &request);
}

static bool
ask_catalogue(struct fupin_office *o)
{
	struct request request = {.kind = REQUEST_CATALOGUE, .catalogue = {.units = true, .forms = true}};
	return ask(o, &o->work.fetch, &request);
}

/* The question by which it is found out whether the centre still has what it receipted. */
static bool
ask_recheck(struct fupin_office *o)
{
	struct request request;
	enum reply_kind kind;
	struct work *w = &o->work;
	if (w->recheck.not_before_us > w->look.not_before_us)
		w->look.not_before_us = w->recheck.not_before_us;
	w->rechecking = recheck_next(&w->recheck, &request, &kind);
	return !w->rechecking || ask(o, &w->look, &request);
}

static bool
ask_operation(struct fupin_office *o, struct operation *p)
{
	struct request request;
	if (p->stage == STAGE_WATCHING && p->question.epoch != session_epoch(o->work.session)) {
		p->stage = STAGE_ASKING; /* the watch ended with its line */
		p->asks_whole = false;
	}
	/* The office's standing is reported when it is known what was lost. */
	bool waits = p->kind == OPERATION_CONNECT || (p->kind == OPERATION_STANDING && o->work.rechecking);
	if (p->stage != STAGE_ASKING || waits)
		return true;
	operation_question(o, p, &request);
	bool good = ask(o, &p->question, &request);
	if (good && p->kind == OPERATION_WATCH && !p->asks_whole)
		p->watch_id = p->question.request_id;
	return good;
}

static bool
is_centre_needed(const struct work *w)
{
	for (const struct operation *p = w->operations; p; p = p->next)
		if (operation_needs_centre(p))
			return true;
	return false;
}

static bool
is_watching_only(const struct work *w)
{
	for (const struct operation *p = w->operations; p; p = p->next)
		if (p->stage != STAGE_WATCHING)
			return false;
	return w->operations;
}

/* A part of the credit window is for these; what has to wait is asked in its turn. */
static void
ask_all(struct fupin_office *o)
{
	struct work *w = &o->work;
	unsigned asked = 0;
	bool good = !w->fetching || ask_catalogue(o);
	for (struct operation *p = w->operations; good && p && asked < QUESTIONS_MAX; p = p->next) {
		good = ask_operation(o, p);
		asked += p->stage == STAGE_ASKING && p->kind != OPERATION_CONNECT;
	}
}

static void
talk(struct fupin_office *o)
{
	struct work *w = &o->work;
	char error[HOME_ERROR_BYTES];
	if (!is_centre_needed(w))
		return;
	if (!w->session) {
		w->heard_us = clock_steady_us();
		w->session = session_open(&o->home, error);
		if (!w->session) {
			office_fail(o, FUPIN_FAILED, error);
			return;
		}
	}
	if (is_watching_only(w) && clock_steady_us() - w->heard_us > WATCH_SILENCE_MS * INT64_C(1000)) {
		w->heard_us = clock_steady_us();
		reconnect(o);
	}
	w->greeted = w->greeted && w->session && w->epoch == session_epoch(w->session);
	if (!w->session || (!w->greeted && !ask_hello(o)) || !w->greeted)
		return;
	ask_all(o);
	if (w->session && (!w->rechecking || ask_recheck(o)) && w->session && !w->rechecking)
		office_deliver(o);
}

/* ---------------------------------------------------------------- answers */

static void
begin_recheck(struct fupin_office *o)
{
	char error[OUTBOX_ERROR_BYTES];
	struct work *w = &o->work;
	struct outbox *outbox = access(o->home.outbox, R_OK | W_OK) ? NULL : office_outbox(o, error);
	w->look = (struct question){0};
	w->rechecking =
	    outbox && recheck_begin(&w->recheck, outbox, session_welcome(w->session), o->home.centre_key);
}

/* Of hello or the catalogue; what may be answered later is asked again. */
static void
take_own(struct fupin_office *o, struct question *q, const struct reply *reply, enum reply_kind kind)
{
	struct work *w = &o->work;
	q->sent = false;
	if (reply->kind == REPLY_REFUSAL && reply->refusal.retry_after_ms) {
		q->not_before_us = clock_steady_us() + reply->refusal.retry_after_ms * INT64_C(1000);
	} else if (reply->kind == REPLY_REFUSAL) {
		office_fail_session(o, SESSION_REFUSED);
	} else if (reply->kind != kind) {
		office_fail(o, FUPIN_FAILED, office_text(o, TEXT_SHAPE));
	} else if (kind == REPLY_CATALOGUE) {
		if (!take_catalogue(o))
			office_fail_session(o, SESSION_BROKEN);
	} else if (session_take_welcome(w->session, reply)) {
		office_fail_session(o, SESSION_BROKEN);
	} else {
		w->greeted = true;
		w->epoch = session_epoch(w->session);
		note_welcome(w, session_welcome(w->session), clock_wall_us());
		begin_recheck(o);
	}
}

/* It is no error if this cannot be found out now: it is asked again after the next welcome. */
static void
take_recheck(struct fupin_office *o, const struct reply *reply)
{
	struct work *w = &o->work;
	struct request request;
	enum reply_kind kind;
	w->look.sent = false;
	office_end_turn(o); /* the outbox is written to */
	if (reply->kind == REPLY_REFUSAL && reply->refusal.retry_after_ms)
		w->look.not_before_us = clock_steady_us() + reply->refusal.retry_after_ms * INT64_C(1000);
	else
		w->rechecking = recheck_next(&w->recheck, &request, &kind) && reply->kind == kind &&
		                recheck_take(&w->recheck, reply);
}

static struct operation *
find_operation(const struct work *w, uint64_t request_id)
{
	for (struct operation *p = w->operations; p; p = p->next) {
		bool asks = p->stage == STAGE_ASKING && p->question.sent && p->question.request_id == request_id;
		bool watches = p->watch_id && (p->watch_id == request_id || p->ack_id == request_id);
		if (p->stage != STAGE_ENDED && (asks || watches))
			return p;
	}
	return NULL;
}

static void
take_reply(struct fupin_office *o, const struct reply *reply)
{
	struct work *w = &o->work;
	struct operation *p = find_operation(w, reply->request_id);
	w->heard_us = clock_steady_us();
	if (reply->kind == REPLY_REFUSAL && reply->refusal.problems->count &&
	    problem_is_of_key(reply->refusal.problems->items[0].code))
		office_fail_session(o, SESSION_REFUSED); /* shut out: whichever request told it */
	else if (w->hello.sent && w->hello.request_id == reply->request_id)
		take_own(o, &w->hello, reply, REPLY_WELCOME);
	else if (w->fetch.sent && w->fetch.request_id == reply->request_id)
		take_own(o, &w->fetch, reply, REPLY_CATALOGUE);
	else if (w->look.sent && w->look.request_id == reply->request_id)
		take_recheck(o, reply);
	else if (p)
		operation_take(o, p, reply);
	else
		office_deliver_take(o, reply);
}

/* What is there now. */
static void
listen_to_centre(struct fupin_office *o)
{
	struct work *w = &o->work;
	struct reply reply;
	for (int i = 0; i < ANSWERS_MAX && w->session; i++) {
		enum session_failure failure = session_take(w->session, 0, &reply);
		if (failure == SESSION_NO_ANSWER)
			break;
		if (failure && failure != SESSION_LOST)
			office_fail_session(o, failure);
		else if (!failure)
			take_reply(o, &reply);
	}
	office_end_turn(o);
}

/* ---------------------------------------------------------------- the turn */

static size_t
take_begun(struct fupin_office *o)
{
	struct operation **end = &o->work.operations;
	while (*end)
		end = &(*end)->next;
	pthread_mutex_lock(&o->mutex);
	*end = o->begun;
	o->begun = NULL;
	o->begun_end = &o->begun;
	size_t letters = o->letter_count;
	pthread_mutex_unlock(&o->mutex);
	return letters;
}

static void
look_after_all(struct fupin_office *o)
{
	int64_t now = clock_steady_us();
	for (struct operation *p = o->work.operations; p && !atomic_load(&o->closing); p = p->next) {
		if (atomic_load(&p->cancelled))
			operation_cancel(o, p);
		if (p->stage == STAGE_NEW)
			operation_advance(o, p);
		if (p->stage != STAGE_ENDED && now >= office_deadline_us(o, p))
			operation_expire(o, p);
	}
}

/* Of what was cancelled meanwhile only the end is told. */
static bool
is_taken_back(const struct fupin_office *o, const struct letter *letter)
{
	if (letter->event.kind == FUPIN_ENDED)
		return false;
	for (const struct operation *p = o->work.operations; p; p = p->next)
		if (p->id == letter->event.operation)
			return atomic_load(&p->cancelled);
	return false;
}

static void
hand_out(struct fupin_office *o)
{
	struct work *w = &o->work;
	pthread_mutex_lock(&o->mutex);
	while (w->held) {
		struct letter *letter = w->held;
		w->held = letter->next;
		letter->next = NULL;
		if (is_taken_back(o, letter))
			letter->handler = NULL;
		*o->letters_end = letter;
		o->letters_end = &letter->next;
		o->letter_count++;
	}
	w->held_end = &w->held;
	for (size_t i = 0; i < FUPIN_OPERATIONS_MAX; i++)
		if (o->open[i] && o->open[i]->id && o->open[i]->last == NULL)
			o->open[i] = NULL;
	if (o->letters)
		office_ring(o->fd);
	pthread_mutex_unlock(&o->mutex);
}

static void
forget_ended(struct work *w)
{
	for (struct operation **at = &w->operations; *at;) {
		struct operation *p = *at;
		if (p->stage == STAGE_ENDED) {
			*at = p->next;
			operation_free(p);
		} else {
			at = &p->next;
		}
	}
}

static void
wait_for_something(struct fupin_office *o, bool crowded)
{
	struct work *w = &o->work;
	struct pollfd bell = {.fd = o->bell, .events = POLLIN};
	int wait_ms = !w->operations || is_watching_only(w) ? IDLE_MS : TURN_MS;
	if (w->session && !crowded) {
		enum session_failure failure = session_wait(w->session, &bell, 1, wait_ms);
		if (failure && failure != SESSION_LOST)
			office_fail_session(o, failure);
	} else {
		poll(&bell, 1, crowded || !w->operations ? -1 : wait_ms);
	}
	office_drain(o->bell);
}

static void
finish(struct fupin_office *o)
{
	struct work *w = &o->work;
	office_stop_delivery(o);
	session_close(&w->session);
	outbox_close(&w->outbox);
	catalogue_free(&w->catalogue);
	for (struct operation *p = w->operations; p; p = p->next)
		p->stage = STAGE_ENDED;
	forget_ended(w);
	while (w->held) {
		struct letter *letter = w->held;
		w->held = letter->next;
		letter_free(letter);
	}
}

void *
office_run(void *context)
{
	struct fupin_office *o = context;
	o->work.held_end = &o->work.held;
	read_kept(o);
	while (!atomic_load(&o->closing)) {
		bool crowded = take_begun(o) >= LETTERS_MANY;
		if (!crowded) {
			look_after_all(o);
			office_look(o);
			talk(o);
			listen_to_centre(o);
		}
		hand_out(o);
		forget_ended(&o->work);
		wait_for_something(o, crowded);
	}
	finish(o);
	return NULL;
}
