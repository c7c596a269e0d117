/* A workbook of XML parts that a fuzzer can change without its ZIP going to pieces (parts.h): the letters are
 * those of part_letter(). */
#ifndef FUPIN_TESTS_SHEET_PARTS_H
#define FUPIN_TESTS_SHEET_PARTS_H

#include "parts.h"

#include <assert.h>

/* The first byte of an input, modulo SHEET_KINDS. */
enum { SHEET_TEXT, SHEET_PACKAGE, SHEET_PARTS, SHEET_KINDS };
/* A bit of that byte: the copy with red cells is wanted, too. */
enum { SHEET_MARKED = 64, SHEET_PARTS_MARKED = SHEET_MARKED | 1 };
static_assert(SHEET_PARTS_MARKED % SHEET_KINDS == SHEET_PARTS, "its kind");
/* The letter of a part, 0: it has none. */
char part_letter(const char *name);
/* The workbook as a ZIP whose parts are stored as they are; to be freed. */
uint8_t *parts_package(const uint8_t *bytes, size_t size, size_t *out_size);

#endif
