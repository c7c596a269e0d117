#include "xlsx_number.h"

#include "field/calendar.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---------------------------------------------------------------- formats */

/* What a figure may be against the bound of a condition. */
enum { WHEN_LESS = 1, WHEN_EQUAL = 2, WHEN_MORE = 4, BOUND_BYTES = 32 };

/* What a format's code asks for, of the part for positive numbers. */
struct seen {
	bool year_or_day, month, time, percent, scaled;
	int zeros, others;
	bool figure; /* a place of a digit */
	bool comma;  /* right behind it: between digits it groups them, after the last it scales */
	bool text;   /* behind a place */
	bool split;  /* and another place behind that: "00-00" */
	bool point;  /* not a row of places: a fraction, a power */
	bool sign;   /* a bare "-" or "(" before the first place */
	bool words;  /* it is for texts */
	int when;    /* its condition: of WHEN_LESS and so on; 0: none */
	char bound[BOUND_BYTES];
	struct number_format *out;
};

/* The parts of a code that are for numbers. */
enum { SECTIONS_MAX = 3 };
struct number_sections {
	int count;
	struct number_section {
		struct number_format format;
		int when;
		char bound[BOUND_BYTES];
	} of[SECTIONS_MAX];
};

/* Places of a digit in a pattern: one that is always there, one for a digit that is not zero. */
enum { PLACE_ZERO = 1, PLACE_FREE = 2 };

/* False: there is no room. */
static bool
append(char *to, size_t room, const char *text, size_t size)
{
	size_t used = strlen(to);
	if (used + size >= room)
		return false;
	memcpy(to + used, text, size);
	to[used + size] = 0;
	return true;
}

static bool
is_one_of(const char *const *words, size_t count, const char *text, size_t size)
{
	bool found = false;
	for (size_t i = 0; i < count; i++)
		found |= size == strlen(words[i]) && !memcmp(text, words[i], size);
	return found;
}

/* What stands between digits and does not take them apart: blanks, marks of thousands. */
static bool
is_grouping(const char *text, size_t size)
{
	static const char *const groups[] = {" ", "\u00A0", "\u2009", "\u202F", "'", "’", ","};
	return is_one_of(groups, sizeof groups / sizeof *groups, text, size);
}

static bool
is_yuan(const char *text, size_t size)
{
	static const char *const yuan[] = {"¥", "￥"};
	return is_one_of(yuan, sizeof yuan / sizeof *yuan, text, size);
}

/* Text that stands among the places. */
static void
add_between(struct seen *seen, const char *text, size_t size)
{
	seen->scaled |= !append(seen->out->pattern, PATTERN_BYTES, text, size);
	seen->text |= seen->figure && !is_grouping(text, size);
}

/* Text that the format writes as it is. */
static void
add_literal(struct seen *seen, const char *text, size_t size)
{
	if (is_yuan(text, size))
		return;
	/* The text is longer than what is kept, so its meaning is not known. */
	if (!is_grouping(text, size))
		seen->scaled |=
		    !append(seen->figure ? seen->out->after : seen->out->before, LITERAL_BYTES, text, size);
	add_between(seen, text, size);
}

/* Bytes of the character. */
static size_t
character(const char *at)
{
	size_t size = 1;
	while (((unsigned char)at[size] & 0xC0) == 0x80)
		size++;
	return size;
}

/* "[>=100]" */
static void
take_condition(const char *at, struct seen *seen)
{
	for (; *at && strchr("<>= ", *at); at++)
		seen->when |= *at == '<' ? WHEN_LESS : *at == '>' ? WHEN_MORE : *at == '=' ? WHEN_EQUAL : 0;
	snprintf(seen->bound, sizeof seen->bound, "%.*s", (int)strcspn(at, "]"), at);
}

/* "[h]" is a time, "[$€-407]" a currency; colours and locales are nothing to us. */
static const char *
take_brackets(const char *at, struct seen *seen)
{
	const char *end = strchr(at, ']');
	if (!end)
		return at + strlen(at) - 1;
	if (strchr("hHmMsS", at[1]) && (at[2] == ']' || at[2] == at[1]))
		seen->time = true;
	if (at[1] == '$')
		add_literal(seen, at + 2, strcspn(at + 2, "-]"));
	if (strchr("<>=", at[1]))
		take_condition(at + 1, seen);
	return end;
}

/* "万元" in quotes, \\万 or !万 (WPS), or 万 as it stands. Returns where it ends; NULL: there is none. */
static const char *
take_literal(const char *at, struct seen *seen)
{
	const char *end;
	switch (*at) {
	case '"':
		end = strchr(at + 1, '"');
		add_literal(seen, at + 1, end ? (size_t)(end - at) - 1 : strlen(at + 1));
		return end ? end : at + strlen(at) - 1;
	case '\\':
	case '!':
		if (!at[1])
			return at;
		add_literal(seen, at + 1, character(at + 1));
		return at + character(at + 1);
	case '_':
	case '*':
		return at[1] ? at + character(at + 1) : at;
	case '$':
		add_literal(seen, at, 1);
		return at;
	default:
		if ((unsigned char)*at < 0x80)
			return NULL;
		add_literal(seen, at, character(at));
		return at + character(at) - 1;
	}
}

/* Bytes of "General", the figure as it is, also as the Chinese editions write it. */
static size_t
general_size(const char *at)
{
	static const char *const words[] = {"General", "G/通用格式"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strncasecmp(at, words[i], strlen(words[i])))
			return strlen(words[i]);
	return 0;
}

/* What is neither a place nor in quotes. */
static void
take_sign(const char *at, struct seen *seen)
{
	char letter = (char)tolower((unsigned char)*at);
	bool power = letter == 'e' && (at[1] == '+' || at[1] == '-');
	seen->year_or_day |= letter == 'y' || letter == 'd';
	seen->month |= letter == 'm';
	seen->time |= letter == 'h' || letter == 's';
	seen->percent |= letter == '%';
	seen->words |= letter == '@';
	seen->sign |= strchr("-(", letter) && !seen->figure;
	seen->point |= power || (letter && strchr(".,%/", letter)) || isdigit((unsigned char)letter);
	if (isalpha((unsigned char)letter) && !strchr("ymdhsegbap", letter))
		add_literal(seen, at, 1); /* 0.0W, though in quotes it would be right */
	else if (strchr(" -+():'", letter) && !seen->point)
		add_between(seen, at, 1);
}

static void
take_place(char letter, struct seen *seen)
{
	char place[] = {letter == '#' || letter == '?' ? PLACE_FREE : PLACE_ZERO};
	seen->scaled |= !append(seen->out->pattern, PATTERN_BYTES, place, 1);
	seen->split |= seen->text;
	seen->figure = true;
}

/* Returns where the part ends. */
static const char *
take_part(const char *code, struct seen *seen)
{
	const char *at;
	for (at = code; *at && *at != ';'; at++) {
		char letter = (char)tolower((unsigned char)*at);
		size_t general = general_size(at);
		bool place = letter == '0' || letter == '#' || letter == '?' || general;
		seen->scaled |= seen->comma && !place && letter != ',';
		seen->comma = letter == ',' && seen->figure;
		const char *end = general         ? at + general - 1
		                  : letter == '[' ? take_brackets(at, seen)
		                                  : take_literal(at, seen);
		if (place)
			take_place(letter, seen);
		if (end) {
			at = end;
			continue;
		}
		seen->zeros += letter == '0';
		seen->others += letter != '0';
		if (!place)
			take_sign(at, seen);
	}
	seen->scaled |= seen->comma;
	return at;
}

static void
name_kind(const struct seen *seen, struct number_format *format)
{
	format->has_figure = seen->figure;
	format->is_signed = seen->sign;
	if (seen->year_or_day || (seen->month && !seen->time))
		*format = (struct number_format){.kind = NUMBER_DATE};
	else if (seen->time)
		*format = (struct number_format){.kind = NUMBER_TIME};
	else if (seen->percent)
		*format = (struct number_format){.kind = NUMBER_PERCENT, .has_figure = true};
	else if (seen->scaled || (seen->split && seen->point))
		*format = (struct number_format){.kind = NUMBER_SCALED, .has_figure = true};
	else if (seen->split)
		format->kind = NUMBER_PATTERN;
	else if (seen->zeros > 1 && !seen->others) {
		format->kind = NUMBER_PADDED;
		format->width = seen->zeros;
	}
}

bool
number_format_of_code(const char *code, struct arena *arena, struct number_format *out)
{
	struct number_sections sections = {0};
	bool more = true;
	for (const char *at = code; more && sections.count < SECTIONS_MAX; at++) {
		struct number_section *section = &sections.of[sections.count];
		struct seen seen = {.out = &section->format};
		at = take_part(at, &seen);
		more = *at == ';';
		if (seen.words && sections.count) /* the last part may be for texts */
			break;
		name_kind(&seen, &section->format);
		section->when = seen.when;
		memcpy(section->bound, seen.bound, sizeof section->bound);
		sections.count++;
	}
	*out = sections.of[0].format;
	if (sections.count == 1 && !sections.of[0].when)
		return true;
	struct number_sections *kept = arena_alloc(arena, sizeof *kept);
	if (kept)
		*kept = sections;
	out->sections = kept;
	return kept;
}

struct number_format
number_format_of_id(unsigned id)
{
	bool is_date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
	               (id >= 50 && id <= 54) || id == 57 || id == 58;
	bool is_time = (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47);
	return (struct number_format){.kind = is_date               ? NUMBER_DATE
	                                      : is_time             ? NUMBER_TIME
	                                      : id == 9 || id == 10 ? NUMBER_PERCENT
	                                                            : NUMBER_PLAIN};
}

/* ---------------------------------------------------------------- figures */

/* 0.DIGITS × 10^point, DIGITS without zeros at either end. */
enum { DIGITS_MAX = 17, DIGITS_SURE = 15, ZEROS_MAX = 30, POWER_MAX = 400 };

struct figure {
	bool negative, beyond; /* beyond: there were more digits */
	int count, point;
	char digits[DIGITS_MAX + 1];
};

static void
take_digit(struct figure *f, char digit, int *zeros)
{
	if (digit == '0') {
		*zeros += f->count > 0;
		return;
	}
	if (f->count + *zeros >= DIGITS_MAX)
		f->beyond = true;
	for (; *zeros && f->count < DIGITS_MAX; (*zeros)--)
		f->digits[f->count++] = '0';
	if (f->count < DIGITS_MAX)
		f->digits[f->count++] = digit;
}

static bool
read_power(const char *at, struct figure *f)
{
	char *end;
	long power = strtol(at, &end, 10);
	if (end == at || *end || isspace((unsigned char)*at) || power < -POWER_MAX || power > POWER_MAX)
		return false;
	f->point += (int)power;
	return true;
}

/* "-1234.10", "2.5E-2". */
static bool
read_figure(const char *raw, struct figure *f)
{
	int zeros = 0, digits = 0;
	bool fraction = false;
	*f = (struct figure){.negative = *raw == '-'};
	if (*raw == '-' || *raw == '+')
		raw++;
	for (; isdigit((unsigned char)*raw) || (*raw == '.' && !fraction); raw++) {
		if (*raw == '.') {
			fraction = true;
			continue;
		}
		/* Up to the first digit that is not zero, the point moves with the zeros after it. */
		f->point += fraction ? -(!f->count && *raw == '0') : f->count || *raw != '0';
		take_digit(f, *raw, &zeros);
		digits++;
	}
	bool good = digits && (!*raw || ((*raw == 'e' || *raw == 'E') && read_power(raw + 1, f)));
	if (!f->count)
		f->point = 0;
	return good;
}

/* False: there is no one figure of 15 digits that is nearest. */
static bool
round_figure(struct figure *f)
{
	if (f->beyond)
		return false;
	if (f->count > DIGITS_SURE) {
		int tail = (f->digits[DIGITS_SURE] - '0') * 10 +
		           (f->count > DIGITS_SURE + 1 ? f->digits[DIGITS_SURE + 1] - '0' : 0);
		if (tail == 50)
			return false;
		f->count = DIGITS_SURE;
		for (int i = DIGITS_SURE - 1; tail > 50; i--) {
			if (i < 0) { /* all nines */
				f->digits[0] = '1';
				f->count = 1;
				f->point++;
				break;
			}
			if (f->digits[i] != '9') {
				f->digits[i]++;
				break;
			}
			f->count = i;
		}
		while (f->count && f->digits[f->count - 1] == '0')
			f->count--;
	}
	return f->point <= DIGITS_SURE;
}

/* To compare it; a program's locale has no part in it. */
static double
value_of(const struct figure *f)
{
	double value = 0;
	for (int i = 0; i < f->count; i++)
		value = value * 10 + (f->digits[i] - '0');
	for (int i = f->count; i < f->point; i++)
		value *= 10;
	for (int i = f->point; i < f->count; i++)
		value /= 10;
	return f->negative ? -value : value;
}

static char
digit_at(const struct figure *f, int at)
{
	return at >= 0 && at < f->count ? f->digits[at] : '0';
}

static void
show_figure(const struct figure *f, char out[NUMBER_TEXT_BYTES])
{
	int used = 0;
	if (f->negative && f->count)
		out[used++] = '-';
	if (f->point <= 0)
		out[used++] = '0';
	for (int at = 0; at < f->point; at++)
		out[used++] = digit_at(f, at);
	if (f->count > f->point) {
		out[used++] = '.';
		for (int at = f->point < 0 ? f->point : f->point > 0 ? f->point : 0; at < f->count; at++)
			out[used++] = digit_at(f, at);
	}
	out[used] = 0;
}

/* ---------------------------------------------------------------- the part for a figure */

/* The part that a figure is shown by, from 0; -1: none, or which one programs do not agree on. */
static int
section_of(const struct number_sections *s, const struct figure *f)
{
	const double figure = value_of(f);
	bool holds[SECTIONS_MAX] = {false};
	for (int i = 0; i < s->count; i++) {
		struct figure of;
		double bound = read_figure(s->of[i].bound, &of) ? value_of(&of) : 0;
		holds[i] = s->of[i].when & (figure < bound ? WHEN_LESS : figure > bound ? WHEN_MORE : WHEN_EQUAL);
	}
	if (s->of[0].when && holds[0])
		return 0;
	if (s->of[0].when && s->count == 2)
		return !s->of[1].when || holds[1] ? 1 : -1;
	if (s->of[0].when)
		return s->count < SECTIONS_MAX || !s->of[1].when ? -1 : holds[1] ? 1 : 2;
	for (int i = 1; i < s->count; i++)
		if (s->of[i].when)
			return -1;
	return figure < 0 ? 1 : !(figure > 0) && s->count == SECTIONS_MAX ? 2 : 0;
}

/* Is it how a negative figure is marked, with blanks or the sign of the yuan beside it? */
static bool
is_mark(const char *literal)
{
	static const char *const marks[] = {"-", "−", "–", "(", ")", "（", "）", "△", "▲"};
	char bare[LITERAL_BYTES] = "";
	for (const char *at = literal; *at; at += character(at))
		if (!is_yuan(at, character(at)) && !is_grouping(at, character(at)))
			append(bare, sizeof bare, at, character(at));
	return is_one_of(marks, sizeof marks / sizeof *marks, bare, strlen(bare));
}

/* A figure's sign: negative, none, positive. What marks a negative one is its sign, which it has anyway; of
 * another one it is a sign that it has not. False: another figure is shown. */
static bool
settle_sign(struct number_format *format, int sign, bool is_part)
{
	bool before = is_mark(format->before), after = is_mark(format->after);
	if (sign > 0 || (sign < 0 && !is_part))
		return !before && !after && (!format->is_signed || format->kind == NUMBER_PATTERN);
	if (before)
		*format->before = 0;
	if (after)
		*format->after = 0;
	return true;
}

/* The format of this figure: its part of the code; and what shows another figure is "scaled". */
static struct number_format
format_for(const struct number_format *format, const struct figure *f)
{
	const struct number_format scaled = {.kind = NUMBER_SCALED};
	const int sign = !f->count ? 0 : f->negative ? -1 : 1;
	int at = format->sections ? section_of(format->sections, f) : 0;
	if (at < 0)
		return scaled;
	struct number_format chosen = format->sections ? format->sections->of[at].format : *format;
	bool is_figure = chosen.kind != NUMBER_DATE && chosen.kind != NUMBER_TIME;
	if (format->sections && is_figure && !chosen.has_figure) /* "none", "large", or nothing at all */
		return sign ? scaled : (struct number_format){0};
	return settle_sign(&chosen, sign, format->sections) ? chosen : scaled;
}

/* ---------------------------------------------------------------- all together */

/* Excel's calendar has a 29th of February in 1900, which is day 60. */
enum { DAYS_1900_TO_1904 = 1462, DAY_FALSE = 60, DAY_2000 = 36526, DAY_LAST = 2958465 };

static bool
show_date(const struct figure *f, bool since_1904, char out[NUMBER_TEXT_BYTES])
{
	long day = 0;
	if (f->negative || f->point > 7)
		return false;
	for (int at = 0; at < f->point; at++)
		day = day * 10 + (digit_at(f, at) - '0');
	if (!since_1904 && (day == 0 || day == DAY_FALSE))
		return false;
	day += since_1904 ? DAYS_1900_TO_1904 : day < DAY_FALSE;
	if (day > DAY_LAST)
		return false;
	date_format(date_from_days((int32_t)(day - DAY_2000)), out);
	return true;
}

/* Of a day and a part of one the time alone; "26:30:00" of more than a day. It is only shown, never reckoned
 * with. */
static void
show_time(const char *raw, char out[NUMBER_TEXT_BYTES])
{
	double seconds = strtod(raw, NULL) * 86400;
	long long whole = seconds > 0 && seconds < 1e12 ? (long long)(seconds + 0.5) : 0;
	snprintf(out, NUMBER_TEXT_BYTES, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
}

static void
show_padded(const struct figure *f, int width, char out[NUMBER_TEXT_BYTES])
{
	int used = (int)strlen(out);
	if (f->negative || f->count > f->point || width >= NUMBER_TEXT_BYTES || used >= width)
		return;
	size_t zeros = (size_t)(width - used);
	memmove(out + zeros, out, (size_t)used + 1);
	memset(out, '0', zeros);
}

/* False: not a whole figure; shown in places it is another one. */
static bool
show_pattern(const struct figure *f, const char *figure, const char *pattern, char out[NUMBER_TEXT_BYTES])
{
	int missing = -(int)strlen(figure), used = 0;
	if (f->negative || f->count > f->point)
		return false;
	for (const char *at = pattern; *at; at++)
		missing += *at == PLACE_ZERO || *at == PLACE_FREE;
	/* What has no place of its own stands before the first. */
	for (const char *at = pattern; *at; at++) {
		if (*at != PLACE_ZERO && *at != PLACE_FREE) {
			out[used++] = *at;
		} else if (missing > 0) {
			missing--;
			if (*at == PLACE_ZERO)
				out[used++] = '0';
		} else {
			do
				out[used++] = *figure++;
			while (missing++ < 0);
			missing = 0;
		}
	}
	out[used] = 0;
	return true;
}

enum text_mark
number_text(const char *raw, struct number_format format, bool since_1904, char out[NUMBER_TEXT_BYTES])
{
	struct figure f;
	char figure[NUMBER_TEXT_BYTES];
	snprintf(out, NUMBER_TEXT_BYTES, "%s", raw);
	if (!read_figure(raw, &f) || f.point < -ZEROS_MAX)
		return TEXT_PLAIN;
	if (!round_figure(&f))
		return TEXT_INEXACT;
	format = format_for(&format, &f);
	if (format.kind == NUMBER_DATE && show_date(&f, since_1904, out))
		return TEXT_DATE;
	if (format.kind == NUMBER_TIME) {
		show_time(raw, out);
		return TEXT_TYPED;
	}
	if (format.kind == NUMBER_PERCENT)
		f.point += f.count ? 2 : 0;
	show_figure(&f, figure);
	if (format.kind == NUMBER_PATTERN && show_pattern(&f, figure, format.pattern, out))
		return TEXT_SHOWN;
	if (format.kind == NUMBER_PADDED)
		show_padded(&f, format.width, figure);
	snprintf(out, NUMBER_TEXT_BYTES, "%s%.*s%s%s", format.before, NUMBER_TEXT_BYTES - 2 * LITERAL_BYTES - 2,
	         figure, format.after, format.kind == NUMBER_PERCENT ? "%" : "");
	bool other = format.kind == NUMBER_SCALED || format.kind == NUMBER_PATTERN;
	return format.kind == NUMBER_PERCENT     ? TEXT_TYPED
	       : other                           ? TEXT_SCALED
	       : *format.before || *format.after ? TEXT_SHOWN
	                                         : TEXT_PLAIN;
}
