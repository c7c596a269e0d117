/* The line that says how far something is: what it says, and that it never is wider than the terminal. */
#include "case.h"

#include "columns/cell.h"
#include "output/progress.h"

#include <locale.h>
#include <string.h>

static const struct progress_state some[] = {
    {"sent", "", 12, 64, 0, 4000000},
    {"已送", "", 12, 64, 0, 4000000},
    {"sent", "", 0, 64, 0, 0},
    {"sent", "", 64, 64, 60, 1000000},
    {"方案.pdf", "KiB", 1200, 20480, 200, 1000000},
    {"sent", "", 1, 1000000, 0, 1000000},
    {"sent", "", 70, 64, 0, 1000000},
    {"sent", "", 0, 0, 0, 0},
    {"sent", "", UINT64_MAX, UINT64_MAX, 0, 1},
    {"sent", "", 1, UINT64_MAX, 0, 1000000},
};

static void
test_text(void **state)
{
	char text[PROGRESS_BYTES];
	(void)state;
	assert_string_equal(progress_text(&some[0], LANGUAGE_ENGLISH, 45, text),
	                    "sent 12/64 [###-------------] 3.0/s 0:18 left");
	assert_string_equal(progress_text(&some[1], LANGUAGE_CHINESE, 43, text),
	                    "已送 12/64 [###-------------] 3.0/s 剩 0:18");
	assert_string_equal(progress_text(&some[2], LANGUAGE_ENGLISH, 32, text),
	                    "sent 0/64 [--------------------]");
	assert_string_equal(progress_text(&some[3], LANGUAGE_ENGLISH, 41, text),
	                    "sent 64/64 [############] 4.0/s 0:00 left");
	assert_string_equal(progress_text(&some[4], LANGUAGE_CHINESE, 59, text),
	                    "方案.pdf 1200/20480 KiB [--------------] 1000 KiB/s 剩 0:20");
	progress_text(&some[5], LANGUAGE_ENGLISH, 80, text);
	assert_non_null(strstr(text, "99:59:59 left"));
	/* Too narrow for a bar. */
	assert_string_equal(progress_text(&some[0], LANGUAGE_ENGLISH, 32, text), "sent 12/64 3.0/s 0:18 left");
}

static void
test_width(void **state)
{
	char text[PROGRESS_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(some); i++)
		for (size_t columns = 0; columns < 300; columns++) {
			progress_text(&some[i], LANGUAGE_CHINESE, columns, text);
			EXPECT(text_width(text) <= columns, "%zu: %zu columns: %s", i, columns, text);
		}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_width)};
	return setlocale(LC_CTYPE, "C.UTF-8") ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
