#include "finding_json.h"

#include "base/shown.h"
#include "base/utf8.h"

#include <json.h>
#include <stdio.h>

struct json_object *
finding_json(const struct finding *f, enum language language)
{
	char text[PROBLEM_TEXT_BYTES], room[PLACE_NAME_BYTES];
	const char *name = problem_name(f->problem.code);
	struct json_object *o = json_object_new_object();
	/* A file's name may be no text. */
	const char *file = utf8_show(f->place.file ? f->place.file : "", UTF8_SAFE, room, sizeof room);
	json_object_object_add(o, "file", json_object_new_string(file));
	json_object_object_add(o, "sheet", json_object_new_string(f->place.sheet));
	json_object_object_add(o, "row", json_object_new_int64((int64_t)f->place.line));
	json_object_object_add(o, "column_letters", json_object_new_string(f->letters));
	json_object_object_add(o, "column", json_object_new_string(f->column));
	json_object_object_add(o, "code", json_object_new_string(name ? name : ""));
	json_object_object_add(o, "text", json_object_new_string(problem_text(&f->problem, language, text)));
	return o;
}

struct json_object *
findings_json(const struct findings *findings, enum language language)
{
	struct json_object *array = json_object_new_array();
	for (size_t i = 0; i < findings->count; i++)
		json_object_array_add(array, finding_json(&findings->items[i], language));
	return array;
}

/* U+FFFD for what is not UTF-8; in JSON all others keep their value. */
static size_t
put_escaped(FILE *out, const char *at)
{
	enum { REPLACEMENT = 0xFFFD, PLANE = 0x10000, HIGH = 0xD800, LOW = 0xDC00, HALF = 10, MASK = 0x3FF };
	int32_t point;
	bool shown;
	size_t bytes = utf8_look(at, &point, &shown);
	char room[16];
	if (bytes && point >= PLANE)
		snprintf(room, sizeof room, "\\u%04x\\u%04x", (unsigned)(HIGH + ((point - PLANE) >> HALF)),
		         (unsigned)(LOW + ((point - PLANE) & MASK)));
	else
		snprintf(room, sizeof room, "\\u%04x", bytes ? (unsigned)point : REPLACEMENT);
	if (shown)
		fwrite(at, 1, bytes, out);
	else
		fputs(room, out);
	return bytes ? bytes : 1;
}

void
json_print(FILE *out, struct json_object *object, int flags)
{
	const char *text = json_object_to_json_string_ext(object, flags);
	while (*text) {
		size_t plain = 0;
		while (text[plain] && (unsigned char)text[plain] < 0x7F)
			plain++;
		fwrite(text, 1, plain, out);
		text += plain;
		if (*text)
			text += put_escaped(out, text);
	}
}

void
json_line(struct json_object *object)
{
	FILE *out = shown_below(stdout);
	json_print(out, object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	putc('\n', out);
	fflush(out);
	json_object_put(object);
}
