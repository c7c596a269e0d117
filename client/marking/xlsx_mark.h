/* A copy of a workbook in which cells with problems are red and have a comment that says what to do.
 * Everything else stays as it is, byte for byte: the clerk's own formats, formulas, other sheets. */
#ifndef FUPIN_CLIENT_XLSX_MARK_H
#define FUPIN_CLIENT_XLSX_MARK_H

#include "sheet/finding.h"

struct xlsx_mark {
	const char *sheet;
	size_t line, column; /* line from 1, column from 0 */
	const char *text;    /* of the comment */
};

enum { MARK_ERROR_BYTES = 256 };

/* Writes `copy` (never over `path` itself), marked. False: `error` says why, and there is no copy. */
bool xlsx_mark(const char *path, const char *copy, const struct xlsx_mark *marks, size_t count,
               char error[MARK_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The same with findings of a check. */
bool xlsx_mark_findings(const char *path, const char *copy, const struct findings *findings,
                        enum language language, char error[MARK_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The same for a workbook's bytes; returns those of the copy, to be freed. NULL: `error` says why. */
uint8_t *xlsx_mark_bytes(const void *bytes, size_t size, const struct findings *findings,
                         enum language language, size_t *copy_size, char error[MARK_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
