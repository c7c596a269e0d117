/* Sheets of steps of projects: what a row means, and what is said of one that cannot be read. */
#include "case.h"
#include "plan.h"
#include "printed.h"

#include "sheet/sheet.h"
#include "sheet/sheet_reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct draft draft;
static struct findings findings;
static char printed[PRINTED_BYTES];
static char directory[] = "/tmp/fupin-steps-XXXXXX";

static int
begin(void **state)
{
	(void)state;
	plan_make(&plan);
	return mkdtemp(directory) && !chdir(directory) ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return chdir("/") || rmdir(directory);
}

static void
read_rows(const char *header, const char *row)
{
	FILE *file = fopen("steps.csv", "we");
	assert_non_null(file);
	fprintf(file, "%s\n%s\n", header, row);
	fclose(file);
	findings = (struct findings){0};
	draft_init(&draft);
	draft_read(&draft, "steps.csv", &plan, &findings);
	print_findings(printed, &findings, LANGUAGE_ENGLISH);
	unlink("steps.csv");
}

#define COLUMNS                                                                                              \
	"unit,project,step,occurred,document,note,replaces,name,kind,leader,begins,ends,system,percent,"         \
	"acceptor,"                                                                                              \
	"passed,met,again_by,中央资金（万元）,social"

/* A registration in English, with all that it may have. */
static void
test_registration(void **state)
{
	(void)state;
	read_rows(COLUMNS,
	          "220821103204,P-1,register,2013-04-15,批复,说明,2,养殖小区,farm,220821,2013-05-01,2013-10-31,,"
	          ",,,,,1.5,0");
	EXPECT(!findings.count && draft.submission.project_count == 1, "%s", printed);
	const struct project_row *p = draft.submission.projects;
	assert_true(p->unit == VILLAGE && p->step == PROJECT_REGISTER && p->occurred == 20130415 &&
	            p->replaces == 2);
	assert_true(!strcmp(p->code, "P-1") && !strcmp(p->document, "批复") && !strcmp(p->note, "说明") &&
	            !strcmp(p->name, "养殖小区"));
	assert_true(p->kind == KIND_FARM && p->leader == COUNTY && p->begins == 20130501 && p->ends == 20131031);
	assert_true(p->budget_count == 1 && p->budgets[0].source == SOURCE_CENTRAL &&
	            p->budgets[0].amount_fen == 1500000); /* 0 is as good as empty */
	assert_true(!p->acceptor && !p->system && !p->percent && !p->met_count && !p->passed && !p->again_by);
	assert_true(!strcmp(draft.project_places[0].file, "steps.csv") && draft.project_places[0].line == 2);
	draft_free(&draft);
}

static const struct {
	const char *row;
	enum project_step step;
	uint32_t percent;
	enum project_system system;
	unit_code acceptor;
	bool passed;
	size_t met_count;
	uint32_t met[2];
	date again_by;
} rows[] = {
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,40,,,,,,", PROJECT_PROGRESS, .percent = 40},
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,0,,,,,,", PROJECT_PROGRESS, .percent = 0},
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,80%,,,,,,", PROJECT_PROGRESS, .percent = 80},
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,８０％,,,,,,", PROJECT_PROGRESS, .percent = 80},
    {"220821103204,P-1,四制,2013-04-15,,,,,,,,,合同管理制,,,,,,,", PROJECT_SYSTEM, .system = SYSTEM_CONTRACT},
    {"220821103204,P-1,name_acceptor,2013-04-15,,,,,,,,,,,2208,,,,,", PROJECT_NAME_ACCEPTOR,
     .acceptor = PREFECTURE},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,yes,all,,,", PROJECT_ACCEPTANCE, .passed = true,
     .met_count = 2, .met = {1, 2}},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,合格,全部,,,", PROJECT_ACCEPTANCE, .passed = true,
     .met_count = 2, .met = {1, 2}},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,no,2,2013-09-01,,", PROJECT_ACCEPTANCE,
     .met_count = 1, .met = {2}, .again_by = 20130901},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,不合格,1、2,,,", PROJECT_ACCEPTANCE, .met_count = 2,
     .met = {1, 2}},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,failed,1; 2,,,", PROJECT_ACCEPTANCE, .met_count = 2,
     .met = {1, 2}},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,是,,,,", PROJECT_ACCEPTANCE, .passed = true},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		read_rows(COLUMNS, rows[i].row);
		EXPECT(!findings.count && draft.submission.project_count == 1, "row %zu: %s", i, printed);
		const struct project_row *p = draft.submission.projects;
		EXPECT(p->step == rows[i].step && p->percent == rows[i].percent && p->system == rows[i].system &&
		           p->acceptor == rows[i].acceptor && p->passed == rows[i].passed &&
		           p->again_by == rows[i].again_by,
		       "row %zu", i);
		EXPECT(p->met_count == rows[i].met_count, "row %zu: %zu", i, p->met_count);
		for (size_t k = 0; k < p->met_count; k++)
			EXPECT(p->met[k] == rows[i].met[k], "row %zu", i);
		draft_free(&draft);
	}
}

static const struct {
	const char *row, *column;
	enum problem_code code;
} bad_rows[] = {
    {"x,P-1,notice,2013-04-15,,,,,,,,,,,,,,,,", "unit", PROBLEM_CELL_INVALID},
    {"220821103204,P-1,party,2013-04-15,,,,,,,,,,,,,,,,", "step", PROBLEM_CELL_INVALID},
    {"220821103204,P-1,notice,2013-04-31,,,,,,,,,,,,,,,,", "occurred", PROBLEM_DATE_INVALID},
    {"220821103204,P-1,register,2013-04-15,,,,n,farms,,,,,,,,,,,", "kind", PROBLEM_PROJECT_KIND_UNKNOWN},
    {"220821103204,P-1,register,2013-04-15,,,,n,farm,220x,,,,,,,,,,", "leader", PROBLEM_CELL_INVALID},
    {"220821103204,P-1,register,2013-04-15,,,,n,farm,,2013-13-01,,,,,,,,,", "begins", PROBLEM_DATE_INVALID},
    {"220821103204,P-1,register,2013-04-15,,,,n,farm,,,2013-1,,,,,,,,", "ends", PROBLEM_DATE_INVALID},
    {"220821103204,P-1,register,2013-04-15,,,x,n,farm,,,,,,,,,,,", "replaces", PROBLEM_NUMBER_INVALID},
    {"220821103204,P-1,register,2013-04-15,,,,n,farm,,,,,,,,,,1.2345678,", "中央资金（万元）",
     PROBLEM_NUMBER_INVALID},
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,,,,,,,", "percent", PROBLEM_CELL_MISSING},
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,half,,,,,,", "percent", PROBLEM_NUMBER_INVALID},
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,%,,,,,,", "percent", PROBLEM_NUMBER_INVALID},
    {"220821103204,P-1,progress,2013-04-15,,,,,,,,,,80.5%,,,,,,", "percent", PROBLEM_NUMBER_INVALID},
    {"220821103204,P-1,system,2013-04-15,,,,,,,,,five,,,,,,,", "system", PROBLEM_CELL_INVALID},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,perhaps,1,,,", "passed", PROBLEM_CELL_INVALID},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,yes,none,,,", "met", PROBLEM_CELL_INVALID},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,yes,1 999,,,", "met", PROBLEM_CELL_INVALID},
    {"220821103204,P-1,acceptance,2013-04-15,,,,,,,,,,,,no,1,tomorrow,,", "again_by", PROBLEM_DATE_INVALID},
    {"220821103204,P-1,name_acceptor,2013-04-15,,,,,,,,,,,22y,,,,,", "acceptor", PROBLEM_CELL_INVALID},
};

static void
test_bad_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_rows); i++) {
		read_rows(COLUMNS, bad_rows[i].row);
		EXPECT(findings.count == 1 && findings.items[0].problem.code == bad_rows[i].code, "row %zu: %s", i,
		       printed);
		EXPECT(!strcmp(findings.items[0].column, bad_rows[i].column) && findings.items[0].place.line == 2,
		       "row %zu: %s", i, findings.items[0].column);
		draft_free(&draft);
	}
}

/* Columns that this kind of sheet does not have, and those that it must have. */
static void
test_columns(void **state)
{
	static const struct {
		const char *header, *says;
	} headers[] = {
	    {"unit,project,step", "the sheet has no column occurred"},
	    {"unit,step,occurred", "the sheet has no column project"},
	    {"project,step,occurred", "the sheet has no column unit"},
	    {"unit,project,step,occurred,voucher", "voucher"},
	    {"unit,project,step,occurred,households", "households"},
	    {"unit,project,step,occurred,central,中央资金", "stands in the sheet twice"},
	    {"unit,project,step,occurred,step", "stands in the sheet twice"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++) {
		read_rows(headers[i].header, "220821103204,P-1,notice,2013-04-15,,");
		EXPECT(findings.count && strstr(printed, headers[i].says), "row %zu: %s", i, printed);
		draft_free(&draft);
	}
}

/* Where a column stands, by its code: a problem of the centre's is shown there. */
static void
test_column_at(void **state)
{
	struct problem_list problems;
	static const struct {
		const char *code, *column;
	} columns[] = {
	    {"unit", "unit"},
	    {"project", "project"},
	    {"step", "step"},
	    {"occurred", "occurred"},
	    {"percent", "percent"},
	    {"again_by", "again_by"},
	    {"central", "中央资金（万元）"},
	    {"social", "social"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(columns); i++) {
		read_rows(COLUMNS, rows[0].row);
		problem_list_init(&problems);
		problem_add(&problems, PROBLEM_CELL_INVALID, SUBJECT_PROJECT, 0, columns[i].code);
		findings_add(&findings, &draft, &plan, &problems);
		EXPECT(findings.count == 1 && !strcmp(findings.items[0].column, columns[i].column), "row %zu: %s", i,
		       findings.items[0].column);
		EXPECT(findings.items[0].place.line == 2, "row %zu", i);
		draft_free(&draft);
	}
	assert_int_equal(sheet_column_at(NULL, "unit"), SIZE_MAX);
	assert_string_equal(sheet_column_name("again_by", LANGUAGE_CHINESE), "整改期限");
	assert_string_equal(sheet_column_name("unit", LANGUAGE_CHINESE), "单位");
	assert_string_equal(sheet_column_name("again_by", LANGUAGE_ENGLISH), "again_by");
	assert_string_equal(sheet_column_name("nothing", LANGUAGE_CHINESE), "nothing");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_registration), cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_bad_rows),     cmocka_unit_test(test_columns),
	    cmocka_unit_test(test_column_at),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
