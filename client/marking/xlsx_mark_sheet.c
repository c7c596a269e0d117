/* Gives marked cells of a sheet their red styles, and adds cells that the file does not have because they
 * are empty. */
#include "xlsx_marking.h"

#include "sheet/finding.h"
#include "xlsx/splice.h"

#include <stdlib.h>
#include <string.h>

struct sheet_marking {
	XML_Parser parser;
	struct splice splice;
	const struct xlsx_mark *const *marks;
	size_t count, next; /* next: the first that has no cell yet */
	struct red_styles *red;
	const char *link;
	size_t line, column; /* of the row and the cell that it is in; column: the next one without a place */
	char prefix[32];     /* of its elements */
	int depth;
	bool linked, failed;
};

const char *
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static const char *
attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (!strcmp(*attributes, name))
			return attributes[1];
	return NULL;
}

static size_t
position(const struct sheet_marking *m)
{
	return (size_t)XML_GetCurrentByteIndex(m->parser);
}

static void
take_prefix(struct sheet_marking *m, const char *name)
{
	size_t size = (size_t)(local_name(name) - name);
	if (size < sizeof m->prefix) {
		memcpy(m->prefix, name, size);
		m->prefix[size] = 0;
	}
}

/* Marks of cells that the row does not have, before `column`. */
static void
put_missing(struct sheet_marking *m, size_t at, size_t column)
{
	while (m->next < m->count && m->marks[m->next]->line == m->line && m->marks[m->next]->column < column) {
		const struct xlsx_mark *mark = m->marks[m->next];
		char letters[LETTERS_BYTES];
		unsigned style;
		if (!mark->text) { /* nothing was there before, either */
			m->next++;
			continue;
		}
		if (!red_style_of(m->red, 0, true, &style)) {
			m->failed = true;
			return;
		}
		splice_put(&m->splice, at, 0, "<%sc r=\"%s%zu\" s=\"%u\"/>", m->prefix,
		           column_letters(mark->column, letters), mark->line, style);
		while (m->next < m->count && m->marks[m->next]->line == mark->line &&
		       m->marks[m->next]->column == mark->column)
			m->next++;
	}
}

/* "F14": 5. */
static size_t
column_of(const char *place)
{
	size_t column = 0;
	for (; *place >= 'A' && *place <= 'Z'; place++)
		column = column * 26 + (size_t)(*place - 'A') + 1;
	return column ? column - 1 : 0;
}

static void
redden(struct sheet_marking *m, const char *style_text)
{
	size_t at = position(m), size = (size_t)XML_GetCurrentByteCount(m->parser), tag_size;
	char value[16], *tag = NULL;
	unsigned style;
	FILE *out = open_memstream(&tag, &tag_size);
	unsigned old = style_text ? (unsigned)strtoul(style_text, NULL, 10) : 0;
	if (!out || !red_style_of(m->red, old, m->marks[m->next]->text, &style)) {
		m->failed = true;
	} else {
		snprintf(value, sizeof value, "%u", style);
		tag_with_attribute(out, m->splice.text + at, size, "s", value);
	}
	if (out && fclose(out))
		m->failed = true;
	if (!m->failed)
		splice_put(&m->splice, at, size, "%s", tag);
	free(tag);
}

static void
on_cell(struct sheet_marking *m, const char **attributes)
{
	const char *place = attribute(attributes, "r");
	size_t column = place ? column_of(place) : m->column;
	m->column = column + 1;
	put_missing(m, position(m), column);
	if (m->next < m->count && m->marks[m->next]->line == m->line && m->marks[m->next]->column == column) {
		redden(m, attribute(attributes, "s"));
		while (m->next < m->count && m->marks[m->next]->line == m->line &&
		       m->marks[m->next]->column == column)
			m->next++;
	}
}

/* Behind the drawing of comments come only these. */
static void
put_link(struct sheet_marking *m, const char *name)
{
	static const char *const later[] = {"legacyDrawingHF", "drawingHF",       "picture",    "oleObjects",
	                                    "controls",        "webPublishItems", "tableParts", "extLst"};
	bool here = !name; /* the sheet's end */
	for (size_t i = 0; name && i < sizeof later / sizeof *later; i++)
		here |= !strcmp(name, later[i]);
	if (!here || m->linked || !m->link)
		return;
	splice_put(&m->splice, position(m), 0,
	           "<%slegacyDrawing "
	           "xmlns:fupin=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" "
	           "fupin:id=\"%s\"/>",
	           m->prefix, m->link);
	m->linked = true;
}

static void
on_start(void *context, const char *qualified, const char **attributes)
{
	struct sheet_marking *m = context;
	const char *name = local_name(qualified);
	m->depth++;
	if (m->depth == 1)
		take_prefix(m, qualified);
	if (m->depth == 2)
		put_link(m, name);
	if (!strcmp(name, "row") && m->depth == 3) {
		const char *line = attribute(attributes, "r");
		m->line = line ? strtoul(line, NULL, 10) : m->line + 1;
		m->column = 0;
		/* Lines that the sheet does not have. */
		while (m->next < m->count && m->marks[m->next]->line < m->line)
			m->next++;
	}
	if (!strcmp(name, "c") && m->depth == 4)
		on_cell(m, attributes);
}

/* "<row/>" is opened for cells to come into. Its end is an event without bytes. */
static void
end_row(struct sheet_marking *m)
{
	bool empty = !XML_GetCurrentByteCount(m->parser), wanted = m->next < m->count;
	wanted = wanted && m->marks[m->next]->line == m->line;
	if (empty && wanted)
		splice_put(&m->splice, position(m) - 2, 2, ">");
	put_missing(m, position(m), SIZE_MAX);
	if (empty && wanted)
		splice_put(&m->splice, position(m), 0, "</%srow>", m->prefix);
}

static void
on_end(void *context, const char *qualified)
{
	struct sheet_marking *m = context;
	const char *name = local_name(qualified);
	if (!strcmp(name, "row") && m->depth == 3)
		end_row(m);
	if (m->depth == 1)
		put_link(m, NULL);
	m->depth--;
}

char *
mark_sheet(const struct part_text *sheet, const struct xlsx_mark *const *marks, size_t count,
           struct red_styles *red, const char *link, size_t *size)
{
	struct sheet_marking m = {.marks = marks, .count = count, .red = red, .link = link};
	m.parser = XML_ParserCreate(NULL);
	if (!m.parser)
		return NULL;
	splice_begin(&m.splice, sheet->bytes, sheet->size);
	XML_SetUserData(m.parser, &m);
	XML_SetElementHandler(m.parser, on_start, on_end);
	bool good = XML_Parse(m.parser, sheet->bytes, (int)sheet->size, 1) == XML_STATUS_OK && !m.failed;
	XML_ParserFree(m.parser);
	char *out = splice_end(&m.splice, size);
	if (good)
		return out;
	free(out);
	return NULL;
}
