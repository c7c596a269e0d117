/* Workbooks with a part that is bad, or missing. */
#ifndef FUPIN_TESTS_BAD_BOOKS_H
#define FUPIN_TESTS_BAD_BOOKS_H

#include "book.h"

enum { BAD_PARTS_MAX = 3 };

struct bad_book {
	const char *name;
	struct part parts[BAD_PARTS_MAX]; /* instead of the usual ones; for write_parts() */
	const char *en;                   /* what is said of it, behind the file's name */
};

extern const struct bad_book bad_books[];
extern const size_t bad_book_count;

#endif
