#include "intake.h"

#include "check.h"
#include "codec.h"

#include <stdlib.h>

struct envelope *
envelope_create(const struct frame *frame)
{
	struct envelope *envelope = calloc(1, sizeof *envelope);
	if (!envelope)
		return NULL;
	arena_init(&envelope->arena, DECODE_BYTES_MAX);
	envelope->sender = frame->sender;
	return envelope;
}

void
envelope_destroy(struct envelope **envelope)
{
	if (!*envelope)
		return;
	arena_free(&(*envelope)->arena);
	free(*envelope);
	*envelope = NULL;
}

bool
intake_read(const struct catalogue *catalogue, date today, struct envelope *e, struct problem_list *problems)
{
	const struct submit *submit = &e->request.submit;
	if (!codec_decode_submission(&e->arena, submit->bytes, submit->size, &e->submission, problems))
		return false;
	e->digest = digest_of(submit->bytes, submit->size);
	return admit_submission(&e->office, &e->submission, problems) &&
	       check_submission(catalogue, today, &e->submission, problems);
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
		uint32_t current = totals_revision(h->totals, r->unit, r->period, r->form);
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
