/* A workbook of XML parts that a fuzzer can change without its ZIP going to pieces: each begins with a letter
 * that says which part it is, and ends with PART_END, which XML cannot hold. Parts that are not there are the
 * usual ones. */
#ifndef FUPIN_TESTS_SHEET_PARTS_H
#define FUPIN_TESTS_SHEET_PARTS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first byte of an input, modulo SHEET_KINDS. */
enum { SHEET_TEXT, SHEET_PACKAGE, SHEET_PARTS, SHEET_KINDS };
/* A bit of that byte: the copy with red cells is wanted, too. */
enum { SHEET_MARKED = 64, SHEET_PARTS_MARKED = SHEET_MARKED | 1 };
static_assert(SHEET_PARTS_MARKED % SHEET_KINDS == SHEET_PARTS, "its kind");
enum { PART_END = 0x1E };

/* The letter of a part, 0: it has none. */
char part_letter(const char *name);
/* Writes the workbook as a ZIP whose parts are stored as they are. */
bool parts_write(int file, const uint8_t *bytes, size_t size) __attribute__((warn_unused_result));

#endif
