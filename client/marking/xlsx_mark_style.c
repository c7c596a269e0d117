/* Adds styles to a workbook: a red fill and, for each style that a marked cell has, the same one with that
 * fill. */
#include "base/grow.h"
#include "xlsx/splice.h"
#include "xlsx_marking.h"

#include <stdlib.h>
#include <string.h>

#define RED_FILL "FFFF9C9C"

struct style_place {
	size_t at, size; /* of the whole element */
};

struct style_marking {
	XML_Parser parser;
	const struct part_text *styles;
	int depth;
	char list[16]; /* the list that it is in, at depth 2: "fills", "cellXfs" */
	unsigned fill_count, xf_count;
	size_t fills_at, fills_bytes, fills_end; /* start tag, and where the end tag begins; 0: not there */
	size_t xfs_at, xfs_bytes, xfs_end;
	struct style_place *xfs;
	size_t xf_room;
	bool failed;
};

bool
red_style_of(struct red_styles *styles, unsigned style, bool red, unsigned *out)
{
	for (unsigned i = 0; i < styles->count; i++)
		if (styles->made[i].of == style && styles->made[i].red == red) {
			*out = styles->first + i;
			return true;
		}
	if (!grow(&styles->made, &styles->room, styles->count + 1, sizeof *styles->made))
		return false;
	styles->made[styles->count].of = style;
	styles->made[styles->count].red = red;
	*out = styles->first + styles->count++;
	return true;
}

static void
add_xf(struct style_marking *m, size_t at)
{
	if (grow(&m->xfs, &m->xf_room, m->xf_count + 1, sizeof *m->xfs))
		m->xfs[m->xf_count++] = (struct style_place){.at = at};
	else
		m->failed = true;
}

static void
on_start(void *context, const char *qualified, const char **attributes)
{
	struct style_marking *m = context;
	const char *name = local_name(qualified);
	size_t at = (size_t)XML_GetCurrentByteIndex(m->parser),
	       bytes = (size_t)XML_GetCurrentByteCount(m->parser);
	(void)attributes;
	m->depth++;
	if (m->depth == 2) {
		snprintf(m->list, sizeof m->list, "%s", name);
		if (!strcmp(name, "fills")) {
			m->fills_at = at;
			m->fills_bytes = bytes;
		} else if (!strcmp(name, "cellXfs")) {
			m->xfs_at = at;
			m->xfs_bytes = bytes;
		}
	}
	m->fill_count += m->depth == 3 && !strcmp(m->list, "fills");
	if (m->depth == 3 && !strcmp(m->list, "cellXfs"))
		add_xf(m, at);
}

static void
on_end(void *context, const char *qualified)
{
	struct style_marking *m = context;
	const char *name = local_name(qualified);
	size_t at = (size_t)XML_GetCurrentByteIndex(m->parser);
	bool empty = !XML_GetCurrentByteCount(m->parser); /* the end of "<fills/>": there is nothing between */
	if (m->depth == 3 && !strcmp(m->list, "cellXfs") && m->xf_count) {
		struct style_place *xf = &m->xfs[m->xf_count - 1];
		xf->size = at + (size_t)XML_GetCurrentByteCount(m->parser) - xf->at;
	}
	if (m->depth == 2 && !strcmp(name, "fills") && !empty)
		m->fills_end = at;
	if (m->depth == 2 && !strcmp(name, "cellXfs") && !empty)
		m->xfs_end = at;
	m->depth--;
}

/* Lists that are empty tags have nothing that could be copied: such a workbook is not marked. */
static bool
walk(struct style_marking *m, const struct part_text *styles)
{
	*m = (struct style_marking){.styles = styles};
	m->parser = XML_ParserCreate(NULL);
	if (!m->parser)
		return false;
	XML_SetUserData(m->parser, m);
	XML_SetElementHandler(m->parser, on_start, on_end);
	bool good = XML_Parse(m->parser, styles->bytes, (int)styles->size, 1) == XML_STATUS_OK;
	XML_ParserFree(m->parser);
	return good && !m->failed && m->fills_end > m->fills_at && m->xfs_end > m->xfs_at && m->xf_count;
}

bool
mark_count_styles(const struct part_text *styles, unsigned *count)
{
	struct style_marking m;
	bool good = walk(&m, styles);
	*count = m.xf_count;
	free(m.xfs);
	return good;
}

/* The list's start tag with another count. */
static void
put_count(struct splice *s, size_t at, size_t bytes, unsigned count)
{
	char value[16], *tag = NULL;
	size_t size;
	FILE *out = open_memstream(&tag, &size);
	snprintf(value, sizeof value, "%u", count);
	if (out)
		tag_with_attribute(out, s->text + at, bytes, "count", value);
	if (!out || fclose(out))
		s->failed = true;
	else
		splice_put(s, at, bytes, "%s", tag);
	free(tag);
}

/* A style, whole, with another fill. */
static void
put_filled(struct splice *s, const struct style_place *xf, unsigned fill)
{
	const char *text = s->text + xf->at;
	size_t tag_size = (size_t)((const char *)memchr(text, '>', xf->size) - text) + 1, size;
	char value[16], *filled = NULL, *whole = NULL;
	snprintf(value, sizeof value, "%u", fill);
	FILE *out = open_memstream(&filled, &size);
	if (out)
		tag_with_attribute(out, text, tag_size, "fillId", value);
	if (!out || fclose(out)) {
		s->failed = true;
		free(filled);
		return;
	}
	out = open_memstream(&whole, &size);
	if (out)
		tag_with_attribute(out, filled, strlen(filled), "applyFill", "1");
	if (!out || fclose(out))
		s->failed = true;
	else
		fprintf(s->stream, "%s%.*s", whole, (int)(xf->size - tag_size), text + tag_size);
	free(filled);
	free(whole);
}

static void
put_fills(const struct style_marking *m, struct splice *s)
{
	const char *tag = m->styles->bytes + m->fills_at + 1;
	const char *name = strstr(tag, "fills");
	int prefix = name ? (int)(name - tag) : 0;
	put_count(s, m->fills_at, m->fills_bytes, m->fill_count + 1);
	splice_put(s, m->fills_end, 0,
	           "<%.*sfill><%.*spatternFill patternType=\"solid\"><%.*sfgColor rgb=\"" RED_FILL
	           "\"/><%.*sbgColor indexed=\"64\"/></%.*spatternFill></%.*sfill>",
	           prefix, tag, prefix, tag, prefix, tag, prefix, tag, prefix, tag, prefix, tag);
}

static void
put_xfs(const struct style_marking *m, struct splice *s, const struct red_styles *red)
{
	put_count(s, m->xfs_at, m->xfs_bytes, m->xf_count + red->count);
	splice_put(s, m->xfs_end, 0, "%s", "");
	for (unsigned i = 0; i < red->count; i++) {
		unsigned of = red->made[i].of < m->xf_count ? red->made[i].of : 0;
		put_filled(s, &m->xfs[of], red->made[i].red ? m->fill_count : 0); /* fill 0: none */
	}
}

char *
mark_styles(const struct part_text *styles, const struct red_styles *red, size_t *size)
{
	struct style_marking m;
	struct splice splice;
	if (!walk(&m, styles)) {
		free(m.xfs);
		return NULL;
	}
	splice_begin(&splice, styles->bytes, styles->size);
	if (!splice.failed && m.fills_at < m.xfs_at) {
		put_fills(&m, &splice);
		put_xfs(&m, &splice, red);
	} else if (!splice.failed) {
		put_xfs(&m, &splice, red);
		put_fills(&m, &splice);
	}
	free(m.xfs);
	return splice_end(&splice, size);
}
