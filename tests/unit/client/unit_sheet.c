/* Sheets: headers in both languages, and what each cell becomes. What is said of a bad one is in
 * unit_sheet_findings. */
#include "case.h"
#include "plan.h"
#include "printed.h"
#include "sheet_text.h"

#include "sheet/sheet.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TODAY = 20130815 };

/* Text with its length, so that NUL bytes can stand in it. */
#define BYTES(text) (text), sizeof(text) - 1

/* ---------------------------------------------------------------- good sheets */

struct value {
	uint32_t indicator;
	int64_t value;
};

static void
check_values(const char *name, const struct report *r, const struct value *values, size_t count)
{
	EXPECT(r->value_count == count, "%s: %u values", name, r->value_count);
	for (size_t i = 0; i < count; i++) {
		EXPECT(r->indicators[i] == values[i].indicator, "%s: indicator %u", name, r->indicators[i]);
		EXPECT(r->values[i] == values[i].value, "%s: value %" PRId64, name, r->values[i]);
	}
}

/* One sheet of reports, headed in every way that there is; the columns may stand in any order. */
static void
test_report_headers(void **state)
{
	static const struct value values[] = {{SUBSIDY, 75000000}, {HOUSEHOLDS, 40}};
	static const char *const headers[] = {
	    "unit,period,village_subsidy,households",
	    "unit,period,补助到村资金,户数",
	    "unit,period,Village subsidy,Households",
	    "单位,期间,补助到村资金,户数",
	    "单位代码,月份,补助到村资金（元）,户数（户）",
	    "单位,期间,补助到村资金(元),户数 (户)",
	    "unit,period,Village subsidy (yuan),Households (households)",
	    "unit,period,village_subsidy（元）,households(户)",
	    "\xEF\xBB\xBF单位,期间,补助到村资金,户数",
	    " unit , period , village_subsidy , households ",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct draft draft;
		static struct findings findings;
		char text[512], printed[PRINTED_BYTES];
		findings = (struct findings){0};
		draft_init(&draft);
		snprintf(text, sizeof text, "%s\n220821103204,2013-04,\"750,000.00\",４０\n", headers[i]);
		read_text(&draft, "village.csv", text, &findings);
		print_findings(printed, &findings, LANGUAGE_ENGLISH);
		EXPECT(!findings.count, "%s: %s", headers[i], printed);
		EXPECT(draft.submission.report_count == 1, "%s", headers[i]);
		const struct report *r = draft.submission.reports;
		EXPECT(r->unit == VILLAGE && r->period == 201304, "%s", headers[i]);
		EXPECT(r->form == FORM_VILLAGE && r->form_version == 1 && !r->replaces, "%s", headers[i]);
		check_values(headers[i], r, values, COUNT(values));
		draft_check(&draft, &plan, TODAY, &findings);
		EXPECT(!findings.count, "%s", headers[i]);
		draft_free(&draft);
	}
}

/* The plan counts in yuan; a sheet in ten thousand yuan means ten thousand times as much, to the fen. */
static void
test_measures(void **state)
{
	static const struct {
		const char *header, *figure;
		int64_t fen;
	} cases[] = {
	    {"补助到村资金（元）", "75", 7500},
	    {"补助到村资金(元)", "75元", 7500},
	    {"补助到村资金", "75 元", 7500},
	    {"补助到村资金（千元）", "75.00001", 7500001},
	    {"补助到村资金（万元）", "75", 75000000},
	    {"补助到村资金 ( 万元 )", "７５．１２３４５６", 75123456},
	    {"补助到村资金（万元）", "75万元", 75000000},
	    {"village_subsidy (10,000 yuan)", "0.000001", 1},
	    {"补助到村资金（百万元）", "1", 100000000},
	    {"补助到村资金（亿元）", "0.0075", 75000000},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct draft draft;
		static struct findings findings;
		char text[512], printed[PRINTED_BYTES];
		findings = (struct findings){0};
		draft_init(&draft);
		snprintf(text, sizeof text, "单位,期间,\"%s\"\n220821103204 西明嘎村,2013-04,%s\n", cases[i].header,
		         cases[i].figure);
		read_text(&draft, "village.csv", text, &findings);
		print_findings(printed, &findings, LANGUAGE_ENGLISH);
		EXPECT(!findings.count && draft.submission.report_count == 1, "%s: %s", cases[i].header, printed);
		EXPECT(draft.submission.reports[0].values[0] == cases[i].fen, "%s: %" PRId64, cases[i].header,
		       draft.submission.reports[0].values[0]);
		draft_free(&draft);
	}
}

/* The optional columns, empty cells, versions by period, a name with parentheses of its own. */
static void
test_report_columns(void **state)
{
	struct draft draft;
	static struct findings findings;
	(void)state;
	findings = (struct findings){0};
	draft_init(&draft);
	read_text(&draft, "a.csv",
	          "period,表,version,替换版本,名称,unit,通村道路（硬化）（公里）,village_subsidy,产业资金\n"
	          "2013-07,village,,,西明嘎村,220821103204,12.5,0,\n"
	          "2013-08,村月报,2,3,,220821103205,,1.00,0.50\n"
	          "2013-06,,1,,,220821103205,,2\n",
	          &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(draft.submission.report_count, 3);
	const struct report *r = draft.submission.reports;
	static const struct value first[] = {{ROADS, 125}, {SUBSIDY, 0}};
	static const struct value second[] = {{SUBSIDY, 100}, {FUND, 50}};
	static const struct value third[] = {{SUBSIDY, 200}};
	check_values("first", &r[0], first, COUNT(first));
	check_values("second", &r[1], second, COUNT(second));
	check_values("third", &r[2], third, COUNT(third));
	assert_int_equal(r[0].form_version, 2);
	assert_int_equal(r[1].form_version, 2);
	assert_int_equal(r[1].replaces, 3);
	assert_int_equal(r[2].form_version, 1);
	assert_int_equal(draft.report_places[2].line, 4);
	assert_string_equal(draft.report_places[2].file, "a.csv");
	draft_check(&draft, &plan, TODAY, &findings);
	assert_int_equal(findings.count, 0);
	assert_true(submission_id_valid(&draft.submission.id));
	draft_free(&draft);
}

/* How files of other hands say the same: one village's report of 40 households, and 750 yuan of subsidy. */
static const struct {
	const char *name, *bytes;
	size_t size;
	const char *problem; /* NULL: read */
} hands[] = {
#define VILLAGE_ROW "220821103204,2013-04,40,750.00\n"
    {"semicolons", BYTES("单位;期间;户数;补助到村资金\n220821103204;2013-04;40;750.00\n"), NULL},
    {"tabs", BYTES("单位\t期间\t户数\t补助到村资金\n220821103204\t2013-04\t40\t750.00\n"), NULL},
    {"sep=", BYTES("sep=;\n单位;期间;户数;补助到村资金\n220821103204;2013-04;40;750.00\n"), NULL},
    {"UTF-16 with tabs, as \"Unicode text\"",
     BYTES("\xFF"
           "\xFE"
           "\x75"
           "\x00"
           "\x6E"
           "\x00"
           "\x69"
           "\x00"
           "\x74"
           "\x00"
           "\x09"
           "\x00"
           "\x70"
           "\x00"
           "\x65"
           "\x00"
           "\x72"
           "\x00"
           "\x69"
           "\x00"
           "\x6F"
           "\x00"
           "\x64"
           "\x00"
           "\x09"
           "\x00"
           "\x68"
           "\x00"
           "\x6F"
           "\x00"
           "\x75"
           "\x00"
           "\x73"
           "\x00"
           "\x65"
           "\x00"
           "\x68"
           "\x00"
           "\x6F"
           "\x00"
           "\x6C"
           "\x00"
           "\x64"
           "\x00"
           "\x73"
           "\x00"
           "\x09"
           "\x00"
           "\x76"
           "\x00"
           "\x69"
           "\x00"
           "\x6C"
           "\x00"
           "\x6C"
           "\x00"
           "\x61"
           "\x00"
           "\x67"
           "\x00"
           "\x65"
           "\x00"
           "\x5F"
           "\x00"
           "\x73"
           "\x00"
           "\x75"
           "\x00"
           "\x62"
           "\x00"
           "\x73"
           "\x00"
           "\x69"
           "\x00"
           "\x64"
           "\x00"
           "\x79"
           "\x00"
           "\x0A"
           "\x00"
           "\x32"
           "\x00"
           "\x32"
           "\x00"
           "\x30"
           "\x00"
           "\x38"
           "\x00"
           "\x32"
           "\x00"
           "\x31"
           "\x00"
           "\x31"
           "\x00"
           "\x30"
           "\x00"
           "\x33"
           "\x00"
           "\x32"
           "\x00"
           "\x30"
           "\x00"
           "\x34"
           "\x00"
           "\x09"
           "\x00"
           "\x32"
           "\x00"
           "\x30"
           "\x00"
           "\x31"
           "\x00"
           "\x33"
           "\x00"
           "\x2D"
           "\x00"
           "\x30"
           "\x00"
           "\x34"
           "\x00"
           "\x09"
           "\x00"
           "\x34"
           "\x00"
           "\x30"
           "\x00"
           "\x09"
           "\x00"
           "\x37"
           "\x00"
           "\x35"
           "\x00"
           "\x30"
           "\x00"
           "\x0A"
           "\x00"),
     NULL},
    {"titles above", BYTES("2013年4月　村月报,,,\n填写说明,,,\n单位,期间,户数,补助到村资金\n" VILLAGE_ROW),
     NULL},
    {"blanks and stars in names",
     BYTES("单 位,期\u3000间*,*户数 （户）,\"补助到\n村资金（元）\"\n" VILLAGE_ROW), NULL},
    {"blanks and invisible characters in cells",
     BYTES("单位,期间,户数,补助到村资金\n\u200B220821103204\u00A0,\u30002013-04,\uFEFF40,750.00\u00A0\n"),
     NULL},
    {"full width",
     BYTES("单位,期间,户数,补助到村资金\n２２０８２１１０３２０４,２０１３-０４,４０,７５０．００\n"), NULL},
    {"a measure above", BYTES("单位：万元,,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"),
     NULL},
    {"measures above",
     BYTES("填报单位：镇赉县,（单位：户、千元）,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0."
           "75\n"),
     NULL},
    {"measures below", BYTES("单位,期间,户数,补助到村资金\n,,户,千元\n220821103204,2013-04,40,0.75\n"), NULL},
    {"an English measure above",
     BYTES("\"Unit: 10,000 yuan\",,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"), NULL},
    {"a measure above with blanks",
     BYTES("单  位：万 元,,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"), NULL},
    {"a measure above in two cells",
     BYTES(",,单位：,万元\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"), NULL},
    {"a measure above in brackets",
     BYTES("2013年扶贫资金表（万元）,,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"),
     NULL},
    {"a measure above alone", BYTES(",,,万元\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"),
     NULL},
    {"a measure above without a colon",
     BYTES("单位 万元,,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"), NULL},
    {"another colon", BYTES("金额∶万元,,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"),
     NULL},
    {"the currency, too",
     BYTES("单位：人民币万元,,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"), NULL},
    {"whose table it is, which begins like a measure",
     BYTES("填报单位：百草沟镇,,填表单位：万宝镇,\n单位,期间,户数,补助到村资金\n" VILLAGE_ROW), NULL},
    {"whose table it is, and a measure",
     BYTES(
         "填报单位：元宝顶子村　单位：万元,,,\n单位,期间,户数,补助到村资金\n220821103204,2013-04,40,0.075\n"),
     NULL},
    {"ten times a measure", BYTES("单位：10万元,,,\n单位,期间,户数,补助到村资金\n" VILLAGE_ROW),
     "a.csv: row 1: the column is not in the measure that the plan counts in: 元 yuan（10万元） (of 元 also "
     "千元, 万元, "
     "百万元, 亿元)\n"},
    {"a measure below one column alone",
     BYTES("单位,期间,补助到村资金,户数\n,,千元,\n220821103204,2013-04,0.75,40\n"), NULL},
    {"a measure for all below",
     BYTES("单位,期间,补助到村资金,户数\n（单位：千元）,,,\n220821103204,2013-04,0.75,40\n"), NULL},
    {"a figure with separators before an empty cell",
     BYTES("单位,期间,户数,补助到村资金\n220821103204,2013-04,1,750,\n"),
     "a.csv: row 2: the row has a cell too many: is 1,750 a figure with separators? put it in quotes\n"},
    {"tabs, with a figure in quotes",
     BYTES("单位\t期间\t户数\t补助到村资金\n220821103204\t2013-04\t40\t\"750.00\"\n"), NULL},
    {"another measure above than in the name",
     BYTES("单位：万元,,,\n单位,期间,户数,补助到村资金（元）\n" VILLAGE_ROW),
     "a.csv: row 2, column 补助到村资金（元）: the column and a row beside the header name different "
     "measures: 元, 万元\n"},
    {"a measure above that the plan does not know",
     BYTES("单位：万美元,,,\n单位,期间,户数,补助到村资金\n" VILLAGE_ROW),
     "a.csv: row 1: the column is not in the measure that the plan counts in: 元 yuan（万美元） (of 元 also "
     "千元, "
     "万元, "
     "百万元, 亿元)\n"},
    {"two measures of money above", BYTES("单位：万元、元,,,\n单位,期间,户数,补助到村资金\n" VILLAGE_ROW),
     "a.csv: row 1: the column and a row beside the header name different measures: 万元, 元\n"},
    {"a figure with separators without quotes",
     BYTES("单位,期间,户数,补助到村资金\n220821103204,2013-04,40,1,750.00\n"),
     "a.csv: row 2: the row has a cell too many: is 1,750.00 a figure with separators? put it in "
     "quotes\n"},
    {"the same before other columns",
     BYTES("单位,期间,补助到村资金,户数\n220821103204,2013-04,1,750.00,40\n"),
     "a.csv: row 2: the row has a cell too many: is 1,750.00 a figure with separators? put it in "
     "quotes\n"},
    {"a cell beyond the header", BYTES("单位,期间,户数,补助到村资金\n220821103204,2013-04,40,750.00,,看\n"),
     "a.csv: row 2: 看 stands under no column name: name the column, or take the cell out\n"},
    {"a cell under an empty name", BYTES("单位,期间,,户数,补助到村资金\n220821103204,2013-04,9,40,750.00\n"),
     "a.csv: row 2: 9 stands under no column name: name the column, or take the cell out\n"},
    {"empty cells beyond the header",
     BYTES("单位,期间,户数,补助到村资金\n220821103204,2013-04,40,750.00,,\u00A0\n"), NULL},
    {"a blank inside a code", BYTES("单位,期间,户数,补助到村资金\n220821\u00A0103204,2013-04,40,750.00\n"),
     "a.csv: row 2, column 单位: 220821<U+00A0>103204 cannot be read\n"},
    {"escape sequences", BYTES("单位,期间,户数,补助到村资金\n220821103204,2013-04,\x1B[2J,750.00\n"),
     "a.csv: row 2, column 户数: ␛[2J is not a number with at most 0 decimals\n"},
    {"CR", BYTES("单位,期间,户数,补助到村资金\r\r220821103204,2013-04,x,750.00\r"),
     "a.csv: row 3, column 户数: x is not a number with at most 0 decimals\n"},
};

static void
test_hands(void **state)
{
	static const struct value values[] = {{HOUSEHOLDS, 40}, {SUBSIDY, 75000}};
	(void)state;
	for (size_t i = 0; i < COUNT(hands); i++) {
		struct draft draft;
		static struct findings findings;
		char printed[PRINTED_BYTES];
		findings = (struct findings){0};
		draft_init(&draft);
		draft_read_bytes(&draft, "a.csv", hands[i].bytes, hands[i].size, &plan, &findings);
		print_findings(printed, &findings, LANGUAGE_ENGLISH);
		EXPECT(!strcmp(printed, hands[i].problem ? hands[i].problem : ""), "%s: %s", hands[i].name, printed);
		if (!hands[i].problem) {
			EXPECT(draft.submission.report_count == 1, "%s", hands[i].name);
			EXPECT(draft.submission.reports[0].value_count == 2, "%s", hands[i].name);
			EXPECT(draft.submission.reports[0].unit == VILLAGE, "%s", hands[i].name);
			for (size_t v = 0; v < 2; v++) {
				const struct report *r = draft.submission.reports;
				size_t at = r->indicators[0] == values[v].indicator ? 0 : 1;
				EXPECT(r->indicators[at] == values[v].indicator && r->values[at] == values[v].value,
				       "%s: %" PRId64, hands[i].name, r->values[at]);
			}
		}
		draft_free(&draft);
	}
}

/* Without its quotes an amount is two cells, whether the row is too long then or not. */
static void
test_split_amounts(void **state)
{
	static const char *const rows[] = {"443,000.00", "443,000.00,", "443,000.00,说明", "443,000"};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct draft draft;
		static struct findings findings;
		char text[256], printed[PRINTED_BYTES];
		findings = (struct findings){0};
		draft_init(&draft);
		snprintf(text, sizeof text,
		         "kind,unit,voucher,occurred,source,amount,note\nraised,220821,V-1,2013-04-15,central,%s\n",
		         rows[i]);
		read_text(&draft, "a.csv", text, &findings);
		print_findings(printed, &findings, LANGUAGE_ENGLISH);
		EXPECT(findings.count == 1 && findings.items[0].problem.code == PROBLEM_FIGURE_SPLIT, "%s: %s",
		       rows[i], printed);
		EXPECT(!draft.submission.entry_count, "%s", rows[i]);
		draft_free(&draft);
	}
}

/* A correction that has no column for a figure clears it, which is told; a – in a cell says so on purpose. */
static void
test_clearing(void **state)
{
	static const char said[] =
	    "单位,期间,替换版本,户数,补助到村资金,产业资金,培训人次\n220821103204,2013-04,1,40,0,–, - \n";
	struct draft draft;
	static struct findings findings;
	(void)state;
	draft_init(&draft);
	read_text(&draft, "a.csv", said, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(draft.submission.reports[0].value_count, 2);
	assert_int_equal(draft.dropped_count, 0);
	read_text(&draft, "b.csv", "单位,期间,替换版本,户数,补助到村资金\n220821103204,2013-04,1,40,0\n",
	          &findings);
	read_text(&draft, "c.csv", "单位,期间,户数,补助到村资金\n220821103204,2013-05,40,0\n",
	          &findings); /* not a correction */
	assert_int_equal(findings.count, 0);
	assert_int_equal(draft.dropped_count, 1);
	assert_string_equal(draft.dropped[0].names, "产业资金、培训人次");
	assert_int_equal(draft.dropped[0].place.line, 2);
	assert_int_equal(draft.dropped[0].report, 1);
	assert_int_equal(draft.dropped[0].indicator_count, 2);
	draft_free(&draft);
}

static void
test_vouchers_alike(void **state)
{
	static const struct {
		const char *vouchers[3];
		size_t alike;
	} cases[] = {
	    {{"PZ-1", "pz-1", "x"}, 1},   {{"PZ-1", "PZ-01", "pz-001"}, 2}, {{"PZ-10", "PZ-1", "PZ-100"}, 0},
	    {{"凭-1", "凭-01", "凭"}, 1}, {{"0", "00", "a0"}, 1},           {{"1.05", "1.5", "105"}, 1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct draft draft;
		static struct findings findings;
		char text[512] = "kind,unit,voucher,occurred,source,amount\n";
		findings = (struct findings){0};
		draft_init(&draft);
		for (size_t v = 0; v < 3; v++)
			snprintf(text + strlen(text), sizeof text - strlen(text),
			         "raised,220821,%s,2013-04-15,central,1\n", cases[i].vouchers[v]);
		read_text(&draft, "a.csv", text, &findings);
		draft_check(&draft, &plan, TODAY, &findings);
		assert_int_equal(findings.count, 0);
		EXPECT(draft.alike_count == cases[i].alike, "row %zu: %zu", i, draft.alike_count);
		draft_free(&draft);
	}
}

static void
test_fund_sheets(void **state)
{
	static const char *const sheets[] = {
	    "kind,unit,voucher,occurred,source,use,counterparty,amount,note\n"
	    "raised,220821,V-1,2013-04-15,central,,,\"1,000.00\",first\n"
	    "granted,220821,V-2,2013/8/15,social,industry,220821103204,0.01,\n",
	    "类别,单位,凭证号,日期,来源,用途,对方单位,金额,摘要,所指凭证号,文件依据\n"
	    "筹措,220821,V-1,20130415,中央资金,,,1000,first,,吉财农指〔2013〕12号\n"
	    "安排,220821,V-2,2013-08-15,社会帮扶资金,产业,220821103204,0.01,,,\n",
	    "资金类别,单位代码,凭证,发生日期,资金来源,资金用途,往来单位,金额(元),备注\n"
	    "筹措,220821,V-1,20130415,Central funds,,,1000.0,first\n"
	    "granted,220821,V-2,2013-08-15,社会帮扶资金,Industry,220821103204,０．０１,\n",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(sheets); i++) {
		struct draft draft;
		static struct findings findings;
		char printed[PRINTED_BYTES];
		findings = (struct findings){0};
		draft_init(&draft);
		read_text(&draft, "funds.csv", sheets[i], &findings);
		print_findings(printed, &findings, LANGUAGE_ENGLISH);
		EXPECT(!findings.count, "sheet %zu: %s", i, printed);
		EXPECT(draft.submission.entry_count == 2, "sheet %zu", i);
		const struct fund_entry *e = draft.submission.entries;
		EXPECT(e[0].kind == FUND_RAISED && e[1].kind == FUND_GRANTED, "sheet %zu", i);
		EXPECT(e[0].unit == COUNTY && !e[0].counterparty && e[1].counterparty == VILLAGE, "sheet %zu", i);
		EXPECT(!strcmp(e[0].voucher, "V-1") && !strcmp(e[1].voucher, "V-2"), "sheet %zu", i);
		EXPECT(e[0].occurred == 20130415 && e[1].occurred == 20130815, "sheet %zu", i);
		EXPECT(e[0].source == SOURCE_CENTRAL && e[1].source == SOURCE_SOCIAL, "sheet %zu", i);
		EXPECT(!e[0].use && e[1].use == USE_INDUSTRY, "sheet %zu", i);
		EXPECT(e[0].amount_fen == 100000 && e[1].amount_fen == 1, "sheet %zu", i);
		EXPECT(!strcmp(e[0].note, "first") && !*e[1].note, "sheet %zu", i);
		EXPECT(!strcmp(e[0].document, i == 1 ? "吉财农指〔2013〕12号" : "") && !*e[1].refers, "sheet %zu", i);
		draft_check(&draft, &plan, TODAY, &findings);
		EXPECT(!findings.count, "sheet %zu", i);
		draft_free(&draft);
	}
}

/* What an entry refers to. */
static void
test_references(void **state)
{
	struct draft draft;
	static struct findings findings;
	(void)state;
	findings = (struct findings){0};
	draft_init(&draft);
	read_text(&draft, "funds.csv",
	          "kind,unit,voucher,occurred,source,counterparty,amount,refers,document\n"
	          "received,220821,V-1,2013-04-15,central,22,5.00,S-1,D\n到账,220821,V-2,2013-04-15,central,22,5."
	          "00,,\n",
	          &findings);
	assert_int_equal(findings.count, 0);
	assert_string_equal(draft.submission.entries[0].refers, "S-1");
	assert_string_equal(draft.submission.entries[0].document, "D");
	draft_check(&draft, &plan, TODAY, &findings);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].problem.code, PROBLEM_REFERRED_MISSING);
	draft_free(&draft);
}

/* Several files into one draft: rows know their own file. */
static void
test_two_files(void **state)
{
	struct draft draft;
	static struct findings findings;
	char printed[PRINTED_BYTES];
	(void)state;
	findings = (struct findings){0};
	draft_init(&draft);
	read_text(&draft, "a.csv", "unit,period,village_subsidy\n220821103204,2013-04,1\n", &findings);
	read_text(&draft, "funds.csv",
	          "kind,unit,voucher,occurred,source,金额\nraised,220821,V-1,2013-04-15,central,0\n", &findings);
	read_text(&draft, "b.csv", "单位,期间,产业资金,补助到村资金\n\n220821103205,2013-04,2,1\n", &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(draft.submission.report_count, 2);
	assert_int_equal(draft.submission.entry_count, 1);
	draft_check(&draft, &plan, TODAY, &findings);
	print_findings(printed, &findings, LANGUAGE_ENGLISH);
	assert_string_equal(
	    printed, "b.csv: row 3, column 产业资金: 2.00 exceeds 补助到村资金 Village subsidy 1.00\n"
	             "funds.csv: row 2, column 金额: an amount of 0.00 moves nothing: leave the row out\n");
	draft_free(&draft);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_report_headers), cmocka_unit_test(test_measures),
	    cmocka_unit_test(test_report_columns), cmocka_unit_test(test_hands),
	    cmocka_unit_test(test_split_amounts),  cmocka_unit_test(test_clearing),
	    cmocka_unit_test(test_vouchers_alike), cmocka_unit_test(test_fund_sheets),
	    cmocka_unit_test(test_two_files),      cmocka_unit_test(test_references),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, make_plan, free_plan);
}
