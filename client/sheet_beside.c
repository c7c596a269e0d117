/* What rows beside a header say of measures: "单位：万元" above the table, "（万元）" below the names. */
#include "sheet_reading.h"

#include <stdio.h>
#include <string.h>

static bool
is_money(const char *text)
{
	struct measure measure;
	return measure_read(text, "元", "yuan", &measure);
}

/* One that the plan counts something in. */
static bool
is_of_plan(const struct catalogue *c, const char *text)
{
	for (size_t i = 0; i < c->indicator_count; i++)
		if (utf8_same_key(text, c->indicators[i].measure_zh) ||
		    utf8_same_key(text, c->indicators[i].measure_en))
			return true;
	return !strcmp(text, "%");
}

/* A multiple ("万人"), or money of some kind ("万美元"): not one to be passed over. */
static bool
is_some_measure(const char *text)
{
	static const char *const words[] = {"元", "圆", "yuan", "RMB", "CNY"}, *const multiples[] = {
	                                                                           "十", "百", "千", "万", "亿"};
	bool found = false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		found |= strstr(text, words[i]) != NULL;
	for (size_t i = 0; i < sizeof multiples / sizeof *multiples; i++)
		found |=
		    !strncmp(text, multiples[i], strlen(multiples[i])) && strlen(text) <= 4 * strlen(multiples[i]);
	return found;
}

/* The next of "万元、人" into `out`; NULL behind the last. */
static const char *
next_word(const char *at, char out[MEASURE_BYTES])
{
	static const char *const between[] = {"、", ",", "/", ";", "和", "。", " "};
	size_t used = 0;
	bool ended = false;
	if (!*at)
		return NULL;
	while (*at && !ended) {
		for (size_t i = 0; !ended && i < sizeof between / sizeof *between; i++)
			if (!strncmp(at, between[i], strlen(between[i]))) {
				ended = true;
				at += strlen(between[i]);
			}
		if (!ended && *at != '(' && *at != ')' && used + 1 < MEASURE_BYTES)
			out[used++] = *at;
		at += !ended;
	}
	out[used] = 0;
	return at;
}

/* Takes what a list of measures says. False: one of them is none that the plan knows. */
static bool
take_words(const struct reading *r, const char *at, size_t line, char out[MEASURE_BYTES])
{
	char word[MEASURE_BYTES];
	while ((at = next_word(at, word))) {
		bool money = is_money(word);
		if (money && (!*out || !strcmp(out, word))) {
			snprintf(out, MEASURE_BYTES, "%s", word);
		} else if (money) {
			problem_detail(sheet_problem(r, PROBLEM_MEASURE_TWICE, line, SIZE_MAX), "%s, %s", out, word);
			return false;
		} else if (*word && !is_of_plan(r->catalogue, word) && is_some_measure(word)) {
			problem_detail(sheet_problem(r, PROBLEM_MEASURE_WRONG, line, SIZE_MAX), "元 yuan");
			return false;
		}
	}
	return true;
}

/* "(单位:万元)", "金额单位:元": behind the colon; NULL: the cell says no measure, or whose the table is. */
static const char *
behind_colon(const char *key)
{
	static const char *const words[] = {"单位:", "unit:", "Unit:", "units:", "Units:"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *found = strstr(key, words[i]);
		if (found)
			return found + strlen(words[i]) + (found[strlen(words[i])] == ' ');
	}
	return NULL;
}

static bool
take_row(const struct reading *r, const struct text_row *row, char out[MEASURE_BYTES])
{
	char room[UTF8_KEY_BYTES];
	for (size_t at = 0; at < row->cell_count; at++) {
		const char *words = behind_colon(utf8_key(row->cells[at], room));
		if (words && !take_words(r, words, row->line, out))
			return false;
	}
	return true;
}

/* Does the row below the header hold measures and nothing else? */
static bool
is_of_measures(const struct reading *r, const struct text_row *row)
{
	size_t count = 0;
	for (size_t at = 0; at < row->cell_count; at++) {
		char room[UTF8_KEY_BYTES], word[MEASURE_BYTES] = "";
		const char *key = utf8_key(row->cells[at], room);
		if (!*key)
			continue;
		count++;
		if (!behind_colon(key) &&
		    (!next_word(key, word) || !*word || (!is_money(word) && !is_of_plan(r->catalogue, word))))
			return false;
	}
	return count;
}

/* A measure below each name. */
static bool
take_below(const struct reading *r, const struct text_row *row, char out[MEASURE_BYTES])
{
	char room[UTF8_KEY_BYTES];
	for (size_t at = 0; at < row->cell_count; at++)
		if (!take_words(r, utf8_key(row->cells[at], room), row->line, out))
			return false;
	return true;
}

bool
sheet_take_measures(struct reading *r, const struct text_table *table)
{
	struct sheet_columns *c = r->columns;
	for (size_t i = table->above_count; i > 0; i--)
		if (!take_row(r, &table->rows[0] - i, c->measure_beside))
			return false;
	c->measures_below = table->row_count > 1 && is_of_measures(r, &table->rows[1]);
	return !c->measures_below || (take_row(r, &table->rows[1], c->measure_beside) &&
	                              take_below(r, &table->rows[1], c->measure_beside));
}
