#include "finding.h"

#include <stdio.h>
#include <string.h>

struct finding *
finding_add(struct findings *findings)
{
	static _Thread_local struct finding overflow;
	if (findings->count == FINDINGS_MAX) {
		findings->more++;
		return &overflow;
	}
	struct finding *finding = &findings->items[findings->count++];
	*finding = (struct finding){0};
	return finding;
}

struct place
place_make(const char *file, const char *sheet, size_t line)
{
	struct place place = {.file = file, .line = line};
	snprintf(place.sheet, sizeof place.sheet, "%s", sheet ? sheet : "");
	return place;
}

char *
place_name(const struct place *place, enum language language, char out[PLACE_NAME_BYTES])
{
	const char *sheet = language == LANGUAGE_CHINESE ? ": 工作表" : ": sheet ";
	snprintf(out, PLACE_NAME_BYTES, "%s%s%s", place->file ? place->file : "", *place->sheet ? sheet : "",
	         place->sheet);
	return out;
}

char *
column_letters(size_t column, char out[LETTERS_BYTES])
{
	size_t used = LETTERS_BYTES - 1;
	out[used] = 0;
	for (size_t rest = column + 1; rest && used; rest = (rest - 1) / 26)
		out[--used] = (char)('A' + (rest - 1) % 26);
	return memmove(out, out + used, LETTERS_BYTES - used);
}

static void
print_column(const struct finding *finding, bool zh, FILE *out)
{
	if (!*finding->letters)
		fprintf(out, zh ? "“%s”列" : "column %s", finding->column);
	else if (!*finding->column)
		fprintf(out, zh ? "%s 列" : "column %s", finding->letters);
	else
		fprintf(out, zh ? "%s 列（%s）" : "column %s (%s)", finding->letters, finding->column);
}

void
finding_write(const struct finding *finding, enum language language, FILE *out)
{
	char text[PROBLEM_TEXT_BYTES];
	bool zh = language == LANGUAGE_CHINESE;
	const struct place *place = &finding->place;
	const char *between = "", *comma = zh ? "，" : ", ";
	if (place->file)
		fprintf(out, "%s: ", place->file);
	if (*place->sheet) {
		fprintf(out, zh ? "工作表“%s”" : "sheet %s", place->sheet);
		between = comma;
	}
	if (place->line) {
		fprintf(out, zh ? "%s第 %zu 行" : "%srow %zu", between, place->line);
		between = comma;
	}
	if (*finding->letters || *finding->column) {
		fprintf(out, "%s", between);
		print_column(finding, zh, out);
		between = comma;
	}
	if (*between)
		fprintf(out, zh ? "：" : ": ");
	fprintf(out, "%s\n", problem_text(&finding->problem, language, text));
}

void
finding_print(const struct finding *finding, enum language language)
{
	finding_write(finding, language, stderr);
}
