/* Shared by the files that mark a workbook's cells. */
#ifndef FUPIN_CLIENT_XLSX_MARKING_H
#define FUPIN_CLIENT_XLSX_MARKING_H

#include "xlsx_mark.h"

#include <expat.h>

/* A part of the package as text. */
struct part_text {
	char *bytes;
	size_t size;
};

/* The style that a cell gets instead of its own: the same one in red, or without any colour. New styles are
 * numbered after those that the workbook has. */
struct red_styles {
	unsigned first, count;
	size_t room;
	struct {
		unsigned of; /* the style that style first + i is made from */
		bool red;
	} * made;
};

/* False: no memory. */
bool red_style_of(struct red_styles *styles, unsigned style, bool red, unsigned *out);

/* Every comment of ours begins with this text, by which it is found again after another program has saved
 * the workbook. */
#define MARK_WORD "fupin: "

/* Cells that were marked before; their `text` is NULL. */
struct old_marks {
	size_t count, room;
	struct xlsx_mark *marks;
};

/* The comments without ours, whose cells are added to `old`; and the boxes without those of these cells.
 * NULL: no memory, or the XML is not as expected. */
char *unmark_comments(const struct part_text *comments, struct old_marks *old, size_t *size);
char *unmark_boxes(const struct part_text *boxes, const struct old_marks *old, size_t *size);

/* How many cell styles styles.xml has; false: the workbook cannot be marked. */
bool mark_count_styles(const struct part_text *styles, unsigned *count);
/* styles.xml with the red styles added. NULL: no memory, or it is not as expected. */
char *mark_styles(const struct part_text *styles, const struct red_styles *red, size_t *size);

/* A sheet with its marks. Marks are those of this sheet, by line and column; one without a text removes the
 * red. `link`: the id of a relationship to the drawing of the comments, if the sheet has none yet. NULL: no
 * memory, or the sheet is not as expected. */
char *mark_sheet(const struct part_text *sheet, const struct xlsx_mark *const *marks, size_t count,
                 struct red_styles *red, const char *link, size_t *size);

/* The comments, and the boxes in which they are shown: as new parts, or added to existing ones (`old`).
 * Cells that have a comment in `comments` already get none. */
char *mark_comments(const struct part_text *old, const struct xlsx_mark *const *marks, size_t count,
                    size_t *size);
char *mark_boxes(const struct part_text *old, const struct part_text *comments,
                 const struct xlsx_mark *const *marks, size_t count, size_t *size);

/* Inserts a text before an element's end tag ("</Types>", with any prefix), before the last one if there are
 * several. NULL: no memory, or no such tag. */
char *mark_before_end(const struct part_text *part, const char *name, const char *text, size_t *size);

/* An element's name without its prefix. */
const char *local_name(const char *name);

#endif
