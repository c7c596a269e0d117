/* Envelopes that are used again, and what becomes of a submission that is compared with what the centre
 * holds. */
#include "case.h"
#include "plan.h"

#include "codec.h"
#include "submission/intake.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- envelopes */

static struct frame
frame_from(uint8_t sender)
{
	return (struct frame){.sender = {5, {1, 2, 3, 4, sender}}, .whole = true};
}

/* As from a request: with memory of its own, and every field used. */
static struct envelope *
use(struct envelope_pool *pool, uint8_t sender, size_t bytes)
{
	const struct frame frame = frame_from(sender);
	struct envelope *e = envelope_create(pool, &frame);
	assert_non_null(e);
	void *memory = arena_alloc(&e->arena, bytes);
	assert_non_null(memory);
	memset(memory, 0xA5, bytes);
	e->office = (struct office){.name = memory, .role = ROLE_ADMIN, .unit = 22};
	memset(&e->request, 0xA5, sizeof e->request);
	memset(&e->submission, 0xA5, sizeof e->submission);
	memset(&e->receipt, 0xA5, sizeof e->receipt);
	return e;
}

static bool
is_fresh(const struct envelope *e, uint8_t sender)
{
	return e->sender.size == 5 && e->sender.id[4] == sender && !e->arena.bytes_used && !e->arena.exhausted &&
	       e->arena.bytes_max == DECODE_BYTES_MAX && !e->next && !e->office.name && !e->office.role &&
	       !e->request.kind && !e->submission.reports && !e->submission.report_count && !e->receipt.seq;
}

static void
test_reuse(void **state)
{
	static const size_t sizes[] = {1, 100, 5000, 300000, 8 * 1024 * 1024};
	struct envelope_pool pool = {0};
	(void)state;
	for (uint8_t i = 0; i < 50; i++) {
		const struct frame frame = frame_from(i);
		struct envelope *e = envelope_create(&pool, &frame);
		assert_non_null(e);
		EXPECT(is_fresh(e, i) && !pool.count, "envelope %d", i);
		envelope_destroy(&e);
		assert_null(e);
		e = use(&pool, i, sizes[i % COUNT(sizes)]);
		while (i % 7 == 0 && !e->arena.exhausted) /* to its cap */
			arena_alloc(&e->arena, 1024 * 1024);
		envelope_destroy(&e);
		assert_int_equal(pool.count, 1); /* always the same one */
	}
	struct envelope *none = NULL;
	envelope_destroy(&none);
	envelope_pool_free(&pool);
	assert_true(!pool.count && !pool.first);
	envelope_pool_free(&pool); /* twice is fine */
}

/* The last one first; nothing is in the pool twice. */
static void
test_pool_order(void **state)
{
	enum { MANY = 300 };
	struct envelope_pool pool = {0};
	struct envelope *first[MANY], *again[MANY];
	(void)state;
	for (int i = 0; i < MANY; i++)
		first[i] = use(&pool, (uint8_t)i, 10);
	for (int i = 0; i < MANY; i++) {
		again[i] = first[i];
		envelope_destroy(&first[i]);
	}
	assert_int_equal(pool.count, MANY);
	for (int i = MANY; i--;) {
		const struct frame frame = frame_from((uint8_t)i);
		struct envelope *e = envelope_create(&pool, &frame);
		EXPECT(e == again[i] && is_fresh(e, (uint8_t)i), "envelope %d", i);
	}
	assert_true(!pool.count && !pool.first);
	for (int i = 0; i < MANY; i++)
		envelope_destroy(&again[i]);
	envelope_pool_free(&pool);
}

/* What a flood left behind does not stay for good. */
static void
test_pool_bounded(void **state)
{
	enum { MANY = QUEUE_SUBMISSIONS_MAX };
	struct envelope_pool pool = {0};
	struct envelope **all = calloc(MANY, sizeof *all);
	size_t most = 0;
	(void)state;
	assert_non_null(all);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MANY; i++)
			all[i] = use(&pool, 1, 10);
		assert_int_equal(pool.count, 0);
		for (int i = 0; i < MANY; i++)
			envelope_destroy(&all[i]);
		most = round ? most : pool.count;
		EXPECT(pool.count == most && most && most < MANY / 2, "round %d: %zu", round, pool.count);
	}
	free(all);
	envelope_pool_free(&pool);
}

/* ---------------------------------------------------------------- reading */

static const uint32_t subsidy[] = {SUBSIDY};
static const int64_t good_value[] = {5}, bad_value[] = {-5};

/* The first report of a submission; the second one is always good. */
static const struct {
	struct report report;
	unit_code office;
	size_t cut; /* bytes of the frame that are missing */
	enum problem_code code;
} readings[] = {
    {{VILLAGE, 201304, FORM_VILLAGE, 1, 0, 1, subsidy, good_value, 0}, COUNTY, 0, 0},
    {{VILLAGE, 201304, FORM_VILLAGE, 1, 0, 1, subsidy, good_value, 9}, COUNTY, 0, 0},
    {{VILLAGE, 201304, FORM_VILLAGE, 1, 0, 1, subsidy, bad_value, 0}, COUNTY, 0, PROBLEM_VALUE_TOO_SMALL},
    {{220821103999, 201304, FORM_VILLAGE, 1, 0, 1, subsidy, good_value, 0}, COUNTY, 0, PROBLEM_UNIT_UNKNOWN},
    {{VILLAGE, 201304, FORM_VILLAGE, 1, 0, 1, subsidy, good_value, 0}, 220881, 0, PROBLEM_UNIT_OUT_OF_SCOPE},
    {{VILLAGE, 201304, FORM_VILLAGE, 1, 0, 1, subsidy, good_value, 0}, COUNTY, 1, PROBLEM_MALFORMED},
};

static void
test_read(void **state)
{
	struct envelope_pool pool = {0};
	const struct frame frame = frame_from(1);
	(void)state;
	plan_make(&plan);
	for (size_t i = 0; i < COUNT(readings); i++) {
		struct problem_list problems = {0};
		struct report two[] = {readings[i].report,
		                       {VILLAGE_OTHER, 201304, FORM_VILLAGE, 1, 0, 1, subsidy, good_value, 0}};
		const struct submission s = {submission_id_new(INT64_C(1365955200000000)), 2, 0, two, NULL};
		struct envelope *e = envelope_create(&pool, &frame);
		uint8_t *bytes = NULL;
		size_t size = 0;
		assert_true(e && codec_encode_submission(&e->arena, &s, &bytes, &size));
		e->office = (struct office){.name = "x", .role = ROLE_COUNTY, .unit = readings[i].office};
		e->request.submit.bytes = bytes;
		e->request.submit.size = size - readings[i].cut;
		bool good = intake_read(&plan, 20130601, e, &problems);
		EXPECT(good == !readings[i].code && problems.items[0].code == readings[i].code, "row %zu: %d", i,
		       (int)problems.items[0].code);
		struct digest digest = digest_of(bytes, size);
		for (size_t k = 0; good && k < 2; k++)
			EXPECT(e->submission.report_count == 2 && digest_equal(&e->digest, &digest) &&
			           plan.units[e->submission.reports[k].place - 1].code == two[k].unit,
			       "row %zu report %zu", i, k);
		envelope_destroy(&e);
	}
	envelope_pool_free(&pool);
	catalogue_free(&plan);
}

/* ---------------------------------------------------------------- the same id again */

static const struct {
	unit_code recorded, sender;
	bool same_digest;
	enum intake_outcome outcome;
} repeats[] = {
    {COUNTY, COUNTY, true, INTAKE_DUPLICATE},     {COUNTY, COUNTY, false, INTAKE_REFUSED},
    {COUNTY, VILLAGE, true, INTAKE_DUPLICATE}, /* an office of the same county */
    {COUNTY, 220881, true, INTAKE_REFUSED},       {COUNTY, PREFECTURE, true, INTAKE_REFUSED},
    {PREFECTURE, COUNTY, true, INTAKE_REFUSED},   {PREFECTURE, PREFECTURE, true, INTAKE_DUPLICATE},
    {PROVINCE, PROVINCE, true, INTAKE_DUPLICATE}, {PROVINCE, PROVINCE, false, INTAKE_REFUSED},
    {PROVINCE, COUNTY, false, INTAKE_REFUSED},
};

static struct submission_id
id_of(uint8_t number)
{
	return (struct submission_id){{1, 2, 3, number}};
}

static struct receipt
receipt_of(uint64_t seq, uint8_t id)
{
	return (struct receipt){
	    .id = id_of(id), .digest = digest_of("same", 4), .seq = seq, .time_us = 77, .report_count = 1};
}

/* What is promised of an outcome, whichever way it was found. */
static void
expect_outcome(enum intake_outcome outcome, enum intake_outcome expected, const struct envelope *e,
               uint64_t seq, const struct problem_list *problems, size_t row)
{
	EXPECT(outcome == expected, "row %zu: %d", row, (int)outcome);
	if (outcome == INTAKE_DUPLICATE)
		EXPECT(e->receipt.seq == seq && e->receipt.time_us == 77 && e->receipt.report_count == 1 &&
		           digest_equal(&e->receipt.digest, &e->digest),
		       "row %zu", row);
	if (outcome == INTAKE_OLDER)
		EXPECT(e->receipt.seq == seq, "row %zu", row);
	EXPECT((outcome == INTAKE_REFUSED) == (problems->count > 0), "row %zu", row);
}

static void
test_repeated(void **state)
{
	struct envelope_pool pool = {0};
	const struct frame frame = frame_from(1);
	(void)state;
	for (size_t i = 0; i < COUNT(repeats); i++) {
		struct records *records = records_create();
		struct problem_list problems = {0};
		struct receipt receipt = receipt_of(5, 1);
		struct recorded recorded = {.receipt = receipt, .office = repeats[i].recorded};
		struct envelope *e = envelope_create(&pool, &frame);
		e->office.unit = repeats[i].sender;
		e->submission.id = id_of(1);
		e->digest = repeats[i].same_digest ? digest_of("same", 4) : digest_of("other", 5);
		enum intake_outcome outcome = intake_repeated(&recorded, e, &problems);
		expect_outcome(outcome, repeats[i].outcome, e, 5, &problems, i);
		if (outcome == INTAKE_REFUSED)
			EXPECT(problems.count == 1 && problems.items[0].code == PROBLEM_ID_REUSED, "row %zu", i);
		e->receipt = (struct receipt){0};
		problems = (struct problem_list){0};
		assert_true(records_add(records, &receipt, repeats[i].recorded));
		expect_outcome(intake_find(records, e, &problems), repeats[i].outcome, e, 5, &problems, i);
		envelope_destroy(&e);
		records_destroy(&records);
	}
	envelope_pool_free(&pool);
}

/* ---------------------------------------------------------------- against what is held */

/* Held: VILLAGE's report of 2013-04 at revision 3; VILLAGE_OTHER's of 2013-04 at 1; voucher "V" of COUNTY;
 * commit 1 with id 1, long ago; the newest commit with id 2. */
enum { NEWEST = RECORDS_RECENT_MAX + 1, REPORTS_MAX = 3, VOUCHERS_MAX = 2 };

struct expected_problem {
	enum problem_code code;
	uint32_t index;
	int64_t limit, actual;
};

static const struct {
	uint8_t id;
	struct {
		unit_code unit;
		period when;
		uint32_t form, replaces;
	} reports[REPORTS_MAX]; /* unit 0: no more */
	struct {
		unit_code unit;
		const char *voucher;
	} vouchers[VOUCHERS_MAX]; /* unit 0: no more */
	enum intake_outcome outcome;
	struct expected_problem problems[REPORTS_MAX + VOUCHERS_MAX];
} comparisons[] = {
    {.id = 9, .outcome = INTAKE_ACCEPTED},
    {.id = 9, .reports = {{VILLAGE, 201304, FORM_VILLAGE, 3}}, .outcome = INTAKE_ACCEPTED},
    {.id = 9,
     .reports = {{VILLAGE, 201304, FORM_VILLAGE, 2}},
     .outcome = INTAKE_REFUSED,
     .problems = {{PROBLEM_REVISION_CONFLICT, 0, 3, 2}}},
    {.id = 9,
     .reports = {{VILLAGE, 201304, FORM_VILLAGE, 4}},
     .outcome = INTAKE_REFUSED,
     .problems = {{PROBLEM_REVISION_CONFLICT, 0, 3, 4}}},
    {.id = 9,
     .reports = {{VILLAGE, 201304, FORM_VILLAGE, 0}},
     .outcome = INTAKE_REFUSED,
     .problems = {{PROBLEM_REVISION_CONFLICT, 0, 3, 0}}},
    {.id = 9, .reports = {{VILLAGE, 201305, FORM_VILLAGE, 0}}, .outcome = INTAKE_ACCEPTED},
    {.id = 9,
     .reports = {{VILLAGE, 201305, FORM_VILLAGE, 1}},
     .outcome = INTAKE_REFUSED,
     .problems = {{PROBLEM_REVISION_CONFLICT, 0, 0, 1}}},
    {.id = 9, .reports = {{VILLAGE, 201304, FORM_COUNTY, 0}}, .outcome = INTAKE_ACCEPTED},
    {.id = 9,
     .reports = {{VILLAGE, 201304, FORM_VILLAGE, 3}, {VILLAGE_OTHER, 201304, FORM_VILLAGE, 1}},
     .outcome = INTAKE_ACCEPTED},
    {.id = 9,
     .reports = {{VILLAGE, 201304, FORM_VILLAGE, 1},
                 {VILLAGE_OTHER, 201304, FORM_VILLAGE, 1},
                 {VILLAGE_OTHER, 201306, FORM_VILLAGE, 8}},
     .vouchers = {{COUNTY, "V"}},
     .outcome = INTAKE_REFUSED,
     .problems = {{PROBLEM_REVISION_CONFLICT, 0, 3, 1}, {PROBLEM_REVISION_CONFLICT, 2, 0, 8}}},
    {.id = 9, .vouchers = {{COUNTY, "W"}, {220881, "V"}}, .outcome = INTAKE_ACCEPTED},
    {.id = 9,
     .vouchers = {{COUNTY, "W"}, {COUNTY, "V"}},
     .outcome = INTAKE_REFUSED,
     .problems = {{PROBLEM_VOUCHER_TAKEN, 1, 0, 0}}},
    /* A known id is answered whatever its rows say. */
    {.id = 1, .reports = {{VILLAGE, 201304, FORM_VILLAGE, 0}}, .outcome = INTAKE_OLDER},
    {.id = 2,
     .reports = {{VILLAGE, 201304, FORM_VILLAGE, 0}},
     .vouchers = {{COUNTY, "V"}},
     .outcome = INTAKE_DUPLICATE},
};

static void
hold(struct totals *totals, unit_code unit, uint32_t revision)
{
	uint32_t indicator = SUBSIDY;
	int64_t value = 1;
	struct report report = {unit, 201304, FORM_VILLAGE, 1, revision - 1, 1, &indicator, &value, 0};
	assert_true(totals_add_report(totals, &report, revision, 1, 0));
}

static void
hold_records(struct records *records)
{
	struct receipt receipt = receipt_of(1, 1);
	assert_true(records_add(records, &receipt, COUNTY));
	receipt = receipt_of(NEWEST, 2);
	assert_true(records_add(records, &receipt, COUNTY));
}

static struct fund_entry
raised(unit_code unit, const char *voucher)
{
	return (struct fund_entry){FUND_RAISED, unit, voucher, 20130401, SOURCE_CENTRAL, 0, 0, 1, "", "", "", ""};
}

static void
hold_voucher(struct ledger *ledger, unit_code unit, const char *voucher)
{
	const struct fund_entry entry = raised(unit, voucher);
	struct fund_effect effect;
	assert_true(ledger_take(ledger, &entry, 1, 0, 1, &effect));
}

/* As the pipeline does: rows that fit what is held are booked. */
static enum intake_outcome
compare_and_book(const struct holdings *holdings, struct envelope *e, struct problem_list *problems)
{
	enum intake_outcome outcome = intake_compare(holdings, 0, e, problems);
	if (outcome == INTAKE_ACCEPTED &&
	    ledger_stage(holdings->ledger, &e->submission, problems) != LEDGER_STAGED)
		return INTAKE_REFUSED;
	if (outcome == INTAKE_ACCEPTED)
		ledger_unstage(holdings->ledger, &e->submission);
	return outcome;
}

static void
fill(struct envelope *e, size_t row)
{
	struct submission *s = &e->submission;
	s->id = id_of(comparisons[row].id);
	s->reports = arena_array(&e->arena, REPORTS_MAX, sizeof *s->reports);
	s->entries = arena_array(&e->arena, VOUCHERS_MAX, sizeof *s->entries);
	for (; s->report_count < REPORTS_MAX && comparisons[row].reports[s->report_count].unit; s->report_count++)
		s->reports[s->report_count] = (struct report){
		    .unit = comparisons[row].reports[s->report_count].unit,
		    .period = comparisons[row].reports[s->report_count].when,
		    .form = comparisons[row].reports[s->report_count].form,
		    .form_version = 1,
		    .replaces = comparisons[row].reports[s->report_count].replaces,
		};
	for (; s->entry_count < VOUCHERS_MAX && comparisons[row].vouchers[s->entry_count].unit; s->entry_count++)
		s->entries[s->entry_count] = raised(comparisons[row].vouchers[s->entry_count].unit,
		                                    comparisons[row].vouchers[s->entry_count].voucher);
	e->office.unit = COUNTY;
	e->digest = digest_of("same", 4);
}

static void
expect_problems(const struct problem_list *problems, size_t row)
{
	const struct expected_problem *expected = comparisons[row].problems;
	size_t count = 0;
	while (count < REPORTS_MAX + VOUCHERS_MAX && expected[count].code)
		count++;
	EXPECT(problems->count == count && !problems->more, "row %zu: %zu problems", row, problems->count);
	for (size_t i = 0; i < count; i++) {
		const struct problem *p = &problems->items[i];
		bool is_voucher = p->code == PROBLEM_VOUCHER_TAKEN;
		EXPECT(p->code == expected[i].code && p->index == expected[i].index &&
		           p->limit == expected[i].limit && p->actual == expected[i].actual &&
		           p->subject == (is_voucher ? SUBJECT_ENTRY : SUBJECT_REPORT) &&
		           !strcmp(p->column, is_voucher ? "voucher" : "replaces") &&
		           (!is_voucher || !strcmp(p->detail, "V")),
		       "row %zu problem %zu", row, i);
	}
}

static void
test_compare(void **state)
{
	struct envelope_pool pool = {0};
	const struct frame frame = frame_from(1);
	(void)state;
	plan_make(&plan);
	struct holdings holdings;
	assert_true(holdings_create(&plan, &holdings));
	hold(holdings.totals, VILLAGE, 3);
	hold(holdings.totals, VILLAGE_OTHER, 1);
	hold_records(holdings.records);
	hold_voucher(holdings.ledger, COUNTY, "V");
	for (size_t i = 0; i < COUNT(comparisons); i++) {
		struct problem_list problems = {0};
		struct envelope *e = envelope_create(&pool, &frame);
		fill(e, i);
		enum intake_outcome outcome = compare_and_book(&holdings, e, &problems);
		expect_outcome(outcome, comparisons[i].outcome, e, outcome == INTAKE_OLDER ? 1 : NEWEST, &problems,
		               i);
		expect_problems(&problems, i);
		envelope_destroy(&e);
	}
	holdings_destroy(&holdings);
	envelope_pool_free(&pool);
	catalogue_free(&plan);
}

/* ---------------------------------------------------------------- documents */

/* Held: so many versions of COUNTY's plan, the file of each being its number. */
static const struct {
	uint32_t held, replaces;
	uint8_t file;
	enum problem_code code;
	int64_t limit;
} versions[] = {
    {0, 0, 1, 0, 0},
    {1, 1, 2, 0, 0},
    {1, 0, 2, PROBLEM_REVISION_CONFLICT, 1},
    {1, 1, 1, PROBLEM_DOCUMENT_SAME, 1},
    {2, 2, 1, 0, 0},
    {DOCUMENT_VERSIONS_MAX - 1, DOCUMENT_VERSIONS_MAX - 1, 200, 0, 0},
    {DOCUMENT_VERSIONS_MAX, DOCUMENT_VERSIONS_MAX, 200, PROBLEM_DOCUMENT_VERSIONS_TOO_MANY,
     DOCUMENT_VERSIONS_MAX},
    {DOCUMENT_VERSIONS_MAX, DOCUMENT_VERSIONS_MAX, 1, PROBLEM_DOCUMENT_VERSIONS_TOO_MANY,
     DOCUMENT_VERSIONS_MAX},
    {DOCUMENT_VERSIONS_MAX, DOCUMENT_VERSIONS_MAX, DOCUMENT_VERSIONS_MAX, PROBLEM_DOCUMENT_SAME,
     DOCUMENT_VERSIONS_MAX},
    {DOCUMENT_VERSIONS_MAX, 1, 200, PROBLEM_REVISION_CONFLICT, DOCUMENT_VERSIONS_MAX},
    /* From before there was a bound. */
    {DOCUMENT_VERSIONS_MAX + 5, DOCUMENT_VERSIONS_MAX + 5, 200, PROBLEM_DOCUMENT_VERSIONS_TOO_MANY,
     DOCUMENT_VERSIONS_MAX + 5},
};

static struct document
document_of(uint8_t file, uint32_t replaces)
{
	return (struct document){.unit = COUNTY,
	                         .kind = DOCUMENT_PLAN,
	                         .replaces = replaces,
	                         .type = FILE_PDF,
	                         .size = 1,
	                         .digest = digest_of(&file, 1),
	                         .name = "x.pdf",
	                         .note = ""};
}

static void
test_versions(void **state)
{
	(void)state;
	plan_make(&plan);
	for (size_t i = 0; i < COUNT(versions); i++) {
		struct holdings holdings;
		struct problem_list problems = {0};
		struct document sent = document_of(versions[i].file, versions[i].replaces);
		struct envelope e = {.submission = {.id = id_of(9), .documents = &sent, .document_count = 1}};
		assert_true(holdings_create(&plan, &holdings));
		for (uint32_t version = 1; version <= versions[i].held; version++) {
			struct document held = document_of((uint8_t)version, version - 1);
			assert_true(documents_add(holdings.documents, &held, version, version, version));
		}
		bool good = intake_compare(&holdings, 0, &e, &problems) == INTAKE_ACCEPTED;
		EXPECT(good == !versions[i].code && problems.count == !good &&
		           problems.items[0].code == versions[i].code && problems.items[0].limit == versions[i].limit,
		       "row %zu: %d", i, (int)problems.items[0].code);
		holdings_destroy(&holdings);
	}
	catalogue_free(&plan);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reuse),        cmocka_unit_test(test_pool_order),
	    cmocka_unit_test(test_pool_bounded), cmocka_unit_test(test_read),
	    cmocka_unit_test(test_repeated),     cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_versions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
