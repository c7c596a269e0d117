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
