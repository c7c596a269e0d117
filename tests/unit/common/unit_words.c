/* Words of the field: each has a name in both languages, and is found again by either; nothing else is. */
#include "case.h"

#include "field/project.h"
#include "field/submission.h"

#include <string.h>

static const char *const nothing[] = {"", "none", "?", "无"};

/* The two names of each word of one kind, FIRST to LAST - 1, lead back to it. */
#define EXPECT_WORDS(type, first, last, parse, en, zh)                                                       \
	do {                                                                                                     \
		type found;                                                                                          \
		for (int i = (first); i < (last); i++) {                                                             \
			found = (type)0;                                                                                 \
			EXPECT(parse(en((type)i), &found) && (int)found == i, #type " %d by %s", i, en((type)i));        \
			found = (type)0;                                                                                 \
			EXPECT(parse(zh((type)i), &found) && (int)found == i, #type " %d by %s", i, zh((type)i));        \
			for (int k = (first); k < i; k++)                                                                \
				EXPECT(strcmp(en((type)i), en((type)k)) && strcmp(zh((type)i), zh((type)k)), #type " %d",    \
				       i);                                                                                   \
		}                                                                                                    \
		for (size_t i = 0; i < COUNT(nothing); i++) {                                                        \
			found = (type)77;                                                                                \
			EXPECT(!parse(nothing[i], &found) && (int)found == 77, #type " by '%s'", nothing[i]);            \
		}                                                                                                    \
	} while (0)

static void
test_words(void **state)
{
	(void)state;
	EXPECT_WORDS(enum return_reason, RETURN_WRONG_FIGURE, RETURN_REASONS, return_reason_parse,
	             return_reason_name, return_reason_name_zh);
	EXPECT_WORDS(enum review_state, REVIEW_SENT, REVIEW_STATES, review_state_parse, review_state_name,
	             review_state_name_zh);
	EXPECT_WORDS(enum deadline_event, DEADLINE_OPEN, DEADLINE_EVENTS, deadline_event_parse,
	             deadline_event_name, deadline_event_name_zh);
	EXPECT_WORDS(enum fund_kind, FUND_RAISED, FUND_KINDS, fund_kind_parse, fund_kind_name, fund_kind_name_zh);
	EXPECT_WORDS(enum project_step, PROJECT_REGISTER, PROJECT_STEPS, project_step_parse, project_step_name,
	             project_step_name_zh);
	EXPECT_WORDS(enum project_state, PROJECT_PLANNED, PROJECT_STATES, project_state_parse, project_state_name,
	             project_state_name_zh);
	EXPECT_WORDS(enum project_system, SYSTEM_LEGAL_PERSON, PROJECT_SYSTEMS, project_system_parse,
	             project_system_name, project_system_name_zh);
	assert_string_equal(decision_name(DECISION_PASS), "pass");
	assert_string_equal(decision_name(DECISION_RETURN), "return");
	assert_string_equal(decision_name(DECISION_TAKE), "take");
}

/* The codes of IATI's list of transaction types; what is undone has none. */
static void
test_iati(void **state)
{
	static const struct {
		enum fund_kind kind;
		char code; /* 0: none */
	} rows[] = {
	    {FUND_RAISED, '1'},     {FUND_RECEIVED, '1'}, {FUND_ALLOCATED, '2'}, {FUND_GRANTED, '2'},
	    {FUND_SENT_DOWN, '3'},  {FUND_RETURNED, '3'}, {FUND_SPENT, '4'},     {FUND_REPAID, '6'},
	    {FUND_REIMBURSED, '7'}, {FUND_REVERSED, 0},   {FUND_WITHDRAWN, 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		EXPECT(fund_kind_iati(rows[i].kind)[0] == rows[i].code, "row %zu: %s", i,
		       fund_kind_iati(rows[i].kind));
}

/* "code@unit": the code, and who registered it. */
static void
test_project_names(void **state)
{
	static const struct {
		const char *name;
		size_t length;
		unit_code owner; /* 0: not said; -1: said in a way that is none */
	} rows[] = {
	    {"产业-1", 8, 0},
	    {"a@220821", 1, 220821},
	    {"", 0, 0},
	    {"a@", 1, -1},
	    {"a@x", 1, -1},
	    {"@220821", 0, 220821},
	    {"a@b@22", 1, -1},
	    {"a@0", 1, -1},
	    {"a@123456789012345", 1, INT64_C(123456789012345)},
	    {"a@1234567890123456", 1, -1},
	    {"a@22x", 1, -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct project_name name = project_name_of(rows[i].name);
		EXPECT(name.length == rows[i].length && name.owner == rows[i].owner, "row %zu: %zu, %d", i,
		       name.length, (int)name.owner);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_iati),
	                                          cmocka_unit_test(test_project_names)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
