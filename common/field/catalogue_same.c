/* Do two catalogues give what was reported the same meaning? Field by field. */
#include "catalogue.h"

#include <string.h>

static bool
same_units(const struct catalogue *a, const struct catalogue *b)
{
	bool same = a->unit_count == b->unit_count;
	for (size_t i = 0; same && i < a->unit_count; i++)
		same = a->units[i].code == b->units[i].code && !strcmp(a->units[i].name, b->units[i].name) &&
		       !strcmp(a->units[i].basis, b->units[i].basis) && a->units[i].first == b->units[i].first &&
		       a->units[i].last == b->units[i].last && a->units[i].successor == b->units[i].successor;
	return same;
}

bool
indicator_same(const struct indicator *a, const struct indicator *b)
{
	return a->number == b->number && a->form == b->form && a->decimals == b->decimals && a->kind == b->kind &&
	       a->counts == b->counts && a->at_least == b->at_least && !strcmp(a->code, b->code);
}

static bool
same_forms(const struct catalogue *a, const struct catalogue *b)
{
	bool same = a->form_count == b->form_count && a->indicator_count == b->indicator_count;
	for (size_t i = 0; same && i < a->form_count; i++)
		same = a->forms[i].number == b->forms[i].number && a->forms[i].level == b->forms[i].level &&
		       !strcmp(a->forms[i].code, b->forms[i].code);
	for (size_t i = 0; same && i < a->indicator_count; i++)
		same = indicator_same(&a->indicators[i], &b->indicators[i]) &&
		       !strcmp(a->indicators[i].name_zh, b->indicators[i].name_zh) &&
		       !strcmp(a->indicators[i].name_en, b->indicators[i].name_en);
	return same;
}

bool
form_version_same(const struct form_version *a, const struct form_version *b)
{
	bool same = a->form == b->form && a->version == b->version && a->first == b->first &&
	            a->last == b->last && a->field_count == b->field_count;
	for (size_t i = 0; same && i < a->field_count; i++) {
		const struct form_field *x = &a->fields[i], *y = &b->fields[i];
		same = x->indicator == y->indicator && x->required == y->required && x->minimum == y->minimum &&
		       x->maximum == y->maximum && x->part_of == y->part_of && x->base == y->base &&
		       x->step_after == y->step_after;
	}
	return same;
}

static bool
same_terms(const struct fund_term *a, size_t a_count, const struct fund_term *b, size_t b_count)
{
	bool same = a_count == b_count;
	for (size_t i = 0; same && i < a_count; i++)
		same = a[i].number == b[i].number && a[i].special == b[i].special && a[i].loan == b[i].loan &&
		       !strcmp(a[i].code, b[i].code) && !strcmp(a[i].name_zh, b[i].name_zh) &&
		       !strcmp(a[i].name_en, b[i].name_en) && a[i].permitted_count == b[i].permitted_count &&
		       (!a[i].permitted_count ||
		        !memcmp(a[i].permitted, b[i].permitted, a[i].permitted_count * sizeof *a[i].permitted));
	return same;
}

static bool
same_deadlines(const struct catalogue *a, const struct catalogue *b)
{
	/* What counts are the moments, not by which rules and days they come about. */
	return a->period_first == b->period_first && a->period_count == b->period_count &&
	       !memcmp(a->schedule, b->schedule, a->form_count * (size_t)a->period_count * sizeof *a->schedule);
}

static bool
same_profiles(const struct catalogue *a, const struct catalogue *b)
{
	bool same = a->profile_count == b->profile_count;
	for (size_t i = 0; same && i < a->profile_count; i++)
		same = a->profiles[i].indicator == b->profiles[i].indicator &&
		       a->profiles[i].fund == b->profiles[i].fund &&
		       !memcmp(a->profiles[i].shares, b->profiles[i].shares, sizeof a->profiles[i].shares);
	return same;
}

static bool
same_document_kinds(const struct catalogue *a, const struct catalogue *b)
{
	bool same = a->document_kind_count == b->document_kind_count;
	for (size_t i = 0; same && i < a->document_kind_count; i++) {
		const struct document_kind *x = &a->document_kinds[i], *y = &b->document_kinds[i];
		same = x->number == y->number && x->level == y->level && x->due == y->due &&
		       !strcmp(x->code, y->code) && !strcmp(x->name_zh, y->name_zh) &&
		       !strcmp(x->name_en, y->name_en);
	}
	return same;
}

static bool
same_project_kinds(const struct catalogue *a, const struct catalogue *b)
{
	bool same = a->project_kind_count == b->project_kind_count && a->projects_since == b->projects_since &&
	            a->acceptance_due == b->acceptance_due &&
	            a->acceptance_item_count == b->acceptance_item_count;
	for (size_t i = 0; same && i < a->project_kind_count; i++) {
		const struct project_kind *x = &a->project_kinds[i], *y = &b->project_kinds[i];
		same = x->number == y->number && x->use == y->use && x->construction == y->construction &&
		       !strcmp(x->code, y->code);
	}
	for (size_t i = 0; same && i < a->acceptance_item_count; i++)
		same = a->acceptance_items[i].number == b->acceptance_items[i].number &&
		       a->acceptance_items[i].construction == b->acceptance_items[i].construction;
	return same;
}

bool
catalogue_same(const struct catalogue *a, const struct catalogue *b)
{
	bool same = same_units(a, b) && same_forms(a, b) && a->version_count == b->version_count;
	for (size_t i = 0; same && i < a->version_count; i++)
		same = form_version_same(&a->versions[i], &b->versions[i]);
	return same && same_deadlines(a, b) && same_profiles(a, b) && same_document_kinds(a, b) &&
	       same_project_kinds(a, b) && same_terms(a->sources, a->source_count, b->sources, b->source_count) &&
	       same_terms(a->uses, a->use_count, b->uses, b->use_count);
}
