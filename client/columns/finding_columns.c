#include "finding_columns.h"

#include "base/utf8.h"
#include "column_table.h"
#include "sheet/finding.h"

/* A file's name may be no text. */
READER(finding_file)
{
	const struct finding *f = row;
	char room[PLACE_NAME_BYTES];
	return cell_printed(r, "%s", utf8_show(f->place.file ? f->place.file : "", UTF8_SAFE, room, sizeof room));
}

READER(finding_code)
{
	const char *name = problem_name(((const struct finding *)row)->problem.code);
	return cell_text(name ? name : "");
}

READER(finding_text)
{
	char text[PROBLEM_TEXT_BYTES];
	return cell_printed(r, "%s", problem_text(&((const struct finding *)row)->problem, r->language, text));
}

#define ROW struct finding
static const struct column findings[] = {
    MADE("file", finding_file, JSON_ONLY), TEXT("sheet", place.sheet, JSON_ONLY),
    COUNT("row", place.line, JSON_ONLY),   TEXT("column_letters", letters, JSON_ONLY),
    TEXT("column", column, JSON_ONLY),     MADE("code", finding_code, JSON_ONLY),
    MADE("text", finding_text, JSON_ONLY),
};
const struct columns finding_columns = COLUMNS("problems", findings);
#undef ROW

#define ROW struct place
static const struct column sheets[] = {TEXT(NULL, sheet, JSON_ONLY)};
const struct columns sheet_name_columns = COLUMNS("sheets", sheets);
#undef ROW
