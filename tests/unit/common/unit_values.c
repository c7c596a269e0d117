/* The small values that everything is made of: unit codes, fixed-point numbers, UTF-8, submission ids and
 * digests. Periods and dates are in unit_calendar. */
#include "case.h"

#include "base/bounds.h"
#include "base/decimal.h"
#include "base/grow.h"
#include "base/utf8.h"
#include "field/calendar.h"
#include "field/deadline.h"
#include "field/submission.h"
#include "field/unit.h"
#include "keys/identity.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- unit codes */

static void
test_unit_levels(void **state)
{
	static const struct {
		unit_code code;
		enum unit_level level;
	} cases[] = {
	    {INT64_MIN, UNIT_NONE},
	    {-22, UNIT_NONE},
	    {0, UNIT_NONE},
	    {9, UNIT_NONE},
	    {10, UNIT_PROVINCE},
	    {99, UNIT_PROVINCE},
	    {100, UNIT_NONE},
	    {999, UNIT_NONE},
	    {1000, UNIT_PREFECTURE},
	    {9999, UNIT_PREFECTURE},
	    {10000, UNIT_NONE},
	    {99999, UNIT_NONE},
	    {100000, UNIT_COUNTY},
	    {999999, UNIT_COUNTY},
	    {1000000, UNIT_NONE},
	    {99999999, UNIT_NONE},
	    {100000000, UNIT_TOWNSHIP},
	    {999999999, UNIT_TOWNSHIP},
	    {1000000000, UNIT_NONE},
	    {99999999999, UNIT_NONE},
	    {100000000000, UNIT_VILLAGE},
	    {999999999999, UNIT_VILLAGE},
	    {1000000000000, UNIT_NONE},
	    {INT64_MAX, UNIT_NONE},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(unit_level_of(cases[i].code) == cases[i].level, "code %" PRId64, cases[i].code);
}

static void
test_unit_ancestors(void **state)
{
	static const unit_code chain[] = {0, 22, 2208, 220821, 220821103, 220821103204};
	(void)state;
	for (int own = UNIT_PROVINCE; own <= UNIT_VILLAGE; own++)
		for (int level = UNIT_NONE; level <= UNIT_VILLAGE; level++) {
			unit_code expected = level && level <= own ? chain[level] : 0;
			EXPECT(unit_ancestor(chain[own], (enum unit_level)level) == expected, "%" PRId64 " at level %d",
			       chain[own], level);
		}
	assert_int_equal(unit_ancestor(12345, UNIT_PROVINCE), 0);
	assert_int_equal(unit_county(220821103204), 220821);
	assert_int_equal(unit_county(220821103), 220821);
	assert_int_equal(unit_county(220821), 220821);
	assert_int_equal(unit_county(2208), 2208);
	assert_int_equal(unit_county(22), 22);
}

static void
test_unit_within(void **state)
{
	static const struct {
		unit_code code, top;
		bool within;
	} cases[] = {
	    {220821103204, 22, true},
	    {220821103204, 2208, true},
	    {220821103204, 220821, true},
	    {220821103204, 220821103, true},
	    {220821103204, 220821103204, true},
	    {220821103204, 220821103205, false},
	    {220821103204, 220821104, false},
	    {220821103204, 220822, false},
	    {220821103204, 2207, false},
	    {220821103204, 23, false},
	    {22, 2208, false}, /* above is not within */
	    {220821, 220821103, false},
	    {22, 0, true},
	    {220821103204, 0, true},
	    {0, 22, false},
	    {-220821, 22, false},
	    {220821, 220, false}, /* no unit has three digits */
	    {220821, 22082, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(unit_within(cases[i].code, cases[i].top) == cases[i].within, "%" PRId64 " in %" PRId64,
		       cases[i].code, cases[i].top);
}

static void
test_unit_parse(void **state)
{
	static const struct {
		const char *text;
		unit_code code; /* 0: refused */
	} cases[] = {
	    {"22", 22},
	    {"2208", 2208},
	    {"220821", 220821},
	    {"220821103", 220821103},
	    {"220821103204", 220821103204},
	    {"", 0},
	    {"2", 0},
	    {"220", 0},
	    {"22082", 0},
	    {"2208211", 0},
	    {"2208211032", 0},
	    {"2208211032045", 0},
	    {"99999999999999999999", 0},
	    {"022", 0},
	    {"0220", 0},
	    {" 22", 22},
	    {"22\u00A0", 22},
	    {"\u200B220821\u3000", 220821},
	    {"2208\u200B21", 220821},
	    {"22 0821", 0},
	    {"22\u00A00821", 0},
	    {"+22", 0},
	    {"-22", 0},
	    {"22.", 0},
	    {"220821x", 0},
	    {"２２", 22},
	    {"２２０８２１", 220821},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unit_code code = -1;
		bool good = unit_parse(cases[i].text, &code);
		EXPECT(good == (cases[i].code != 0), "\"%s\"", cases[i].text);
		EXPECT(code == (good ? cases[i].code : -1), "\"%s\" gave %" PRId64, cases[i].text, code);
	}
}

static void
test_level_and_kind_names(void **state)
{
	(void)state;
	for (int level = UNIT_PROVINCE; level <= UNIT_VILLAGE; level++) {
		enum unit_level en = UNIT_NONE, zh = UNIT_NONE;
		assert_true(unit_level_parse(unit_level_name((enum unit_level)level), &en));
		assert_true(unit_level_parse(unit_level_name_zh((enum unit_level)level), &zh));
		assert_int_equal(en, level);
		assert_int_equal(zh, level);
	}
	enum unit_level level;
	assert_false(unit_level_parse("", &level));
	assert_false(unit_level_parse("County", &level));
	for (int kind = FUND_RAISED; kind < FUND_KINDS; kind++) {
		enum fund_kind en = FUND_KIND_NONE, zh = FUND_KIND_NONE;
		assert_true(fund_kind_parse(fund_kind_name((enum fund_kind)kind), &en));
		assert_true(fund_kind_parse(fund_kind_name_zh((enum fund_kind)kind), &zh));
		assert_int_equal(en, kind);
		assert_int_equal(zh, kind);
	}
	enum fund_kind kind;
	assert_false(fund_kind_parse("", &kind));
	assert_false(fund_kind_parse("Raised", &kind));
}

/* ---------------------------------------------------------------- numbers */

static const struct {
	const char *text;
	int decimals;
	bool good;
	int64_t value;
} decimal_cases[] = {
    {"0", 0, true, 0},
    {"-0", 0, true, 0},
    {"12", 0, true, 12},
    {"+12", 0, true, 12},
    {"-12", 0, true, -12},
    {"007", 0, true, 7},
    {"12", 2, true, 1200},
    {"12.3", 2, true, 1230},
    {"12.34", 2, true, 1234},
    {"-0.01", 2, true, -1},
    {"12.340", 2, true, 1234}, /* further zeros change nothing */
    {"12.345", 2, false, 0},
    {"12.0", 0, true, 12},
    {"12.1", 0, false, 0},
    {"0.0001", 4, true, 1},
    {"800,000.00", 2, true, 80000000},
    {"1,234,567", 0, true, 1234567},
    {"-1,234", 0, true, -1234},
    {"12,34", 0, false, 0},
    {"1234,567", 0, false, 0},
    {"1,2345", 0, false, 0},
    {"1,23", 0, false, 0},
    {"1,", 0, false, 0},
    {",123", 0, false, 0},
    {"1,,234", 0, false, 0},
    {"1,234,56", 0, false, 0},
    {"1,234567", 0, false, 0},
    {"1.234,5", 4, false, 0},
    {"１２，３４５．６７", 2, true, 1234567},
    {"－５", 0, true, -5},
    {"＋５", 0, true, 5},
    {"３5", 0, true, 35},
    {"", 0, false, 0},
    {"-", 0, false, 0},
    {".5", 1, false, 0},
    {"--5", 0, false, 0},
    {"+-5", 0, false, 0},
    {" 5", 0, true, 5},
    {"5\u00A0", 0, true, 5},
    {"\uFEFF5", 0, true, 5},
    {"1 000", 0, false, 0},
    {"1\u00A0000", 0, false, 0},
    {"5元", 0, false, 0},
    {"1e3", 0, false, 0},
    {"0x10", 0, false, 0},
    {"1.2.3", 4, false, 0},
    {"五", 0, false, 0},
    {"nan", 0, false, 0},
    {"\xEF\xBC", 0, false, 0}, /* half of a full-width digit */
    {"9223372036854775807", 0, true, INT64_MAX},
    {"9223372036854775808", 0, false, 0},
    {"-9223372036854775807", 0, true, -INT64_MAX},
    {"-9223372036854775809", 0, false, 0},
    {"9,223,372,036,854,775,807", 0, true, INT64_MAX},
    {"92233720368547758.07", 2, true, INT64_MAX},
    {"92233720368547758.08", 2, false, 0},
    {"92233720368547759", 2, false, 0},
    {"18446744073709551616", 0, false, 0},
    {"99999999999999999999999999999999999999", 0, false, 0},
};

/* Whatever number somebody sent as a time is shown as one. */
static void
test_any_moment(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text, *deadline;
	} cases[] = {
	    {0, "1970-01-01 08:00:00", "1970-01-01 08:00"},
	    {-1, "1970-01-01 07:59:59", "1970-01-01 07:59"},
	    {-8 * 3600, "1970-01-01 00:00:00", "1969-12-31 24:00"},
	    {-8 * 3600 - 1, "1969-12-31 23:59:59", "1969-12-31 23:59"},
	    {INT64_C(-2208988800), "1900-01-01 08:00:00", "1900-01-01 08:00"},
	    {INT64_C(-62135596800), "0001-01-01 08:00:00", "0001-01-01 08:00"},
	    {INT64_C(-62135596801), "0001-01-01 08:00:00", "0001-01-01 08:00"},
	    {INT64_C(253402271999), "9999-12-31 23:59:59", "9999-12-31 23:59"},
	    {INT64_C(253402272000), "9999-12-31 23:59:59", "9999-12-31 23:59"},
	    {INT64_C(1) << 62, "9999-12-31 23:59:59", "9999-12-31 23:59"},
	    {INT64_MAX, "9999-12-31 23:59:59", "9999-12-31 23:59"},
	    {INT64_MIN, "0001-01-01 08:00:00", "0001-01-01 08:00"},
	};
	static const int64_t us[] = {INT64_MAX, INT64_MIN, INT64_C(1) << 62, -1, 0};
	static const char *const us_texts[] = {"9999-12-31 23:59:59", "0001-01-01 08:00:00",
	                                       "9999-12-31 23:59:59", "1970-01-01 07:59:59",
	                                       "1970-01-01 08:00:00"};
	char text[20], deadline[DEADLINE_TEXT_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		seconds_format(cases[i].seconds, text);
		EXPECT(!strcmp(text, cases[i].text), "%" PRId64 ": %s", cases[i].seconds, text);
		deadline_format(cases[i].seconds, deadline);
		EXPECT(!strcmp(deadline, cases[i].deadline), "%" PRId64 ": %s", cases[i].seconds, deadline);
	}
	for (size_t i = 0; i < COUNT(us); i++) {
		time_format(us[i], text);
		EXPECT(!strcmp(text, us_texts[i]), "%" PRId64 ": %s", us[i], text);
	}
}

static void
test_decimal_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(decimal_cases); i++) {
		int64_t value = 77;
		bool good = decimal_parse(decimal_cases[i].text, decimal_cases[i].decimals, &value);
		EXPECT(good == decimal_cases[i].good, "\"%s\", %d decimals", decimal_cases[i].text,
		       decimal_cases[i].decimals);
		EXPECT(value == (good ? decimal_cases[i].value : 77), "\"%s\" gave %" PRId64, decimal_cases[i].text,
		       value);
	}
}

static void
test_decimal_format(void **state)
{
	static const struct {
		int64_t value;
		int decimals;
		const char *text, *plain;
	} cases[] = {
	    {0, 0, "0", "0"},
	    {0, 2, "0.00", "0.00"},
	    {5, 2, "0.05", "0.05"},
	    {-5, 2, "-0.05", "-0.05"},
	    {100, 2, "1.00", "1.00"},
	    {999, 0, "999", "999"},
	    {1000, 0, "1,000", "1000"},
	    {-1000, 0, "-1,000", "-1000"},
	    {99999, 2, "999.99", "999.99"},
	    {100000, 2, "1,000.00", "1000.00"},
	    {80000000, 2, "800,000.00", "800000.00"},
	    {1234567, 4, "123.4567", "123.4567"},
	    {INT64_MAX, 0, "9,223,372,036,854,775,807", "9223372036854775807"},
	    {INT64_MIN, 2, "-92,233,720,368,547,758.08", "-92233720368547758.08"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[DECIMAL_TEXT_BYTES], plain[DECIMAL_TEXT_BYTES];
		int64_t back;
		assert_string_equal(decimal_format(cases[i].value, cases[i].decimals, text), cases[i].text);
		assert_string_equal(decimal_plain(cases[i].value, cases[i].decimals, plain), cases[i].plain);
		if (cases[i].value == INT64_MIN)
			continue;
		assert_true(decimal_parse(text, cases[i].decimals, &back));
		assert_true(back == cases[i].value);
		assert_true(decimal_parse(plain, cases[i].decimals, &back));
		assert_true(back == cases[i].value);
	}
}

/* 570 million yuan is 57,000,000,000 fen, to the fen. */
static void
test_bounded_sums(void **state)
{
	static const struct {
		int64_t a, b, sum, difference;
	} cases[] = {
	    {3, 4, 7, -1},
	    {INT64_MAX, 1, INT64_MAX, INT64_MAX - 1},
	    {INT64_MIN, -1, INT64_MIN, INT64_MIN + 1},
	    {INT64_MAX, -1, INT64_MAX - 1, INT64_MAX},
	    {INT64_MIN, 1, INT64_MIN + 1, INT64_MIN},
	    {0, INT64_MIN, INT64_MIN, INT64_MAX},
	    {-1, INT64_MIN, INT64_MIN, INT64_MAX},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(decimal_add(cases[i].a, cases[i].b) == cases[i].sum &&
		           decimal_subtract(cases[i].a, cases[i].b) == cases[i].difference,
		       "row %zu", i);
}

static void
test_money(void **state)
{
	int64_t fen = 0;
	char text[DECIMAL_TEXT_BYTES];
	(void)state;
	assert_true(decimal_parse("570,000,000", MONEY_DECIMALS, &fen));
	assert_true(fen == INT64_C(57000000000));
	assert_true(decimal_parse("0.01", MONEY_DECIMALS, &fen));
	assert_true(fen == 1);
	assert_false(decimal_parse("0.001", MONEY_DECIMALS, &fen));
	assert_true(decimal_parse("10,000,000,000.00", MONEY_DECIMALS, &fen));
	assert_true(fen == VALUE_MAX);
	assert_string_equal(decimal_format(VALUE_MAX, MONEY_DECIMALS, text), "10,000,000,000.00");
	/* What a double would lose. */
	assert_true(decimal_parse("90071992547409.93", MONEY_DECIMALS, &fen));
	assert_true(fen == INT64_C(9007199254740993));
}

/* ---------------------------------------------------------------- text */

static void
test_utf8(void **state)
{
	static const struct {
		const char *text;
		bool valid, plain;
	} cases[] = {
	    {"", true, true},
	    {"abc", true, true},
	    {"镇赉县", true, true},
	    {"\xC2\xA0", true, true}, /* lowest printable of two bytes */
	    {"\xDF\xBF", true, true},
	    {"\xE0\xA0\x80", true, true},
	    {"\xED\x9F\xBF", true, true}, /* U+D7FF */
	    {"\xEE\x80\x80", true, true}, /* U+E000 */
	    {"\xEF\xBF\xBD", true, true},
	    {"\xF0\x90\x80\x80", true, true},
	    {"\xF4\x8F\xBF\xBF", true, true}, /* U+10FFFF */
	    {"\xF4\x90\x80\x80", false, false},
	    {"\xF5\x80\x80\x80", false, false},
	    {"\xFF", false, false},
	    {"\xFE", false, false},
	    {"\x80", false, false},
	    {"\xBF", false, false},
	    {"\xC0\x80", false, false}, /* overlong NUL */
	    {"\xC1\xBF", false, false},
	    {"\xE0\x9F\xBF", false, false},
	    {"\xF0\x8F\xBF\xBF", false, false},
	    {"\xED\xA0\x80", false, false}, /* surrogates */
	    {"\xED\xBF\xBF", false, false},
	    {"\xC2", false, false}, /* cut off */
	    {"\xE9\x95", false, false},
	    {"\xF0\x90\x80", false, false},
	    {"\xE9\x95"
	     "a",
	     false, false},
	    {"\xC2\xC2", false, false},
	    {"ab\xE9\x95\x87\xE8", false, false},
	    {"a\tb", true, false},
	    {"a\nb", true, false},
	    {"\x1F", true, false},
	    {"\x1B[2J", true, false},
	    {"\x7F", true, false},
	    {"\xC2\x80", true, false}, /* C1 controls are controls, too */
	    {"\xC2\x9B", true, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		EXPECT(utf8_valid(cases[i].text, strlen(cases[i].text)) == cases[i].valid, "valid, row %zu", i);
		EXPECT(utf8_is_plain(cases[i].text) == cases[i].plain, "plain, row %zu", i);
	}
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[64];
		snprintf(text, sizeof text, "%s", cases[i].text);
		utf8_mend(text);
		EXPECT(utf8_valid(text, strlen(text)), "mended, row %zu", i);
		EXPECT(!cases[i].valid || !strcmp(text, cases[i].text), "mended without need, row %zu", i);
	}
	assert_true(utf8_valid("\0", 1));
	assert_false(utf8_valid("\xE9\x95\x87", 2)); /* the length counts, not the NUL */
}

static void
test_utf8_trim(void **state)
{
	static const char *const cases[][2] = {
	    {"", ""},
	    {" \t\r\n\u00A0\u3000\u200B\uFEFF", ""},
	    {"a", "a"},
	    {"\u2003a b\u2028", "a b"},
	    {"\u200E镇\u00A0赉\u202C", "镇\u00A0赉"},
	    {"a\xFF ", "a\xFF"},
	    {"\x1B", "\x1B"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t size;
		const char *text = utf8_trim(cases[i][0], &size);
		EXPECT(size == strlen(cases[i][1]) && !memcmp(text, cases[i][1], size), "row %zu", i);
	}
}

/* Spellings of one text, and what is another one. */
static void
test_utf8_key(void **state)
{
	static const char *const cases[][2] = {
	    {"凭-1", "凭-1"},
	    {"凭－1", "凭-1"},
	    {"凭-１", "凭-1"},
	    {"凭-1\u200B", "凭-1"},
	    {"凭‐1", "凭-1"},
	    {"凭—1", "凭-1"},
	    {"凭−1", "凭-1"},
	    {"\uFEFF凭-1 ", "凭-1"},
	    {"PZ-1", "PZ-1"},
	    {"ＰＺ-1", "PZ-1"},
	    {"pz-1", "pz-1"},
	    {"PZ-01", "PZ-01"},
	    {"PZ  1", "PZ 1"},
	    {"PZ\u00A0\u30001", "PZ 1"},
	    {"PZ 1", "PZ 1"},
	    {" PZ", "PZ"},
	    {"PZ ", "PZ"},
	    {"一", "一"},
	    {"ー", "ー"},
	    {"吉财农指〔2013〕12号", "吉财农指〔2013〕12号"},
	    {"e\u0301", "\u00E9"},
	    {"\xFF\xFE", "\xFF\xFE"},
	    {"", ""},
	    {"\u200B", ""},
	    {"a\tb", "a b"},
	};
	char room[UTF8_KEY_BYTES], long_text[2 * UTF8_KEY_BYTES + 1] = "";
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *key = utf8_key(cases[i][0], room);
		EXPECT(!strcmp(key, cases[i][1]), "row %zu, %s: %s", i, cases[i][0], key);
	}
	assert_true(utf8_same_key("凭－１", "凭-1"));
	/* What is its own key is not copied; characters at the ends of what is taken so, and what is cut off. */
	static const char *const own[] = {"PZ-1", "凭-1", "a 凭", "\u4000\u9FFF", "凭 证-1"},
	                         *const others[] = {"凭 ",    " 凭",    "凭  证",  "\uF900",
	                                            "\uFF10", "凭\xE5", "\xE5\x87"};
	for (size_t i = 0; i < COUNT(own); i++)
		EXPECT(utf8_key(own[i], room) == own[i], "own, row %zu", i);
	for (size_t i = 0; i < COUNT(others); i++) {
		const char *key = utf8_key(others[i], room);
		EXPECT(key == room || !utf8_valid(others[i], strlen(others[i])), "other, row %zu", i);
	}
	assert_string_equal(utf8_key("\uF900", room), "\u8C48");
	assert_false(utf8_same_key("PZ-1", "pz-1"));
	for (size_t i = 0; i + 2 < sizeof long_text; i += 2)
		memcpy(long_text + i, "\u00E9", 3);
	assert_ptr_equal(utf8_key(long_text, room), long_text);
	for (size_t size = UTF8_KEY_BYTES - 12; size < UTF8_KEY_BYTES + 12; size += 2) {
		long_text[size] = 0;
		utf8_key(long_text, room); /* at the bound: nothing is written beyond it */
		memcpy(long_text + size, "\u00E9", 2);
	}
}

static void
test_utf8_show(void **state)
{
	static const char *const cases[][2] = {
	    {"通榆县 a", "通榆县 a"},
	    {"\x1B[2J", "␛[2J"},
	    {"a\nb\tc\x7F", "a␊b␉c␡"},
	    {"220822\u00A0", "220822<U+00A0>"},
	    {"\u202Eabc\u200B", "<U+202E>abc<U+200B>"},
	    {"\xC2\x9B\u3000", "<U+009B>\u3000"},
	    {"a\xFFz", "a\uFFFDz"},
	};
	static const char blanks[] = "说\u00A0明\u3000";
	char out[64], small[6];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(!strcmp(utf8_show(cases[i][0], UTF8_BLANKS, out, sizeof out), cases[i][1]), "row %zu: %s", i,
		       out);
	assert_ptr_equal(utf8_show(cases[0][0], UTF8_BLANKS, out, sizeof out), cases[0][0]);
	assert_ptr_equal(utf8_show(blanks, UTF8_SAFE, out, sizeof out), blanks);
	assert_string_equal(utf8_show("\x1B"
	                              "ab县城",
	                              UTF8_SAFE, small, sizeof small),
	                    "␛ab");
	assert_string_equal(utf8_show("a\u200B", UTF8_SAFE, small, sizeof small), "a");
}

/* ---------------------------------------------------------------- identity */

static void
test_id_new(void **state)
{
	static const int64_t moments_us[] = {0, 999, 1000, INT64_C(1365955200123456),
	                                     INT64_C(281474976710655999)};
	(void)state;
	for (size_t i = 0; i < COUNT(moments_us); i++) {
		struct submission_id id = submission_id_new(moments_us[i]), back;
		struct submission_id other = submission_id_new(moments_us[i]);
		uint64_t ms = 0;
		char text[ID_TEXT_BYTES];
		assert_true(submission_id_valid(&id));
		for (int byte = 0; byte < 6; byte++)
			ms = ms << 8 | id.bytes[byte];
		assert_true(ms == (uint64_t)moments_us[i] / 1000);
		assert_false(submission_id_equal(&id, &other));
		assert_int_equal(strlen(submission_id_format(&id, text)), ID_TEXT_BYTES - 1);
		assert_true(text[14] == '7' && strchr("89ab", text[19]));
		assert_true(submission_id_parse(text, &back));
		assert_true(submission_id_equal(&id, &back));
	}
}

static void
test_id_text(void **state)
{
	/* RFC 9562, appendix A.6. */
	static const struct submission_id rfc = {
	    {0x01, 0x7F, 0x22, 0xE2, 0x79, 0xB0, 0x7C, 0xC3, 0x98, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F}};
	static const char *const bad[] = {
	    "",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
	    "017f22e279b07cc398c4dc0c0c07398f",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
	    "017f22e2 79b0-7cc3-98c4-dc0c0c07398f",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c0739-f",
	    "01-7f-22-e2-79b07cc398c4dc0c0c07398f", /* dashes elsewhere */
	    "----017f22e279b07cc398c4dc0c0c07398f",
	    "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
	};
	struct submission_id id = rfc;
	char text[ID_TEXT_BYTES];
	(void)state;
	assert_true(submission_id_valid(&rfc));
	assert_string_equal(submission_id_format(&rfc, text), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	assert_true(submission_id_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", &id));
	assert_true(submission_id_equal(&id, &rfc));
	for (size_t i = 0; i < COUNT(bad); i++)
		EXPECT(!submission_id_parse(bad[i], &id), "\"%s\"", bad[i]);
	assert_true(submission_id_equal(&id, &rfc)); /* untouched by failures */
	/* Other versions and variants are not ours. */
	static const uint8_t version_bytes[] = {0x0C, 0x1C, 0x4C, 0x6C, 0x8C, 0xFC};
	static const uint8_t variant_bytes[] = {0x18, 0x58, 0xD8, 0xF8};
	for (size_t i = 0; i < COUNT(version_bytes); i++) {
		id = rfc;
		id.bytes[6] = version_bytes[i];
		EXPECT(!submission_id_valid(&id), "version byte %02x", version_bytes[i]);
	}
	for (size_t i = 0; i < COUNT(variant_bytes); i++) {
		id = rfc;
		id.bytes[8] = variant_bytes[i];
		EXPECT(!submission_id_valid(&id), "variant byte %02x", variant_bytes[i]);
	}
}

static void
test_digest(void **state)
{
	char text[DIGEST_TEXT_BYTES];
	struct digest empty = digest_of("", 0), abc = digest_of("abc", 3);
	(void)state;
	assert_string_equal(digest_format(&empty, text),
	                    "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	assert_string_equal(digest_format(&abc, text),
	                    "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	assert_false(digest_equal(&empty, &abc));
	struct digest again = digest_of("abc", 3);
	assert_true(digest_equal(&again, &abc));
	again.bytes[DIGEST_BYTES - 1] ^= 1;
	assert_false(digest_equal(&again, &abc));
}

/* ---------------------------------------------------------------- arrays that grow */

static void
test_grow(void **state)
{
	enum { COUNT_MAX = 100000 };
	uint64_t *numbers = NULL;
	size_t room = 0, moves = 0;
	(void)state;
	for (size_t i = 0; i < COUNT_MAX; i++) {
		size_t before = room;
		assert_true(grow(&numbers, &room, i + 1, sizeof *numbers));
		EXPECT(room > i && (room == before || room >= 2 * before), "%zu: %zu after %zu", i, room, before);
		moves += room != before;
		numbers[i] = i * i;
	}
	assert_true(moves < 20);
	size_t many = 3 * room;
	assert_true(grow(&numbers, &room, many, sizeof *numbers)); /* many at once */
	assert_int_equal(room, many);
	for (size_t i = 0; i < COUNT_MAX; i++)
		EXPECT(numbers[i] == i * i, "%zu", i);
	const uint64_t *same = numbers;
	assert_false(grow(&numbers, &room, SIZE_MAX / sizeof *numbers + 2,
	                  sizeof *numbers)); /* more bytes than can be counted */
	assert_true(numbers == same && room == many);
	free(numbers);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unit_levels),
	    cmocka_unit_test(test_unit_ancestors),
	    cmocka_unit_test(test_unit_within),
	    cmocka_unit_test(test_unit_parse),
	    cmocka_unit_test(test_level_and_kind_names),
	    cmocka_unit_test(test_any_moment),
	    cmocka_unit_test(test_decimal_parse),
	    cmocka_unit_test(test_decimal_format),
	    cmocka_unit_test(test_bounded_sums),
	    cmocka_unit_test(test_money),
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_utf8_trim),
	    cmocka_unit_test(test_utf8_key),
	    cmocka_unit_test(test_utf8_show),
	    cmocka_unit_test(test_id_new),
	    cmocka_unit_test(test_id_text),
	    cmocka_unit_test(test_digest),
	    cmocka_unit_test(test_grow),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
