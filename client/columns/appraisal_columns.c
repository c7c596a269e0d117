#include "appraisal_columns.h"

#include "column_table.h"

#include "base/decimal.h"

#include <inttypes.h>

/* ---------------------------------------------------------------- items of a score */

/* One that the catalogue does not have counts for nothing. */
static const struct appraisal_item *
item_of(const struct reading *r, const struct appraisal_part *part)
{
	static const struct appraisal_item none = {.code = "", .name_en = "", .name_zh = ""};
	for (size_t i = 0; i < r->catalogue->appraisal_count; i++)
		if (r->catalogue->appraisal[i].number == part->item)
			return &r->catalogue->appraisal[i];
	return &none;
}

/* Is there something to compare with? */
static bool
counts(const void *row)
{
	return ((const struct appraisal_part *)row)->denominator > 0;
}

/* A figure in the item's measure. */
READER(figure)
{
	const struct appraisal_item *item = item_of(r, row);
	const struct indicator *indicator = catalogue_indicator(r->catalogue, item->indicator);
	int64_t value = *(const int64_t *)((const char *)row + column->offset);
	return cell_number(value, indicator ? indicator->decimals : item->fund ? MONEY_DECIMALS : 0);
}

READER(item_name)
{
	const struct appraisal_item *item = item_of(r, row);
	return cell_named(r, item->name_en, item->name_zh, item->code);
}

READER(item_weight)
{
	return cell_count(item_of(r, row)->weight);
}

READER(which_figures)
{
	return item_of(r, row)->approved ? cell_named(r, "approved", "已审核", "approved")
	                                 : cell_named(r, "submitted", "已报", "submitted");
}

READER(share_reached)
{
	const struct appraisal_part *part = row;
	return cell_share(true, part->numerator, part->denominator);
}

READER(hundredths)
{
	return cell_number(*(const uint32_t *)((const char *)row + column->offset), 2);
}

/* The question that brings the figures. */
READER(seen_by)
{
	const struct appraisal_line *line = row;
	const struct appraisal_item *item = item_of(r, &line->part);
	const struct indicator *what = catalogue_indicator(r->catalogue, item->indicator);
	const char *first = cell_period(r, line->to / 100 * 100 + 1).text, *last = cell_period(r, line->to).text;
	if (item->kind >= APPRAISE_ON_TIME)
		return cell_printed(r, "fupin completeness %" PRId64 " %s..%s", line->unit, first, last);
	return cell_printed(r, "fupin total %" PRId64 " --period %s..%s%s%s", line->unit, first, last,
	                    what ? " --indicator " : " --funds", what ? what->code : "");
}

#define FIGURE(key, field, ...) COLUMN_OF(key, figure, field, int64_t, RIGHT, __VA_ARGS__)
#define HUNDREDTHS(key, field, ...) COLUMN_OF(key, hundredths, field, uint32_t, RIGHT, __VA_ARGS__)

#define ROW struct appraisal_part
static const struct column parts[] = {
    MADE("item", item_name, JSON_ONLY),      FIGURE("reached", numerator, JSON_ONLY),
    FIGURE("of", denominator, JSON_ONLY),    MADE("weight", item_weight, JSON_ONLY),
    HUNDREDTHS("points", points, JSON_ONLY),
};
static const struct columns part_columns = COLUMNS("items", parts);
#undef ROW

#define ROW struct appraisal_line
static const struct column lines[] = {
    UNIT("unit", unit, TITLE("code", "代码")),
    UNIT_NAME("name", unit, TITLE("unit", "单位")),
    MADE("item", item_name, TITLE("item", "项目")),
    MADE("figures", which_figures, TITLE("figures", "口径")),
    FIGURE("reached", part.numerator, WHEN(counts), TITLE("reached", "完成")),
    FIGURE("of", part.denominator, WHEN(counts), TITLE("of", "应完成")),
    MADE("share", share_reached, RIGHT, TITLE("share", "比例")),
    MADE("weight", item_weight, RIGHT, TITLE("weight", "权重")),
    HUNDREDTHS("points", part.points, WHEN(counts), TITLE("points", "得分")),
    MADE("seen_by", seen_by, TITLE("to be seen by", "数据来源")),
};
const struct columns appraisal_line_columns = COLUMNS("lines", lines);
#undef ROW

/* ---------------------------------------------------------------- scores */

READER(rank)
{
	const struct appraisal_ranks *ranks = r->more;
	size_t at = ranks ? (size_t)((const struct appraisal_row *)row - ranks->first) : 0;
	return cell_figure(ranks && at < ranks->count, (int64_t)at + 1, 0);
}

static bool
has_weight(const void *row)
{
	return ((const struct appraisal_row *)row)->weight;
}

READER(items)
{
	const struct appraisal_row *of = row;
	return cell_rows(CELL_NAMED, column->nested, of->parts, of->count);
}

/* Of the item that the column is about. */
READER(item_points)
{
	const struct appraisal_row *of = row;
	const struct appraisal_item *item = column->of;
	for (size_t i = 0; i < of->count; i++)
		if (of->parts[i].item == item->number)
			return cell_figure(counts(&of->parts[i]), of->parts[i].points, 2);
	return (struct cell){.kind = CELL_NONE};
}

#define ROW struct appraisal_row
static const struct column rows[] = {
    MADE("rank", rank, RIGHT, TABLE_ONLY, TITLE("rank", "名次")),
    UNIT("unit", unit, TITLE("code", "代码")),
    UNIT_NAME("name", unit, TITLE("unit", "单位")),
    HUNDREDTHS("score", score, JSON_ONLY),
    HUNDREDTHS("scored", score, WHEN(has_weight), TABLE_ONLY, TITLE("score", "得分")),
    COUNT("weight", weight, TITLE("weight", "计分权重")),
    MADE("items", items, .nested = &part_columns, JSON_ONLY),
};
static const struct columns row_columns = COLUMNS("rows", rows);
#undef ROW

bool
appraisal_table(const struct catalogue *c, struct columns *out)
{
	struct column *more = columns_extend(&row_columns, c->appraisal_count, out);
	for (size_t i = 0; more && i < c->appraisal_count; i++)
		more[i] = (struct column){.key = c->appraisal[i].code,
		                          .titles = {c->appraisal[i].code, c->appraisal[i].name_zh},
		                          .read = item_points,
		                          .of = &c->appraisal[i],
		                          .right = true,
		                          .table_only = true};
	return more;
}

#define ROW struct appraisal_answer
static const struct column answer[] = {
    COUNT("seq", as_of.seq, JSON_ONLY),
    COUNT("time_us", time_us, JSON_ONLY),
    TEXT("label", label, JSON_ONLY),
    ROWS("rows", rows, count, &row_columns),
};
const struct columns appraisal_columns = COLUMNS("appraisal", answer);
#undef ROW
