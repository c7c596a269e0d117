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

/* The same id again: the first receipt, if the same office sent the same bytes. */
static enum intake_outcome
decide_repeated(const struct recorded *recorded, struct envelope *e, struct problem_list *problems)
{
	if (recorded->office == e->office.unit && digest_equal(&recorded->receipt.digest, &e->digest)) {
		e->receipt = recorded->receipt;
		return INTAKE_DUPLICATE;
	}
	problem_only(problems, PROBLEM_ID_REUSED);
	return INTAKE_REFUSED;
}

/* Revisions and vouchers against what is recorded. */
static void
compare(const struct holdings *h, const struct submission *s, struct problem_list *problems)
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
intake_decide(const struct holdings *h, struct envelope *e, date today, struct problem_list *problems)
{
	const struct submit *submit = &e->request.submit;
	struct submission *s = &e->submission;
	bool decoded = s->reports || s->entries; /* a held one comes a second time */
	if (!decoded && !codec_decode_submission(&e->arena, submit->bytes, submit->size, s, problems))
		return INTAKE_REFUSED;
	if (!decoded)
		e->digest = digest_of(submit->bytes, submit->size);
	if (!admit_submission(&e->office, s, problems))
		return INTAKE_REFUSED;
	const struct recorded *recorded = records_find(h->records, &s->id);
	if (recorded)
		return decide_repeated(recorded, e, problems);
	if (!check_submission(h->catalogue, today, s, problems))
		return INTAKE_REFUSED;
	if (records_is_pending(h->records, s))
		return INTAKE_HELD;
	compare(h, s, problems);
	return problems->count ? INTAKE_REFUSED : INTAKE_ACCEPTED;
}
