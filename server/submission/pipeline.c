#include "pipeline.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_SOON_MS = 1000, RETRY_FULL_MS = 5000 };

/* BUSY names a time to come again: when everything that waits now should be written. */
enum { RETRY_LEAST_MS = 50, RETRY_MOST_MS = 10000 };
/* Lines a second about refusals. */
enum { REFUSALS_LOGGED = 20 };

void
pipeline_init(struct pipeline *p)
{
	*p = (struct pipeline){.refused.per_second = REFUSALS_LOGGED};
	struct envelope_list *const lists[] = {&p->next,    &p->batch, &p->doubtful,
	                                       &p->careful, &p->again, &p->done};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		envelope_list_init(lists[i]);
}

void
pipeline_free(struct pipeline *p)
{
	queues_free(&p->queues);
	struct envelope_list *const lists[] = {&p->next,    &p->batch, &p->doubtful,
	                                       &p->careful, &p->again, &p->done};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		envelope_list_free(lists[i]);
}

size_t
pipeline_waiting(const struct pipeline *p)
{
	return p->queues.count + p->next.count + p->batch.count + p->doubtful.count + p->careful.count +
	       p->again.count + p->done.count;
}

bool
pipeline_has_work(const struct pipeline *p)
{
	bool ready = p->queues.count || p->next.first || p->careful.first || p->again.first;
	return p->done.first || (journal_is_idle(p->journal) && ready);
}

static bool
list_holds(const struct envelope_list *list, const struct office *office, const struct submission_id *id)
{
	for (const struct envelope *e = list->first; e; e = e->next)
		if (e->office.unit == office->unit && submission_id_equal(&e->submission.id, id))
			return true;
	return false;
}

bool
pipeline_holds(const struct pipeline *p, const struct office *office, const struct submission_id *id)
{
	const struct envelope_list *const lists[] = {&p->next,    &p->batch, &p->doubtful,
	                                             &p->careful, &p->again, &p->done};
	bool held = queues_hold(&p->queues, office, id);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		held = held || list_holds(lists[i], office, id);
	return held;
}

/* ---------------------------------------------------------------- answering */

static uint32_t
retry_after_ms(const struct pipeline *p, enum problem_code code)
{
	if (!problem_is_transient(code))
		return 0;
	if (code == PROBLEM_STORE_FULL || code == PROBLEM_CLOCK_WRONG)
		return RETRY_FULL_MS;
	if (code != PROBLEM_BUSY || p->rows_per_ms <= 0)
		return RETRY_SOON_MS;
	double ms = (double)(p->queues.rows + p->next.rows + p->batch.rows) / p->rows_per_ms;
	return ms < RETRY_LEAST_MS ? RETRY_LEAST_MS : ms > RETRY_MOST_MS ? RETRY_MOST_MS : (uint32_t)ms;
}

/* The one place where problems of a submission become a reply. */
static void
refuse(struct pipeline *p, struct envelope *e, const struct problem_list *problems)
{
	enum problem_code code = problems->items[0].code;
	struct reply reply = {.request_id = e->request.id, .kind = REPLY_REFUSAL};
	reply.refusal = (struct refusal){problems, retry_after_ms(p, code)};
	p->counters.refused++;
	/* Many refusals with BUSY must not fill the log. */
	log_line(code == PROBLEM_BUSY ? LOG_DEBUG : log_bounded(&p->refused, LOG_INFO, "refused"), "refused",
	         "office=%s code=%s problems=%zu", e->office.name, problem_name(code),
	         problems->count + problems->more);
	p->reply(p->context, e, &reply);
	envelope_destroy(&e);
}

static void
refuse_for(struct pipeline *p, struct envelope *e, enum problem_code code, const char *detail)
{
	struct problem_list problems;
	problem_list_init(&problems);
	problem_detail(problem_only(&problems, code), "%s", detail);
	refuse(p, e, &problems);
}

static void
send_receipt(struct pipeline *p, struct envelope *e)
{
	struct reply reply = {.request_id = e->request.id, .kind = REPLY_RECEIPT, .receipt = e->receipt};
	p->reply(p->context, e, &reply);
	envelope_destroy(&e);
}

/* Submissions that wait for the database's answer are held in memory whole, so only a few may. */
static void
ask_database(struct pipeline *p, struct envelope *e, bool (*ask)(void *context, struct envelope *envelope))
{
	size_t bytes = e->arena.bytes_used;
	p->asked_bytes += bytes;
	if (p->asked_bytes <= LOOK_UP_BYTES_MAX && ask(p->context, e))
		return;
	p->asked_bytes -= bytes;
	refuse_for(p, e, PROBLEM_BUSY, "");
}

/* Answers what need not be written. False: it is accepted, and stays the caller's. */
static bool
answer_outcome(struct pipeline *p, struct envelope *e, enum intake_outcome outcome,
               const struct problem_list *problems)
{
	switch (outcome) {
	case INTAKE_REFUSED:
		refuse(p, e, problems);
		return true;
	case INTAKE_DUPLICATE:
		p->counters.duplicates++;
		e->again = true;
		send_receipt(p, e);
		return true;
	case INTAKE_OLDER:
		ask_database(p, e, p->ask_database);
		return true;
	case INTAKE_ACCEPTED:
		break;
	}
	return false;
}

void
pipeline_looked_up(struct pipeline *p, struct envelope *e, const struct recorded *found, bool failed)
{
	struct problem_list problems;
	problem_list_init(&problems);
	p->asked_bytes -= e->arena.bytes_used;
	if (failed || !found || !submission_id_equal(&found->receipt.id, &e->submission.id))
		refuse_for(p, e, PROBLEM_STORE_UNAVAILABLE, "");
	else
		answer_outcome(p, e, intake_repeated(found, e, &problems), &problems);
}

/* ---------------------------------------------------------------- into the queues */

void
pipeline_found_files(struct pipeline *p, struct envelope *e, const struct problem_list *problems)
{
	p->asked_bytes -= e->arena.bytes_used;
	if (problems->count) {
		refuse(p, e, problems);
		return;
	}
	struct queue *queue = queues_of(&p->queues, &e->office);
	if (!queue || !queues_have_room(&p->queues, queue, e)) {
		p->counters.busy++;
		refuse_for(p, e, PROBLEM_BUSY, "");
	} else if (!journal_is_connected(p->journal)) {
		refuse_for(p, e, PROBLEM_STORE_UNAVAILABLE, "");
	} else {
		queues_put(&p->queues, queue, e);
	}
}

void
pipeline_take(struct pipeline *p, struct envelope *e, int64_t now_us)
{
	struct problem_list problems;
	problem_list_init(&problems);
	struct queue *queue = queues_of(&p->queues, &e->office);
	if (!queue || !queues_have_room(&p->queues, queue, e)) {
		p->counters.busy++;
		refuse_for(p, e, PROBLEM_BUSY, "");
		return;
	}
	if (!intake_read(p->holdings.catalogue, date_of_time(now_us), e, &problems)) {
		refuse(p, e, &problems);
		return;
	}
	/* A submission that is known already gets its receipt even while the database is away, and before its
	 * files are asked about. */
	bool away = !journal_is_connected(p->journal), documents = e->submission.document_count;
	if ((away || documents) &&
	    answer_outcome(p, e, intake_find(p->holdings.records, e, &problems), &problems))
		return;
	if (away)
		refuse_for(p, e, PROBLEM_STORE_UNAVAILABLE, "");
	else if (documents)
		ask_database(p, e, p->find_files);
	else
		queues_put(&p->queues, queue, e);
}

/* ---------------------------------------------------------------- into a batch */

/* Once a minute. */
static bool
may_warn_of_clock(struct pipeline *p)
{
	int64_t now_us = clock_steady_us();
	if (p->clock_warned && now_us - p->clock_warned_us < CLOCK_STEP_US)
		return false;
	p->clock_warned = true;
	p->clock_warned_us = now_us;
	return true;
}

/* A commit's time is never changed, and periods close by it. So nothing is committed while the clock is far
 * ahead of both the last commit and the database's clock. On one machine both have the same clock, and being
 * far ahead of the last commit alone proves nothing: the centre may have been idle. */
static bool
clock_is_wrong(struct pipeline *p, int64_t now_us)
{
	int64_t database_us;
	if (p->is_drill || !journal_clock(p->journal, &database_us) || now_us - database_us < CLOCK_JUMP_US ||
	    now_us - p->numbered.time_us < CLOCK_JUMP_US)
		return false;
	/* The database's clock was read when the connection began; both clocks may have been set right since. */
	p->clock_suspected = true;
	bool sure = p->clock_asked_us && clock_steady_us() - p->clock_asked_us < CLOCK_STEP_US;
	if (sure && may_warn_of_clock(p))
		log_line(LOG_ERROR, "clock_ahead",
		         "seconds_of_database=%" PRId64 " seconds_of_last_commit=%" PRId64
		         " what=\"nothing is stored until this machine's clock is set right: timedatectl\"",
		         (now_us - database_us) / 1000000, (now_us - p->numbered.time_us) / 1000000);
	return true;
}

/* The moment that a receipt will tell, and that deadlines are compared with. If the clock is corrected by a
 * few seconds, time in the journal does not run backwards. If it is set back further, it was wrong before,
 * and commits get the present time. */
static int64_t
moment_us(struct pipeline *p, int64_t now_us)
{
	int64_t behind_us = p->numbered.time_us - now_us;
	if (behind_us <= 0)
		return now_us;
	if (behind_us < CLOCK_STEP_US)
		return p->numbered.time_us;
	if (may_warn_of_clock(p))
		log_line(LOG_WARNING, "clock_behind_journal", "seconds=%" PRId64 " seq=%" PRIu64, behind_us / 1000000,
		         p->numbered.seq);
	return now_us;
}

/* Gives the next number and encodes it. */
static void
number(struct pipeline *p, struct envelope *e, int64_t time_us)
{
	p->numbered.seq++;
	p->numbered.time_us = time_us;
	e->receipt = (struct receipt){
	    .id = e->submission.id,
	    .digest = e->digest,
	    .seq = p->numbered.seq,
	    .time_us = p->numbered.time_us,
	    .report_count = (uint32_t)e->submission.report_count,
	    .entry_count = (uint32_t)e->submission.entry_count,
	    .other_count = (uint32_t)submission_others(&e->submission),
	};
	const struct journal_item item = {&e->office, &e->submission, p->holdings.catalogue, e->receipt};
	journal_add(p->journal, &item);
	envelope_list_put(&p->next, e);
}

/* Stages steps of projects and fund entries, to be taken when they are on disk. */
static enum intake_outcome
stage_money(struct pipeline *p, struct envelope *e, struct problem_list *problems, bool *settled)
{
	if (!e->submission.entry_count && !e->submission.project_count)
		return INTAKE_ACCEPTED;
	if (!projects_stage(p->holdings.projects, &e->submission, &e->arena, e->office.unit, problems))
		return INTAKE_REFUSED;
	if (!projects_name_entries(p->holdings.projects, &e->submission, &e->arena, problems)) {
		projects_unstage(p->holdings.projects, &e->submission);
		return INTAKE_REFUSED;
	}
	if (!ledger_name_referred(p->holdings.ledger, &e->submission, &e->arena)) {
		projects_unstage(p->holdings.projects, &e->submission);
		problem_only(problems, PROBLEM_BUSY);
		return INTAKE_REFUSED;
	}
	enum ledger_verdict verdict = ledger_stage(p->holdings.ledger, &e->submission, problems);
	e->staged = verdict == LEDGER_STAGED;
	*settled = verdict != LEDGER_UNSETTLED;
	if (!e->staged)
		projects_unstage(p->holdings.projects, &e->submission);
	if (verdict == LEDGER_NO_MEMORY)
		problem_only(problems, PROBLEM_BUSY);
	return e->staged ? INTAKE_ACCEPTED : INTAKE_REFUSED;
}

static void
unstage_money(struct pipeline *p, const struct envelope_list *list)
{
	for (struct envelope *e = list->first; e; e = e->next)
		if (e->staged)
			ledger_unstage(p->holdings.ledger, &e->submission);
	for (struct envelope *e = list->first; e; e = e->next) {
		if (e->staged)
			projects_unstage(p->holdings.projects, &e->submission);
		e->staged = false;
	}
}

/* Compares a submission whose claims are made, and puts it into the next batch or answers it. True: it is in
 * the batch. Memory may lag behind what another fupind committed: a refusal is final only if it does not. */
static bool
admit_to_batch(struct pipeline *p, struct envelope *e, bool memory_is_fresh)
{
	struct problem_list problems;
	int64_t now_us = clock_wall_us();
	problem_list_init(&problems);
	bool settled = true;
	if (clock_is_wrong(p, now_us)) {
		char day[11];
		date_format(date_of_time(now_us), day);
		records_release(p->holdings.records, &e->submission);
		refuse_for(p, e, PROBLEM_CLOCK_WRONG, day);
		return false;
	}
	int64_t time_us = moment_us(p, now_us);
	if (p->admits && !p->admits(p->context, e, &problems)) {
		records_release(p->holdings.records, &e->submission);
		refuse(p, e, &problems);
		return false;
	}
	enum intake_outcome outcome = intake_compare(&p->holdings, time_us, e, &problems);
	if (outcome == INTAKE_ACCEPTED)
		outcome = stage_money(p, e, &problems, &settled);
	if (outcome == INTAKE_ACCEPTED) {
		number(p, e, time_us);
		return true;
	}
	if (outcome == INTAKE_REFUSED && !(memory_is_fresh && settled)) {
		envelope_list_put(&p->doubtful, e);
		return false;
	}
	records_release(p->holdings.records, &e->submission);
	answer_outcome(p, e, outcome, &problems);
	return false;
}

/* Decides anew what was taken out of a list. */
static void
place_again(struct pipeline *p, struct envelope_list *list, bool memory_is_fresh)
{
	struct envelope_list taken;
	envelope_list_init(&taken);
	envelope_list_prepend(&taken, list);
	while (taken.first)
		admit_to_batch(p, envelope_list_pop(&taken), memory_is_fresh);
}

/* The batch that was prepared has to be decided and numbered again. */
static void
unmake_next(struct pipeline *p)
{
	journal_forget(p->journal);
	p->numbered = p->written;
	unstage_money(p, &p->next);
	envelope_list_prepend(&p->again, &p->next);
}

/* One office's turn. False: the batch is full. */
static bool
take_turn(struct pipeline *p)
{
	const struct queue *queue = p->queues.current;
	while (p->queues.current == queue) {
		const struct envelope *e = queues_first(&p->queues);
		size_t rows = submission_rows(&e->submission), given = queues_given(&p->queues, p->batch_number);
		/* The office's share comes first: an office that has used it does not keep its turn because the
		 * batch is full. A submission that concerns something on its way to the disk keeps its place, and so
		 * does all behind it. */
		bool shared_out = given && given + rows > queues_share(&p->queues);
		if (!shared_out && p->next.rows && p->next.rows + rows > BATCH_ROWS_MAX)
			return false;
		if (shared_out || !records_claim(p->holdings.records, &e->submission)) {
			queues_turn(&p->queues);
			return true;
		}
		queues_give(&p->queues, p->batch_number, rows);
		admit_to_batch(p, queues_pop(&p->queues), false);
	}
	return true;
}

/* Fills the next batch: all offices that have something get a turn. */
static void
gather(struct pipeline *p)
{
	/* Shares count for batches that are written: submissions that are answered without one must not use them
	 * up. */
	if (!p->next.first)
		p->batch_number++;
	place_again(p, &p->again, false);
	for (size_t turns = p->queues.active; turns && p->queues.current; turns--)
		if (!take_turn(p))
			break;
}

/* Submissions of a refused batch are written one by one. */
static void
gather_carefully(struct pipeline *p)
{
	while (p->careful.first && !p->next.first)
		admit_to_batch(p, envelope_list_pop(&p->careful), false);
}

static bool
write_next(struct pipeline *p)
{
	envelope_list_prepend(&p->batch, &p->next);
	p->asked = p->doubtful.count;
	p->writing = p->numbered;
	p->write_began_us = clock_steady_us();
	return journal_write(p->journal, p->write_began_us);
}

bool
pipeline_write(struct pipeline *p)
{
	/* Two batches are on their way already, and their receipts come first. */
	if (p->done.rows > 2 * BATCH_ROWS_MAX || !journal_is_connected(p->journal))
		return true;
	if (p->careful.first)
		gather_carefully(p);
	else
		gather(p);
	if (!journal_is_idle(p->journal))
		return true;
	if (p->next.first)
		return write_next(p);
	p->asked = p->doubtful.count;
	if (p->asked)
		journal_refresh(p->journal, clock_steady_us());
	return true;
}

/* ---------------------------------------------------------------- after the commit */

static bool
take_over(struct pipeline *p, const struct envelope *e)
{
	const struct submission *s = &e->submission;
	bool good = holdings_take(&p->holdings, s, &e->receipt, e->office.unit);
	records_release(p->holdings.records, s);
	p->as_of = (struct as_of){.seq = e->receipt.seq, .time_us = e->receipt.time_us};
	p->counters.submissions++;
	p->counters.reports += s->report_count;
	p->counters.entries += s->entry_count;
	return good;
}

bool
pipeline_settle(struct pipeline *p, size_t rows)
{
	struct envelope_list ready;
	envelope_list_init(&ready);
	while (p->done.first &&
	       (!ready.rows || ready.rows + submission_rows(&p->done.first->submission) <= rows)) {
		struct envelope *e = envelope_list_pop(&p->done);
		envelope_list_put(&ready, e);
		if (!take_over(p, e)) {
			envelope_list_free(&ready);
			return false;
		}
	}
	/* Every total is right before the first of these receipts leaves. */
	while (ready.first)
		send_receipt(p, envelope_list_pop(&ready));
	return true;
}

static void
measure_rate(struct pipeline *p)
{
	int64_t took_us = clock_steady_us() - p->write_began_us;
	double rate = took_us > 0 ? (double)p->batch.rows * 1000.0 / (double)took_us : 0;
	p->rows_per_ms = p->rows_per_ms > 0 ? 0.8 * p->rows_per_ms + 0.2 * rate : rate;
}

/* Decides the doubtful ones. A submission that came while the database was already working on its answer may
 * build on something that the answer does not include. It stays doubtful, unless memory holds `all` commits.
 */
static void
decide_doubtful(struct pipeline *p, bool all)
{
	struct envelope_list taken;
	size_t asked = all ? SIZE_MAX : p->asked;
	envelope_list_init(&taken);
	envelope_list_prepend(&taken, &p->doubtful);
	p->asked = 0;
	for (size_t i = 0; taken.first; i++)
		admit_to_batch(p, envelope_list_pop(&taken), i < asked);
}

/* The next batch first, so that the disk does not wait for us. */
static bool
committed(struct pipeline *p)
{
	measure_rate(p);
	p->counters.batches++;
	p->written = p->writing;
	if (!p->next.first)
		p->numbered = p->written;
	log_line(LOG_DEBUG, "commit", "seq=%" PRIu64 " submissions=%zu rows=%zu", p->written.seq, p->batch.count,
	         p->batch.rows);
	/* This commit follows directly what memory holds, so the refusals that were compared before it hold,
	 * too. */
	decide_doubtful(p, false);
	envelope_list_append(&p->done, &p->batch);
	return !p->next.first || write_next(p);
}

static void
refused(struct pipeline *p)
{
	char text[LOG_QUOTED_BYTES];
	const char *sqlstate = journal_sqlstate(p->journal);
	log_line(LOG_WARNING, "batch_refused", "sqlstate=%s error=%s", sqlstate,
	         log_quoted(journal_error(p->journal), text));
	enum problem_code code = pg_problem(sqlstate);
	unmake_next(p);
	unstage_money(p, &p->batch);
	if (p->batch.count > 1 && code != PROBLEM_STORE_UNAVAILABLE) {
		envelope_list_prepend(&p->careful, &p->batch);
		return;
	}
	while (p->batch.first) {
		struct envelope *e = envelope_list_pop(&p->batch);
		records_release(p->holdings.records, &e->submission);
		refuse_for(p, e, code, code == PROBLEM_STORE_UNAVAILABLE ? "" : sqlstate);
	}
}

/* Commits of others follow all of ours; after them, the batch that was about to be written is compared
 * again. */
static bool
take_news(struct pipeline *p)
{
	if (!pipeline_settle(p, SIZE_MAX))
		return false;
	unmake_next(p);
	unstage_money(p, &p->batch);
	struct replay replay = {.holdings = &p->holdings, .as_of = p->as_of, .time_base = p->as_of.seq};
	bool good = journal_news(p->journal, &replay);
	replay_free(&replay);
	if (!good) {
		char text[LOG_QUOTED_BYTES];
		log_line(LOG_ERROR, "news_unreadable", "error=%s", log_quoted(replay.error, text));
		return false;
	}
	p->as_of = p->written = replay.as_of;
	p->numbered = p->written;
	log_line(LOG_DEBUG, "news", "seq=%" PRIu64 " submissions=%" PRIu64, p->as_of.seq, replay.submissions);
	/* With more to come all stays as it is until that has been read. */
	if (journal_has_more_news(p->journal))
		return true;
	bool locked = journal_wants_batch(p->journal);
	/* There is a batch only with the lock, under which no other fupind commits. */
	place_again(p, &p->batch, true);
	decide_doubtful(p, locked);
	place_again(p, &p->again, locked);
	if (p->next.first)
		return write_next(p);
	if (locked)
		journal_give_up(p->journal, clock_steady_us());
	return true;
}

bool
pipeline_event(struct pipeline *p, enum journal_event event)
{
	switch (event) {
	case JOURNAL_COMMITTED:
		return committed(p);
	case JOURNAL_NEWS:
		return take_news(p);
	case JOURNAL_REFUSED:
		refused(p);
		return true;
	default:
		return true;
	}
}

static void
refuse_list(struct pipeline *p, struct envelope_list *list, enum problem_code code)
{
	unstage_money(p, list);
	while (list->first) {
		struct envelope *e = envelope_list_pop(list);
		records_release(p->holdings.records, &e->submission);
		refuse_for(p, e, code, "");
	}
}

void
pipeline_refuse_all(struct pipeline *p, enum problem_code code)
{
	refuse_list(p, &p->next, code);
	refuse_list(p, &p->careful, code);
	refuse_list(p, &p->again, code);
	refuse_list(p, &p->doubtful, code);
	p->asked = 0;
	while (p->queues.current)
		refuse_for(p, queues_pop(&p->queues), code, "");
}
