#include "cell.h"

#include "base/decimal.h"
#include "base/utf8.h"
#include "field/deadline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* The largest number of which every smaller one has at most 15 digits. */
static const int64_t DOUBLE_EXACT_MAX = 999999999999999;

struct cell
cell_text(const char *text)
{
	return (struct cell){.kind = CELL_TEXT, .text = text};
}

struct cell
cell_term(const char *text, const char *code)
{
	return (struct cell){.kind = CELL_TEXT, .text = text, .code = code};
}

struct cell
cell_code(int64_t value)
{
	return (struct cell){.kind = CELL_CODE, .value = value};
}

struct cell
cell_count(int64_t value)
{
	return (struct cell){.kind = CELL_COUNT, .value = value};
}

struct cell
cell_flag(bool value)
{
	return (struct cell){.kind = CELL_FLAG, .value = value};
}

struct cell
cell_if(bool present, struct cell cell)
{
	if (present)
		return cell;
	cell = cell.kind == CELL_TEXT ? cell_text("") : (struct cell){.kind = CELL_NONE};
	cell.absent = true;
	return cell;
}

struct cell
cell_number(int64_t value, int decimals)
{
	return (struct cell){.kind = CELL_NUMBER, .value = value, .decimals = decimals};
}

struct cell
cell_figure(bool present, int64_t value, int decimals)
{
	return present ? cell_number(value, decimals) : (struct cell){.kind = CELL_NONE};
}

struct cell
cell_change(bool present, int64_t value, int decimals)
{
	return (struct cell){.kind = present ? CELL_CHANGE : CELL_NONE, .value = value, .decimals = decimals};
}

struct cell
cell_share(bool present, int64_t value, int64_t whole)
{
	if (!present || whole <= 0)
		return (struct cell){.kind = CELL_NONE};
	/* Value * 1000 may pass 64 bits, and so may a share of next to nothing. */
	__int128 share = (__int128)value * 1000 / whole;
	share = share > INT64_MAX ? INT64_MAX : share < INT64_MIN ? INT64_MIN : share;
	return (struct cell){.kind = CELL_SHARE, .value = (int64_t)share};
}

struct cell
cell_time(int64_t seconds)
{
	return (struct cell){.kind = CELL_TIME, .value = seconds};
}

struct cell
cell_deadline(int64_t seconds)
{
	return (struct cell){.kind = CELL_DEADLINE, .value = seconds};
}

struct cell
cell_rows(enum cell_kind kind, const struct columns *columns, const void *rows, size_t count)
{
	return (struct cell){.kind = kind, .columns = columns, .rows = rows, .value = (int64_t)count};
}

bool
cell_is_none(const struct cell *cell)
{
	return cell->kind == CELL_NONE || (cell->kind == CELL_TIME && !cell->value);
}

int64_t
cell_seconds(const struct cell *cell)
{
	static const int64_t in_micro = 1000000;
	return cell->decimals ? cell->value / in_micro : cell->value;
}

static void
show_number(const struct cell *cell, bool for_program, char room[CELL_TEXT_BYTES])
{
	char number[DECIMAL_TEXT_BYTES];
	bool plus = cell->kind == CELL_CHANGE && cell->value > 0 && !for_program;
	(for_program ? decimal_plain : decimal_format)(cell->value, cell->decimals, number);
	snprintf(room, CELL_TEXT_BYTES, "%s%s", plus ? "+" : "", number);
}

const char *
cell_show(const struct cell *cell, bool for_program, char room[CELL_TEXT_BYTES])
{
	char text[DECIMAL_TEXT_BYTES];
	if (cell_is_none(cell))
		return for_program ? "" : "–";
	switch (cell->kind) {
	case CELL_TEXT:
		return utf8_show(cell->text, UTF8_SAFE, room, CELL_TEXT_BYTES);
	case CELL_TIME:
		seconds_format(cell_seconds(cell), text);
		snprintf(room, CELL_TEXT_BYTES, "%s", text);
		break;
	case CELL_DEADLINE:
		snprintf(room, CELL_TEXT_BYTES, "%s", cell->value ? deadline_format(cell->value, text) : "");
		break;
	case CELL_SHARE:
		snprintf(room, CELL_TEXT_BYTES, "%s%%", decimal_plain(cell->value, 1, text));
		break;
	case CELL_CODE:
		snprintf(room, CELL_TEXT_BYTES, "%" PRId64, cell->value);
		break;
	default:
		show_number(cell, for_program, room);
	}
	return room;
}

bool
cell_fits_double(const struct cell *cell)
{
	return cell->value <= DOUBLE_EXACT_MAX && cell->value >= -DOUBLE_EXACT_MAX;
}

/* Tab and CR as well: programs that import CSV skip them before they look. */
bool
cell_is_formula_like(const char *text)
{
	static const char *const wide[] = {"＝", "＋", "－",
	                                   "＠"}; /* some programs read them as the narrow ones */
	bool like = *text && strchr("=+-@\t\r\n", *text);
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		like |= !strncmp(text, wide[i], strlen(wide[i]));
	return like;
}

size_t
text_width(const char *text)
{
	mbstate_t state = {0};
	size_t width = 0, left = strlen(text);
	while (left) {
		wchar_t character;
		size_t bytes = mbrtowc(&character, text, left, &state);
		if (bytes == 0 || bytes == (size_t)-1 || bytes == (size_t)-2)
			return width + left; /* not in this locale: a byte, a column */
		int columns = wcwidth(character);
		width += columns > 0 ? (size_t)columns : 0;
		text += bytes;
		left -= bytes;
	}
	return width;
}
