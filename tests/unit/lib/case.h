/* What every unit test includes: cmocka, and a check that says which case of a table failed. */
#ifndef FUPIN_TESTS_CASE_H
#define FUPIN_TESTS_CASE_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Fails with a printf text that names the case. */
#define EXPECT(condition, ...)                                                                               \
	do {                                                                                                     \
		if (!(condition)) {                                                                                  \
			print_error("case: " __VA_ARGS__);                                                               \
			print_error("\n");                                                                               \
			fail_msg("not true: %s", #condition);                                                            \
		}                                                                                                    \
	} while (0)

#endif
