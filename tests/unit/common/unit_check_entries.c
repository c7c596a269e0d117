/* The checks of a fund entry: kinds, sources, each field, texts, amounts, to the exact problem. */
#include "case.h"
#include "only.h"
#include "plan.h"

#include "check/check.h"

#include <string.h>

enum { TODAY = 20130815 };

/* Every kind with and without use, counterparty and the voucher that it refers to. */
static void
test_entry_kinds(void **state)
{
	static const struct {
		enum fund_kind kind;
		uint32_t use;
		unit_code unit, other;
		const char *refers;
		enum problem_code code;
		const char *column;
	} cases[] = {
	    {FUND_RAISED, 0, COUNTY, 0, "", 0, ""},
	    {FUND_RAISED, USE_INDUSTRY, COUNTY, 0, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_RAISED, 0, COUNTY, PREFECTURE, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_RAISED, 0, COUNTY, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_SENT_DOWN, 0, COUNTY, TOWNSHIP, "", 0, ""},
	    {FUND_SENT_DOWN, 0, COUNTY, TOWNSHIP, "V-0", 0, ""}, /* draws on an allocation */
	    {FUND_SENT_DOWN, 0, COUNTY, VILLAGE, "", 0, ""},
	    {FUND_SENT_DOWN, 0, PROVINCE, COUNTY, "", 0, ""},
	    {FUND_SENT_DOWN, 0, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, PREFECTURE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, 220881, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SENT_DOWN, 0, COUNTY, 220821999, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"}, /* unknown */
	    {FUND_SENT_DOWN, USE_INDUSTRY, COUNTY, TOWNSHIP, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_RECEIVED, 0, COUNTY, PREFECTURE, "V-0", 0, ""},
	    {FUND_RECEIVED, 0, COUNTY, PROVINCE, "V-0", 0, ""},
	    {FUND_RECEIVED, 0, COUNTY, TOWNSHIP, "V-0", 0, ""}, /* what was returned */
	    {FUND_RECEIVED, 0, COUNTY, PREFECTURE, "", PROBLEM_REFERRED_MISSING, "refers"},
	    {FUND_RECEIVED, 0, COUNTY, 0, "V-0", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, COUNTY, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, 220881, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, 220821999, "V-0", PROBLEM_COUNTERPARTY_WRONG,
	     "counterparty"}, /* unknown */
	    {FUND_RECEIVED, 0, COUNTY, 2224, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, 0, COUNTY, -1, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RECEIVED, USE_TRAINING, COUNTY, PROVINCE, "V-0", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, TOWNSHIP, "", 0, ""},
	    {FUND_GRANTED, USE_TRAINING, COUNTY, VILLAGE, "", 0, ""},
	    {FUND_GRANTED, USE_TRAINING, COUNTY, VILLAGE, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_GRANTED, 0, COUNTY, VILLAGE, "", PROBLEM_USE_MISSING, "use"},
	    {FUND_GRANTED, 3, COUNTY, VILLAGE, "", PROBLEM_USE_UNKNOWN, "use"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, PROVINCE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_GRANTED, USE_INDUSTRY, COUNTY, 220881101201, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_SPENT, USE_INDUSTRY, VILLAGE, 0, "", 0, ""},
	    {FUND_SPENT, USE_INDUSTRY, VILLAGE, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_SPENT, 0, COUNTY, 0, "", PROBLEM_USE_MISSING, "use"},
	    {FUND_SPENT, 3, COUNTY, 0, "", PROBLEM_USE_UNKNOWN, "use"},
	    {FUND_SPENT, USE_INDUSTRY, COUNTY, VILLAGE, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_ALLOCATED, 0, PROVINCE, PREFECTURE, "", 0, ""},
	    {FUND_ALLOCATED, 0, COUNTY, VILLAGE, "", 0, ""},
	    {FUND_ALLOCATED, 0, COUNTY, VILLAGE, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_ALLOCATED, USE_INDUSTRY, COUNTY, VILLAGE, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_ALLOCATED, 0, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_ALLOCATED, 0, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_ALLOCATED, 0, COUNTY, PREFECTURE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_REIMBURSED, 0, VILLAGE, 0, "", 0, ""},
	    {FUND_REIMBURSED, 0, VILLAGE, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_REIMBURSED, USE_INDUSTRY, VILLAGE, 0, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_REIMBURSED, 0, VILLAGE, COUNTY, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_RETURNED, 0, VILLAGE, COUNTY, "", 0, ""},
	    {FUND_RETURNED, 0, COUNTY, PROVINCE, "", 0, ""},
	    {FUND_RETURNED, 0, COUNTY, PROVINCE, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_RETURNED, USE_INDUSTRY, COUNTY, PROVINCE, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_RETURNED, 0, COUNTY, 0, "", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_RETURNED, 0, COUNTY, COUNTY, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RETURNED, 0, COUNTY, VILLAGE, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_RETURNED, 0, COUNTY, 2224, "", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_WITHDRAWN, 0, COUNTY, VILLAGE, "V-0", 0, ""},
	    {FUND_WITHDRAWN, 0, COUNTY, VILLAGE, "", PROBLEM_REFERRED_MISSING, "refers"},
	    {FUND_WITHDRAWN, USE_INDUSTRY, COUNTY, VILLAGE, "V-0", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_WITHDRAWN, 0, COUNTY, 0, "V-0", PROBLEM_COUNTERPARTY_MISSING, "counterparty"},
	    {FUND_WITHDRAWN, 0, COUNTY, COUNTY, "V-0", 0, ""},
	    {FUND_WITHDRAWN, 0, COUNTY, PROVINCE, "V-0", PROBLEM_COUNTERPARTY_WRONG, "counterparty"},
	    {FUND_REVERSED, 0, COUNTY, 0, "V-0", 0, ""},
	    {FUND_REVERSED, 0, COUNTY, 0, "", PROBLEM_REFERRED_MISSING, "refers"},
	    {FUND_REVERSED, USE_INDUSTRY, COUNTY, 0, "V-0", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_REVERSED, 0, COUNTY, VILLAGE, "V-0", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_REPAID, 0, COUNTY, 0, "", 0, ""},
	    {FUND_REPAID, 0, COUNTY, 0, "V-0", PROBLEM_REFERRED_NOT_ALLOWED, "refers"},
	    {FUND_REPAID, USE_INDUSTRY, COUNTY, 0, "", PROBLEM_USE_NOT_ALLOWED, "use"},
	    {FUND_REPAID, 0, COUNTY, VILLAGE, "", PROBLEM_COUNTERPARTY_NOT_ALLOWED, "counterparty"},
	    {FUND_KIND_NONE, 0, COUNTY, 0, "", PROBLEM_KIND_UNKNOWN, "kind"},
	    {FUND_KINDS, 0, COUNTY, 0, "", PROBLEM_KIND_UNKNOWN, "kind"},
	    {(enum fund_kind) - 1, 0, COUNTY, 0, "", PROBLEM_KIND_UNKNOWN, "kind"},
	};
	bool good_once[FUND_KINDS] = {false};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry e = {.kind = cases[i].kind,
		                       .unit = cases[i].unit,
		                       .voucher = "V-1",
		                       .occurred = TODAY,
		                       .source = cases[i].kind == FUND_REPAID ? SOURCE_LOAN : SOURCE_CENTRAL,
		                       .use = cases[i].use,
		                       .counterparty = cases[i].other,
		                       .amount_fen = 100,
		                       .note = cases[i].kind == FUND_REVERSED ? "why" : "",
		                       .refers = cases[i].refers,
		                       .document = "",
		                       .project = ""};
		struct problem_list list = {0};
		bool good = check_entry(&plan, TODAY, &e, 3, &list);
		if (!is_only(&list, cases[i].code, SUBJECT_ENTRY, 3, cases[i].column))
			print_problems(&list);
		EXPECT(good == !cases[i].code, "row %zu", i);
		EXPECT(is_only(&list, cases[i].code, SUBJECT_ENTRY, 3, cases[i].column), "row %zu", i);
		if (!cases[i].code)
			good_once[cases[i].kind] = true;
	}
	for (size_t kind = FUND_KIND_NONE + 1; kind < FUND_KINDS; kind++)
		EXPECT(good_once[kind], "no good entry of kind %zu", kind);
}

/* What a source permits: the loan is for industry only, and only it is repaid. */
static void
test_entry_sources(void **state)
{
	static const struct {
		enum fund_kind kind;
		uint32_t source, use;
		enum problem_code code;
		const char *column, *detail;
	} cases[] = {
	    {FUND_SPENT, SOURCE_CENTRAL, USE_INDUSTRY, 0, "", ""},
	    {FUND_SPENT, SOURCE_CENTRAL, USE_TRAINING, 0, "", ""},
	    {FUND_SPENT, SOURCE_LOAN, USE_INDUSTRY, 0, "", ""},
	    {FUND_SPENT, SOURCE_LOAN, USE_TRAINING, PROBLEM_USE_NOT_PERMITTED, "use", "贴息贷款 培训"},
	    {FUND_SPENT, SOURCE_LOAN, 3, PROBLEM_USE_UNKNOWN, "use", "3"},
	    {FUND_GRANTED, SOURCE_LOAN, USE_INDUSTRY, 0, "", ""},
	    {FUND_GRANTED, SOURCE_LOAN, USE_TRAINING, PROBLEM_USE_NOT_PERMITTED, "use", "贴息贷款 培训"},
	    {FUND_RAISED, SOURCE_LOAN, 0, 0, "", ""},
	    {FUND_REPAID, SOURCE_LOAN, 0, 0, "", ""},
	    {FUND_REPAID, SOURCE_CENTRAL, 0, PROBLEM_SOURCE_NOT_LOAN, "source", "中央资金 central"},
	    {FUND_REPAID, SOURCE_SOCIAL, 0, PROBLEM_SOURCE_NOT_LOAN, "source", "社会帮扶资金 social"},
	    {FUND_REPAID, 99, 0, PROBLEM_SOURCE_UNKNOWN, "source", "99"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unit_code other = cases[i].kind == FUND_GRANTED ? VILLAGE : 0;
		struct fund_entry e = {
		    cases[i].kind, COUNTY, "V-1", TODAY, cases[i].source, cases[i].use, other, 100, "", "", "", ""};
		struct problem_list list = {0};
		bool good = check_entry(&plan, TODAY, &e, 0, &list);
		if (!is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column))
			print_problems(&list);
		EXPECT(good == !cases[i].code && is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column) &&
		           !strcmp(list.items[0].detail, cases[i].detail),
		       "row %zu: %s", i, list.items[0].detail);
	}
}

/* Books that are closed: the day up to which they are and the one after it. */
static void
test_books_closed(void **state)
{
	static const struct {
		date closed, occurred;
		enum problem_code code;
	} cases[] = {
	    {0, 20000101, 0},
	    {20121231, 20121231, PROBLEM_YEAR_CLOSED},
	    {20121231, 20121230, PROBLEM_YEAR_CLOSED},
	    {20121231, 20000101, PROBLEM_YEAR_CLOSED},
	    {20121231, 20130101, 0},
	    {20121231, TODAY, 0},
	    {TODAY, TODAY, PROBLEM_YEAR_CLOSED},
	    {TODAY, TODAY + 1, PROBLEM_DATE_FUTURE}, /* one cause, one code */
	    {20121231, 20120230, PROBLEM_DATE_INVALID},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", cases[i].occurred, SOURCE_CENTRAL, 0, 0, 100, "",
		                       "",          "",     ""};
		struct problem_list list = {0};
		plan.books_closed = cases[i].closed;
		bool good = check_entry(&plan, TODAY, &e, 0, &list);
		plan.books_closed = 0;
		EXPECT(good == !cases[i].code && is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, "occurred"),
		       "row %zu", i);
		if (cases[i].code == PROBLEM_YEAR_CLOSED)
			EXPECT(!strcmp(list.items[0].detail, cases[i].closed == TODAY ? "2013-08-15" : "2012-12-31"),
			       "row %zu: %s", i, list.items[0].detail);
	}
}

enum entry_field { NOTHING, UNIT, SOURCE, OCCURRED, AMOUNT, VOUCHER, NOTE, REFERS, PAPER };

static void
set_field(struct fund_entry *e, enum entry_field field, int64_t number, const char *text)
{
	switch (field) {
	case UNIT:
		e->unit = number;
		break;
	case SOURCE:
		e->source = (uint32_t)number;
		break;
	case OCCURRED:
		e->occurred = (date)number;
		break;
	case AMOUNT:
		e->amount_fen = number;
		break;
	case VOUCHER:
		e->voucher = text;
		break;
	case NOTE:
		e->note = text;
		break;
	case REFERS:
		e->refers = text;
		break;
	case PAPER:
		e->document = text;
		break;
	case NOTHING:
		break;
	}
}

static const char *
letters(size_t count)
{
	static char text[4][NOTE_BYTES_MAX + 2];
	static size_t next;
	char *out = text[next++ % 4];
	memset(out, 'x', count);
	out[count] = 0;
	return out;
}

static void
test_entry_fields(void **state)
{
	const struct {
		enum entry_field field;
		int64_t number;
		const char *text;
		enum problem_code code;
		const char *column;
	} cases[] = {
	    {NOTHING, 0, NULL, 0, ""},
	    {UNIT, 220822, NULL, PROBLEM_UNIT_UNKNOWN, "unit"},
	    {UNIT, 0, NULL, PROBLEM_UNIT_UNKNOWN, "unit"},
	    {SOURCE, 0, NULL, PROBLEM_SOURCE_UNKNOWN, "source"},
	    {SOURCE, SOURCE_SOCIAL, NULL, 0, ""},
	    {SOURCE, SOURCE_LOAN + 1, NULL, PROBLEM_SOURCE_UNKNOWN, "source"},
	    {AMOUNT, INT64_MIN, NULL, PROBLEM_AMOUNT_NEGATIVE, "amount"},
	    {AMOUNT, -1, NULL, PROBLEM_AMOUNT_NEGATIVE, "amount"},
	    {AMOUNT, 0, NULL, PROBLEM_AMOUNT_ZERO, "amount"},
	    {AMOUNT, 1, NULL, 0, ""},
	    {AMOUNT, INT64_C(1000000000000), NULL, 0, ""},
	    {AMOUNT, INT64_C(1000000000001), NULL, PROBLEM_AMOUNT_TOO_LARGE, "amount"},
	    {AMOUNT, INT64_MAX, NULL, PROBLEM_AMOUNT_TOO_LARGE, "amount"},
	    {OCCURRED, TODAY, NULL, 0, ""},
	    {OCCURRED, TODAY + 1, NULL, PROBLEM_DATE_FUTURE, "occurred"},
	    {OCCURRED, 20130228, NULL, 0, ""},
	    {OCCURRED, 20130229, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {OCCURRED, 20120229, NULL, 0, ""},
	    {OCCURRED, 20130832, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {OCCURRED, 0, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {OCCURRED, -20130415, NULL, PROBLEM_DATE_INVALID, "occurred"},
	    {VOUCHER, 0, "", PROBLEM_VOUCHER_MISSING, "voucher"},
	    {VOUCHER, 0, letters(VOUCHER_BYTES_MAX), 0, ""},
	    {VOUCHER, 0, letters(VOUCHER_BYTES_MAX + 1), PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "凭证-1", 0, ""},
	    {VOUCHER, 0, "a\nb", PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "a\tb", PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "a\x7F", PROBLEM_TEXT_INVALID, "voucher"},
	    {VOUCHER, 0, "a\xC3", PROBLEM_TEXT_INVALID, "voucher"},
	    {NOTE, 0, "拨付产业资金", 0, ""},
	    {NOTE, 0, "a\x1B[2J", PROBLEM_TEXT_INVALID, "note"},
	    {NOTE, 0, "\xFF", PROBLEM_TEXT_INVALID, "note"},
	    {PAPER, 0, "吉财农〔2013〕12号", 0, ""},
	    {PAPER, 0, letters(NAME_BYTES_MAX), 0, ""},
	    {PAPER, 0, "a\nb", PROBLEM_TEXT_INVALID, "document"},
	    {PAPER, 0, "\xFF", PROBLEM_TEXT_INVALID, "document"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, 100, "", "", "", ""};
		struct problem_list list = {0};
		set_field(&e, cases[i].field, cases[i].number, cases[i].text);
		bool good = check_entry(&plan, TODAY, &e, 0, &list);
		if (!is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column))
			print_problems(&list);
		EXPECT(good == !cases[i].code, "row %zu", i);
		EXPECT(is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column), "row %zu", i);
	}
}

static void
test_note_length(void **state)
{
	struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, 100, "", "", "", ""};
	struct problem_list list = {0};
	(void)state;
	e.note = letters(NOTE_BYTES_MAX);
	assert_true(check_entry(&plan, TODAY, &e, 0, &list));
	e.note = letters(NOTE_BYTES_MAX + 1);
	assert_false(check_entry(&plan, TODAY, &e, 0, &list));
	assert_true(is_only(&list, PROBLEM_TEXT_INVALID, SUBJECT_ENTRY, 0, "note"));
	assert_int_equal(list.items[0].limit, NOTE_BYTES_MAX);
}

/* Each of the texts that an entry may have, both sides of its length; and why it was undone. */
static void
test_entry_texts(void **state)
{
	struct fund_entry e = {FUND_REVERSED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, 100,
	                       "why",         "V-0",  "",    ""};
	const struct {
		enum entry_field field;
		const char *text;
		enum problem_code code;
		const char *column;
	} cases[] = {
	    {NOTE, "", PROBLEM_REASON_MISSING, "note"},
	    {NOTE, "x", 0, ""},
	    {REFERS, "凭证-0", 0, ""},
	    {REFERS, "a\nb", PROBLEM_TEXT_INVALID, "refers"},
	    {REFERS, "a\xC3", PROBLEM_TEXT_INVALID, "refers"},
	};
	static const struct {
		enum entry_field field;
		size_t most;
		const char *column;
	} lengths[] = {{REFERS, VOUCHER_BYTES_MAX, "refers"}, {PAPER, NAME_BYTES_MAX, "document"}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fund_entry changed = e;
		struct problem_list list = {0};
		set_field(&changed, cases[i].field, 0, cases[i].text);
		bool good = check_entry(&plan, TODAY, &changed, 0, &list);
		EXPECT(good == !cases[i].code && is_only(&list, cases[i].code, SUBJECT_ENTRY, 0, cases[i].column),
		       "row %zu", i);
	}
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct fund_entry changed = e;
		struct problem_list list = {0};
		set_field(&changed, lengths[i].field, 0, letters(lengths[i].most));
		assert_true(check_entry(&plan, TODAY, &changed, 0, &list));
		set_field(&changed, lengths[i].field, 0, letters(lengths[i].most + 1));
		assert_false(check_entry(&plan, TODAY, &changed, 0, &list));
		assert_true(is_only(&list, PROBLEM_TEXT_INVALID, SUBJECT_ENTRY, 0, lengths[i].column));
		assert_int_equal(list.items[0].limit, lengths[i].most);
	}
}

/* An amount's problem says which amount, and the largest that there is. */
static void
test_amounts(void **state)
{
	static const int64_t amounts[] = {INT64_MIN, -1, 0, VALUE_MAX + 1, INT64_MAX};
	(void)state;
	for (size_t i = 0; i < COUNT(amounts); i++) {
		struct fund_entry e = {FUND_RAISED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, 0, amounts[i],
		                       "",          "",     "",    ""};
		struct problem_list list = {0};
		assert_false(check_entry(&plan, TODAY, &e, 0, &list));
		EXPECT(list.items[0].actual == amounts[i] && list.items[0].limit == VALUE_MAX &&
		           list.items[0].decimals == 2,
		       "row %zu", i);
	}
}

/* An office's catalogue holds its own scope: the units above are checked by their code. */
static void
test_counterparty_above_scope(void **state)
{
	struct catalogue own;
	char error[CATALOGUE_ERROR_BYTES];
	struct fund_entry e = {FUND_RECEIVED, COUNTY, "V-1", TODAY, SOURCE_CENTRAL, 0, PREFECTURE, 100, "",
	                       "V-0",         "",     ""};
	struct problem_list list = {0};
	(void)state;
	catalogue_init(&own, 1024 * 1024);
	plan_fill(&own);
	own.units[0] = (struct unit){COUNTY, UNIT_COUNTY, "镇赉县", "test"};
	own.unit_count = 1;
	assert_true(catalogue_finish(&own, error));
	assert_true(check_entry(&own, TODAY, &e, 0, &list));
	e.counterparty = 2224;
	assert_false(check_entry(&own, TODAY, &e, 0, &list));
	assert_int_equal(list.items[0].code, PROBLEM_COUNTERPARTY_WRONG);
	catalogue_free(&own);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_entry_kinds),  cmocka_unit_test(test_entry_sources),
	    cmocka_unit_test(test_books_closed), cmocka_unit_test(test_entry_fields),
	    cmocka_unit_test(test_note_length),  cmocka_unit_test(test_entry_texts),
	    cmocka_unit_test(test_amounts),      cmocka_unit_test(test_counterparty_above_scope),
	};
	return cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
