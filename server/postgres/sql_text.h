/* A statement put together from parts whose greatest length the program knows. */
#ifndef FUPIN_SERVER_SQL_TEXT_H
#define FUPIN_SERVER_SQL_TEXT_H

#include <stddef.h>

enum { SQL_TEXT_BYTES = 16 * 1024 };

struct sql_text {
	size_t used;
	char text[SQL_TEXT_BYTES];
};

void sql_begin(struct sql_text *sql); /* empties it */
/* As printf. What does not fit is a fault of the program, and ends it: half a statement is never sent. */
void sql_add(struct sql_text *sql, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
