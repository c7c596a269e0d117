/* What is wrong with a sheet: every problem with its row and column, as the clerk reads it. */
#include "case.h"
#include "plan.h"
#include "printed.h"
#include "sheet_text.h"

#include "sheet/sheet.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TODAY = 20130815 };

/* The text of a sheet, and everything that is said of it. */
static const struct finding_case {
	const char *name, *sheet, *en;
} finding_cases[] = {
    {"empty", "", "county.csv: the sheet has no rows\n"},
    {"header alone", "unit,period,households\n", "county.csv: the sheet has no rows\n"},
    {"quote", "unit,period\n\"2208,1\n", "county.csv: row 2: a quoted cell is not closed properly\n"},
    {"encoding", "unit,period\n\xFF\xFF\n",
     "county.csv: the text is neither UTF-8 nor GB18030 (GBK): save the sheet again\n"},
    {"no unit", "period,households\n2013-04,1\n", "county.csv: row 1: the sheet has no column unit 单位\n"},
    {"no period", "unit,户数\n220821103204,1\n", "county.csv: row 1: the sheet has no column period 期间\n"},
    {"no indicator", "unit,period\n220821103204,2013-04\n",
     "county.csv: row 1: the sheet has no column of any indicator 指标\n"},
    {"unknown column", "unit,period,户数,人口\n220821103204,2013-04,1,2\n",
     "county.csv: row 1, column 人口: column 人口 is not known in this sheet\n"},
    {"column twice", "unit,period,户数,单位\n220821103204,2013-04,1,2\n",
     "county.csv: row 1, column 单位: the column stands in the sheet twice\n"},
    {"indicator twice", "unit,period,户数,households\n220821103204,2013-04,1,2\n",
     "county.csv: row 1, column households: the column stands in the sheet twice\n"},
    {"fund columns missing", "voucher,unit\nV-1,220821\n",
     "county.csv: row 1: the sheet has no column kind 类别\n"
     "county.csv: row 1: the sheet has no column occurred 日期\n"
     "county.csv: row 1: the sheet has no column source 来源\n"
     "county.csv: row 1: the sheet has no column amount 金额\n"},
    {"bad unit", "单位,期间,补助到村资金\n22082,2013-04,1\n",
     "county.csv: row 2, column 单位: 22082 cannot be read\n"},
    {"empty unit", "单位,期间,补助到村资金\n,2013-04,1\n",
     "county.csv: row 2, column 单位: the cell is empty\n"},
    {"bad period", "unit,month,village_subsidy\n", "county.csv: the sheet has no rows\n"},
    {"bad period text", "unit,月份,village_subsidy\n220821103204,四月,1\n",
     "county.csv: row 2, column 月份: 四月 is not a period: write 2013-04\n"},
    {"empty period", "unit,period,village_subsidy\n220821103204,,1\n",
     "county.csv: row 2, column period: the cell is empty\n"},
    {"bad number", "unit,period,village_subsidy\n220821103204,2013-04,1.234\n",
     "county.csv: row 2, column village_subsidy: 1.234 is not a number with at most 2 decimals\n"},
    {"bad number, whole", "unit,period,户数（户）\n\n220821103204,2013-04,四十\n",
     "county.csv: row 3, column 户数（户）: 四十 is not a number with at most 0 decimals\n"},
    {"unknown form", "unit,period,form,households\n220821103204,2013-04,nothing,1\n",
     "county.csv: row 2, column form: form nothing is not in the plan\n"},
    {"bad replaces", "unit,period,replaces,village_subsidy\n220821103204,2013-04,-1,1\n",
     "county.csv: row 2, column replaces: -1 is not a number with at most 0 decimals\n"},
    {"another form's indicator", "unit,period,village_subsidy,staff\n220821103204,2013-04,1,2\n",
     "county.csv: row 2, column staff: indicator staff is not in this form\n"},
    {"fund cells",
     "kind,unit,voucher,occurred,source,use,counterparty,amount\n"
     "gift,x,V-1,2013-02-30,bank,fun,22082,1.005\n",
     "county.csv: row 2, column unit: x cannot be read\n"
     "county.csv: row 2, column source: fund source bank is not in the plan\n"
     "county.csv: row 2, column kind: gift is not a kind of fund entry: raised, sent_down, received, "
     "granted, "
     "spent, allocated, reimbursed, returned, withdrawn, reversed or repaid\n"
     "county.csv: row 2, column occurred: 2013-02-30 is not a date: write 2013-04-15\n"
     "county.csv: row 2, column use: use fun is not in the plan\n"
     "county.csv: row 2, column counterparty: 22082 cannot be read\n"
     "county.csv: row 2, column amount: 1.005 is not a number with at most 2 decimals\n"},
    {"amounts that are no plain numbers",
     "kind,unit,voucher,occurred,source,amount\n"
     "raised,220821,V-1,2013-04-15,central,\"1,000.5万元\"\n"
     "raised,220821,V-2,2013-04-15,central,￥100\n"
     "raised,220821,V-3,2013-04-15,central,100千元\n"
     "raised,220821,V-4,2013-04-15,central,壹佰\n"
     "raised,220821,V-5,2013-04-15,central,1e3\n"
     "raised,220821,V-6,2013-04-15,central,0.001\n"
     "raised,220821,V-7,2013-04-15,central,99999999999999999999\n",
     "county.csv: row 2, column amount: 1,000.5万元 is not a number with at most 2 decimals\n"
     "county.csv: row 3, column amount: ￥100 is not a number with at most 2 decimals\n"
     "county.csv: row 4, column amount: 100千元 is not a number with at most 2 decimals\n"
     "county.csv: row 5, column amount: 壹佰 is not a number with at most 2 decimals\n"
     "county.csv: row 6, column amount: 1e3 is not a number with at most 2 decimals\n"
     "county.csv: row 7, column amount: 0.001 is not a number with at most 2 decimals\n"
     "county.csv: row 8, column amount: 99999999999999999999 is not a number with at most 2 decimals\n"},
    {"a measure that is not the plan's",
     "unit,period,户数（人）,补助到村资金（美元）\n220821103204,2013-04,1,1\n",
     "county.csv: row 1, column 户数（人）: the column is not in the measure that the plan counts in: 户 "
     "households "
     "(of 元 also 千元, 万元, 百万元, 亿元)\n"
     "county.csv: row 1, column 补助到村资金（美元）: the column is not in the measure that the plan counts "
     "in: 元 "
     "yuan (of 元 also 千元, 万元, 百万元, 亿元)\n"},
    {"figures with another measure than their column",
     "unit,period,户数,补助到村资金（万元）\n220821103204,2013-04,40人,75元\n220821103205,2013-04,40户,1."
     "0000001\n",
     "county.csv: row 2, column 户数: 40人 is not a number with at most 0 decimals\n"
     "county.csv: row 2, column 补助到村资金（万元）: 75元 is not a number with at most 2 decimals\n"
     "county.csv: row 3, column 补助到村资金（万元）: 1.0000001 is not a number with at most 2 decimals\n"},
    {"a unit with another unit's name", "unit,period,户数\n220821103204 通榆县,2013-04,40\n",
     "county.csv: row 2, column unit: 220821103204 通榆县 cannot be read\n"},
    {"empty amount", "kind,unit,voucher,occurred,source,amount\nraised,220821,V-1,2013-04-15,central,\n",
     "county.csv: row 2, column amount: the cell is empty\n"},
    {"figures for people in a fund sheet",
     "kind,unit,voucher,occurred,source,amount,households\nraised,220821,V-1,2013-04-15,central,1,5\n",
     "county.csv: row 1, column households: column households is not known in this sheet\n"},
};

static void
test_findings(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(finding_cases); i++) {
		struct draft draft;
		static struct findings findings;
		char printed[PRINTED_BYTES];
		findings = (struct findings){0};
		draft_init(&draft);
		read_text(&draft, "county.csv", finding_cases[i].sheet, &findings);
		print_findings(printed, &findings, LANGUAGE_ENGLISH);
		if (strcmp(printed, finding_cases[i].en) != 0) {
			print_error("case: %s\n%s---\n%s", finding_cases[i].name, printed, finding_cases[i].en);
			wrong++;
		}
		draft_free(&draft);
	}
	assert_int_equal(wrong, 0);
}

static void
test_missing_file(void **state)
{
	struct draft draft;
	static struct findings findings;
	char printed[PRINTED_BYTES];
	(void)state;
	findings = (struct findings){0};
	draft_init(&draft);
	draft_read(&draft, "none.csv", &plan, &findings);
	print_findings(printed, &findings, LANGUAGE_ENGLISH);
	assert_string_equal(printed, "none.csv: the file cannot be read: No such file or directory\n");
	draft_free(&draft);
}

/* The sentence of docs/using/submit-sheets.md: fourteen rows, the last of which is wrong. */
static void
test_row_14(void **state)
{
	struct draft draft;
	static struct findings findings;
	char printed[PRINTED_BYTES], text[2048];
	(void)state;
	findings = (struct findings){0};
	size_t used = (size_t)snprintf(text, sizeof text, "单位,期间,产业资金,补助到村资金\n");
	for (int month = 1; month <= 6; month++)
		for (int village = 4; village <= 5; village++)
			used += (size_t)snprintf(text + used, sizeof text - used, "22082110320%d,2013-%02d,1,1\n",
			                         village, month);
	snprintf(text + used, sizeof text - used, "220821103204,2013-07,\"800,000.00\",\"750,000.00\"\n");
	draft_init(&draft);
	read_text(&draft, "county.csv", text, &findings);
	draft_check(&draft, &plan, TODAY, &findings);
	print_findings(printed, &findings, LANGUAGE_ENGLISH);
	assert_string_equal(printed, "county.csv: row 14, column 产业资金: 800,000.00 exceeds 补助到村资金 "
	                             "Village subsidy 750,000.00\n");
	print_findings(printed, &findings, LANGUAGE_CHINESE);
	assert_string_equal(printed, "county.csv: 第 14 行，“产业资金”列：800,000.00 超过 补助到村资金 Village "
	                             "subsidy 750,000.00\n");
	draft_free(&draft);
}

/* A header of codes: the clerk reads the name beside it. Problems without a column have none. */
static void
test_centre_problems(void **state)
{
	struct draft draft;
	static struct findings findings;
	static struct problem_list list;
	char printed[PRINTED_BYTES];
	(void)state;
	findings = (struct findings){0};
	list = (struct problem_list){0};
	draft_init(&draft);
	read_text(&draft, "county.csv", "unit,period,village_subsidy\n220821103204,2013-04,1\n", &findings);
	struct problem *p = problem_add(&list, PROBLEM_VALUE_TOO_SMALL, SUBJECT_REPORT, 0, "village_subsidy");
	p->actual = 100;
	p->limit = 200;
	p->decimals = 2;
	problem_add(&list, PROBLEM_VALUE_MISSING, SUBJECT_REPORT, 0, "households"); /* no column of the sheet */
	problem_add(&list, PROBLEM_BUSY, SUBJECT_REQUEST, 0, NULL);
	p = problem_add(&list, PROBLEM_REVISION_CONFLICT, SUBJECT_REPORT, 0, "replaces");
	p->limit = 2;
	problem_add(&list, PROBLEM_REPORT_REPEATED, SUBJECT_REPORT, 99, "unit"); /* a row that we never sent */
	list.more = 5;
	findings_add(&findings, &draft, &plan, &list);
	print_findings(printed, &findings, LANGUAGE_ENGLISH);
	assert_string_equal(
	    printed,
	    "county.csv: row 2, column village_subsidy 补助到村资金: 1.00 is less than the least allowed, 2.00\n"
	    "county.csv: row 2, column 户数: a value is required (write 0 if there was none)\n"
	    "the centre has too much waiting: try again\n"
	    "county.csv: row 2, column replaces: the centre's current revision is 2, this row says it "
	    "replaces "
	    "0\n"
	    "column unit: the same unit, period and form stand in this submission twice\n");
	assert_int_equal(findings.more, 5);
	draft_free(&draft);
}

/* More problems than are listed are counted; the listed ones stay as they were. */
static void
test_many_findings(void **state)
{
	enum { ROWS = FINDINGS_MAX + 7 };
	static char text[ROWS * 80];
	static struct findings findings;
	struct draft draft;
	(void)state;
	findings = (struct findings){0};
	size_t used = (size_t)snprintf(text, sizeof text, "kind,unit,voucher,occurred,source,amount\n");
	for (int i = 0; i < ROWS; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "raised,%s,V-%d,2013-04-15,central,%s\n",
		                         i < FINDINGS_MAX ? "x" : "220821", i, i < FINDINGS_MAX ? "1" : "z");
	draft_init(&draft);
	read_text(&draft, "funds.csv", text, &findings);
	assert_int_equal(findings.count, FINDINGS_MAX);
	assert_int_equal(findings.more, 7);
	assert_int_equal(findings.items[FINDINGS_MAX - 1].place.line, FINDINGS_MAX + 1);
	assert_int_equal(findings.items[FINDINGS_MAX - 1].problem.code, PROBLEM_CELL_INVALID);
	assert_int_equal(findings.items[FINDINGS_MAX - 1].problem.limit, 0);
	draft_free(&draft);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_findings),      cmocka_unit_test(test_missing_file),
	    cmocka_unit_test(test_row_14),        cmocka_unit_test(test_centre_problems),
	    cmocka_unit_test(test_many_findings),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, make_plan, free_plan);
}
