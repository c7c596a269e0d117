/* What is shown of a total: what was asked for, and nothing of what the office's catalogue does not know. */
#include "case.h"
#include "plan.h"

#include "totalling.h"

#include <string.h>

/* A unit and the whole, each with a figure that was asked for and one of an indicator that nobody here knows.
 */
static uint32_t indicators[] = {HOUSEHOLDS, 999}, reported[] = {1, 1};
static int64_t values[] = {40, 7};

#define ROW(code)                                                                                            \
	{                                                                                                        \
		.unit = (code), .indicator_count = 2, .indicators = indicators, .values = values,                    \
		.reported = reported, .approved = values, .approved_reported = reported                              \
	}

static struct unit_total rows[] = {ROW(VILLAGE), ROW(TOWNSHIP)};

static void
begin(struct command *command, struct totalling *t, enum format format)
{
	const struct total_answer answer = {.label = "test", .unit_count = COUNT(rows), .units = rows};
	*command = (struct command){.format = format};
	plan_make(&command->catalogue);
	*t = (struct totalling){.command = command};
	t->query = (struct total_query){.unit = TOWNSHIP, .from = 201301, .to = 201312, .by = UNIT_VILLAGE};
	follow_init(&t->follow);
	assert_true(follow_begin(&t->follow, &answer));
}

static void
end(struct command *command, struct totalling *t)
{
	follow_free(&t->follow);
	catalogue_free(&command->catalogue);
}

static void
test_json(void **state)
{
	struct command command;
	struct totalling t;
	(void)state;
	begin(&command, &t, FORMAT_JSON);
	struct json_object *o = totalling_unit_json(&t, &rows[0]), *figures, *figure;
	assert_true(json_object_object_get_ex(o, "indicators", &figures));
	assert_int_equal(json_object_object_length(figures), 1);
	assert_true(json_object_object_get_ex(figures, "households", &figure));
	json_object_put(o);
	end(&command, &t);
}

/* The table as CSV, with its columns. */
static void
print(enum unit_level by, size_t asked, char out[4096])
{
	struct command command;
	struct totalling t;
	char *text = NULL;
	size_t size = 0;
	begin(&command, &t, FORMAT_CSV);
	t.query.by = by;
	t.query.indicator_count = asked;
	t.indicators[0] = HOUSEHOLDS;
	struct output output = {.format = FORMAT_CSV, .stream = open_memstream(&text, &size)};
	assert_non_null(output.stream);
	command.output = &output;
	assert_int_equal(totalling_print(&t, "total"), EXIT_DONE);
	fclose(output.stream);
	snprintf(out, 4096, "%s", text);
	free(text);
	end(&command, &t);
}

static void
test_table(void **state)
{
	char text[4096];
	(void)state;
	print(UNIT_VILLAGE, 1, text);
	EXPECT(!strcmp(text, "code,unit,households,households_approved\n220821103204,西明嘎村,40,40\n"
	                     "220821103,五棵树镇 total,40,40\n"),
	       "by columns: %s", text);
	print(UNIT_NONE, 0, text);
	EXPECT(strstr(text, "\nhouseholds,") && !strstr(text, "999") && !strstr(text, ",7,"), "by rows: %s",
	       text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_json), cmocka_unit_test(test_table)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
