/* Questions: requests that are answered from memory, and watched totals. Offices take turns, as they do with
 * what they submit, so an office that asks without end delays only itself. */
#include "questions.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "past.h"
#include "reply.h"
#include "send.h"

#include <string.h>

enum {
	QUESTIONS_US_PER_TURN = 200, /* or one question, if that takes longer */
	PUSH_US_PER_TURN = 1000,
	JUDGE_US_PER_TURN = 1000,
	ASK_AGAIN_MS = 1000,
};

/* ---------------------------------------------------------------- watches */

static bool
may_read(const struct service *s, const char *public_key, unit_code unit)
{
	if (!strcmp(public_key, s->home.local.public_key))
		return true;
	const struct principal *p = principal_by_key(s->admitted.principals, s->admitted.count, public_key);
	return p && role_may(p->role, ACTION_READ) && unit_within(unit, p->unit);
}

/* The key, and what it may read, is looked at for every push, as for every frame. */
static enum watch_sent
send_push(void *context, const struct sender *to, const char *public_key, unit_code unit,
          const struct reply *reply)
{
	struct service *s = context;
	if (!may_read(s, public_key, unit))
		return WATCH_GONE;
	switch (service_give(s, to, public_key, reply)) {
	case GATE_SENT:
		return WATCH_SENT;
	case GATE_FULL:
	case GATE_UNREAD:
		return WATCH_LATER;
	default:
		return WATCH_GONE;
	}
}

bool
service_push(struct service *s)
{
	bool pushed = watches_push(s->watches, s->pipeline.holdings.totals, &s->pipeline.as_of, clock_steady_us(),
	                           PUSH_US_PER_TURN, send_push, s);
	/* Once a day, in spare time. */
	bool idle = !s->asked.queues.count && !pipeline_waiting(&s->pipeline);
	return (!idle || compliance_step(s->compliance, clock_wall_us(), JUDGE_US_PER_TURN)) && pushed;
}

static bool
stands(void *context, const struct sender *sender, const char *public_key)
{
	const struct service *s = context;
	return gate_stands(s->gate, sender, public_key);
}

/* Pushes continue from the state in the first answer. */
static bool
add_watch(struct service *s, const struct envelope *e, struct problem_list *problems)
{
	const struct as_of *as_of = &s->pipeline.as_of;
	if (watches_add(s->watches, e, e->public_key, as_of, clock_steady_us(), problems))
		return true;
	/* Some may belong to connections that are closed. */
	watches_drop_gone(s->watches, e->public_key, stands, s);
	problem_list_init(problems);
	return watches_add(s->watches, e, e->public_key, as_of, clock_steady_us(), problems);
}

void
service_take_ack(struct service *s, struct envelope *e)
{
	if (!watches_ack(s->watches, &e->sender, &e->request.ack))
		service_refuse_for(s, e, PROBLEM_WATCH_UNKNOWN, 0);
	envelope_destroy(&e);
}

void
service_unwatch(struct service *s, struct envelope *e)
{
	struct reply reply = {.request_id = e->request.id, .kind = REPLY_UNWATCHED};
	watches_remove(s->watches, &e->sender, e->request.unwatch);
	service_send(s, e, &reply);
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- questions */

void
service_answer_question(struct service *s, struct envelope *e)
{
	struct reply reply;
	struct problem_list problems;
	if (question_as_of(e->how, &e->request)) {
		service_answer_as_of(s, e);
		return;
	}
	problem_list_init(&problems);
	const struct view view = {.holdings = &s->pipeline.holdings,
	                          .as_of = s->pipeline.as_of,
	                          .now_us = clock_wall_us(),
	                          .office = &e->office,
	                          .compliance = s->compliance ? &s->compliance : NULL,
	                          .pipeline = &s->pipeline};
	question_answer(e->how, &view, &e->request, &e->arena, &problems, &reply);
	bool good = reply.kind != REPLY_REFUSAL && (!e->how->is_watch || add_watch(s, e, &problems));
	if (good)
		service_send(s, e, &reply);
	else
		service_refuse(s, e, &problems, problem_is_transient(problems.items[0].code) ? ASK_AGAIN_MS : 0);
	envelope_destroy(&e);
}

/* A drill goes forwards: what was recorded stays in the past. */
void
service_set_clock(struct service *s, struct envelope *e)
{
	struct problem_list problems;
	problem_list_init(&problems);
	int64_t us = e->request.clock_us;
	if (!s->options->clock) {
		problem_detail(problem_only(&problems, PROBLEM_NOT_PERMITTED), "%s",
		               "no drill (fupind serve --clock): nobody");
	} else if (us < s->pipeline.numbered.time_us || us / 1000000 > TIME_MAX) {
		struct problem *p = problem_only(&problems, PROBLEM_TIME_INVALID);
		p->actual = us / 1000000;
		p->limit = s->pipeline.numbered.time_us / 1000000;
	} else {
		clock_set_wall_us(us);
		service_answer_question(s, e);
		return;
	}
	service_refuse(s, e, &problems, 0);
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- turns */

void
service_ask(struct service *s, struct envelope *e)
{
	struct queue *queue = queues_of(&s->asked.queues, &e->office);
	if (queue && queues_have_room(&s->asked.queues, queue, e)) {
		queues_put(&s->asked.queues, queue, e);
		return;
	}
	service_refuse_for(s, e, PROBLEM_BUSY, ASK_AGAIN_MS);
	envelope_destroy(&e);
}

/* After a question that took long, waiting submissions get as much time. */
int
service_answer_wait_ms(const struct service *s, int64_t now_us)
{
	if (!s->asked.queues.count)
		return -1;
	int64_t us = pipeline_waiting(&s->pipeline) ? s->asked.due_us - now_us : 0;
	return us > 0 ? (int)((us + 999) / 1000) : 0;
}

void
service_answer(struct service *s)
{
	int64_t begun_us = clock_steady_us(), took_us = 0;
	if (service_answer_wait_ms(s, begun_us))
		return;
	while (s->asked.queues.count && took_us < QUESTIONS_US_PER_TURN) {
		struct envelope *e = queues_next(&s->asked.queues);
		e->how->take(s, e);
		took_us = clock_steady_us() - begun_us;
	}
	s->asked.due_us = begun_us + took_us + (took_us > QUESTIONS_US_PER_TURN ? took_us : 0);
}
