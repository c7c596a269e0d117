/* Comments, and the boxes that a spreadsheet shows them in (VML, as Excel itself still writes it). */
#include "xlsx_marking.h"

#include "sheet/finding.h"
#include "xlsx/splice.h"

#include <stdlib.h>
#include <string.h>

char *
mark_before_end(const struct part_text *part, const char *name, const char *text, size_t *size)
{
	const char *at = NULL, *end = part->bytes + part->size;
	for (const char *next = part->bytes; (next = memmem(next, (size_t)(end - next), "</", 2)); next += 2) {
		const char *close = memchr(next, '>', (size_t)(end - next));
		size_t length = close ? (size_t)(close - next) - 2 : 0, own = strlen(name);
		while (length && strchr(" \t\r\n", next[2 + length - 1]))
			length--;
		if (length >= own && !memcmp(next + 2 + length - own, name, own) &&
		    (length == own || next[2 + length - own - 1] == ':'))
			at = next;
	}
	if (!at)
		return NULL;
	struct splice splice;
	splice_begin(&splice, part->bytes, part->size);
	splice_put(&splice, (size_t)(at - part->bytes), 0, "%s", text);
	return splice_end(&splice, size);
}

static bool
same_cell(const struct xlsx_mark *a, const struct xlsx_mark *b)
{
	return a->line == b->line && a->column == b->column;
}

/* A comment of the clerk's own stays; ours would be a second one in the cell. */
static bool
has_comment(const struct part_text *old, const char *place)
{
	char wanted[48];
	snprintf(wanted, sizeof wanted, "ref=\"%s\"", place);
	return old && memmem(old->bytes, old->size, wanted, strlen(wanted));
}

static const char *
place_of(const struct xlsx_mark *mark, char out[32])
{
	char letters[LETTERS_BYTES];
	snprintf(out, 32, "%s%zu", column_letters(mark->column, letters), mark->line);
	return out;
}

static void
write_comments(FILE *out, const struct part_text *old, const struct xlsx_mark *const *marks, size_t count)
{
	char place[32];
	for (size_t i = 0; i < count;) {
		const struct xlsx_mark *first = marks[i];
		bool skip = !first->text || has_comment(old, place_of(first, place));
		if (!skip)
			fprintf(out, "<comment ref=\"%s\" authorId=\"0\"><text><r><t xml:space=\"preserve\">" MARK_WORD,
			        place);
		for (size_t k = i; i < count && same_cell(first, marks[i]); i++) {
			if (skip)
				continue;
			fputs(i > k ? "\n" : "", out);
			xml_escape(out, marks[i]->text);
		}
		if (!skip)
			fputs("</t></r></text></comment>", out);
	}
}

char *
mark_comments(const struct part_text *old, const struct xlsx_mark *const *marks, size_t count, size_t *size)
{
	char *text = NULL, *whole;
	FILE *out = open_memstream(&text, size);
	if (!out)
		return NULL;
	if (!old)
		fputs("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments xmlns=\"http://"
		      "schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>fupin</author></"
		      "authors><commentList>",
		      out);
	write_comments(out, old, marks, count);
	if (!old)
		fputs("</commentList></comments>", out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	if (!old)
		return text;
	whole = mark_before_end(old, "commentList", text, size);
	free(text);
	return whole;
}

/* Box numbers that no program counts up to. */
enum { BOX_BLOCK = 900, BOX_FIRST = BOX_BLOCK * 1024 + 1 };

/* How many boxes an earlier marking has put there: their numbers are taken. */
static size_t
boxes_of_ours(const struct part_text *old)
{
	static const char shape[] = "id=\"_x0000_s";
	size_t most = 0;
	const char *end = old ? old->bytes + old->size : NULL;
	for (const char *at = old ? old->bytes : NULL;
	     at && (at = memmem(at, (size_t)(end - at), shape, sizeof shape - 1)); at++) {
		unsigned long number = strtoul(at + sizeof shape - 1, NULL, 10);
		if (number >= BOX_FIRST && number < BOX_FIRST + 1000000 && number - BOX_FIRST >= most)
			most = number - BOX_FIRST + 1;
	}
	return most;
}

static void
write_box(FILE *out, const struct xlsx_mark *mark, size_t number)
{
	size_t column = mark->column, row = mark->line - 1;
	fprintf(
	    out,
	    "<v:shape id=\"_x0000_s%zu\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:80pt;"
	    "margin-top:5pt;width:240pt;height:80pt;z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" "
	    "o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/>"
	    "<v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\"><div "
	    "style=\"text-align:left\"></div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/>"
	    "<x:SizeWithCells/><x:Anchor>%zu, 15, %zu, 2, %zu, 15, %zu, "
	    "4</x:Anchor><x:AutoFill>False</x:AutoFill>"
	    "<x:Row>%zu</x:Row><x:Column>%zu</x:Column></x:ClientData></v:shape>",
	    BOX_FIRST + number, column + 1, row, column + 5, row + 4, row, column);
}

char *
mark_boxes(const struct part_text *old, const struct part_text *comments,
           const struct xlsx_mark *const *marks, size_t count, size_t *size)
{
	char *text = NULL, *whole, place[32];
	size_t first = boxes_of_ours(old);
	FILE *out = open_memstream(&text, size);
	if (!out)
		return NULL;
	if (!old)
		fprintf(out,
		        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" "
		        "xmlns:o=\"urn:schemas-microsoft-com:office:office\" "
		        "xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap "
		        "v:ext=\"edit\" data=\"%d\"/></o:shapelayout><v:shapetype id=\"_x0000_t202\" "
		        "coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke "
		        "joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>",
		        BOX_BLOCK);
	for (size_t i = 0; i < count; i++)
		if (marks[i]->text && (!i || !same_cell(marks[i - 1], marks[i])) &&
		    !has_comment(comments, place_of(marks[i], place)))
			write_box(out, marks[i], first + i);
	if (!old)
		fputs("</xml>", out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	if (!old)
		return text;
	whole = mark_before_end(old, "xml", text, size);
	free(text);
	return whole;
}
