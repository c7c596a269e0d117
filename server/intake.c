#include "intake.h"

#include "check.h"
#include "codec.h"

#include <stdlib.h>
#include <string.h>

enum { POOL_MAX = 4096 };

struct envelope *
envelope_create(struct envelope_pool *pool, const struct frame *frame)
{
	struct envelope *e = pool->first;
	if (e) {
		pool->first = e->next;
		pool->count--;
	} else {
		e = malloc(sizeof *e);
		if (!e)
			return NULL;
		arena_init(&e->arena, DECODE_BYTES_MAX);
	}
	struct arena arena = e->arena;
	*e = (struct envelope){.pool = pool, .arena = arena, .sender = frame->sender};
	memcpy(e->public_key, frame->public_key, sizeof e->public_key);
	return e;
}

void
envelope_destroy(struct envelope **envelope)
{
	struct envelope *e = *envelope;
	*envelope = NULL;
	if (!e)
		return;
	if (e->pool->count == POOL_MAX) {
		arena_free(&e->arena);
		free(e);
		return;
	}
	arena_reset(&e->arena);
	e->next = e->pool->first;
	e->pool->first = e;
	e->pool->count++;
}

void
envelope_pool_free(struct envelope_pool *pool)
{
	while (pool->first) {
		struct envelope *e = pool->first;
		pool->first = e->next;
		arena_free(&e->arena);
		free(e);
	}
	pool->count = 0;
}

bool
intake_read(const struct catalogue *catalogue, date today, struct envelope *e, struct problem_list *problems)
{
	const struct submit *submit = &e->request.submit;
	if (!codec_decode_submission(&e->arena, submit->bytes, submit->size, &e->submission, problems))
		return false;
	e->digest = digest_of(submit->bytes, submit->size);
	if (!admit_submission(&e->office, &e->submission, problems) ||
	    !check_submission(catalogue, today, &e->submission, problems))
		return false;
	for (size_t i = 0; i < e->submission.report_count; i++) {
		struct report *report = &e->submission.reports[i];
		report->place = (uint32_t)(catalogue_unit(catalogue, report->unit) - catalogue->units) + 1;
	}
	return true;
}

enum intake_outcome
intake_repeated(const struct recorded *recorded, struct envelope *e, struct problem_list *problems)
{
	if (recorded->office == unit_county(e->office.unit) &&
	    digest_equal(&recorded->receipt.digest, &e->digest)) {
		e->receipt = recorded->receipt;
		return INTAKE_DUPLICATE;
	}
	problem_only(problems, PROBLEM_ID_REUSED);
	return INTAKE_REFUSED;
}

enum intake_outcome
intake_find(const struct records *records, struct envelope *e, struct problem_list *problems)
{
	struct recorded recorded;
	switch (records_find(records, &e->submission.id, &recorded)) {
	case RECORD_RECENT:
		return intake_repeated(&recorded, e, problems);
	case RECORD_OLDER:
		e->receipt.seq = recorded.receipt.seq;
		return INTAKE_OLDER;
	case RECORD_NONE:
		break;
	}
	return INTAKE_ACCEPTED;
}

/* Revisions and vouchers against what is recorded. */
static void
compare_rows(const struct holdings *h, const struct submission *s, struct problem_list *problems)
{
	for (size_t i = 0; i < s->report_count; i++) {
		const struct report *r = &s->reports[i];
		uint32_t current = totals_revision(h->totals, r);
		if (current == r->replaces)
			continue;
		struct problem *p = problem_add(problems, PROBLEM_REVISION_CONFLICT, SUBJECT_REPORT, i, "replaces");
		p->limit = current;
		p->actual = r->replaces;
	}
	for (size_t i = 0; i < s->entry_count; i++) {
		const struct fund_entry *e = &s->entries[i];
		if (records_has_voucher(h->records, e->unit, e->voucher))
			problem_detail(problem_add(problems, PROBLEM_VOUCHER_TAKEN, SUBJECT_ENTRY, i, "voucher"), "%s",
			               e->voucher);
	}
}

enum intake_outcome
intake_compare(const struct holdings *h, struct envelope *e, struct problem_list *problems)
{
	enum intake_outcome outcome = intake_find(h->records, e, problems);
	if (outcome != INTAKE_ACCEPTED)
		return outcome;
	compare_rows(h, &e->submission, problems);
	return problems->count ? INTAKE_REFUSED : INTAKE_ACCEPTED;
}
