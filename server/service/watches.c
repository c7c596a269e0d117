#include "watches.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "base/key_set.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* How often a watch without changes gets a push without rows, by which both sides see that the other is
 * there; and after how long without acknowledgement a push has no reader. */
enum { HEARTBEAT_US = 20 * 1000000, ABANDONED_US = 120 * 1000000 };

/* What is judged for one watch before others have their turn. */
enum { JUDGE_US = 500 };

struct watch {
	UT_hash_handle hh;
	struct key key; /* of connection and request id */
	struct watch *next, **link;
	struct sender sender;
	char public_key[KEY_TEXT_BYTES];
	uint64_t request_id;
	struct total_query query; /* owns its indicators */
	/* Or a watch of the rules; owns the numbers and states. What the client knows: the turns up to this
	 * number, as of this state of the units. */
	bool of_rules;
	struct compliance_query rules;
	uint32_t turn, number;
	date day;
	struct as_of sent; /* the state that the client has, once it took the last push */
	int64_t sent_us;
	bool unacknowledged;
};

struct watches {
	struct watch *by_key;        /* uthash */
	struct watch *first, **turn; /* `turn`: the link to the one that is looked at next */
	size_t count;
	uint64_t pushed_seq; /* all were looked at as of this commit */
	int64_t looked_us;
	struct arena arena;
	struct compliance *compliance;
	bool judging; /* some watch waits for findings to be judged */
};

struct watches *
watches_create(void)
{
	struct watches *w = calloc(1, sizeof *w);
	if (w) {
		w->turn = &w->first;
		arena_init(&w->arena, ANSWER_BYTES_MAX);
	}
	return w;
}

static void
drop(struct watches *w, struct watch *watch)
{
	*watch->link = watch->next;
	if (watch->next)
		watch->next->link = watch->link;
	if (w->turn == &watch->next)
		w->turn = watch->link;
	HASH_DEL(w->by_key, watch);
	w->count--;
	free((void *)(uintptr_t)watch->query.indicators);
	free((void *)(uintptr_t)watch->rules.rules);
	free((void *)(uintptr_t)watch->rules.states);
	free(watch);
}

void
watches_follow_rules(struct watches *w, struct compliance *compliance)
{
	w->compliance = compliance;
}

void
watches_destroy(struct watches **watches)
{
	struct watches *w = *watches;
	if (!w)
		return;
	while (w->first)
		drop(w, w->first);
	arena_free(&w->arena);
	free(w);
	*watches = NULL;
}

size_t
watches_count(const struct watches *w)
{
	return w->count;
}

static struct watch *
find(const struct watches *w, const struct sender *sender, uint64_t request_id)
{
	struct key key = key_make('w', &request_id, sizeof request_id, sender->id, sender->size);
	struct watch *watch = NULL;
	HASH_FIND(hh, w->by_key, &key, sizeof key, watch);
	return watch;
}

static void
put(struct watches *w, struct watch *watch)
{
	watch->key =
	    key_make('w', &watch->request_id, sizeof watch->request_id, watch->sender.id, watch->sender.size);
	watch->next = w->first;
	watch->link = &w->first;
	if (w->first)
		w->first->link = &watch->next;
	w->first = watch;
	HASH_ADD(hh, w->by_key, key, sizeof watch->key, watch);
	w->count++;
}

static bool
has_room(const struct watches *w, const char *public_key, struct problem_list *problems)
{
	size_t own = 0;
	for (const struct watch *watch = w->first; watch; watch = watch->next)
		own += !strcmp(watch->public_key, public_key);
	if (w->count < WATCHES_MAX && own < WATCHES_OFFICE_MAX)
		return true;
	problem_only(problems, PROBLEM_WATCHES_TOO_MANY)->limit =
	    own < WATCHES_OFFICE_MAX ? WATCHES_MAX : WATCHES_OFFICE_MAX;
	return false;
}

/* A copy from malloc of `count` items (at least room for one); NULL: no memory. */
static void *
copy_items(const void *items, size_t count, size_t size)
{
	void *copy = calloc(count + 1, size);
	if (copy && count)
		memcpy(copy, items, count * size);
	return copy;
}

static bool
copy_query(const struct total_query *query, struct watch *watch)
{
	watch->query = *query;
	watch->query.indicators =
	    copy_items(query->indicators, query->indicator_count, sizeof *query->indicators);
	return watch->query.indicators;
}

/* The findings in the first answer were judged just now. */
static bool
copy_rules(const struct watches *w, const struct compliance_query *query, struct watch *watch)
{
	uint32_t *rules = copy_items(query->rules, query->rule_count, sizeof *rules);
	enum rule_state *states = copy_items(query->states, query->state_count, sizeof *states);
	watch->of_rules = true;
	watch->rules = *query;
	watch->rules.rules = rules;
	watch->rules.states = states;
	watch->turn = compliance_turn(w->compliance);
	watch->number = compliance_number(w->compliance, query);
	watch->day = date_of_time(clock_wall_us());
	if (rules && states)
		return true;
	free(rules);
	free(states);
	return false;
}

bool
watches_add(struct watches *w, const struct envelope *e, const char *public_key, const struct as_of *as_of,
            int64_t now_us, struct problem_list *problems)
{
	watches_remove(w, &e->sender, e->request.id);
	if (!has_room(w, public_key, problems))
		return false;
	struct watch *watch = calloc(1, sizeof *watch);
	if (!watch || !(e->request.kind == REQUEST_WATCH ? copy_query(&e->request.total, watch)
	                                                 : copy_rules(w, &e->request.compliance, watch))) {
		free(watch);
		problem_only(problems, PROBLEM_BUSY);
		return false;
	}
	watch->sender = e->sender;
	watch->request_id = e->request.id;
	watch->sent = *as_of;
	watch->sent_us = now_us;
	memcpy(watch->public_key, public_key, sizeof watch->public_key);
	put(w, watch);
	return true;
}

bool
watches_ack(struct watches *w, const struct sender *sender, const struct ack *ack)
{
	struct watch *watch = find(w, sender, ack->watch);
	if (!watch)
		return false;
	if (ack->seq >= watch->sent.seq) {
		watch->unacknowledged = false;
		w->pushed_seq = 0; /* it may have missed something meanwhile */
	}
	return true;
}

bool
watches_remove(struct watches *w, const struct sender *sender, uint64_t request_id)
{
	struct watch *watch = find(w, sender, request_id);
	if (watch)
		drop(w, watch);
	return watch;
}

/* ---------------------------------------------------------------- pushing */

/* More rows than a push holds are not sent: `since_seq` then leaves a gap, and the client asks. */
static void
make_push(struct watches *w, const struct watch *watch, const struct totals *totals,
          const struct as_of *as_of, struct reply *out)
{
	struct push *push = &out->push;
	*out = (struct reply){.request_id = watch->request_id, .kind = REPLY_PUSH};
	*push = (struct push){.as_of = *as_of, .since_seq = watch->sent.seq};
	arena_reset(&w->arena);
	struct total_query query = watch->query;
	query.now = as_of->time_us / 1000000;
	if (!totals_changes(totals, &query, watch->sent.seq, PUSH_ROWS_MAX, &w->arena, &push->units,
	                    &push->unit_count)) {
		push->since_seq = as_of->seq;
		push->unit_count = 0;
	}
}

static unit_code
unit_of(const struct watch *watch)
{
	return watch->of_rules ? watch->rules.unit : watch->query.unit;
}

void
watches_drop_gone(struct watches *w, const char *public_key, watches_stands stands, void *context)
{
	struct watch *next;
	for (struct watch *watch = w->first; watch; watch = next) {
		next = watch->next;
		if (!strcmp(watch->public_key, public_key) && !stands(context, &watch->sender, public_key))
			drop(w, watch);
	}
}

void
watches_expel(struct watches *w, watches_admitted admitted, watches_tell tell, void *context)
{
	struct watch *next;
	for (struct watch *watch = w->first; watch; watch = next) {
		next = watch->next;
		if (admitted(context, watch->public_key))
			continue;
		tell(context, &watch->sender, watch->public_key, watch->request_id);
		drop(w, watch);
	}
}

static enum watch_sent
push(struct watch *watch, const struct as_of *as_of, int64_t now_us, watches_send send, void *context,
     const struct reply *reply)
{
	enum watch_sent sent = send(context, &watch->sender, watch->public_key, unit_of(watch), reply);
	if (sent == WATCH_SENT) {
		watch->sent = *as_of;
		watch->sent_us = now_us;
		watch->unacknowledged = true;
	}
	return sent;
}

/* Judges what changed in its units, if needed in several turns of the loop (LATER), and pushes the findings
 * that turned. */
static enum watch_sent
serve_rules(struct watches *w, struct watch *watch, const struct as_of *as_of, int64_t now_us,
            watches_send send, void *context)
{
	struct reply reply = {.request_id = watch->request_id, .kind = REPLY_PUSH};
	uint32_t number = compliance_number(w->compliance, &watch->rules);
	int64_t wall_us = clock_wall_us();
	date today = date_of_time(wall_us);
	bool changed = number != watch->number || today != watch->day;
	if (!changed && now_us - watch->sent_us < HEARTBEAT_US)
		return WATCH_SENT;
	if (!compliance_refresh(w->compliance, &watch->rules, wall_us, JUDGE_US)) {
		w->judging = true;
		return WATCH_LATER;
	}
	reply.push = (struct push){.as_of = *as_of, .since_seq = watch->sent.seq};
	arena_reset(&w->arena);
	if (!compliance_turns(w->compliance, &watch->rules, watch->turn, &w->arena, &reply.push))
		return WATCH_LATER;
	bool quiet = !reply.push.turn_count && !reply.push.more_turns;
	enum watch_sent sent = quiet && now_us - watch->sent_us < HEARTBEAT_US
	                           ? WATCH_SENT
	                           : push(watch, as_of, now_us, send, context, &reply);
	if (sent == WATCH_SENT) {
		watch->number = number;
		watch->day = today;
		watch->turn = compliance_turn(w->compliance);
	}
	return sent;
}

/* Looks at one watch. False: it is gone. */
static bool
serve(struct watches *w, struct watch *watch, const struct totals *totals, const struct as_of *as_of,
      int64_t now_us, watches_send send, void *context)
{
	struct reply reply;
	int64_t quiet_us = now_us - watch->sent_us;
	if (watch->unacknowledged)
		return quiet_us < ABANDONED_US;
	if (watch->of_rules)
		return serve_rules(w, watch, as_of, now_us, send, context) != WATCH_GONE;
	if (totals_changed(totals, watch->query.unit) <= watch->sent.seq && quiet_us < HEARTBEAT_US)
		return true;
	make_push(w, watch, totals, as_of, &reply);
	return push(watch, as_of, now_us, send, context, &reply) != WATCH_GONE;
}

bool
watches_push(struct watches *w, const struct totals *totals, const struct as_of *as_of, int64_t now_us,
             int64_t budget_us, watches_send send, void *context)
{
	bool due = now_us - w->looked_us >= 1000000;
	if (w->pushed_seq == as_of->seq && !due && !w->judging)
		return true;
	w->judging = false;
	for (size_t left = w->count; left; left--) {
		if (!*w->turn)
			w->turn = &w->first;
		if (serve(w, *w->turn, totals, as_of, now_us, send, context))
			w->turn = &(*w->turn)->next;
		else
			drop(w, *w->turn);
		if (left > 1 && clock_steady_us() - now_us > budget_us)
			return false;
	}
	w->pushed_seq = as_of->seq;
	w->looked_us = now_us;
	return !w->judging;
}
