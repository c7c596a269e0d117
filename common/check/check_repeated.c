/* Finds two rows of one submission that are about the same thing, which cannot both be meant. */
#include "check_internal.h"

#include "base/utf8.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Rows of one kind, sorted so that those of one key stand beside each other, in their order. */
typedef int by_key(const void *a, const void *b);

static void
sort(struct check_row *room, const void *rows, size_t count, size_t size, by_key *order)
{
	for (size_t i = 0; i < count; i++)
		room[i].row = (const char *)rows + i * size;
	if (count)
		qsort(room, count, sizeof *room, order);
}

static int
sign(int64_t order)
{
	return (order > 0) - (order < 0);
}

/* Of equal keys the first row comes first. */
static int
by_row(const void *a, const void *b)
{
	return ((const char *)a > (const char *)b) - ((const char *)a < (const char *)b);
}

static int
report_order(unit_code unit, period month, uint32_t form, unit_code other_unit, period other_month,
             uint32_t other_form)
{
	return sign(unit != other_unit     ? unit - other_unit
	            : month != other_month ? (int64_t)month - other_month
	                                   : (int64_t)form - other_form);
}

static int
same_report(const struct report *x, const struct report *y)
{
	return report_order(x->unit, x->period, x->form, y->unit, y->period, y->form);
}

static int
same_review(const struct review *x, const struct review *y)
{
	return report_order(x->unit, x->period, x->form, y->unit, y->period, y->form);
}

static int
same_target(const struct target_part *x, const struct target_part *y)
{
	return sign(x->unit != y->unit             ? x->unit - y->unit
	            : x->year != y->year           ? (int64_t)x->year - y->year
	            : x->indicator != y->indicator ? (int64_t)x->indicator - y->indicator
	                                           : (int64_t)x->fund - (int64_t)y->fund);
}

static int
same_document(const struct document *x, const struct document *y)
{
	return sign(x->unit != y->unit ? x->unit - y->unit : (int64_t)x->kind - y->kind);
}

static int
same_voucher(const struct fund_entry *x, const struct fund_entry *y)
{
	char room_x[UTF8_KEY_BYTES], room_y[UTF8_KEY_BYTES];
	return x->unit != y->unit ? sign(x->unit - y->unit)
	                          : strcmp(utf8_key(x->voucher, room_x), utf8_key(y->voucher, room_y));
}

#define BY(type, same)                                                                                       \
	static int by_##same(const void *a, const void *b)                                                       \
	{                                                                                                        \
		const type *x = ((const struct check_row *)a)->row, *y = ((const struct check_row *)b)->row;         \
		int order = same(x, y);                                                                              \
		return order ? order : by_row(x, y);                                                                 \
	}

BY(struct report, same_report)
BY(struct review, same_review)
BY(struct target_part, same_target)
BY(struct document, same_document)
/* Made once for each row: a key of a long text costs more than all comparisons of one. */
static void
hash_vouchers(const struct submission *s, struct check_row *room)
{
	static const unsigned char key[crypto_shorthash_KEYBYTES];
	_Static_assert(crypto_shorthash_BYTES == sizeof room->hash, "a hash is one SipHash");
	for (size_t i = 0; i < s->entry_count; i++) {
		char text[UTF8_KEY_BYTES];
		const char *voucher = utf8_key(s->entries[i].voucher, text);
		crypto_shorthash((unsigned char *)&room[i].hash, (const unsigned char *)voucher, strlen(voucher),
		                 key);
	}
}

static int
same_entry(const struct check_row *x, const struct check_row *y)
{
	return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash) : same_voucher(x->row, y->row);
}

static int
by_same_entry(const void *a, const void *b)
{
	int order = same_entry(a, b);
	return order ? order : by_row(((const struct check_row *)a)->row, ((const struct check_row *)b)->row);
}

static void
check_decisions(const struct submission *s, struct check_row *room, struct problem_list *problems)
{
	sort(room, s->reviews, s->review_count, sizeof *s->reviews, by_same_review);
	for (size_t i = 1; i < s->review_count; i++)
		if (!same_review(room[i - 1].row, room[i].row))
			problem_add(problems, PROBLEM_REPORT_REPEATED, SUBJECT_REVIEW,
			            (size_t)((const struct review *)room[i].row - s->reviews), "unit");
	sort(room, s->targets, s->target_count, sizeof *s->targets, by_same_target);
	for (size_t i = 1; i < s->target_count; i++)
		if (!same_target(room[i - 1].row, room[i].row))
			problem_add(problems, PROBLEM_REPORT_REPEATED, SUBJECT_TARGET,
			            (size_t)((const struct target_part *)room[i].row - s->targets), "unit");
	sort(room, s->documents, s->document_count, sizeof *s->documents, by_same_document);
	for (size_t i = 1; i < s->document_count; i++)
		if (!same_document(room[i - 1].row, room[i].row))
			problem_add(problems, PROBLEM_REPORT_REPEATED, SUBJECT_DOCUMENT,
			            (size_t)((const struct document *)room[i].row - s->documents), "kind");
}

void
check_repeated(const struct submission *s, struct check_row *room, struct problem_list *problems)
{
	check_decisions(s, room, problems);
	sort(room, s->reports, s->report_count, sizeof *s->reports, by_same_report);
	for (size_t i = 1; i < s->report_count; i++)
		if (!same_report(room[i - 1].row, room[i].row))
			problem_add(problems, PROBLEM_REPORT_REPEATED, SUBJECT_REPORT,
			            (size_t)((const struct report *)room[i].row - s->reports), "unit");
	hash_vouchers(s, room);
	sort(room, s->entries, s->entry_count, sizeof *s->entries, by_same_entry);
	for (size_t i = 1; i < s->entry_count; i++) {
		const struct fund_entry *entry = room[i].row;
		if (*entry->voucher && !same_entry(&room[i - 1], &room[i]))
			problem_detail(problem_add(problems, PROBLEM_VOUCHER_REPEATED, SUBJECT_ENTRY,
			                           (size_t)(entry - s->entries), "voucher"),
			               "%s", entry->voucher);
	}
}
