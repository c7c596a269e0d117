/* A batch as rows: what is cut out of an encoded table is, field by field, what was put in, as libpq's
 * binary parameters (big endian; PostgreSQL's manual, COPY, "Binary Format"). */
#include "case.h"
#include "dice.h"
#include "plan.h"

#include "journal/journal_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- fields as they should be */

enum { FIELD_BYTES_MAX = 700, FIGURES_MAX = 12 };

struct field {
	bool is_null;
	size_t size;
	uint8_t bytes[FIELD_BYTES_MAX];
};

static struct field
number(int64_t value, size_t size)
{
	struct field f = {.size = size};
	for (size_t i = 0; i < size; i++)
		f.bytes[i] = (uint8_t)((uint64_t)value >> 8 * (size - 1 - i));
	return f;
}

static struct field
bytes(const void *content, size_t size)
{
	struct field f = {.size = size};
	assert_true(size <= sizeof f.bytes);
	if (size)
		memcpy(f.bytes, content, size);
	return f;
}

static struct field
text(const char *content)
{
	return bytes(content, strlen(content));
}

static struct field
null(void)
{
	return (struct field){.is_null = true};
}

static void
append(struct field *to, const struct field *from)
{
	memcpy(to->bytes + to->size, from->bytes, from->size);
	to->size += from->size;
}

/* bigint[]: dimensions, whether it has NULLs, element type 20, length, lower bound; the elements. */
static struct field
array(const int64_t *values, size_t count, int64_t absent)
{
	struct field f = number(1, 4), more;
	bool has_null = false;
	for (size_t i = 0; i < count; i++)
		has_null |= values[i] == absent;
	const int64_t head[] = {has_null, 20, (int64_t)count, 1};
	for (size_t i = 0; i < COUNT(head); i++) {
		more = number(head[i], 4);
		append(&f, &more);
	}
	for (size_t i = 0; i < count; i++) {
		more = number(values[i] == absent ? -1 : 8, 4);
		append(&f, &more);
		more = number(values[i], 8);
		if (values[i] != absent)
			append(&f, &more);
	}
	return f;
}

/* The next row is this one. */
static void
expect_row(const struct copy_writer *table, size_t *at, const struct field *fields, int count,
           const char *what, size_t row)
{
	struct row_fields out;
	memset(&out, 0xA5, sizeof out);
	EXPECT(journal_rows_next(table, at, &out), "%s row %zu", what, row);
	EXPECT(out.count == count, "%s row %zu: %d fields", what, row, out.count);
	for (int i = 0; i < count; i++) {
		bool good = !out.values[i] == fields[i].is_null && out.formats[i] == 1 &&
		            out.sizes[i] == (int)fields[i].size &&
		            (fields[i].is_null || !memcmp(out.values[i], fields[i].bytes, fields[i].size));
		EXPECT(good, "%s row %zu field %d: %d bytes", what, row, i, out.sizes[i]);
	}
}

/* And asked again, too. */
static void
expect_end(const struct copy_writer *table, size_t *at, const char *what)
{
	struct row_fields out;
	for (int i = 0; i < 3; i++)
		EXPECT(!journal_rows_next(table, at, &out), "%s", what);
}

/* ---------------------------------------------------------------- any rows */

static struct field
write_number(struct copy_writer *w, int64_t value, size_t size)
{
	if (size == 2)
		copy_int2(w, (int16_t)value);
	else if (size == 4)
		copy_int4(w, (int32_t)value);
	else
		copy_int8(w, value);
	return number(value, size);
}

/* Also texts that look like the end of the data or a NULL, and empty ones, which are not NULL. */
static struct field
write_bytes(struct copy_writer *w, struct dice *dice)
{
	uint8_t content[FIELD_BYTES_MAX] = {0};
	size_t size = dice_pick(dice, 3) ? dice_pick(dice, 20) : dice_pick(dice, FIELD_BYTES_MAX);
	for (size_t i = 0; i < size; i++)
		content[i] = dice_pick(dice, 2) ? 0xFF : (uint8_t)dice_next(dice);
	copy_bytes(w, content, size);
	return bytes(content, size);
}

static struct field
write_array(struct copy_writer *w, struct dice *dice)
{
	int64_t values[FIGURES_MAX];
	size_t count = 1 + dice_pick(dice, FIGURES_MAX);
	for (size_t i = 0; i < count; i++)
		values[i] = dice_pick(dice, 3) ? (int64_t)dice_next(dice) : -5;
	copy_int8_array(w, values, count, -5);
	return array(values, count, -5);
}

static struct field
write_field(struct copy_writer *w, struct dice *dice)
{
	static const size_t sizes[] = {2, 4, 8};
	switch (dice_pick(dice, 4)) {
	case 0:
		copy_null(w);
		return null();
	case 1:
		return write_bytes(w, dice);
	case 2:
		return write_array(w, dice);
	default:
		return write_number(w, (int64_t)dice_next(dice), sizes[dice_pick(dice, 3)]);
	}
}

static int
write_row(struct copy_writer *w, struct dice *dice, struct field fields[ROW_FIELDS_MAX])
{
	int count = 1 + (int)dice_pick(dice, ROW_FIELDS_MAX);
	copy_row(w, count);
	for (int i = 0; i < count; i++)
		fields[i] = write_field(w, dice);
	return count;
}

/* The same dice, thrown again, say what each row was. */
static void
test_any_rows(void **state)
{
	static const size_t row_counts[] = {0, 1, 2, 3, 100, 3000};
	static struct field fields[ROW_FIELDS_MAX];
	(void)state;
	for (size_t i = 0; i < COUNT(row_counts); i++) {
		struct copy_writer w = {0}, again = {0};
		struct dice dice = {i + 1}, same = {i + 1};
		size_t at = 0;
		copy_begin(&w);
		for (size_t row = 0; row < row_counts[i]; row++)
			write_row(&w, &dice, fields);
		copy_end(&w);
		copy_begin(&again);
		for (size_t row = 0; row < row_counts[i]; row++)
			expect_row(&w, &at, fields, write_row(&again, &same, fields), "random", row);
		expect_end(&w, &at, "random");
		copy_free(&w);
		copy_free(&again);
	}
}

/* ---------------------------------------------------------------- a batch */

static const int64_t moment_us = INT64_C(1365955200123456), epoch_us = INT64_C(946684800000000);
static const struct office office = {.name = "county-220821", .role = ROLE_COUNTY, .unit = 220821};
static const struct office above = {.name = "省", .role = ROLE_PROVINCE, .unit = 22};

/* Values come in any order; rows have that of the form. */
static const uint32_t given_1[] = {TRAINED, FUND, SUBSIDY}, given_2[] = {FUND, ROADS};
static const int64_t values_1[] = {30, VALUE_MAX, -2}, values_2[] = {0, 77};
static struct report reports[] = {
    {VILLAGE, 201306, FORM_VILLAGE, 1, 0, 3, given_1, values_1, 0},
    {VILLAGE_OTHER, 201307, FORM_VILLAGE, 2, 41, 2, given_2, values_2, 0, "更正原因"},
    {VILLAGE, 201305, FORM_VILLAGE, 1, 2, 0, NULL, NULL, 0},
};
static struct fund_entry entries[] = {
    {FUND_GRANTED, COUNTY, "凭证-1", 20000101, 2, USE_INDUSTRY, VILLAGE, VALUE_MAX, "备注", "凭证-0",
     "吉财农〔2013〕1号", "产业-1"},
    {FUND_RAISED, PROVINCE, "2", 20131231, 1, 0, 0, 1, "", "", "", ""},
};

static struct extension extensions[] = {
    {VILLAGE, 201306, FORM_VILLAGE, DEADLINE_CLOSED, 1376064000, "洪灾", 0},
    {COUNTY, 0, 0, DEADLINE_DUE, 1376064000, "x", 2},
};
static struct review reviews[] = {
    {VILLAGE, 201306, FORM_VILLAGE, 3, 0, DECISION_RETURN, RETURN_NO_EVIDENCE, "缺验收单"},
    {VILLAGE_OTHER, 201307, FORM_VILLAGE, 1, 7, DECISION_TAKE, RETURN_REASON_NONE, ""},
    {VILLAGE_OTHER, 201307, FORM_VILLAGE, 1, 8, DECISION_PASS, RETURN_NO_EVIDENCE, "a reason of nothing"},
};

static struct target_part targets[] = {{VILLAGE, 2013, 7, FUND_KIND_NONE, VALUE_MAX, 4, "分解"},
                                       {PROVINCE, 2014, 0, FUND_RAISED, 0, 0, ""}};

static struct document documents[] = {
    {COUNTY, 2, 4, FILE_TIFF, 20971520, {{1, 2, 3}}, "方案.tiff", "修订"},
    {VILLAGE, 1, 0, FILE_PDF, 1, {{255}}, "x", ""},
};

static const struct project_budget budgets[] = {{2, VALUE_MAX}, {1, 1}};
static const uint32_t met[] = {1, 7};
static struct project_row projects[] = {
    {.unit = VILLAGE,
     .code = "产业-1",
     .step = PROJECT_REGISTER,
     .occurred = 20000101,
     .document = "批复",
     .note = "",
     .replaces = 4,
     .name = "养殖小区",
     .kind = 3,
     .leader = COUNTY,
     .begins = 20000102,
     .ends = 20131231,
     .budget_count = COUNT(budgets),
     .budgets = budgets},
    {.unit = PROVINCE,
     .code = "2",
     .step = PROJECT_SYSTEM,
     .occurred = 20131231,
     .document = "x",
     .note = "",
     .name = "",
     .system = SYSTEM_CONTRACT},
    {.unit = VILLAGE,
     .code = "3",
     .step = PROJECT_ACCEPTANCE,
     .occurred = 20131231,
     .document = "x",
     .note = "路基",
     .name = "",
     .met_count = COUNT(met),
     .met = met,
     .again_by = 20000103},
    {.unit = VILLAGE,
     .code = "4",
     .step = PROJECT_PROGRESS,
     .occurred = 20131231,
     .document = "",
     .note = "",
     .name = ""},
    {.unit = VILLAGE,
     .code = "5",
     .step = PROJECT_NAME_ACCEPTOR,
     .occurred = 20131231,
     .document = "",
     .note = "",
     .name = "",
     .acceptor = PREFECTURE},
};

static struct journal_item
item(const struct office *from, const struct submission *s, const struct catalogue *catalogue, uint64_t seq)
{
	struct journal_item made = {.office = from, .submission = s, .catalogue = catalogue};
	made.receipt = (struct receipt){.id = s->id,
	                                .digest = digest_of(&seq, sizeof seq),
	                                .seq = seq,
	                                .time_us = moment_us,
	                                .report_count = (uint32_t)s->report_count,
	                                .entry_count = (uint32_t)s->entry_count,
	                                .other_count = (uint32_t)submission_others(s)};
	return made;
}

static bool
encode(struct journal_rows *rows, const struct journal_item *items, size_t count)
{
	journal_rows_begin(rows);
	for (size_t i = 0; i < count; i++)
		journal_rows_add(rows, &items[i]);
	return journal_rows_end(rows);
}

static void
expect_submission(const struct journal_rows *rows, size_t *at, const struct journal_item *it)
{
	const struct receipt *r = &it->receipt;
	const struct field fields[] = {
	    number(it->office->unit, 4),
	    number((int64_t)r->seq, 8),
	    bytes(r->id.bytes, ID_BYTES),
	    text(it->office->name),
	    bytes(r->digest.bytes, DIGEST_BYTES),
	    number(moment_us - epoch_us, 8),
	    number(r->report_count, 4),
	    number(r->entry_count, 4),
	    number(r->other_count, 4),
	};
	expect_row(&rows->tables[TABLE_SUBMISSION], at, fields, COUNT(fields), "submission", r->seq);
}

static void
expect_report(const struct journal_rows *rows, size_t *at, size_t i, uint64_t seq, const int64_t *values)
{
	const struct report *r = &reports[i];
	const struct field fields[] = {
	    number(COUNTY, 4),       number(r->unit, 8),          number(r->period, 4),
	    number(r->form, 4),      number(r->replaces + 1, 4),  number(r->form_version, 4),
	    number((int64_t)seq, 8), array(values, 4, INT64_MIN), r->reason ? text(r->reason) : null(),
	};
	expect_row(&rows->tables[TABLE_REPORT], at, fields, COUNT(fields), "report", i);
}

/* `days` since 2000-01-01. */
static void
expect_entry(const struct journal_rows *rows, size_t *at, size_t i, int64_t days, uint64_t seq)
{
	const struct fund_entry *e = &entries[i];
	const struct field fields[] = {
	    number(e->unit, 4),
	    number(e->unit, 8),
	    text(e->voucher),
	    number(e->kind, 2),
	    number(e->source, 4),
	    e->use ? number(e->use, 4) : null(),
	    e->counterparty ? number(e->counterparty, 8) : null(),
	    number(e->amount_fen, 8),
	    number(days, 4),
	    number((int64_t)seq, 8),
	    number((int64_t)i, 4),
	    text(e->note),
	    *e->refers ? text(e->refers) : null(),
	    text(e->document),
	    *e->project ? text(e->project) : null(),
	};
	expect_row(&rows->tables[TABLE_ENTRY], at, fields, COUNT(fields), "entry", i);
}

static void
expect_others(const struct journal_rows *rows, size_t at[TABLES], uint64_t seq)
{
	for (size_t i = 0; i < COUNT(extensions); i++) {
		const struct extension *e = &extensions[i];
		const struct field extension[] = {number(COUNTY, 4),     number(e->unit, 8),
		                                  number(e->period, 4),  number(e->form, 4),
		                                  number(e->event, 2),   number(e->until * 1000000 - epoch_us, 8),
		                                  text(e->reason),       number((int64_t)seq, 8),
		                                  number((int64_t)i, 4), number(e->document, 4)};
		expect_row(&rows->tables[TABLE_EXTENSION], &at[TABLE_EXTENSION], extension, COUNT(extension),
		           "extension", i);
	}
	for (size_t i = 0; i < COUNT(reviews); i++) {
		const struct review *r = &reviews[i];
		const struct field review[] = {number(unit_county(r->unit), 4),
		                               number(r->unit, 8),
		                               number(r->period, 4),
		                               number(r->form, 4),
		                               number(r->step + 1, 4),
		                               number(r->revision, 4),
		                               number(r->decision, 2),
		                               r->decision == DECISION_RETURN ? number(r->reason, 2) : null(),
		                               text(r->text),
		                               number((int64_t)seq, 8),
		                               number((int64_t)i, 4)};
		expect_row(&rows->tables[TABLE_REVIEW], &at[TABLE_REVIEW], review, COUNT(review), "review", i);
	}
}

static void
expect_targets(const struct journal_rows *rows, size_t at[TABLES], uint64_t seq)
{
	for (size_t i = 0; i < COUNT(targets); i++) {
		const struct target_part *t = &targets[i];
		const struct field fields[] = {number(unit_county(t->unit), 4),
		                               number(t->unit, 8),
		                               number(t->year, 4),
		                               number(t->indicator, 4),
		                               number(t->fund, 2),
		                               number(t->replaces + 1, 4),
		                               number(t->value, 8),
		                               text(t->note),
		                               number((int64_t)seq, 8),
		                               number((int64_t)i, 4)};
		expect_row(&rows->tables[TABLE_TARGET], &at[TABLE_TARGET], fields, COUNT(fields), "target", i);
	}
}

static void
expect_documents(const struct journal_rows *rows, size_t at[TABLES], uint64_t seq)
{
	for (size_t i = 0; i < COUNT(documents); i++) {
		const struct document *d = &documents[i];
		const struct field fields[] = {number(unit_county(d->unit), 4),
		                               number(d->unit, 8),
		                               number(d->kind, 4),
		                               number(d->replaces + 1, 4),
		                               text(d->name),
		                               number(d->type, 2),
		                               number((int64_t)d->size, 8),
		                               bytes(d->digest.bytes, DIGEST_BYTES),
		                               text(d->note),
		                               number((int64_t)seq, 8),
		                               number((int64_t)i, 4)};
		expect_row(&rows->tables[TABLE_DOCUMENT], &at[TABLE_DOCUMENT], fields, COUNT(fields), "document", i);
	}
}

static void
expect_projects(const struct journal_rows *rows, size_t at[TABLES], uint64_t seq)
{
	static const int64_t days[] = {0, 5113, 5113, 5113, 5113}, sources[] = {2, 1}, fen[] = {VALUE_MAX, 1};
	static const int64_t items[] = {1, 7};
	for (size_t i = 0; i < COUNT(projects); i++) {
		const struct project_row *p = &projects[i];
		bool first = p->step == PROJECT_REGISTER, last = p->step == PROJECT_ACCEPTANCE;
		const struct field fields[] = {
		    number(unit_county(p->unit), 4),
		    number(p->unit, 8),
		    text(p->code),
		    number(p->step, 2),
		    number(days[i], 4),
		    text(p->document),
		    text(p->note),
		    first ? number(5, 4) : null(),
		    first ? text(p->name) : null(),
		    first ? number(3, 4) : null(),
		    first ? number(COUNTY, 8) : null(),
		    first ? number(1, 4) : null(),
		    first ? number(5113, 4) : null(),
		    first ? array(sources, 2, INT64_MIN) : null(),
		    first ? array(fen, 2, INT64_MIN) : null(),
		    p->step == PROJECT_SYSTEM ? number(SYSTEM_CONTRACT, 2) : null(),
		    p->step == PROJECT_PROGRESS ? number(0, 4) : null(),
		    p->step == PROJECT_NAME_ACCEPTOR ? number(PREFECTURE, 8) : null(),
		    last ? number(0, 1) : null(),
		    last ? array(items, 2, INT64_MIN) : null(),
		    last ? number(2, 4) : null(),
		    number((int64_t)seq, 8),
		    number((int64_t)i, 4),
		};
		expect_row(&rows->tables[TABLE_PROJECT], &at[TABLE_PROJECT], fields, COUNT(fields), "project", i);
	}
}

static void
test_batch(void **state)
{
	static const int64_t expected[][4] = {{VALUE_MAX, -2, INT64_MIN, 30},
	                                      {77, INT64_MIN, INT64_MIN, 0},
	                                      {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN}};
	struct journal_rows rows = {0};
	size_t at[TABLES] = {0};
	(void)state;
	plan_make(&plan);
	const struct submission some[] = {
	    {submission_id_new(moment_us), 2, 0, reports, NULL},
	    {submission_id_new(moment_us), 0, 0, NULL, NULL, COUNT(extensions), COUNT(reviews), COUNT(targets),
	     extensions, reviews, targets, COUNT(documents), documents, COUNT(projects), projects},
	    {submission_id_new(moment_us), 1, 2, reports + 2, entries},
	};
	const struct journal_item items[] = {item(&office, &some[0], &plan, 7), item(&above, &some[1], &plan, 8),
	                                     item(&office, &some[2], &plan, INT64_MAX)};
	assert_true(encode(&rows, items, COUNT(items)));
	assert_int_equal(rows.count, 3 + 3 + 2 + 2 + COUNT(reviews) + 2 + 2 + COUNT(projects));
	assert_true(rows.seq_first == 7 && rows.seq_last == INT64_MAX);
	assert_true(submission_id_equal(&rows.id_last, &some[2].id));
	for (size_t i = 0; i < COUNT(items); i++)
		expect_submission(&rows, &at[TABLE_SUBMISSION], &items[i]);
	for (size_t i = 0; i < COUNT(reports); i++)
		expect_report(&rows, &at[TABLE_REPORT], i, i < 2 ? 7 : INT64_MAX, expected[i]);
	expect_others(&rows, at, 8);
	expect_targets(&rows, at, 8);
	expect_documents(&rows, at, 8);
	expect_projects(&rows, at, 8);
	expect_entry(&rows, &at[TABLE_ENTRY], 0, 0, INT64_MAX);
	expect_entry(&rows, &at[TABLE_ENTRY], 1, 5113, INT64_MAX);
	for (int i = 0; i < TABLES; i++) {
		assert_true(rows.present[i]);
		expect_end(&rows.tables[i], &at[i], "the batch");
	}
	journal_rows_free(&rows);
	journal_rows_free(&rows); /* twice is fine */
	catalogue_free(&plan);
}

/* Nothing of the batch before is left. */
static void
test_replaced(void **state)
{
	static struct fund_entry many[SUBMISSION_ROWS_MAX];
	static char vouchers[SUBMISSION_ROWS_MAX][16];
	struct journal_rows rows = {0};
	struct submission s = {.entry_count = SUBMISSION_ROWS_MAX, .entries = many};
	(void)state;
	for (size_t i = 0; i < COUNT(many); i++) {
		many[i] = entries[i % 2];
		snprintf(vouchers[i], sizeof vouchers[i], "%zu", i);
		many[i].voucher = vouchers[i];
	}
	for (size_t count = 0; count <= COUNT(many); count += count ? count * 3 : 1) {
		struct row_fields out;
		size_t at = 0, row = 0;
		s.entry_count = COUNT(many) - count; /* fewer and fewer */
		struct journal_item one = item(&office, &s, NULL, count + 1);
		assert_true(encode(&rows, &one, 1));
		assert_int_equal(rows.count, 1 + s.entry_count);
		assert_true(rows.seq_first == count + 1 && rows.seq_last == count + 1);
		assert_true(rows.present[TABLE_SUBMISSION] && !rows.present[TABLE_REPORT] &&
		            rows.present[TABLE_ENTRY]);
		for (; journal_rows_next(&rows.tables[TABLE_ENTRY], &at, &out); row++)
			EXPECT(out.sizes[2] == (int)strlen(vouchers[row]) &&
			           !memcmp(out.values[2], vouchers[row], (size_t)out.sizes[2]),
			       "row %zu of %zu", row, s.entry_count);
		assert_int_equal(row, s.entry_count);
		at = 0;
		expect_end(&rows.tables[TABLE_REPORT], &at, "no reports");
	}
	assert_true(encode(&rows, NULL, 0));
	assert_int_equal(rows.count, 0);
	for (int i = 0; i < TABLES; i++) {
		size_t at = 0;
		assert_false(rows.present[i]);
		expect_end(&rows.tables[i], &at, "an empty batch");
	}
	journal_rows_free(&rows);
}

/* A table takes part in a batch if it has a row, one is enough; else not. */
static void
test_one_row(void **state)
{
	struct journal_rows rows = {0};
	(void)state;
	plan_make(&plan);
	const struct submission ones[TABLES] = {
	    [TABLE_EXTENSION] = {.extension_count = 1, .extensions = extensions},
	    [TABLE_REVIEW] = {.review_count = 1, .reviews = reviews},
	    [TABLE_REPORT] = {.report_count = 1, .reports = reports},
	    [TABLE_PROJECT] = {.project_count = 1, .projects = projects},
	    [TABLE_ENTRY] = {.entry_count = 1, .entries = entries},
	    [TABLE_TARGET] = {.target_count = 1, .targets = targets},
	    [TABLE_DOCUMENT] = {.document_count = 1, .documents = documents},
	};
	for (int table = 0; table < TABLES; table++) {
		const struct journal_item one = item(&office, &ones[table], &plan, 9);
		assert_true(encode(&rows, &one, 1));
		for (int i = 0; i < TABLES; i++)
			EXPECT(rows.present[i] == (i == table || i == TABLE_SUBMISSION), "table %d of %d", i, table);
		EXPECT(rows.count == (table == TABLE_SUBMISSION ? 1U : 2U) && rows.seq_first == 9 &&
		           rows.seq_last == 9,
		       "table %d", table);
	}
	journal_rows_free(&rows);
	catalogue_free(&plan);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_any_rows),
	    cmocka_unit_test(test_batch),
	    cmocka_unit_test(test_replaced),
	    cmocka_unit_test(test_one_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
