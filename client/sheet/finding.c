#include "finding.h"

#include "base/utf8.h"

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
	char file[PLACE_NAME_BYTES], name[PLACE_NAME_BYTES];
	snprintf(out, PLACE_NAME_BYTES, "%s%s%s",
	         place->file ? utf8_show(place->file, UTF8_SAFE, file, sizeof file) : "",
	         *place->sheet ? sheet : "", utf8_show(place->sheet, UTF8_SAFE, name, sizeof name));
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
	char room[4 * sizeof finding->column];
	const char *name = utf8_show(finding->column, UTF8_SAFE, room, sizeof room);
	if (!*finding->letters)
		fprintf(out, zh ? "“%s”列" : "column %s", name);
	else if (!*name)
		fprintf(out, zh ? "%s 列" : "column %s", finding->letters);
	else
		fprintf(out, zh ? "%s 列（%s）" : "column %s (%s)", finding->letters, name);
}

void
finding_write(const struct finding *finding, enum language language, FILE *out)
{
	char text[PROBLEM_TEXT_BYTES], room[PLACE_NAME_BYTES];
	bool zh = language == LANGUAGE_CHINESE;
	const struct place *place = &finding->place;
	const char *between = "", *comma = zh ? "，" : ", ";
	if (place->file)
		fprintf(out, "%s: ", utf8_show(place->file, UTF8_SAFE, room, sizeof room));
	if (*place->sheet) {
		fprintf(out, zh ? "工作表“%s”" : "sheet %s", utf8_show(place->sheet, UTF8_SAFE, room, sizeof room));
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

void
findings_write(const struct findings *findings, enum language language, FILE *out)
{
	for (size_t i = 0; i < findings->count; i++)
		finding_write(&findings->items[i], language, out);
	if (findings->more)
		fprintf(out, language == LANGUAGE_CHINESE ? "……另有 %zu 个问题\n" : "… and %zu more problems\n",
		        findings->more);
}
