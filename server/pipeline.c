#include "pipeline.h"

#include "clock.h"
#include "log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_SOON_MS = 1000, RETRY_FULL_MS = 5000, CLOCK_AHEAD_US = 60 * 1000000 };

void
pipeline_init(struct pipeline *p)
{
	*p = (struct pipeline){0};
	p->queue_end = &p->queue;
	p->held_end = &p->held;
}

static void
free_list(struct envelope **list)
{
	while (*list) {
		struct envelope *envelope = *list;
		*list = envelope->next;
		envelope_destroy(&envelope);
	}
}

void
pipeline_free(struct pipeline *p)
{
	free_list(&p->queue);
	free_list(&p->held);
	free_list(&p->batch);
	free(p->items);
	p->items = NULL;
}

size_t
pipeline_waiting(const struct pipeline *p)
{
	return p->queued_count;
}

/* ---------------------------------------------------------------- answering */

/* The one place where problems of a submission become a reply. */
static void
refuse(struct pipeline *p, struct envelope *e, const struct problem_list *problems)
{
	enum problem_code code = problems->items[0].code;
	struct reply reply = {.request_id = e->request.id, .kind = REPLY_REFUSAL};
	reply.refusal.problems = problems;
	if (problem_is_transient(code))
		reply.refusal.retry_after_ms = code == PROBLEM_STORE_FULL ? RETRY_FULL_MS : RETRY_SOON_MS;
	p->counters.refused++;
	log_line(LOG_INFO, "refused", "office=%s code=%s problems=%zu", e->office.name, problem_name(code),
	         problems->count + problems->more);
	p->reply(p->reply_context, e, &reply);
	envelope_destroy(&e);
}

static void
refuse_for(struct pipeline *p, struct envelope *e, enum problem_code code, const char *detail)
{
	struct problem_list *problems = calloc(1, sizeof *problems);
	if (!problems) {
		envelope_destroy(&e); /* no memory even to say so: the client will ask again */
		return;
	}
	problem_detail(problem_only(problems, code), "%s", detail);
	refuse(p, e, problems);
	free(problems);
}

static void
send_receipt(struct pipeline *p, struct envelope *e)
{
	struct reply reply = {.request_id = e->request.id, .kind = REPLY_RECEIPT, .receipt = e->receipt};
	p->reply(p->reply_context, e, &reply);
	envelope_destroy(&e);
}

/* ---------------------------------------------------------------- taking */

static void
append(struct envelope ***end, struct envelope *e)
{
	e->next = NULL;
	**end = e;
	*end = &e->next;
}

static void
count_in(struct pipeline *p, const struct envelope *e)
{
	p->queued_count++;
	p->queued_bytes += e->request.submit.size;
}

static void
count_out(struct pipeline *p, const struct envelope *e)
{
	assert(p->queued_count && p->queued_bytes >= e->request.submit.size);
	p->queued_count--;
	p->queued_bytes -= e->request.submit.size;
}

static bool
is_full(const struct pipeline *p, const struct envelope *e)
{
	return p->queued_count >= QUEUE_SUBMISSIONS_MAX ||
	       p->queued_bytes + e->request.submit.size > QUEUE_BYTES_MAX;
}

/* To the journal's queue, or to those that wait for what is on its way. */
static void
enqueue(struct pipeline *p, struct envelope *e, bool held)
{
	if (!held && !records_hold(p->records, &e->submission, e->office.unit)) {
		refuse_for(p, e, PROBLEM_BUSY, "");
		return;
	}
	p->counters.held += held;
	count_in(p, e);
	append(held ? &p->held_end : &p->queue_end, e);
}

static void
decide(struct pipeline *p, struct envelope *e, int64_t now_us)
{
	const struct holdings holdings = {p->catalogue, p->totals, p->records};
	struct problem_list *problems = calloc(1, sizeof *problems);
	if (!problems) {
		envelope_destroy(&e);
		return;
	}
	enum intake_outcome outcome = intake_decide(&holdings, e, date_of_time(now_us), problems);
	if (outcome == INTAKE_REFUSED) {
		refuse(p, e, problems);
	} else if (outcome == INTAKE_DUPLICATE) {
		p->counters.duplicates++;
		send_receipt(p, e);
	} else if (!journal_is_connected(p->journal)) {
		refuse_for(p, e, PROBLEM_STORE_UNAVAILABLE, "");
	} else {
		enqueue(p, e, outcome == INTAKE_HELD);
	}
	free(problems);
}

void
pipeline_take(struct pipeline *p, struct envelope *e, int64_t now_us)
{
	if (is_full(p, e)) {
		p->counters.busy++;
		refuse_for(p, e, PROBLEM_BUSY, "");
	} else {
		decide(p, e, now_us);
	}
}

/* What was held may be decided now; what still touches something on its way is held again, in order. */
static void
decide_held(struct pipeline *p, int64_t now_us)
{
	struct envelope *list = p->held;
	p->held = NULL;
	p->held_end = &p->held;
	while (list) {
		struct envelope *e = list;
		list = e->next;
		count_out(p, e);
		decide(p, e, now_us);
	}
}

/* ---------------------------------------------------------------- writing */

static size_t
row_count(const struct envelope *e)
{
	return e->submission.report_count + e->submission.entry_count;
}

/* Moves what fits into one batch from the queue; returns how many submissions. */
static size_t
gather(struct pipeline *p)
{
	size_t count = 0, rows = 0;
	struct envelope **end = &p->batch;
	while (p->queue && (!count || rows + row_count(p->queue) <= BATCH_ROWS_MAX)) {
		struct envelope *e = p->queue;
		p->queue = e->next;
		if (!p->queue)
			p->queue_end = &p->queue;
		append(&end, e);
		rows += row_count(e);
		count++;
		if (p->careful_left)
			break;
	}
	return count;
}

static bool
reserve_items(struct pipeline *p, size_t count)
{
	if (count <= p->item_room)
		return true;
	struct journal_item *items = realloc(p->items, count * 2 * sizeof *items);
	if (!items)
		return false;
	p->items = items;
	p->item_room = count * 2;
	return true;
}

/* A clock that was wrong once, forwards, leaves its mark on every later receipt: say so. */
static void
warn_of_clock(struct pipeline *p, int64_t now_us)
{
	int64_t ahead_us = p->as_of.time_us - now_us;
	if (ahead_us < CLOCK_AHEAD_US || (p->clock_warned && now_us - p->clock_warned_us < CLOCK_AHEAD_US))
		return;
	p->clock_warned = true;
	p->clock_warned_us = now_us;
	log_line(LOG_WARNING, "clock_behind_journal", "seconds=%" PRId64 " seq=%" PRIu64, ahead_us / 1000000,
	         p->as_of.seq);
}

bool
pipeline_write(struct pipeline *p, int64_t now_us)
{
	if (!p->queue || !journal_is_idle(p->journal))
		return true;
	size_t count = gather(p), at = 0;
	if (!reserve_items(p, count))
		return false;
	/* Time never runs backwards in the journal, even if the clock does. */
	warn_of_clock(p, now_us);
	int64_t time_us = now_us > p->as_of.time_us ? now_us : p->as_of.time_us;
	for (struct envelope *e = p->batch; e; e = e->next, at++) {
		e->receipt = (struct receipt){
		    .id = e->submission.id,
		    .digest = e->digest,
		    .seq = p->as_of.seq + 1 + at,
		    .time_us = time_us,
		    .report_count = (uint32_t)e->submission.report_count,
		    .entry_count = (uint32_t)e->submission.entry_count,
		};
		p->items[at] = (struct journal_item){
		    .office = &e->office,
		    .submission = &e->submission,
		    .catalogue = p->catalogue,
		    .receipt = e->receipt,
		};
	}
	return journal_write(p->journal, p->items, count, clock_steady_us());
}

/* ---------------------------------------------------------------- after the commit */

static bool
take_over(struct pipeline *p, const struct envelope *e)
{
	const struct submission *s = &e->submission;
	bool good = records_add(p->records, &e->receipt, e->office.unit);
	for (size_t i = 0; good && i < s->report_count; i++)
		good = totals_add_report(p->totals, &s->reports[i], s->reports[i].replaces + 1);
	for (size_t i = 0; good && i < s->entry_count; i++)
		good = totals_add_entry(p->totals, &s->entries[i]) &&
		       records_add_voucher(p->records, s->entries[i].unit, s->entries[i].voucher);
	return good;
}

static struct envelope *
batch_pop(struct pipeline *p)
{
	struct envelope *e = p->batch;
	p->batch = e->next;
	records_release(p->records, &e->submission, e->office.unit);
	count_out(p, e);
	return e;
}

/* Every total is right before the first receipt leaves. */
static bool
committed(struct pipeline *p)
{
	size_t submissions = 0, reports = 0, entries = 0;
	for (struct envelope *e = p->batch; e; e = e->next) {
		if (!take_over(p, e))
			return false;
		p->as_of = (struct as_of){.seq = e->receipt.seq, .time_us = e->receipt.time_us};
		submissions++;
		reports += e->submission.report_count;
		entries += e->submission.entry_count;
	}
	p->counters.batches++;
	p->counters.submissions += submissions;
	p->counters.reports += reports;
	p->counters.entries += entries;
	if (p->careful_left)
		p->careful_left--;
	log_line(LOG_DEBUG, "commit", "seq=%" PRIu64 " submissions=%zu reports=%zu fund_entries=%zu",
	         p->as_of.seq, submissions, reports, entries);
	while (p->batch)
		send_receipt(p, batch_pop(p));
	return true;
}

static enum problem_code
code_of_sqlstate(const char *sqlstate)
{
	if (!strncmp(sqlstate, "53", 2)) /* insufficient resources: disk full, out of memory */
		return PROBLEM_STORE_FULL;
	if (!strncmp(sqlstate, "23", 2)) /* integrity constraint */
		return PROBLEM_STORE_CONFLICT;
	return PROBLEM_STORE_FAILED;
}

/* The batch goes back to the front of the queue, to be written one by one. */
static void
go_carefully(struct pipeline *p)
{
	struct envelope *last = p->batch;
	size_t count = 1;
	for (; last->next; last = last->next)
		count++;
	last->next = p->queue;
	if (!p->queue)
		p->queue_end = &last->next;
	p->queue = p->batch;
	p->batch = NULL;
	p->careful_left = count;
}

static void
refused(struct pipeline *p)
{
	char text[LOG_QUOTED_BYTES];
	const char *sqlstate = journal_sqlstate(p->journal);
	log_line(LOG_WARNING, "batch_refused", "sqlstate=%s error=%s", sqlstate,
	         log_quoted(journal_error(p->journal), text));
	if (p->batch->next) {
		go_carefully(p);
		return;
	}
	if (p->careful_left)
		p->careful_left--;
	refuse_for(p, batch_pop(p), code_of_sqlstate(sqlstate), sqlstate);
}

bool
pipeline_event(struct pipeline *p, enum journal_event event, int64_t now_us)
{
	if (event == JOURNAL_COMMITTED && !committed(p))
		return false;
	if (event == JOURNAL_REFUSED)
		refused(p);
	if ((event == JOURNAL_COMMITTED || event == JOURNAL_REFUSED) && p->held)
		decide_held(p, now_us);
	return true;
}

void
pipeline_refuse_all(struct pipeline *p, enum problem_code code)
{
	struct envelope **lists[] = {&p->queue, &p->held};
	for (int i = 0; i < 2; i++)
		while (*lists[i]) {
			struct envelope *e = *lists[i];
			*lists[i] = e->next;
			records_release(p->records, &e->submission, e->office.unit);
			count_out(p, e);
			refuse_for(p, e, code, "");
		}
	p->queue_end = &p->queue;
	p->held_end = &p->held;
}
