#include "plan_columns.h"

#include "column_table.h"

/* ---------------------------------------------------------------- units */

/* "2013-09.." and the like; "": always. */
READER(unit_months)
{
	const struct unit *unit = row;
	char first[8] = "", last[8] = "";
	if (unit->first)
		period_format(unit->first, first);
	if (unit->last)
		period_format(unit->last, last);
	return *first || *last ? cell_printed(r, "%s..%s", first, last) : cell_text("");
}

READER(unit_then)
{
	const struct unit *unit = row;
	return unit->successor ? cell_code(unit->successor) : cell_text("");
}

#define ROW struct unit
static const struct column units[] = {
    UNIT("code", code, TITLE("code", "代码")),
    ENUM("level", level, unit_level_name, unit_level_name_zh, TITLE("level", "级别")),
    TEXT("name", name, TITLE("name", "名称")),
    TEXT("basis", basis, TITLE("basis", "代码依据")),
    MADE("months", unit_months, MAYBE, TITLE("months", "存续期间")),
    MADE("successor", unit_then, MAYBE, TITLE("then", "后续单位")),
};
const struct columns unit_columns = COLUMNS("units", units);
#undef ROW

/* ---------------------------------------------------------------- the indicators of a form */

static const char *
indicator_code(const struct catalogue *catalogue, uint32_t number)
{
	const struct indicator *indicator = catalogue_indicator(catalogue, number);
	return indicator ? indicator->code : "";
}

struct field_row
field_row_make(const struct catalogue *catalogue, const struct form_version *version, size_t at)
{
	const struct form_field *field = &version->fields[at];
	return (struct field_row){
	    .version = version->version,
	    .indicator = *field->definition,
	    .field = *field,
	    .part_of = field->whole >= 0 ? version->fields[field->whole].definition->code : "",
	    .base = indicator_code(catalogue, field->base),
	    .step_after = indicator_code(catalogue, field->step_after),
	};
}

READER(field_kind)
{
	const struct field_row *of = row;
	return of->indicator.kind == INDICATOR_FLOW ? cell_named(r, "flow", "流量", "flow")
	                                            : cell_named(r, "stock", "存量", "stock");
}

READER(field_required)
{
	const struct field_row *of = row;
	return cell_text(of->field.required ? reading_chooses(r, "required", "必填") : "");
}

/* A bound, with the indicator's decimals. */
READER(field_bound)
{
	const struct field_row *of = row;
	return cell_number(*(const int64_t *)((const char *)row + column->offset), of->indicator.decimals);
}

#define ROW struct field_row
static const struct column fields[] = {
    COUNT("version", version, TABLE_ONLY, TITLE("version", "版本")),
    COUNT("number", indicator.number, JSON_ONLY),
    TEXT("indicator", indicator.code, TITLE("indicator", "指标代码")),
    TEXT("name_zh", indicator.name_zh, TITLE("名称", "名称")),
    TEXT("name_en", indicator.name_en, TITLE("name", "name")),
    NAMES("measure", indicator.measure_en, indicator.measure_zh, TABLE_ONLY, TITLE("measure", "计量单位")),
    TEXT("measure_zh", indicator.measure_zh, JSON_ONLY),
    TEXT("measure_en", indicator.measure_en, JSON_ONLY),
    COUNT("decimals", indicator.decimals, JSON_ONLY),
    MADE("kind", field_kind, TITLE("kind", "类型")),
    MADE("required_word", field_required, TABLE_ONLY, TITLE("required", "必填")),
    FLAG("required", field.required, JSON_ONLY),
    COLUMN_OF("minimum", field_bound, field.minimum, int64_t, RIGHT, TITLE("least", "下限")),
    COLUMN_OF("maximum", field_bound, field.maximum, int64_t, RIGHT, TITLE("most", "上限")),
    TEXT("part_of", part_of, MAYBE, TITLE("part of", "其中项属于")),
    TEXT("base", base, MAYBE, TITLE("year within", "全年不超过")),
    TEXT("step_after", step_after, MAYBE, TITLE("step after", "前一步骤")),
    TEXT("project", indicator.project, TITLE("project", "工程")),
    TEXT("notice", indicator.notice, TITLE("notice", "文件条款")),
};
const struct columns field_columns = COLUMNS("indicators", fields);
#undef ROW

/* ---------------------------------------------------------------- forms */

READER(form_periods)
{
	const struct form_row *of = row;
	char first[8], last[8];
	period_format(of->version.first, first);
	period_format(of->version.last, last);
	return cell_printed(r, "%s..%s", first, last);
}

READER(form_fields)
{
	const struct form_version *version = &((const struct form_row *)row)->version;
	struct field_row *rows = arena_array(&r->arena, version->field_count, sizeof *rows);
	for (size_t i = 0; rows && i < version->field_count; i++)
		rows[i] = field_row_make(r->catalogue, version, i);
	return cell_rows(CELL_ROWS, column->nested, rows, rows ? version->field_count : 0);
}

#define ROW struct form_row
static const struct column forms[] = {
    TEXT("form", form.code, TITLE("form", "表")),
    COUNT("version", version.version, TITLE("version", "版本")),
    ENUM("level", form.level, unit_level_name, unit_level_name_zh, TITLE("level", "级别")),
    MADE("periods", form_periods, TITLE("periods", "期间")),
    COUNT("indicator_count", version.field_count, TABLE_ONLY, TITLE("indicators", "指标数")),
    NAMES("name", form.name_en, form.name_zh, TABLE_ONLY, TITLE("name", "名称")),
    TEXT("name_zh", form.name_zh, JSON_ONLY),
    TEXT("name_en", form.name_en, JSON_ONLY),
    MADE("indicators", form_fields, .nested = &field_columns),
};
const struct columns form_columns = COLUMNS("forms", forms);
#undef ROW
