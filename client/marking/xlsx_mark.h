/* A copy of a workbook in which the cells that have problems are red and say in a comment what to do.
 * Everything else in it stays as it is, byte for byte: the clerk's own formats, formulas, other sheets. */
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

/* The same with what a check found there. */
bool xlsx_mark_findings(const char *path, const char *copy, const struct findings *findings,
                        enum language language, char error[MARK_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The same of a workbook's bytes: those of the copy, to be freed. NULL: `error` says why. */
uint8_t *xlsx_mark_bytes(const void *bytes, size_t size, const struct findings *findings,
                         enum language language, size_t *copy_size, char error[MARK_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
