#include "item_place.h"

#include "codec.h"
#include "sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
item_decode(struct arena *arena, const struct outbox_item *item, struct submission *out)
{
	struct problem_list ignored;
	problem_list_init(&ignored);
	arena_init(arena, DECODE_BYTES_MAX);
	*out = (struct submission){0};
	if (!codec_decode_submission(arena, item->bytes, item->size, out, &ignored))
		*out = (struct submission){0};
}

/* "PATH:0" stands in line `row` of the places. */
bool
item_document_path(const struct outbox_item *item, size_t row, char out[PATH_MAX])
{
	const char *at = item->places;
	for (; at && row; row--) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	size_t size = at ? strcspn(at, "\n") : 0;
	while (size && at[size - 1] != ':')
		size--;
	if (!size || size > PATH_MAX)
		return false;
	snprintf(out, PATH_MAX, "%.*s", (int)size - 1, at);
	return true;
}

/* The k-th line of the places, split into file, sheet and line. */
struct place
item_place(const struct outbox_item *item, const struct problem *problem, const struct submission *s,
           char file[PATH_MAX])
{
	struct place place = {0};
	if (problem->subject == SUBJECT_REQUEST)
		return place;
	size_t row = problem->index + (problem->subject == SUBJECT_ENTRY     ? s->report_count
	                               : problem->subject == SUBJECT_PROJECT ? s->report_count + s->entry_count
	                                                                     : 0);
	const char *at = item->places;
	for (; at && row; row--) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	const char *end = at ? strchr(at, '\n') : NULL;
	const char *colon = end;
	while (colon && colon > at && *colon != ':')
		colon--;
	if (!colon || colon == at)
		return place;
	snprintf(file, PATH_MAX, "%.*s", (int)(colon - at), at);
	char *sheet = strstr(file, PLACE_SHEET);
	if (sheet)
		*sheet++ = 0;
	return place_make(file, sheet, strtoul(colon + 1, NULL, 10));
}

struct finding
item_finding(const struct outbox_item *item, const struct problem *problem, const struct submission *s,
             const struct catalogue *catalogue, enum language language, char file[PATH_MAX])
{
	struct finding finding = {.problem = *problem, .place = item_place(item, problem, s, file)};
	const struct indicator *indicator =
	    catalogue ? catalogue_indicator_by_name(catalogue, problem->column) : NULL;
	snprintf(finding.column, sizeof finding.column, "%s",
	         indicator ? indicator->name_zh : sheet_column_name(problem->column, language));
	if (!finding.place.file)
		finding.place.file = item->files;
	return finding;
}

/* Whole lines, up to `room` bytes. */
static void
add_problems(const struct outbox_item *item, const struct submission *s, const struct problem_list *problems,
             enum language language, char *out, size_t room)
{
	size_t used = strlen(out);
	for (size_t i = 0; i < problems->count; i++) {
		char file[PATH_MAX], *line = NULL;
		size_t size = 0;
		struct finding finding = {.problem = problems->items[i]};
		finding.place = item_place(item, &finding.problem, s, file);
		snprintf(finding.column, sizeof finding.column, "%s",
		         sheet_column_name(finding.problem.column, language));
		FILE *text = open_memstream(&line, &size);
		if (text)
			finding_write(&finding, language, text);
		bool fits = text && !fclose(text) && used + size < room;
		if (fits)
			used += (size_t)snprintf(out + used, room - used, "%s", line);
		free(line);
		if (!fits)
			break;
	}
	if (used && out[used - 1] == '\n')
		out[used - 1] = 0;
}

const char *
item_problems(const struct outbox_item *item, const struct problem_list *problems,
              char out[ITEM_PROBLEMS_BYTES])
{
	enum { HALF = ITEM_PROBLEMS_BYTES / 2 };
	struct arena arena;
	struct submission s;
	item_decode(&arena, item, &s);
	*out = 0;
	add_problems(item, &s, problems, LANGUAGE_ENGLISH, out, HALF);
	strcat(out, OUTBOX_LANGUAGES);
	add_problems(item, &s, problems, LANGUAGE_CHINESE, out, ITEM_PROBLEMS_BYTES);
	arena_free(&arena);
	return out;
}
