/* PostgreSQL's binary COPY format (its manual, COPY, "Binary Format"): writing rows for the journal,
 * reading them at start. */
#ifndef FUPIN_SERVER_PGCOPY_H
#define FUPIN_SERVER_PGCOPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing buffer; `failed` is set when memory runs out, and stays set. */
struct copy_writer {
	uint8_t *bytes;
	size_t size, room;
	bool failed;
};

void copy_begin(struct copy_writer *w);            /* empties the buffer, writes the header */
void copy_row(struct copy_writer *w, int columns); /* then exactly so many fields */
void copy_null(struct copy_writer *w);
void copy_bool(struct copy_writer *w, bool value);
void copy_int2(struct copy_writer *w, int16_t value);
void copy_int4(struct copy_writer *w, int32_t value);
void copy_int8(struct copy_writer *w, int64_t value);
void copy_bytes(struct copy_writer *w, const void *bytes, size_t size);
void copy_text(struct copy_writer *w, const char *text);
void copy_time(struct copy_writer *w, int64_t time_us); /* microseconds since 1970 UTC */
/* bigint[]; `absent` marks a NULL. */
void copy_int8_array(struct copy_writer *w, const int64_t *values, size_t count, int64_t absent);
void copy_end(struct copy_writer *w);
void copy_free(struct copy_writer *w);

/* One row as it comes from the server. Any read past the end or of a wrong size sets `failed`. */
struct copy_reader {
	const uint8_t *at, *end;
	bool failed;
};

/* The number of fields of the next row; -1: end of data. */
int copy_read_row(struct copy_reader *r);
/* Skips the header that comes before the first row. */
void copy_read_header(struct copy_reader *r);
bool copy_read_null(struct copy_reader *r); /* true: the field is NULL and skipped */
bool copy_read_bool(struct copy_reader *r);
int16_t copy_read_int2(struct copy_reader *r);
int32_t copy_read_int4(struct copy_reader *r);
int64_t copy_read_int8(struct copy_reader *r);
int64_t copy_read_time(struct copy_reader *r);
const uint8_t *copy_read_bytes(struct copy_reader *r, size_t *size);
/* bigint[] of at most `room`; returns the count. NULLs become `absent`. */
size_t copy_read_int8_array(struct copy_reader *r, int64_t *values, size_t room, int64_t absent);

#endif
