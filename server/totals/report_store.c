#include "report_store.h"

#include <stdlib.h>
#include <string.h>

enum { VARINT_BYTES_MAX = 10 };

static bool
make_slots(struct report_store *l)
{
	const struct catalogue *c = l->catalogue;
	l->slots = calloc(c->form_count + 1, sizeof *l->slots);
	l->slot_of = calloc(c->indicator_count + 1, sizeof *l->slot_of);
	if (!l->slot_of)
		return false;
	for (size_t f = 0; l->slots && f < c->form_count; f++) {
		struct slots *slots = &l->slots[f];
		slots->indicators = calloc(c->indicator_count + 1, sizeof *slots->indicators);
		if (!slots->indicators)
			return false;
		for (size_t i = 0; i < c->indicator_count; i++)
			if (c->indicators[i].form == c->forms[f].number) {
				l->slot_of[i] = (uint16_t)slots->count;
				slots->indicators[slots->count++] = (uint32_t)i;
				slots->has_counts = slots->has_counts || c->indicators[i].counts;
			}
		l->slot_most = slots->count > l->slot_most ? slots->count : l->slot_most;
	}
	return l->slots;
}

static bool
make_positions(struct report_store *l)
{
	const struct catalogue *c = l->catalogue;
	l->positions = calloc(c->version_count + 1, sizeof *l->positions);
	for (size_t v = 0; l->positions && v < c->version_count; v++) {
		const struct slots *slots = &l->slots[catalogue_form(c, c->versions[v].form) - c->forms];
		l->positions[v] = malloc((slots->count + 1) * sizeof **l->positions);
		if (!l->positions[v])
			return false;
		for (size_t i = 0; i < slots->count; i++)
			l->positions[v][i] = (int16_t)form_version_position(
			    &c->versions[v], c->indicators[slots->indicators[i]].number, i);
	}
	return l->positions;
}

bool
report_store_create(const struct catalogue *catalogue, struct report_store *out)
{
	*out = (struct report_store){.catalogue = catalogue};
	out->items = calloc(catalogue->unit_count * catalogue->form_count + 1, sizeof *out->items);
	return out->items && make_slots(out) && make_positions(out);
}

static void
free_leaf(const struct report_store *l, struct form_reports *stored)
{
	for (int p = 0; p < l->catalogue->period_count; p++) {
		for (int book = 0; book < BOOKS; book++)
			free(leaf_report(stored, (enum book)book, p));
		if (stored->verdicts)
			free(stored->verdicts[p].text);
	}
	for (int book = 0; book < BOOKS; book++)
		free(stored->by_period[book]);
	free(stored->verdicts);
}

void
report_store_destroy(struct report_store *l)
{
	const struct catalogue *c = l->catalogue;
	size_t count = l->items ? c->unit_count * c->form_count : 0;
	for (size_t i = 0; i < count; i++)
		free_leaf(l, &l->items[i]);
	for (size_t f = 0; l->slots && f < c->form_count; f++)
		free(l->slots[f].indicators);
	for (size_t v = 0; l->positions && v < c->version_count; v++)
		free(l->positions[v]);
	free(l->slots);
	free(l->positions);
	free(l->slot_of);
	free(l->items);
	*l = (struct report_store){0};
}

struct form_reports *
report_store_at(const struct report_store *l, size_t unit, size_t form)
{
	return &l->items[l->catalogue->units[unit].root * l->catalogue->form_count + form];
}

struct stored_report *
leaf_report(const struct form_reports *stored, enum book book, int at)
{
	return stored->by_period[book] ? stored->by_period[book][at] : NULL;
}

struct verdict *
leaf_verdict(const struct form_reports *stored, int at)
{
	return stored->verdicts && stored->verdicts[at].step ? &stored->verdicts[at] : NULL;
}

bool
leaf_open(const struct report_store *l, struct form_reports *stored, enum book book)
{
	if (!stored->by_period[book])
		stored->by_period[book] = calloc((size_t)l->catalogue->period_count, sizeof(struct stored_report *));
	return stored->by_period[book];
}

bool
leaf_open_verdicts(const struct report_store *l, struct form_reports *stored)
{
	if (!stored->verdicts)
		stored->verdicts = calloc((size_t)l->catalogue->period_count, sizeof *stored->verdicts);
	return stored->verdicts;
}

/* ---------------------------------------------------------------- values */

static uint8_t *
put_varint(uint8_t *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*to++ = (uint8_t)(value | 0x80);
	*to++ = (uint8_t)value;
	return to;
}

static const uint8_t *
take_varint(const uint8_t *from, uint64_t *value)
{
	*value = 0;
	for (int shift = 0;; shift += 7) {
		*value |= (uint64_t)(*from & 0x7F) << shift;
		if (!(*from++ & 0x80))
			return from;
	}
}

struct stored_report *
stored_report_make(const struct report_store *l, const struct report *report,
                   const struct form_version *version, uint32_t revision, uint32_t first_at)
{
	int64_t values[FORM_FIELDS_MAX];
	uint8_t bytes[FORM_FIELDS_MAX * VARINT_BYTES_MAX], *end = bytes;
	for (size_t i = 0; i < version->field_count; i++)
		values[i] = NOT_REPORTED;
	for (uint32_t i = 0; i < report->value_count; i++) {
		int at = form_version_position(version, report->indicators[i], i);
		if (at >= 0)
			values[at] = report->values[i];
	}
	for (size_t i = 0; i < version->field_count; i++) {
		uint64_t zigzag = (uint64_t)values[i] << 1 ^ (uint64_t)(values[i] >> 63);
		end = put_varint(end, values[i] == NOT_REPORTED ? 0 : zigzag + 1);
	}
	size_t size = (size_t)(end - bytes);
	struct stored_report *stored = malloc(sizeof *stored + size);
	if (!stored)
		return NULL;
	stored->revision = revision;
	stored->first_at = first_at;
	stored->version = (uint16_t)(version - l->catalogue->versions);
	stored->size = (uint16_t)size;
	memcpy(stored->bytes, bytes, size);
	return stored;
}

struct stored_report *
stored_report_copy(const struct stored_report *report)
{
	struct stored_report *copy = malloc(sizeof *copy + report->size);
	if (copy)
		memcpy(copy, report, sizeof *copy + report->size);
	return copy;
}

size_t
stored_report_values(const struct report_store *l, const struct stored_report *report,
                     int64_t out[FORM_FIELDS_MAX])
{
	const uint8_t *from = report->bytes;
	size_t count = l->catalogue->versions[report->version].field_count;
	for (size_t i = 0; i < count; i++) {
		uint64_t stored;
		from = take_varint(from, &stored);
		uint64_t zigzag = stored - 1;
		out[i] = stored ? (int64_t)(zigzag >> 1 ^ -(zigzag & 1)) : NOT_REPORTED;
	}
	return count;
}

/* What is not reported but counted: 1 if the value is large enough. */
static void
count_slots(const struct report_store *l, const struct slots *slots, int64_t *values)
{
	const struct catalogue *c = l->catalogue;
	for (size_t i = 0; i < slots->count; i++) {
		const struct indicator *indicator = &c->indicators[slots->indicators[i]];
		if (!indicator->counts)
			continue;
		int64_t counted = values[l->slot_of[c->indicator_at[indicator->counts]]];
		values[i] = counted == NOT_REPORTED ? NOT_REPORTED : counted >= indicator->at_least;
	}
}

void
stored_report_slots(const struct report_store *l, const struct stored_report *report,
                    const struct slots *slots, int64_t *out)
{
	int64_t values[FORM_FIELDS_MAX];
	if (report)
		stored_report_values(l, report, values);
	for (size_t i = 0; i < slots->count; i++) {
		int at = report ? l->positions[report->version][i] : -1;
		out[i] = at < 0 ? NOT_REPORTED : values[at];
	}
	if (report && slots->has_counts)
		count_slots(l, slots, out);
}

enum review_state
leaf_state(const struct form_reports *stored, int at)
{
	static const enum review_state states[DECISIONS] = {
	    [DECISION_PASS] = REVIEW_PASSED, [DECISION_RETURN] = REVIEW_RETURNED, [DECISION_TAKE] = REVIEW_TAKEN};
	const struct stored_report *report = leaf_report(stored, BOOK_SUBMITTED, at);
	const struct verdict *verdict = leaf_verdict(stored, at);
	if (!report)
		return REVIEW_NONE;
	return verdict && verdict->revision == report->revision ? states[verdict->decision] : REVIEW_SENT;
}
