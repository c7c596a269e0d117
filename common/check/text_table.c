#include "text_table.h"

#include <string.h>

const char *
text_cell(const struct text_row *row, size_t column)
{
	return column < row->cell_count ? row->cells[column] : "";
}

enum text_mark
text_mark(const struct text_row *row, size_t column)
{
	return row->marks && column < row->cell_count ? (enum text_mark)row->marks[column] : TEXT_PLAIN;
}

enum problem_code
text_mark_problem(enum text_mark mark)
{
	static const enum problem_code codes[] = {[TEXT_ERROR] = PROBLEM_FORMULA_ERROR,
	                                          [TEXT_NOTHING] = PROBLEM_FORMULA_NOT_SAVED,
	                                          [TEXT_INEXACT] = PROBLEM_NUMBER_INEXACT,
	                                          [TEXT_SCALED] = PROBLEM_FORMAT_SCALED,
	                                          [TEXT_SHOWN] = PROBLEM_NONE};
	return codes[mark];
}

bool
text_row_is_empty(const struct text_row *row)
{
	for (size_t i = 0; i < row->cell_count; i++)
		if (*row->cells[i])
			return false;
	return true;
}

bool
text_fail(struct text_failure *failure, enum problem_code code, size_t line, const char *detail)
{
	struct problem problem;
	problem_detail(&problem, "%s", detail);
	*failure = (struct text_failure){.code = code, .line = line};
	memcpy(failure->detail, problem.detail, sizeof failure->detail);
	return false;
}

struct problem
text_failure_problem(const struct text_failure *failure)
{
	struct problem problem = {.code = failure->code, .limit = failure->limit};
	problem_detail(&problem, "%s", failure->detail);
	return problem;
}
