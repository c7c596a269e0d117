#include "recheck.h"

#include "base/clock.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* With two centres on one database, the other one learns of a commit a moment later. */
enum { BEHIND_MS = 2000, LOOK_AGAIN_MS = 100 };

/* The three questions: Is the centre only behind? Up to which receipt does it have them? Does it have again
 * what it had lost? */
enum { ASK_NOTHING, ASK_BEHIND, ASK_WHERE, ASK_AGAIN };

/* One that was lost and is there again: its database was brought back, or another client sent it. */
static bool
ask_again(struct recheck *r)
{
	struct outbox_kept kept;
	r->step = ASK_NOTHING;
	if (!outbox_get_kept(r->outbox, &kept))
		return false;
	if (!kept.lost)
		return true;
	r->step = ASK_AGAIN;
	return outbox_receipt_at(r->outbox, OUTBOX_LOST, 0, &r->asked);
}

static bool
conclude(struct recheck *r)
{
	bool lost = r->known < r->kept.receipts;
	r->step = ASK_NOTHING;
	/* None of what was receipted before a centre told its journal's name: they are another centre's, of a
	 * drill perhaps, and nothing of them may be sent to this one. */
	if (lost && !r->known && !*r->kept.history)
		return outbox_begin_centre(r->outbox, r->history, r->key);
	if (!outbox_set_kept(r->outbox, r->known_seq, r->kept.newest_seq, r->history, r->key))
		return false;
	return lost || ask_again(r);
}

/* Asks for this one, if it may be at the boundary, else for the one in the middle. */
static bool
ask_for(struct recheck *r, size_t at)
{
	if (r->known == r->unknown)
		return conclude(r);
	bool open = at >= r->known && at < r->unknown;
	r->at = open ? at : r->known + (r->unknown - r->known) / 2;
	r->step = ASK_WHERE;
	return outbox_receipt_at(r->outbox, OUTBOX_RECEIPTED, r->at, &r->asked);
}

/* Mostly the newest is there, and with it all. */
static bool
begin_search(struct recheck *r)
{
	r->unknown = r->kept.receipts;
	return ask_for(r, r->unknown - 1);
}

static bool
is_of_another(const struct recheck *r)
{
	return *r->history && strcmp(r->kept.history, r->history) != 0;
}

bool
recheck_begin(struct recheck *r, struct outbox *outbox, const struct welcome *welcome, const char *centre_key)
{
	*r = (struct recheck){.outbox = outbox};
	snprintf(r->history, sizeof r->history, "%s", welcome->history);
	snprintf(r->key, sizeof r->key, "%s", centre_key);
	if (!outbox_get_kept(outbox, &r->kept))
		return false;
	if (*r->kept.key && strcmp(r->kept.key, r->key) != 0)
		return outbox_begin_centre(outbox, r->history, r->key);
	if (!r->kept.receipts && is_of_another(r))
		return conclude(r);
	if (!is_of_another(r) && r->kept.newest_seq <= welcome->as_of.seq)
		return ask_again(r);
	r->step = ASK_BEHIND;
	r->until_us = clock_steady_us() + BEHIND_MS * INT64_C(1000);
	return true;
}

bool
recheck_next(const struct recheck *r, struct request *out, enum reply_kind *kind)
{
	*kind = r->step == ASK_BEHIND ? REPLY_PONG : REPLY_STATUS;
	*out = r->step == ASK_BEHIND ? (struct request){.kind = REQUEST_PING}
	                             : (struct request){.kind = REQUEST_STATUS, .status = r->asked.id};
	return r->step != ASK_NOTHING;
}

/* A centre without its database knows its last state only, so what it lacks proves nothing. */
static bool
take_pong(struct recheck *r, const struct pong *pong)
{
	int64_t now = clock_steady_us();
	r->not_before_us = now + LOOK_AGAIN_MS * INT64_C(1000);
	if (!is_of_another(r) && pong->as_of.seq >= r->kept.newest_seq)
		return ask_again(r);
	if (now < r->until_us && (!is_of_another(r) || !pong->store_ready))
		return true;
	if (pong->store_ready)
		return begin_search(r);
	r->step = ASK_NOTHING;
	return true;
}

static bool
take_where(struct recheck *r, bool known)
{
	size_t beside = known ? r->at + 1 : r->at - 1;
	bool first = !r->guessed;
	r->guessed = true;
	if (known) {
		r->known = r->at + 1;
		r->known_seq = r->asked.seq;
	} else {
		r->unknown = r->at;
	}
	/* Beside the first one, then by halves. */
	return ask_for(r, first ? beside : SIZE_MAX);
}

bool
recheck_take(struct recheck *r, const struct reply *reply)
{
	if (r->step == ASK_BEHIND)
		return take_pong(r, &reply->pong);
	const struct submission_status *status = &reply->status;
	bool committed = status->state == SUBMISSION_COMMITTED;
	if (r->step == ASK_WHERE)
		return take_where(r, committed && status->receipt.seq == r->asked.seq);
	r->step = ASK_NOTHING;
	return !committed || (outbox_set_receipt(r->outbox, r->asked.position, &status->receipt) && ask_again(r));
}

enum session_failure
recheck_all(struct session *session, struct outbox *outbox, const char *centre_key, int timeout_ms,
            size_t *lost)
{
	struct recheck r;
	struct request request;
	struct reply reply;
	enum reply_kind kind;
	enum session_failure failure = SESSION_OK;
	struct outbox_kept kept = {0};
	bool good = recheck_begin(&r, outbox, session_welcome(session), centre_key);
	while (good && recheck_next(&r, &request, &kind)) {
		int64_t early_us = r.not_before_us - clock_steady_us();
		if (early_us > 0)
			poll(NULL, 0, (int)(early_us / 1000) + 1);
		failure = session_ask_patiently(session, &request, kind, timeout_ms, &reply);
		good = !failure && recheck_take(&r, &reply);
	}
	if (!failure && outbox_get_kept(outbox, &kept))
		*lost = kept.lost;
	return failure;
}
