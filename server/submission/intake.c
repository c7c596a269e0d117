#include "intake.h"

#include "check/check.h"
#include "codec.h"
#include "intake_internal.h"
#include "report_rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Compares codes alone, without the unit that registered the project: "code@unit" may be put in its place on
 * the way to the disk. */
static int
compare_codes(const struct project_row *x, const struct project_row *y)
{
	size_t x_length = project_name_of(x->code).length, y_length = project_name_of(y->code).length;
	int order = memcmp(x->code, y->code, x_length < y_length ? x_length : y_length);
	return order ? order : (x_length > y_length) - (x_length < y_length);
}

static int
by_project(const void *a, const void *b)
{
	const struct project_row *x = *(struct project_row *const *)a, *y = *(struct project_row *const *)b;
	int order = x->place != y->place ? (x->place > y->place ? 1 : -1) : compare_codes(x, y);
	return order ? order : (x > y) - (x < y);
}

/* Which place each step is about, and which is the first about its project. */
static void
mark_projects(const struct catalogue *c, const struct submission *s)
{
	struct project_row *sorted[SUBMISSION_ROWS_MAX];
	for (size_t i = 0; i < s->project_count; i++) {
		struct project_row *row = sorted[i] = &s->projects[i];
		size_t unit = (size_t)(catalogue_unit(c, row->unit) - c->units);
		row->place = (uint32_t)catalogue_last_of_place(c, unit);
	}
	if (s->project_count)
		qsort(sorted, s->project_count, sizeof *sorted, by_project);
	for (size_t i = 0; i < s->project_count; i++)
		sorted[i]->leads =
		    !i || sorted[i - 1]->place != sorted[i]->place || compare_codes(sorted[i - 1], sorted[i]) != 0;
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
	report_rules_mark(catalogue, &e->submission);
	mark_projects(catalogue, &e->submission);
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

/* Names the office that can grant the unit an extension: the one above its county. */
static void
name_above(const struct catalogue *c, unit_code unit, struct problem *p)
{
	const struct unit *above = catalogue_unit(c, unit_ancestor(unit, UNIT_PREFECTURE));
	above = above ? above : catalogue_unit(c, unit_ancestor(unit, UNIT_PROVINCE));
	if (above)
		problem_detail(p, "%s %" PRId64, above->name, above->code);
}

/* Is it time for this report? `now`: whole seconds, so that a moment belongs to what begins with it. A
 * report that was returned may be corrected at any time, as the return asks for that. */
static void
compare_deadlines(const struct holdings *h, int64_t now, const struct report *r, size_t row,
                  const struct report_standing *standing, struct problem_list *problems)
{
	struct deadlines d = extensions_deadlines(h->extensions, h->catalogue, r->unit, r->form, r->period);
	enum deadline_event until = r->replaces ? DEADLINE_CORRECTIONS : DEADLINE_CLOSED;
	struct problem *p;
	if (now < d.at[DEADLINE_OPEN]) {
		p = problem_add(problems, PROBLEM_NOT_OPEN, SUBJECT_REPORT, row, "period");
		p->limit = d.at[DEADLINE_OPEN];
		p->actual = now;
	} else if (d.at[until] && now >= d.at[until] && standing->state != REVIEW_RETURNED) {
		p = problem_add(problems, r->replaces ? PROBLEM_CLOSED_FOR_CORRECTIONS : PROBLEM_CLOSED_FOR_REPORTS,
		                SUBJECT_REPORT, row, "period");
		p->limit = d.at[until];
		p->actual = now;
		name_above(h->catalogue, r->unit, p);
	}
}

/* A report, its deadlines and what reviewers said, against what is recorded. */
static void
compare_report(const struct holdings *h, int64_t now, const struct report *r, size_t row,
               struct problem_list *problems)
{
	struct report_standing standing = totals_standing(h->totals, r->unit, r->form, r->period);
	struct problem *p;
	if (standing.revision != r->replaces) {
		p = problem_add(problems, PROBLEM_REVISION_CONFLICT, SUBJECT_REPORT, row, "replaces");
		p->limit = standing.revision;
		p->actual = r->replaces;
		return;
	}
	if (standing.state == REVIEW_TAKEN) {
		problem_add(problems, PROBLEM_REPORT_LOCKED, SUBJECT_REPORT, row, "replaces")->limit =
		    standing.revision;
		return;
	}
	if (standing.passed && !(r->reason && *r->reason))
		problem_detail(problem_add(problems, PROBLEM_REASON_MISSING, SUBJECT_REPORT, row, "reason"), "%s",
		               ": it was passed (已审核通过)");
	compare_deadlines(h, now, r, row, &standing, problems);
}

/* Is this decision allowed in this state of a report, and for this role? */
static bool
may_follow(enum role role, enum review_state state, enum decision decision)
{
	bool province = role == ROLE_PROVINCE;
	switch (decision) {
	case DECISION_PASS:
		return !province && state == REVIEW_SENT;
	case DECISION_TAKE:
		return province && state == REVIEW_PASSED;
	case DECISION_RETURN:
		return state == REVIEW_PASSED || state == (province ? REVIEW_TAKEN : REVIEW_SENT);
	default:
		return false;
	}
}

static void
compare_review(const struct holdings *h, enum role role, const struct review *r, size_t row,
               struct problem_list *problems)
{
	struct report_standing standing = totals_standing(h->totals, r->unit, r->form, r->period);
	const char *state = review_state_name(standing.state), *zh = review_state_name_zh(standing.state);
	if (standing.revision != r->revision || standing.step != r->step) {
		problem_detail(problem_add(problems, PROBLEM_REVIEW_OUTDATED, SUBJECT_REVIEW, row, "revision"),
		               "revision %u, %u decisions, %s %s", standing.revision, standing.step, state, zh);
	} else if (!may_follow(role, standing.state, r->decision)) {
		problem_detail(problem_add(problems, PROBLEM_REVIEW_STATE_WRONG, SUBJECT_REVIEW, row, "decision"),
		               "%s %" PRId64 " %d: %s %s", decision_name(r->decision), r->unit, r->period, state, zh);
	}
}

/* ---------------------------------------------------------------- all rows */

/* A version follows the one that its sender knows; the same file again is no new version. Versions are never
 * removed, so their number is limited. */
static void
compare_document(const struct holdings *h, const struct document *d, size_t row,
                 struct problem_list *problems)
{
	const struct document_item *now =
	    documents_find(h->documents, (struct document_key){d->unit, d->kind, 0});
	uint32_t version = now ? now->key.version : 0;
	if (version && digest_equal(&now->digest, &d->digest)) {
		problem_add(problems, PROBLEM_DOCUMENT_SAME, SUBJECT_DOCUMENT, row, "digest")->limit = version;
	} else if (version != d->replaces) {
		struct problem *p =
		    problem_add(problems, PROBLEM_REVISION_CONFLICT, SUBJECT_DOCUMENT, row, "replaces");
		p->limit = version;
		p->actual = d->replaces;
	} else if (version >= DOCUMENT_VERSIONS_MAX) {
		problem_add(problems, PROBLEM_DOCUMENT_VERSIONS_TOO_MANY, SUBJECT_DOCUMENT, row, "replaces")->limit =
		    version;
	}
}

/* Compares all rows with what is recorded. */
static void
compare_rows(const struct holdings *h, int64_t time_us, const struct envelope *e,
             struct problem_list *problems)
{
	const struct submission *s = &e->submission;
	for (size_t i = 0; i < s->report_count; i++)
		compare_report(h, time_us / 1000000, &s->reports[i], i, problems);
	/* A report that is refused anyway may not fit the others. */
	if (!problems->count && !report_rules_check(h, s, problems))
		problem_only(problems, PROBLEM_BUSY);
	for (size_t i = 0; i < s->review_count; i++)
		compare_review(h, e->office.role, &s->reviews[i], i, problems);
	intake_compare_targets(h, s, problems);
	for (size_t i = 0; i < s->document_count; i++)
		compare_document(h, &s->documents[i], i, problems);
}

enum intake_outcome
intake_compare(const struct holdings *h, int64_t time_us, struct envelope *e, struct problem_list *problems)
{
	enum intake_outcome outcome = intake_find(h->records, e, problems);
	if (outcome != INTAKE_ACCEPTED)
		return outcome;
	compare_rows(h, time_us, e, problems);
	return problems->count ? INTAKE_REFUSED : INTAKE_ACCEPTED;
}
