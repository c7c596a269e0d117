/* Removes earlier marks, so that a copy can be marked again: our earlier comments go, with their boxes, and
 * cells that have no problem any more lose their red. Other programs may have saved the workbook since; our
 * comments are found by their first word. */
#include "base/grow.h"
#include "xlsx/splice.h"
#include "xlsx_marking.h"

#include <stdlib.h>
#include <string.h>

struct unmarking {
	XML_Parser parser;
	struct splice splice;
	struct old_marks *old;
	bool in_comment, failed;
	size_t at; /* of the comment */
	struct xlsx_mark mark;
	size_t word_size; /* of its text so far */
	char word[sizeof MARK_WORD];
};

static bool
add_old(struct old_marks *old, const struct xlsx_mark *mark)
{
	if (!grow(&old->marks, &old->room, old->count + 1, sizeof *old->marks))
		return false;
	old->marks[old->count++] = *mark;
	return true;
}

/* "F14". */
static struct xlsx_mark
cell_of(const char *place)
{
	struct xlsx_mark mark = {0};
	for (; *place >= 'A' && *place <= 'Z' && mark.column < 20000; place++)
		mark.column = mark.column * 26 + (size_t)(*place - 'A') + 1;
	mark.column -= mark.column > 0;
	mark.line = strtoul(place, NULL, 10);
	return mark;
}

static void
on_start(void *context, const char *qualified, const char **attributes)
{
	struct unmarking *u = context;
	if (strcmp(local_name(qualified), "comment") != 0)
		return;
	u->in_comment = true;
	u->at = (size_t)XML_GetCurrentByteIndex(u->parser);
	u->word_size = 0;
	u->mark = (struct xlsx_mark){0};
	for (; *attributes; attributes += 2)
		if (!strcmp(*attributes, "ref"))
			u->mark = cell_of(attributes[1]);
}

static void
on_text(void *context, const char *text, int size)
{
	struct unmarking *u = context;
	size_t room = sizeof u->word - 1 - u->word_size, taken = (size_t)size < room ? (size_t)size : room;
	if (!u->in_comment)
		return;
	memcpy(u->word + u->word_size, text, taken);
	u->word_size += taken;
}

static void
on_end(void *context, const char *qualified)
{
	struct unmarking *u = context;
	if (strcmp(local_name(qualified), "comment") != 0)
		return;
	u->in_comment = false;
	u->word[u->word_size] = 0;
	if (strcmp(u->word, MARK_WORD) != 0 || !u->mark.line)
		return;
	size_t end = (size_t)XML_GetCurrentByteIndex(u->parser) + (size_t)XML_GetCurrentByteCount(u->parser);
	splice_put(&u->splice, u->at, end - u->at, "%s", "");
	u->failed |= !add_old(u->old, &u->mark);
}

char *
unmark_comments(const struct part_text *comments, struct old_marks *old, size_t *size)
{
	struct unmarking u = {.old = old};
	u.parser = XML_ParserCreate(NULL);
	if (!u.parser)
		return NULL;
	splice_begin(&u.splice, comments->bytes, comments->size);
	XML_SetUserData(u.parser, &u);
	XML_SetElementHandler(u.parser, on_start, on_end);
	XML_SetCharacterDataHandler(u.parser, on_text);
	bool good = XML_Parse(u.parser, comments->bytes, (int)comments->size, 1) == XML_STATUS_OK && !u.failed;
	XML_ParserFree(u.parser);
	char *out = splice_end(&u.splice, size);
	if (good)
		return out;
	free(out);
	return NULL;
}

/* The number after a tag within [at, end); SIZE_MAX: it has none. */
static size_t
number_after(const char *at, const char *end, const char *tag)
{
	const char *found = memmem(at, (size_t)(end - at), tag, strlen(tag));
	return found ? strtoul(found + strlen(tag), NULL, 10) : SIZE_MAX;
}

static bool
is_old(const struct old_marks *old, size_t row, size_t column)
{
	for (size_t i = 0; i < old->count; i++)
		if (old->marks[i].line == row + 1 && old->marks[i].column == column)
			return true;
	return false;
}

/* Drawings are not always XML that a parser takes: shapes are found by their tags. */
char *
unmark_boxes(const struct part_text *boxes, const struct old_marks *old, size_t *size)
{
	static const char close[] = "</v:shape>";
	struct splice splice;
	const char *end = boxes->bytes + boxes->size, *at = boxes->bytes, *stop;
	splice_begin(&splice, boxes->bytes, boxes->size);
	while ((at = memmem(at, (size_t)(end - at), "<v:shape ", 9)) &&
	       (stop = memmem(at, (size_t)(end - at), close, sizeof close - 1))) {
		stop += sizeof close - 1;
		if (is_old(old, number_after(at, stop, "<x:Row>"), number_after(at, stop, "<x:Column>")))
			splice_put(&splice, (size_t)(at - boxes->bytes), (size_t)(stop - at), "%s", "");
		at = stop;
	}
	return splice_end(&splice, size);
}
