/* Questions: what is answered from memory, and watched totals. Offices take turns, as they do with what they
 * submit: who asks without end waits behind himself. */
#include "service_internal.h"

#include "answers.h"
#include "base/bounds.h"
#include "base/clock.h"

#include <string.h>

enum {
	QUESTIONS_US_PER_TURN = 200, /* or one question, if that takes longer */
	PUSH_US_PER_TURN = 1000,
	JUDGE_US_PER_TURN = 1000,
	ASK_AGAIN_MS = 1000,
};

static void
refuse(struct service *s, const struct envelope *e, enum problem_code code, uint32_t retry_after_ms)
{
	struct problem_list problems;
	problems.count = problems.more = 0;
	problem_only(&problems, code);
	service_refuse(s, e, &problems, retry_after_ms);
}

/* ---------------------------------------------------------------- watches */

static bool
may_read(const struct service *s, const char *public_key, unit_code unit)
{
	if (!strcmp(public_key, s->home.local.public_key))
		return true;
	const struct principal *p = principal_by_key(s->principals, s->principal_count, public_key);
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
	/* Once a day, in what time is left over. */
	bool idle = !s->questions.count && !pipeline_waiting(&s->pipeline);
	return (!idle || compliance_step(s->compliance, clock_wall_us(), JUDGE_US_PER_TURN)) && pushed;
}

static bool
stands(void *context, const struct sender *sender, const char *public_key)
{
	const struct service *s = context;
	return gate_stands(s->gate, sender, public_key);
}

/* The state that the first answer tells is what pushes go on from. */
static bool
add_watch(struct service *s, const struct envelope *e, struct problem_list *problems)
{
	const struct as_of *as_of = &s->pipeline.as_of;
	if (watches_add(s->watches, e, e->public_key, as_of, clock_steady_us(), problems))
		return true;
	/* Some may be of connections that are no more. */
	watches_drop_gone(s->watches, e->public_key, stands, s);
	problems->count = problems->more = 0;
	return watches_add(s->watches, e, e->public_key, as_of, clock_steady_us(), problems);
}

static void
take_ack(struct service *s, const struct envelope *e)
{
	if (!watches_ack(s->watches, &e->sender, &e->request.ack))
		refuse(s, e, PROBLEM_WATCH_UNKNOWN, 0);
}

static void
unwatch(struct service *s, const struct envelope *e)
{
	struct reply reply = {.request_id = e->request.id, .kind = REPLY_UNWATCHED};
	watches_remove(s->watches, &e->sender, e->request.unwatch);
	service_send(s, e, &reply);
}

/* ---------------------------------------------------------------- questions */

static void
answer_from_memory(struct service *s, struct envelope *e)
{
	struct reply reply;
	struct problem_list problems;
	problems.count = problems.more = 0;
	answer(&s->pipeline, s->compliance, &e->office, &e->request, clock_wall_us(), &e->arena, &problems,
	       &reply);
	bool good = reply.kind != REPLY_REFUSAL;
	if (good && (e->request.kind == REQUEST_WATCH || e->request.kind == REQUEST_WATCH_COMPLIANCE))
		good = add_watch(s, e, &problems);
	if (good)
		service_send(s, e, &reply);
	else
		service_refuse(s, e, &problems, problem_is_transient(problems.items[0].code) ? ASK_AGAIN_MS : 0);
}

/* Takes the envelope over. */
static void
answer_question(struct service *s, struct envelope *e)
{
	switch (e->request.kind) {
	case REQUEST_STATUS:
		service_answer_status(s, e);
		return;
	case REQUEST_UPLOAD:
		service_take_upload(s, e);
		return;
	case REQUEST_FILE:
		service_answer_file(s, e);
		return;
	case REQUEST_HISTORY:
		service_answer_history(s, e);
		return;
	case REQUEST_KEYS:
		service_answer_keys(s, e);
		return;
	case REQUEST_UNWATCH:
		unwatch(s, e);
		break;
	default:
		if (request_as_of(&e->request)) {
			service_answer_as_of(s, e);
			return;
		}
		answer_from_memory(s, e);
	}
	envelope_destroy(&e);
}

/* An acknowledgement is taken at once: what it is about was sent long ago. */
void
service_ask(struct service *s, struct envelope *e)
{
	if (e->request.kind == REQUEST_ACK) {
		take_ack(s, e);
		envelope_destroy(&e);
		return;
	}
	struct lane *lane = lanes_lane(&s->questions, &e->office);
	if (lane && lanes_have_room(&s->questions, lane, e)) {
		lanes_put(&s->questions, lane, e);
		return;
	}
	refuse(s, e, PROBLEM_BUSY, ASK_AGAIN_MS);
	envelope_destroy(&e);
}

/* A question that took long is followed by as much time for the submissions that wait. */
int
service_answer_wait_ms(const struct service *s, int64_t now_us)
{
	if (!s->questions.count)
		return -1;
	int64_t us = pipeline_waiting(&s->pipeline) ? s->questions_due_us - now_us : 0;
	return us > 0 ? (int)((us + 999) / 1000) : 0;
}

void
service_answer(struct service *s)
{
	int64_t begun_us = clock_steady_us(), took_us = 0;
	if (service_answer_wait_ms(s, begun_us))
		return;
	while (s->questions.count && took_us < QUESTIONS_US_PER_TURN) {
		answer_question(s, lanes_next(&s->questions));
		took_us = clock_steady_us() - begun_us;
	}
	s->questions_due_us = begun_us + took_us + (took_us > QUESTIONS_US_PER_TURN ? took_us : 0);
}
