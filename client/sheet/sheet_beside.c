/* Measures in rows beside a header: "单位：万元" above the table, "（万元）" below the names. If one were
 * missed, figures would be ten thousand times too small; so a text that looks like a measure, but is none
 * that the plan knows, is refused. */
#include "sheet_reading.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- words */

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
	char room[UTF8_KEY_BYTES], name[UTF8_KEY_BYTES];
	const char *key = sheet_column_key(text, room);
	for (size_t i = 0; i < c->indicator_count; i++)
		if (!strcmp(key, sheet_column_key(c->indicators[i].measure_zh, name)) ||
		    !strcmp(key, sheet_column_key(c->indicators[i].measure_en, name)))
			return true;
	return !strcmp(text, "%");
}

static bool
ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), own = strlen(end);
	return size >= own && !strcmp(text + size - own, end);
}

/* Money of some kind ("万美元"), or so many of what the plan counts ("万人"); not a name that only begins so
 * ("万宝镇"). */
static bool
is_some_measure(const struct catalogue *c, const char *text)
{
	static const char *const ends[] = {"元", "圆", "yuan", "Yuan", "YUAN", "RMB", "CNY"},
	                         *const multiples[] = {"十", "百", "千", "万", "亿"};
	const char *rest = text + strspn(text, "0123456789,.");
	bool found = *text && !*rest;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		found |= ends_with(text, ends[i]);
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < sizeof multiples / sizeof *multiples; i++)
			if (!strncmp(rest, multiples[i], strlen(multiples[i]))) {
				rest += strlen(multiples[i]);
				more = true;
			}
	}
	return found || (rest > text && (!*rest || is_of_plan(c, rest)));
}

/* Removes the currency's name, which is always the same. */
static void
drop_currency(char *text)
{
	static const char *const names[] = {"人民币", "(人民币)"};
	for (size_t i = sizeof names / sizeof *names; i-- > 0;) {
		char *found = strstr(text, names[i]);
		if (found)
			memmove(found, found + strlen(names[i]), strlen(found + strlen(names[i])) + 1);
	}
}

/* The next of "万元、人" into `out`; NULL behind the last. */
static const char *
next_word(const char *at, char out[MEASURE_BYTES])
{
	static const char *const between[] = {"、", ",", "/", ";", "和", "。"};
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
		if (!ended && used + 1 < MEASURE_BYTES)
			out[used++] = *at;
		at += !ended;
	}
	out[used] = 0;
	return at;
}

/* One measure. False: a finding says what is wrong with it. */
static bool
take_word(const struct reading *r, const char *word, size_t line, char out[MEASURE_BYTES])
{
	struct problem *p = NULL;
	if (is_money(word)) {
		if (*out && strcmp(out, word) != 0)
			problem_detail(p = sheet_problem(r, PROBLEM_MEASURE_TWICE, line, SIZE_MAX), "%s, %s", out, word);
		snprintf(out, MEASURE_BYTES, "%s", word);
	} else if (*word && !is_of_plan(r->catalogue, word) && is_some_measure(r->catalogue, word)) {
		problem_detail(p = sheet_problem(r, PROBLEM_MEASURE_WRONG, line, SIZE_MAX), "元 yuan（%s）", word);
	}
	return !p;
}

/* What a list of measures says: one name as a whole first, as "10,000 yuan" has a comma. */
static bool
take_words(const struct reading *r, const char *text, size_t line, char out[MEASURE_BYTES])
{
	char word[MEASURE_BYTES];
	if (is_money(text))
		return take_word(r, text, line, out);
	bool good = true;
	while (good && (text = next_word(text, word)))
		good = take_word(r, word, line, out);
	return good;
}

/* ---------------------------------------------------------------- cells */

/* "单位:万元" and its like; blanks are gone, and brackets around it. */
static const char *const labels[] = {"单位", "计量单位", "金额单位", "货币单位",
                                     "计量", "金额",     "unit",     "units"};

/* Whose table it is: 填报单位:百草沟镇. */
static bool
is_of_people(const char *begin, const char *label)
{
	static const char *const before[] = {"填报", "填表", "编制", "制表", "报送", "上报", "报告",
	                                     "主管", "建设", "所属", "责任", "实施", "负责", "承办"};
	bool found = false;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		size_t size = strlen(before[i]);
		found |= (size_t)(label - begin) >= size && !strncmp(label - size, before[i], size);
	}
	return found;
}

/* The cell's key with its letters small and every kind of colon as one. */
static char *
cell_key(const char *cell, char room[UTF8_KEY_BYTES])
{
	static const char ratio[] = "∶";
	sheet_column_key(cell, room);
	char *to = room;
	for (const char *at = room; *at;) {
		bool colon = !strncmp(at, ratio, strlen(ratio));
		*to++ = (char)(colon ? ':' : tolower((unsigned char)*at));
		at += colon ? strlen(ratio) : 1;
	}
	*to = 0;
	drop_currency(room);
	return room;
}

/* Behind the last label with a colon that is about measures; NULL: there is none. */
static char *
behind_label(char *key)
{
	char *found = NULL;
	for (char *colon = strpbrk(key, ":;"); colon; colon = strpbrk(colon + 1, ":;"))
		for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
			char *label = colon - strlen(labels[i]);
			if (label >= key && !strncmp(label, labels[i], strlen(labels[i])) && !is_of_people(key, label))
				found = colon + 1;
		}
	return found;
}

/* "(万元)" and "2013年资金表(万元)": what stands in the last brackets; "单位万元", "万元": what is a measure
 * as it stands. "": none. */
static void
bare_measure(const char *key, char out[MEASURE_BYTES])
{
	size_t size;
	char inside[MEASURE_BYTES];
	*out = 0;
	if (is_money(key)) {
		snprintf(out, MEASURE_BYTES, "%s", key);
	} else if (measure_of_header(key, &size, inside) && is_money(inside)) {
		snprintf(out, MEASURE_BYTES, "%s", inside);
	}
	for (size_t i = 0; !*out && i < sizeof labels / sizeof *labels; i++)
		if (!strncmp(key, labels[i], strlen(labels[i])) && is_money(key + strlen(labels[i])))
			snprintf(out, MEASURE_BYTES, "%s", key + strlen(labels[i]));
}

/* ---------------------------------------------------------------- rows */

static bool
take_row(const struct reading *r, const struct text_row *row, char out[MEASURE_BYTES])
{
	bool good = true;
	for (size_t at = 0; good && at < row->cell_count; at++) {
		char room[UTF8_KEY_BYTES], next[UTF8_KEY_BYTES], bare[MEASURE_BYTES];
		char *key = cell_key(row->cells[at], room), *words = behind_label(key);
		if (!words) {
			bare_measure(key, bare);
			good = !*bare || take_word(r, bare, row->line, out);
			continue;
		}
		words[strcspn(words, ")")] = 0;
		/* "单位：" in one cell, "万元" in the next. */
		while (!*words && ++at < row->cell_count)
			words = cell_key(row->cells[at], next);
		good = take_words(r, words, row->line, out);
	}
	return good;
}

/* A cell below a name: its measure without brackets; "": it is none. */
static void
below_measure(const struct reading *r, const char *cell, char out[MEASURE_BYTES])
{
	char room[UTF8_KEY_BYTES];
	char *key = cell_key(cell, room);
	size_t size = strlen(key);
	if (size > 1 && key[0] == '(' && key[size - 1] == ')') {
		key[size - 1] = 0;
		key++;
	}
	snprintf(out, MEASURE_BYTES, "%s", is_money(key) || is_of_plan(r->catalogue, key) ? key : "");
}

/* Does the row below the header hold measures and nothing else? */
static bool
is_of_measures(const struct reading *r, const struct text_row *row)
{
	size_t count = 0;
	for (size_t at = 0; at < row->cell_count; at++) {
		char room[UTF8_KEY_BYTES], measure[MEASURE_BYTES];
		if (!*row->cells[at])
			continue;
		below_measure(r, row->cells[at], measure);
		if (!*measure && !behind_label(cell_key(row->cells[at], room)))
			return false;
		count++;
	}
	return count;
}

const char *
sheet_measure_below(const struct reading *r, size_t at, char out[MEASURE_BYTES])
{
	*out = 0;
	if (r->columns->measures_below)
		below_measure(r, text_cell(r->columns->measures_below, at), out);
	return out;
}

/* Of the row below: what it says of all columns. */
static bool
take_labelled(const struct reading *r, const struct text_row *row, char out[MEASURE_BYTES])
{
	for (size_t at = 0; at < row->cell_count; at++) {
		char room[UTF8_KEY_BYTES];
		char *words = behind_label(cell_key(row->cells[at], room));
		if (!words)
			continue;
		words[strcspn(words, ")")] = 0;
		if (!take_words(r, words, row->line, out))
			return false;
	}
	return true;
}

bool
sheet_take_measures(struct reading *r, const struct text_table *table)
{
	struct sheet_columns *c = r->columns;
	for (size_t i = table->above_count; i > 0; i--)
		if (!take_row(r, &table->rows[0] - i, c->measure_beside))
			return false;
	if (table->row_count > 1 && is_of_measures(r, &table->rows[1]))
		c->measures_below = &table->rows[1];
	return !c->measures_below || take_labelled(r, c->measures_below, c->measure_beside);
}
