#include "cleared.h"

#include "base/decimal.h"

/* The figure of a report that is about to be replaced; NULL: none was reported. */
static const int64_t *
find_value(const struct report_item *item, uint32_t indicator)
{
	for (size_t i = 0; i < item->value_count; i++)
		if (item->indicators[i] == indicator)
			return &item->values[i];
	return NULL;
}

static void
compare(const struct command *c, const struct draft *draft, const struct dropped *d,
        const struct report_item *item, struct findings *findings)
{
	struct problem_list problems;
	problem_list_init(&problems);
	for (size_t i = 0; i < d->indicator_count; i++) {
		const struct indicator *what = d->indicators[i];
		const int64_t *value = find_value(item, what->number);
		char text[DECIMAL_TEXT_BYTES];
		if (value)
			problem_detail(
			    problem_add(&problems, PROBLEM_FIGURE_CLEARED, SUBJECT_REPORT, d->report, what->code),
			    "%s %s", in_language(c, what->name_en, what->name_zh),
			    decimal_format(*value, what->decimals, text));
	}
	if (problems.count)
		findings_add(findings, draft, &c->catalogue, &problems);
}

static void
compare_all(const struct command *c, const struct draft *draft, const struct report_answer *answer,
            struct findings *findings)
{
	for (size_t i = 0; i < draft->dropped_count; i++) {
		const struct dropped *d = &draft->dropped[i];
		const struct report *r = &draft->submission.reports[d->report];
		for (size_t k = 0; k < answer->count; k++) {
			const struct report_item *item = &answer->items[k];
			/* Another revision than the one that is replaced: the centre refuses it. */
			if (item->key.unit == r->unit && item->key.form == r->form && item->key.period == r->period &&
			    item->revision == r->replaces)
				compare(c, draft, d, item, findings);
		}
	}
}

/* All reports of one form and month of this office, page by page. */
static bool
look_at(struct command *c, const struct draft *draft, const struct report *r, struct findings *findings)
{
	struct request request = {.kind = REQUEST_REPORTS,
	                          .reports = {.unit = session_welcome(c->session)->unit,
	                                      .from = r->period,
	                                      .to = r->period,
	                                      .forms = &r->form,
	                                      .form_count = 1,
	                                      .values = true}};
	struct reply reply;
	do {
		if (session_ask_patiently(c->session, &request, REPLY_REPORTS, c->timeout_ms, &reply))
			return false;
		compare_all(c, draft, &reply.reports, findings);
		request.reports.after = reply.reports.next;
	} while (request.reports.after.unit);
	return true;
}

/* Was the form and month of this one asked for already? */
static bool
is_looked_at(const struct draft *draft, size_t at)
{
	const struct report *r = &draft->submission.reports[draft->dropped[at].report];
	for (size_t i = 0; i < at; i++) {
		const struct report *earlier = &draft->submission.reports[draft->dropped[i].report];
		if (earlier->form == r->form && earlier->period == r->period)
			return true;
	}
	return false;
}

bool
cleared_look(struct command *c, const struct draft *draft, struct findings *findings)
{
	bool good = true;
	for (size_t i = 0; good && i < draft->dropped_count; i++)
		if (!is_looked_at(draft, i))
			good = look_at(c, draft, &draft->submission.reports[draft->dropped[i].report], findings);
	return good;
}
