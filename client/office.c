/* libfupin's public functions, over the same parts that the fupin program uses. */
#include "fupin.h"

#include "clock.h"
#include "deliver.h"
#include "kept.h"
#include "save.h"
#include "version.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fupin_office {
	struct home home;
	struct session *session;
	struct catalogue catalogue;
	int timeout_ms;
};

/* Carried through a delivery. */
struct sending {
	fupin_problem problem;
	void *context;
	struct receipt last;
};

const char *
fupin_version(void)
{
	return FUPIN_VERSION;
}

static enum fupin_status
failed(const struct fupin_office *o, enum session_failure failure, char error[FUPIN_ERROR_BYTES])
{
	if (failure == SESSION_OK)
		return FUPIN_DONE;
	if (failure == SESSION_REFUSED) {
		char text[PROBLEM_TEXT_BYTES];
		const struct refusal *refusal = session_refusal(o->session);
		snprintf(error, FUPIN_ERROR_BYTES, "%s",
		         problem_text(&refusal->problems->items[0], LANGUAGE_ENGLISH, text));
		if (problem_is_of_key(refusal->problems->items[0].code))
			return FUPIN_NOT_ADMITTED;
		return refusal->retry_after_ms ? FUPIN_WAITING : FUPIN_PROBLEMS;
	}
	snprintf(error, FUPIN_ERROR_BYTES, "%s", session_error(o->session));
	return failure == SESSION_NO_ANSWER      ? FUPIN_WAITING
	       : failure == SESSION_NOT_ADMITTED ? FUPIN_NOT_ADMITTED
	                                         : FUPIN_FAILED;
}

struct fupin_office *
fupin_connect(const char *home, int timeout_ms, char error[FUPIN_ERROR_BYTES])
{
	struct fupin_office *o = sodium_init() < 0 ? NULL : calloc(1, sizeof *o);
	if (!o) {
		snprintf(error, FUPIN_ERROR_BYTES, "out of memory");
		return NULL;
	}
	o->timeout_ms = timeout_ms;
	catalogue_init(&o->catalogue, ANSWER_BYTES_MAX * 16UL);
	bool good = home_read(home, &o->home, error) && (o->session = session_open(&o->home, error)) &&
	            !failed(o, session_hello(o->session, timeout_ms), error) &&
	            !failed(o, kept_fetch(&o->home, o->session, timeout_ms, &o->catalogue), error);
	if (!good)
		fupin_disconnect(&o);
	return o;
}

void
fupin_disconnect(struct fupin_office **office)
{
	if (!*office)
		return;
	session_close(&(*office)->session);
	catalogue_free(&(*office)->catalogue);
	free(*office);
	*office = NULL;
}

static void
tell(const struct sending *s, const struct finding *finding)
{
	char text[PROBLEM_TEXT_BYTES], file[PLACE_NAME_BYTES];
	const char *name = problem_name(finding->problem.code);
	if (s->problem)
		s->problem(s->context, name ? name : "", place_name(&finding->place, LANGUAGE_ENGLISH, file),
		           finding->place.line, finding->column,
		           problem_text(&finding->problem, LANGUAGE_ENGLISH, text));
}

static void
on_receipt(void *context, const struct outbox_item *item, const struct receipt *receipt)
{
	(void)item;
	((struct sending *)context)->last = *receipt;
}

static void
on_refusal(void *context, const struct outbox_item *item, const struct refusal *refusal)
{
	for (size_t i = 0; i < refusal->problems->count; i++) {
		struct finding finding = {.problem = refusal->problems->items[i], .place.file = item->files};
		snprintf(finding.column, sizeof finding.column, "%s", finding.problem.column);
		tell(context, &finding);
	}
}

static enum fupin_status
send_waiting(struct fupin_office *o, struct outbox *outbox, struct sending *s, char error[FUPIN_ERROR_BYTES])
{
	struct delivery delivery;
	const struct delivery_watch watch = {.context = s, .receipted = on_receipt, .refused = on_refusal};
	if (!deliver(o->session, outbox, o->timeout_ms, &watch, &delivery)) {
		snprintf(error, FUPIN_ERROR_BYTES, "%s", outbox_error(outbox));
		return FUPIN_FAILED;
	}
	if (delivery.refused) {
		snprintf(error, FUPIN_ERROR_BYTES, "the centre refused %zu of %zu submissions", delivery.refused,
		         delivery.total);
		return FUPIN_PROBLEMS;
	}
	if (delivery.mistaken) {
		snprintf(error, FUPIN_ERROR_BYTES,
		         "a receipt came that is of other content than what was sent: it is not "
		         "taken, the submission waits on");
		return FUPIN_WAITING;
	}
	return failed(o, delivery.failure, error);
}

enum fupin_status
fupin_submit(struct fupin_office *o, const char *const *files, size_t count, fupin_problem problem,
             void *context, struct fupin_receipt *receipt, char error[FUPIN_ERROR_BYTES])
{
	struct sending s = {.problem = problem, .context = context};
	struct saving *saving = calloc(1, sizeof *saving);
	struct outbox *outbox = outbox_open(o->home.outbox, error);
	enum fupin_status status = FUPIN_FAILED;
	if (saving && outbox) {
		saving->files = files;
		saving->count = count;
		saving->catalogue = &o->catalogue;
		saving->office = session_welcome(o->session)->unit;
		saving->today = date_of_time(session_welcome(o->session)->time_us);
		bool saved = save_files(outbox, clock_wall_us(), saving);
		const struct findings *findings = &saving->findings;
		snprintf(error, FUPIN_ERROR_BYTES, "%s",
		         findings->count ? "the data has problems" : outbox_error(outbox));
		status = saved ? send_waiting(o, outbox, &s, error) : findings->count ? FUPIN_PROBLEMS : FUPIN_FAILED;
		for (size_t i = 0; i < findings->count; i++)
			tell(&s, &findings->items[i]);
	}
	if (status == FUPIN_DONE) {
		*receipt = (struct fupin_receipt){
		    .seq = s.last.seq,
		    .time_us = s.last.time_us,
		    .reports = s.last.report_count,
		    .fund_entries = s.last.entry_count,
		};
		submission_id_format(&s.last.id, receipt->id);
		digest_format(&s.last.digest, receipt->digest);
	}
	outbox_close(&outbox);
	free(saving);
	return status;
}

enum fupin_status
fupin_total(struct fupin_office *o, int64_t unit, int from, int to, const char *indicator, int64_t *value,
            uint32_t *reported, uint64_t *seq, char error[FUPIN_ERROR_BYTES])
{
	const struct indicator *found = catalogue_indicator_by_name(&o->catalogue, indicator);
	struct reply reply;
	if (!found) {
		snprintf(error, FUPIN_ERROR_BYTES, "%s is not an indicator of this plan", indicator);
		return FUPIN_USAGE;
	}
	struct request request = {
	    .kind = REQUEST_TOTAL,
	    .total = {.unit = unit, .from = from, .to = to, .indicator_count = 1, .indicators = &found->number},
	};
	enum fupin_status status =
	    failed(o, session_ask(o->session, &request, REPLY_TOTAL, o->timeout_ms, &reply), error);
	if (status != FUPIN_DONE)
		return status;
	if (reply.total.unit_count != 1 || reply.total.units[0].indicator_count != 1) {
		snprintf(error, FUPIN_ERROR_BYTES, "the centre's answer has another shape than the question");
		return FUPIN_FAILED;
	}
	*value = reply.total.units[0].values[0];
	*reported = reply.total.units[0].reported[0];
	*seq = reply.total.as_of.seq;
	return FUPIN_DONE;
}
