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

/* Which style a cell gets in the place of the one it has: the same in red, or without any colour. They are
 * numbered after all that are there. */
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

/* Every comment of ours begins so: it is found again, whatever program saved the workbook meanwhile. */
#define MARK_WORD "fupin: "

/* Cells that an earlier marking has marked; their `text` is NULL. */
struct old_marks {
	size_t count, room;
	struct xlsx_mark *marks;
};

/* The comments without ours, whose cells are added to `old`; the boxes without those of these cells. NULL: no
 * memory, or not as expected. */
char *unmark_comments(const struct part_text *comments, struct old_marks *old, size_t *size);
char *unmark_boxes(const struct part_text *boxes, const struct old_marks *old, size_t *size);

/* styles.xml: how many cell styles it has; false: it cannot be marked in. */
bool mark_count_styles(const struct part_text *styles, unsigned *count);
/* The same with the red ones. NULL: no memory, or it is not as expected. */
char *mark_styles(const struct part_text *styles, const struct red_styles *red, size_t *size);

/* A sheet with its marks (of this sheet, by line and column; one without a text takes the red away). `link`:
 * the id of a relationship to the drawing of the comments, if the sheet has none yet. NULL: no memory, or it
 * is not as expected. */
char *mark_sheet(const struct part_text *sheet, const struct xlsx_mark *const *marks, size_t count,
                 struct red_styles *red, const char *link, size_t *size);

/* The comments, and the boxes that they are shown in; new parts, or added to those that are there (`old`);
 * cells that `comments` has already get none. */
char *mark_comments(const struct part_text *old, const struct xlsx_mark *const *marks, size_t count,
                    size_t *size);
char *mark_boxes(const struct part_text *old, const struct part_text *comments,
                 const struct xlsx_mark *const *marks, size_t count, size_t *size);

/* A text before an element's end tag ("</Types>", whatever its prefix), of several the last. NULL: no memory,
 * or no such tag. */
char *mark_before_end(const struct part_text *part, const char *name, const char *text, size_t *size);

/* An element's name without its prefix. */
const char *local_name(const char *name);

#endif
