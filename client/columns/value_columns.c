#include "value_columns.h"

#include "column_table.h"

struct value {
	const struct indicator *indicator;
	int64_t value;
};

#define ROW struct value
READ_AS(code, cell_text(row->indicator->code))
READ_AS(figure, cell_number(row->value, row->indicator->decimals))
static const struct column columns[] = {MADE("code", code, JSON_ONLY), MADE("value", figure, JSON_ONLY)};
static const struct columns value_columns = COLUMNS("values", columns);
#undef ROW

struct cell
cell_values(struct reading *r, const uint32_t *indicators, const int64_t *values, size_t count)
{
	struct value *known = arena_array(&r->arena, count, sizeof *known);
	size_t found = 0;
	for (size_t i = 0; known && i < count; i++) {
		known[found] = (struct value){catalogue_indicator(r->catalogue, indicators[i]), values[i]};
		found += known[found].indicator != NULL;
	}
	return cell_rows(CELL_NAMED, &value_columns, known, found);
}

struct cell
cell_value(const struct indicator *indicator, const uint32_t *indicators, const int64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (indicators[i] == indicator->number)
			return cell_number(values[i], indicator->decimals);
	return (struct cell){.kind = CELL_NONE};
}
