#include "pgcopy.h"

#include "base/grow.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t signature[] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xFF, '\r', '\n',
                                    0,   0,   0,   0,   0,   0,   0,    0,    0};

/* Microseconds from 1970-01-01 to 2000-01-01, PostgreSQL's epoch. */
static const int64_t epoch_us = INT64_C(946684800000000);

enum { INT8_OID = 20 };

/* Room for `size` more bytes; NULL: no memory. */
static uint8_t *
reserve(struct copy_writer *w, size_t size)
{
	if (w->failed || !grow(&w->bytes, &w->room, w->size + size, 1)) {
		w->failed = true;
		return NULL;
	}
	uint8_t *to = w->bytes + w->size;
	w->size += size;
	return to;
}

static void
put(struct copy_writer *w, const void *bytes, size_t size)
{
	uint8_t *to = size ? reserve(w, size) : NULL;
	if (to)
		memcpy(to, bytes, size);
}

static uint8_t *
write2(uint8_t *to, uint16_t value)
{
	value = htobe16(value);
	memcpy(to, &value, sizeof value);
	return to + sizeof value;
}

static uint8_t *
write4(uint8_t *to, uint32_t value)
{
	value = htobe32(value);
	memcpy(to, &value, sizeof value);
	return to + sizeof value;
}

static uint8_t *
write8(uint8_t *to, uint64_t value)
{
	value = htobe64(value);
	memcpy(to, &value, sizeof value);
	return to + sizeof value;
}

void
copy_begin(struct copy_writer *w)
{
	w->size = 0;
	w->failed = false;
	put(w, signature, sizeof signature);
}

void
copy_row(struct copy_writer *w, int columns)
{
	uint8_t *to = reserve(w, 2);
	if (to)
		write2(to, (uint16_t)columns);
}

void
copy_null(struct copy_writer *w)
{
	uint8_t *to = reserve(w, 4);
	if (to)
		write4(to, UINT32_MAX);
}

void
copy_bool(struct copy_writer *w, bool value)
{
	uint8_t *to = reserve(w, 4 + 1);
	if (to)
		*write4(to, 1) = value;
}

void
copy_int2(struct copy_writer *w, int16_t value)
{
	uint8_t *to = reserve(w, 4 + 2);
	if (to)
		write2(write4(to, 2), (uint16_t)value);
}

void
copy_int4(struct copy_writer *w, int32_t value)
{
	uint8_t *to = reserve(w, 4 + 4);
	if (to)
		write4(write4(to, 4), (uint32_t)value);
}

void
copy_int8(struct copy_writer *w, int64_t value)
{
	uint8_t *to = reserve(w, 4 + 8);
	if (to)
		write8(write4(to, 8), (uint64_t)value);
}

void
copy_bytes(struct copy_writer *w, const void *bytes, size_t size)
{
	uint8_t *to = reserve(w, 4 + size);
	if (to && size)
		memcpy(write4(to, (uint32_t)size), bytes, size);
	else if (to)
		write4(to, 0);
}

void
copy_text(struct copy_writer *w, const char *text)
{
	copy_bytes(w, text, strlen(text));
}

void
copy_time(struct copy_writer *w, int64_t time_us)
{
	copy_int8(w, time_us - epoch_us);
}

void
copy_int8_array(struct copy_writer *w, const int64_t *values, size_t count, int64_t absent)
{
	size_t nulls = 0;
	for (size_t i = 0; i < count; i++)
		nulls += values[i] == absent;
	size_t size = 20 + count * 4 + (count - nulls) * 8;
	uint8_t *to = reserve(w, 4 + size);
	if (!to)
		return;
	/* dimensions, has NULLs, element type, length, lower bound; then the elements */
	to = write4(write4(to, (uint32_t)size), 1);
	to = write4(write4(to, nulls > 0), INT8_OID);
	to = write4(write4(to, (uint32_t)count), 1);
	for (size_t i = 0; i < count; i++)
		to = values[i] == absent ? write4(to, UINT32_MAX) : write8(write4(to, 8), (uint64_t)values[i]);
}

void
copy_end(struct copy_writer *w)
{
	uint8_t *to = reserve(w, 2);
	if (to)
		write2(to, UINT16_MAX);
}

void
copy_free(struct copy_writer *w)
{
	free(w->bytes);
	*w = (struct copy_writer){0};
}

static uint64_t
take_number(struct copy_reader *r, int size)
{
	if (r->failed || r->end - r->at < size) {
		r->failed = true;
		return 0;
	}
	const uint8_t *at = r->at;
	uint16_t two;
	uint32_t four;
	uint64_t eight;
	r->at += size;
	switch (size) {
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, sizeof two);
		return be16toh(two);
	case 4:
		memcpy(&four, at, sizeof four);
		return be32toh(four);
	default:
		memcpy(&eight, at, sizeof eight);
		return be64toh(eight);
	}
}

static uint64_t
take_field(struct copy_reader *r, int size)
{
	if ((int64_t)take_number(r, 4) != size)
		r->failed = true;
	return take_number(r, size);
}

void
copy_read_header(struct copy_reader *r)
{
	if (r->end - r->at < (ptrdiff_t)sizeof signature || memcmp(r->at, signature, 11))
		r->failed = true;
	else
		r->at += sizeof signature;
}

int
copy_read_row(struct copy_reader *r)
{
	return (int16_t)take_number(r, 2);
}

bool
copy_read_null(struct copy_reader *r)
{
	static const uint8_t null_size[4] = {0xFF, 0xFF, 0xFF, 0xFF};
	if (r->failed || r->end - r->at < 4 || memcmp(r->at, null_size, 4))
		return false;
	r->at += 4;
	return true;
}

bool
copy_read_bool(struct copy_reader *r)
{
	return take_field(r, 1) != 0;
}

int16_t
copy_read_int2(struct copy_reader *r)
{
	return (int16_t)take_field(r, 2);
}

int32_t
copy_read_int4(struct copy_reader *r)
{
	return (int32_t)take_field(r, 4);
}

int64_t
copy_read_int8(struct copy_reader *r)
{
	return (int64_t)take_field(r, 8);
}

int64_t
copy_read_time(struct copy_reader *r)
{
	return copy_read_int8(r) + epoch_us;
}

const uint8_t *
copy_read_bytes(struct copy_reader *r, size_t *size)
{
	*size = take_number(r, 4);
	if (r->failed || (size_t)(r->end - r->at) < *size) {
		r->failed = true;
		*size = 0;
		return (const uint8_t *)"";
	}
	const uint8_t *bytes = r->at;
	r->at += *size;
	return bytes;
}

size_t
copy_read_int8_array(struct copy_reader *r, int64_t *values, size_t room, int64_t absent)
{
	take_number(r, 4);
	uint64_t dimensions = take_number(r, 4);
	take_number(r, 4);
	uint64_t type = take_number(r, 4);
	if (!dimensions)
		return 0;
	uint64_t count = take_number(r, 4);
	take_number(r, 4);
	if (dimensions != 1 || type != INT8_OID || count > room) {
		r->failed = true;
		return 0;
	}
	for (uint64_t i = 0; i < count; i++)
		values[i] = copy_read_null(r) ? absent : copy_read_int8(r);
	return (size_t)count;
}
