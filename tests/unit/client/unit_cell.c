/* Cells: what each kind says to people and to programs, which numbers a spreadsheet holds exactly, what would
 * be taken for a formula, how wide a text is. */
#include "case.h"

#include "columns/cell.h"

#include <locale.h>
#include <string.h>

static void
test_show(void **state)
{
	const struct {
		struct cell cell;
		const char *people, *program;
	} cases[] = {
	    {{.kind = CELL_NONE}, "–", ""},
	    {cell_text("=1+1"), "=1+1", "=1+1"},
	    {cell_text(""), "", ""},
	    {cell_number(0, 0), "0", "0"},
	    {cell_number(80000000, 2), "800,000.00", "800000.00"},
	    {cell_number(-5, 2), "-0.05", "-0.05"},
	    {cell_number(1000000000000, 2), "10,000,000,000.00", "10000000000.00"},
	    {cell_figure(false, 7, 0), "–", ""},
	    {cell_figure(true, 0, 0), "0", "0"},
	    {cell_change(true, 1234, 0), "+1,234", "1234"},
	    {cell_change(true, 0, 0), "0", "0"},
	    {cell_change(true, -1234, 1), "-123.4", "-123.4"},
	    {cell_change(false, 1, 0), "–", ""},
	    {cell_share(true, 1, 2), "50.0%", "50.0%"},
	    {cell_share(true, 99999, 100000), "99.9%", "99.9%"}, /* not yet reached */
	    {cell_share(true, 3, 2), "150.0%", "150.0%"},
	    {cell_share(true, INT64_MAX, INT64_MAX), "100.0%", "100.0%"},
	    {cell_share(true, INT64_MAX, 5), "922337203685477580.7%", "922337203685477580.7%"},
	    {cell_share(true, INT64_MIN, 5), "-922337203685477580.8%", "-922337203685477580.8%"},
	    {cell_share(true, 1, 0), "–", ""},
	    {cell_share(false, 1, 2), "–", ""},
	    {cell_time(1372608000), "2013-07-01 00:00:00", "2013-07-01 00:00:00"}, /* UTC+08:00 */
	    {cell_time(INT64_MAX), "9999-12-31 23:59:59", "9999-12-31 23:59:59"},
	    {cell_time(0), "–", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char room[CELL_TEXT_BYTES];
		const char *text = cell_show(&cases[i].cell, false, room);
		EXPECT(!strcmp(text, cases[i].people), "row %zu: %s", i, text);
		text = cell_show(&cases[i].cell, true, room);
		EXPECT(!strcmp(text, cases[i].program), "row %zu, for programs: %s", i, text);
	}
}

static void
test_fits_double(void **state)
{
	static const struct {
		int64_t value;
		bool fits;
	} cases[] = {
	    {0, true},
	    {999999999999999, true},
	    {1000000000000000, false},
	    {-999999999999999, true},
	    {-1000000000000000, false},
	    {INT64_MAX, false},
	    {INT64_MIN, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cell cell = cell_number(cases[i].value, 2);
		EXPECT(cell_fits_double(&cell) == cases[i].fits, "row %zu", i);
	}
}

static void
test_formula(void **state)
{
	static const struct {
		const char *text;
		bool formula;
	} cases[] = {
	    {"", false},    {"=1", true},   {"+1", true},   {"-1", true}, {"@SUM(A1)", true}, {"\t=1", true},
	    {"\r=1", true}, {" =1", false}, {"a=1", false}, {"–", false}, {"长春市", false},  {"'=1", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(cell_is_formula_like(cases[i].text) == cases[i].formula, "row %zu", i);
}

static void
test_width(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
	    {"", 0},  {"abc", 3},    {"长春市", 6},   {"a长b", 4},
	    {"–", 1}, {"（元）", 6}, {"\xFF\xFF", 2}, {"长\xE9", 3},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(text_width(cases[i].text) == cases[i].width, "row %zu: %zu", i, text_width(cases[i].text));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_show), cmocka_unit_test(test_fits_double),
	                                          cmocka_unit_test(test_formula), cmocka_unit_test(test_width)};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
