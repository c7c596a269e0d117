/* The table of problems: complete, in both languages, in order, and the same as in the .proto file and in
 * the protocol's document. */
#include "case.h"

#include "base/utf8.h"
#include "check/problem.h"
#include "field/calendar.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 64, CODES_MAX = 200 };

/* The whole file, NULL if it does not exist. */
static char *
file_text(const char *path)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	char *text = NULL;
	size_t size = 0;
	if (getdelim(&text, &size, 0, file) < 0) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

/* The offices' own codes have a block of numbers in the midst of those for the wire, and one behind them. */
static bool
is_own(enum problem_code code)
{
	return (code >= PROBLEM_FILE_UNREADABLE && code <= PROBLEM_FILE_CHANGED) || code >= PROBLEM_WORKBOOK_NONE;
}

static void
test_table(void **state)
{
	size_t count = 0;
	(void)state;
	for (; problem_at(count) != PROBLEM_NONE; count++) {
		enum problem_code code = problem_at(count);
		const char *name = problem_name(code);
		EXPECT(name && *name, "code %d", (int)code);
		EXPECT(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(name), "%s", name);
		EXPECT(!count || problem_at(count - 1) < code, "%s is out of order", name);
		EXPECT(problem_is_wire(code) || !problem_is_transient(code), "%s", name);
		EXPECT(problem_is_wire(code) == !is_own(code), "%s", name);
		for (size_t i = 0; i < count; i++)
			EXPECT(strcmp(problem_name(problem_at(i)), name) != 0, "%s stands twice", name);
	}
	assert_true(count > 50);
	assert_null(problem_name(PROBLEM_NONE));
	assert_null(problem_name((enum problem_code)6));
	assert_null(problem_name((enum problem_code)9999));
	assert_false(problem_is_wire(PROBLEM_NONE));
	assert_false(problem_is_transient((enum problem_code)9999));
}

/* Every placeholder is filled, in both languages, and no text is empty. */
static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; problem_at(i) != PROBLEM_NONE; i++) {
		struct problem p = {.code = problem_at(i), .limit = 201304, .actual = 7, .detail = "DETAIL"};
		char en[PROBLEM_TEXT_BYTES], zh[PROBLEM_TEXT_BYTES];
		const char *name = problem_name(p.code);
		EXPECT(*problem_text(&p, LANGUAGE_ENGLISH, en), "%s", name);
		EXPECT(*problem_text(&p, LANGUAGE_CHINESE, zh), "%s", name);
		EXPECT(strcmp(en, zh) != 0, "%s has one text for both languages", name);
		EXPECT(!strchr(en, '%') && !strchr(zh, '%'), "%s", name);
		EXPECT(utf8_is_plain(en) && utf8_is_plain(zh), "%s", name);
	}
}

/* Figures have separators and their decimals; months, days and counts of other things have not. */
static void
test_figures(void **state)
{
	static const char *const names[] = {"ROWS_TOO_MANY",      "VALUE_TOO_SMALL",    "VALUE_TOO_LARGE",
	                                    "PART_EXCEEDS_WHOLE", "TARGET_SHORT",       "BASE_EXCEEDED",
	                                    "BYTES_TOO_MANY",     "AMOUNT_NEGATIVE",    "AMOUNT_TOO_LARGE",
	                                    "BALANCE_EXCEEDED",   "GRANT_EXCEEDED",     "ALLOCATION_EXCEEDED",
	                                    "SENT_EXCEEDED",      "LOAN_EXCEEDED",      "REVERSAL_PARTIAL",
	                                    "BUDGET_EXCEEDED",    "PROJECT_MONEY_LEFT", "BUDGET_BELOW_GRANTED"};
	(void)state;
	for (size_t i = 0; problem_at(i) != PROBLEM_NONE; i++) {
		struct problem p = {.code = problem_at(i), .limit = 201304, .actual = 201305, .decimals = 2};
		char en[PROBLEM_TEXT_BYTES], zh[PROBLEM_TEXT_BYTES];
		const char *name = problem_name(p.code);
		problem_text(&p, LANGUAGE_ENGLISH, en);
		problem_text(&p, LANGUAGE_CHINESE, zh);
		bool is_figure = strstr(en, "2,013.04") || strstr(en, "2,013.05");
		EXPECT(is_figure == (strstr(zh, "2,013.04") || strstr(zh, "2,013.05")), "%s: %s", name, zh);
		bool expected = false;
		for (size_t k = 0; k < COUNT(names); k++)
			expected |= !strcmp(name, names[k]);
		EXPECT(is_figure == expected, "%s: %s", name, en);
	}
}

/* "    MALFORMED = 1;" lines of enum ProblemCode. */
static size_t
proto_codes(const char *text, char names[CODES_MAX][NAME_ROOM], int codes[CODES_MAX])
{
	size_t count = 0;
	const char *at = strstr(text, "enum ProblemCode {");
	assert_non_null(at);
	const char *end = strchr(at, '}');
	assert_non_null(end);
	for (at = strchr(at, '\n'); at && at < end; at = strchr(at + 1, '\n')) {
		assert_true(count < CODES_MAX);
		if (sscanf(at + 1, " %63[A-Z_] = %d", names[count], &codes[count]) == 2 && codes[count])
			count++;
	}
	return count;
}

static void
test_proto(void **state)
{
	static char names[CODES_MAX][NAME_ROOM];
	static int codes[CODES_MAX];
	char *text = file_text(PROTO_FILE);
	(void)state;
	assert_non_null(text);
	size_t count = proto_codes(text, names, codes), wire = 0;
	for (size_t i = 0; i < count; i++) {
		enum problem_code code = (enum problem_code)codes[i];
		const char *name = problem_name(code);
		EXPECT(name && problem_is_wire(code), "%s = %d of the .proto is not in the table", names[i],
		       codes[i]);
		EXPECT(!strcmp(name, names[i]), "%s = %d is %s in the table", names[i], codes[i], name);
	}
	for (size_t i = 0; problem_at(i) != PROBLEM_NONE; i++)
		wire += problem_is_wire(problem_at(i));
	EXPECT(wire == count, "%zu wire codes in the table, %zu in the .proto", wire, count);
	free(text);
}

/* Does `word` stand in `text` as a word of its own? */
static bool
has_word(const char *text, const char *word)
{
	size_t size = strlen(word);
	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		char before = at == text ? ' ' : at[-1], after = at[size];
		if (!isalnum((unsigned char)before) && before != '_' && !isalnum((unsigned char)after) &&
		    after != '_')
			return true;
	}
	return false;
}

/* A row of a table whose first cell is a code's number and whose second its name, in any order:
 * "| 42 | `PART_EXCEEDS_WHOLE` | …". Takes the first word of capitals and the first number. */
static bool
code_row(const char *line, const char *end, char name[NAME_ROOM], int *code)
{
	if (*line != '|')
		return false;
	*code = -1;
	*name = 0;
	int cells = 0;
	for (const char *at = line; at < end && cells < 2; at++) {
		if (*at != '|')
			continue;
		cells++;
		at += strspn(at + 1, " `*");
		if (isdigit((unsigned char)at[1])) {
			*code = atoi(at + 1);
		} else {
			size_t size = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
			bool alone = strchr(" `*|", at[1 + size]);
			if (size > 2 && size < NAME_ROOM && alone)
				snprintf(name, NAME_ROOM, "%.*s", (int)size, at + 1);
		}
	}
	return *name && *code >= 0;
}

static enum problem_code
code_named(const char *name)
{
	for (size_t i = 0; problem_at(i) != PROBLEM_NONE; i++)
		if (!strcmp(problem_name(problem_at(i)), name))
			return problem_at(i);
	return PROBLEM_NONE;
}

/* Every wire code's name stands in the document; its table of codes has no other name or number. */
static void
test_protocol_document(void **state)
{
	char *text = file_text(PROTOCOL_FILE);
	(void)state;
	if (!text)
		skip();
	for (size_t i = 0; problem_at(i) != PROBLEM_NONE; i++)
		if (problem_is_wire(problem_at(i)))
			EXPECT(has_word(text, problem_name(problem_at(i))), "%s is not in PROTOCOL.md",
			       problem_name(problem_at(i)));
	size_t rows = 0;
	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");
		char name[NAME_ROOM];
		int code;
		if (code_row(line, end, name, &code)) {
			EXPECT(code_named(name) == (enum problem_code)code, "PROTOCOL.md: %d %s", code, name);
			EXPECT(problem_is_wire((enum problem_code)code), "PROTOCOL.md: %s is not for the wire", name);
			rows++;
		}
		line = *end ? end + 1 : end;
	}
	print_message("PROTOCOL.md: %zu rows of codes\n", rows);
	free(text);
}

static void
test_rendering(void **state)
{
	static const struct {
		struct problem p;
		const char *en, *zh;
	} cases[] = {
	    {{.code = PROBLEM_PART_EXCEEDS_WHOLE,
	      .actual = 80000000,
	      .limit = 75000000,
	      .decimals = 2,
	      .detail = "补助到村资金"},
	     "800,000.00 exceeds 补助到村资金 750,000.00",
	     "800,000.00 超过 补助到村资金 750,000.00"},
	    {{.code = PROBLEM_VALUE_TOO_SMALL, .actual = -1, .limit = 0},
	     "-1 is less than the least allowed, 0",
	     "-1 小于下限 0"},
	    {{.code = PROBLEM_VALUE_TOO_LARGE, .actual = 12345, .limit = 10000, .decimals = 1},
	     "1,234.5 is more than the most allowed, 1,000.0",
	     "1,234.5 大于上限 1,000.0"},
	    {{.code = PROBLEM_PERIOD_FUTURE, .limit = 201304, .detail = "2013-05"},
	     "period 2013-05 has not begun (it is 2013-04 now)",
	     "期间 2013-05 尚未开始（现在是 2013-04）"},
	    {{.code = PROBLEM_UNIT_OUT_OF_SCOPE, .actual = 220821103204, .limit = 220881},
	     "unit 220821103204 is outside this office's scope, 220881",
	     "单位 220821103204 不在本单位管辖范围（220881）内"},
	    {{.code = PROBLEM_ROWS_TOO_MANY, .actual = 5001, .limit = 5000},
	     "the submission has 5,001 rows; at most 5,000 fit in one: split the files",
	     "报送共 5,001 行，一次最多 5,000 行：请分开报送"},
	    {{.code = PROBLEM_REVISION_CONFLICT, .actual = 1, .limit = 3},
	     "the centre's current revision is 3, this row says it replaces 1",
	     "中心现有版本为 3，本行声明替换的是 1"},
	    {{.code = PROBLEM_AMOUNT_NEGATIVE, .actual = -150, .limit = 0, .decimals = 2},
	     "-1.50 is negative: what was wrong is undone by an entry of kind reversed",
	     "-1.50 为负数：更正请用“冲销”"},
	    {{.code = PROBLEM_BALANCE_EXCEEDED,
	      .actual = 100001,
	      .limit = 100000,
	      .decimals = 2,
	      .detail = "220821 X"},
	     "1,000.01 exceeds what is on hand (220821 X), 1,000.00",
	     "1,000.01 超过在手余额（220821 X）1,000.00"},
	    {{.code = (enum problem_code)9999, .detail = "from a newer centre"},
	     "problem 9999: from a newer centre",
	     "problem 9999: from a newer centre"},
	};
	char text[PROBLEM_TEXT_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_string_equal(problem_text(&cases[i].p, LANGUAGE_ENGLISH, text), cases[i].en);
		assert_string_equal(problem_text(&cases[i].p, LANGUAGE_CHINESE, text), cases[i].zh);
	}
	/* More decimals than any indicator has: a hostile centre's, shown whole. */
	struct problem odd = {.code = PROBLEM_VALUE_TOO_LARGE, .decimals = UINT32_MAX, .actual = INT64_MIN};
	assert_true(*problem_text(&odd, LANGUAGE_ENGLISH, text));
}

static void
test_list(void **state)
{
	static struct problem_list list;
	(void)state;
	for (size_t i = 0; i < PROBLEMS_MAX + 3; i++) {
		struct problem *p = problem_add(&list, PROBLEM_VALUE_MISSING, SUBJECT_REPORT, i, "a_column");
		assert_non_null(p);
		assert_int_equal(p->index, i);
		p->actual = 1;
	}
	assert_int_equal(list.count, PROBLEMS_MAX);
	assert_int_equal(list.more, 3);
	assert_int_equal(list.items[PROBLEMS_MAX - 1].index, PROBLEMS_MAX - 1);
	assert_string_equal(list.items[0].column, "a_column");
	struct problem *only = problem_only(&list, PROBLEM_BUSY);
	assert_true(only == &list.items[0] && list.count == 1 && list.more == 0);
	assert_string_equal(only->column, "");
	assert_int_equal(only->actual, 0);
}

/* A detail that does not fit is cut between characters. */
static void
test_detail_cut(void **state)
{
	struct problem p = {0};
	char text[3 * PROBLEM_DETAIL_BYTES];
	(void)state;
	for (size_t lead = 0; lead < 4; lead++) {
		size_t used = lead;
		memset(text, 'x', lead);
		while (used + 4 < sizeof text) {
			memcpy(text + used, "镇", 3);
			used += 3;
		}
		text[used] = 0;
		problem_detail(&p, "%s", text);
		EXPECT(utf8_is_plain(p.detail), "%zu letters before", lead);
		EXPECT(strlen(p.detail) >= PROBLEM_DETAIL_BYTES - 8, "%zu letters before", lead);
	}
	memset(text, 'y', PROBLEM_DETAIL_BYTES - 1);
	text[PROBLEM_DETAIL_BYTES - 1] = 0;
	problem_detail(&p, "%s", text);
	assert_string_equal(p.detail, text); /* just fits */
	problem_detail(&p, "%s", "group \xFF of\x80 \xE5\x87");
	assert_string_equal(p.detail, "group ? of? "); /* what others sent may be anything */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_figures),
	    cmocka_unit_test(test_proto),
	    cmocka_unit_test(test_protocol_document),
	    cmocka_unit_test(test_rendering),
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_detail_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
