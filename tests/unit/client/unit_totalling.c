/* What is shown of a total: what was asked for, and nothing of what the office's catalogue does not know. */
#include "case.h"
#include "plan.h"

#include "command/totalling.h"

#include <json.h>
#include <string.h>

/* A unit and the whole, each with a figure that was asked for and one of an indicator that nobody here knows.
 */
static uint32_t indicators[] = {HOUSEHOLDS, 999}, reported[] = {1, 1};
static int64_t values[] = {40, 7}, passed[] = {30, 7};
static struct fund_total funds[] = {
    {FUND_GRANTED, SOURCE_PROVINCE, USE_TRAINING, UNIT_COUNTY, 123456, 2},
    {FUND_RAISED, SOURCE_CENTRAL, 99, UNIT_TOWNSHIP, 100, 1}, /* a use of a newer plan */
};
static struct target_value targets[] = {{.year = 2013, .fund = FUND_RAISED, .value = 900, .revision = 1}};

#define ROW(code)                                                                                            \
	{                                                                                                        \
		.unit = (code), .indicator_count = 2, .indicators = indicators, .values = values,                    \
		.reported = reported, .approved = passed, .approved_reported = reported, .fund_count = COUNT(funds), \
		.funds = funds, .target_count = 1, .targets = targets                                                \
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

static const char *const json =
    "{\"unit\":220821103204,\"name\":\"西明嘎村\",\"indicators\":{\"households\":{\"total\":\"40\","
    "\"reported\":1,"
    "\"approved\":\"30\",\"approved_reported\":1}},"
    "\"funds\":[{\"kind\":\"granted\",\"source\":\"province\",\"use\":\"training\",\"level\":\"county\","
    "\"yuan\":\"1234.56\",\"entries\":2},"
    "{\"kind\":\"raised\",\"source\":\"central\",\"use\":\"\",\"level\":\"township\",\"yuan\":\"1.00\","
    "\"entries\":"
    "1}],"
    "\"fund_targets\":{\"raised\":{\"target\":\"9.00\",\"year\":2013}}}";
static const char *const by_rows =
    "indicator,name,measure,kind,total,approved,target,reached,until,expected,gap,forecast,values behind\n"
    "households,Households,households,stock,40,30,,,,,,,1\n";
static const char *const headline =
    "code,unit,people lifted,approved,target,reached,to pace,villages done,approved,target,reached,to pace,"
    "special funds raised,target,reached,money in,spent\n"
    "220821103204,西明嘎村,,,,,,,,,,,1.00,9.00,11.1%,,\n"
    "220821103,五棵树镇 total,,,,,,,,,,,1.00,9.00,11.1%,,\n";
static const char *const of_funds =
    "code,unit,kind,source,use,recorded at,yuan,entries\n"
    "220821103204,西明嘎村,granted,Provincial funds,Training,county,1234.56,2\n"
    "220821103204,西明嘎村,raised,Central funds,,township,1.00,1\n"
    "220821103,五棵树镇,granted,Provincial funds,Training,county,1234.56,2\n"
    "220821103,五棵树镇,raised,Central funds,,township,1.00,1\n";

/* The total as CSV, with its columns, or as JSON. */
static void
print(enum format format, enum unit_level by, size_t asked, bool is_of_funds, period from, char out[4096])
{
	struct command command;
	struct totalling t;
	char *text = NULL;
	size_t size = 0;
	begin(&command, &t, format);
	t.query.by = by;
	t.query.from = from;
	t.query.indicator_count = asked;
	t.indicators[0] = HOUSEHOLDS;
	t.query.indicators = t.indicators;
	t.funds = t.query.funds = is_of_funds;
	struct output output = {.format = format, .stream = open_memstream(&text, &size)};
	assert_non_null(output.stream);
	command.output = &output;
	assert_int_equal(totalling_print(&t, "total"), EXIT_DONE);
	fclose(output.stream);
	snprintf(out, 4096, "%s", text);
	free(text);
	end(&command, &t);
}

static void
test_json(void **state)
{
	char text[4096];
	(void)state;
	print(FORMAT_JSON, UNIT_VILLAGE, 0, false, 201301, text);
	struct json_object *o = json_tokener_parse(text);
	struct json_object *units = json_object_object_get(o, "units"),
	                   *whole = json_object_object_get(o, "whole");
	assert_int_equal(json_object_array_length(units), 1);
	struct json_object *unit = json_object_array_get_idx(units, 0), *expected = json_tokener_parse(json);
	EXPECT(json_object_equal(unit, expected), "%s", json_object_to_json_string(unit));
	json_object_put(expected);
	assert_int_equal(json_object_get_int64(json_object_object_get(whole, "unit")), TOWNSHIP);
	json_object_put(o);
}

static void
test_table(void **state)
{
	char text[4096];
	(void)state;
	print(FORMAT_CSV, UNIT_VILLAGE, 1, false, 201301, text);
	EXPECT(!strcmp(text, "code,unit,households,households_approved\n220821103204,西明嘎村,40,30\n"
	                     "220821103,五棵树镇 total,40,30\n"),
	       "by columns: %s", text);
	print(FORMAT_CSV, UNIT_NONE, 0, false, 201301, text);
	EXPECT(!strcmp(text, by_rows), "by rows: %s", text);
	print(FORMAT_CSV, UNIT_VILLAGE, 0, false, 201301, text);
	EXPECT(!strcmp(text, headline), "headline: %s", text);
	print(FORMAT_CSV, UNIT_VILLAGE, 0, false, 201302,
	      text); /* a part of the year is not measured by the year's target */
	EXPECT(!strstr(text, "11.1%") && strstr(text, ",1.00,9.00,,,\n"), "from February: %s", text);
	print(FORMAT_CSV, UNIT_VILLAGE, 0, true, 201301, text);
	EXPECT(!strcmp(text, of_funds), "funds: %s", text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_json), cmocka_unit_test(test_table)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
