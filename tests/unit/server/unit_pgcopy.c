/* PostgreSQL's binary COPY: what the writer makes is what its manual says, the reader gets the same back,
 * and nothing cut off is taken for data. */
#include "case.h"

#include "postgres/pgcopy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t absent = INT64_MIN;
static const int64_t moment_us = INT64_C(1365955200123456);
static const int64_t figures[] = {1, INT64_MIN, -1, INT64_MAX, 0};

enum { COLUMNS = 11 };

static void
write_row(struct copy_writer *w)
{
	copy_row(w, COLUMNS);
	copy_bool(w, true);
	copy_bool(w, false);
	copy_int2(w, -2);
	copy_int4(w, INT32_MIN);
	copy_int8(w, INT64_MAX);
	copy_null(w);
	copy_text(w, "凭证 1");
	copy_bytes(w, "\0\1\2", 3);
	copy_time(w, moment_us);
	copy_int8_array(w, figures, COUNT(figures), absent);
	copy_int8_array(w, NULL, 0, absent);
}

/* True if the row was read whole and is the one that write_row() writes. */
static bool
read_row(struct copy_reader *r)
{
	int64_t values[COUNT(figures)] = {0}, none[1];
	size_t text_size, bytes_size;
	int columns = copy_read_row(r);
	bool yes = copy_read_bool(r), no = copy_read_bool(r);
	int16_t two = copy_read_int2(r);
	int32_t four = copy_read_int4(r);
	int64_t eight = copy_read_int8(r);
	bool null = copy_read_null(r);
	bool text_is_null = copy_read_null(r);
	const uint8_t *text = copy_read_bytes(r, &text_size);
	const uint8_t *bytes = copy_read_bytes(r, &bytes_size);
	int64_t time_us = copy_read_time(r);
	size_t count = copy_read_int8_array(r, values, COUNT(values), absent);
	size_t none_count = copy_read_int8_array(r, none, COUNT(none), absent);
	return !r->failed && columns == COLUMNS && yes && !no && two == -2 && four == INT32_MIN &&
	       eight == INT64_MAX && null && !text_is_null && text_size == strlen("凭证 1") &&
	       !memcmp(text, "凭证 1", text_size) && bytes_size == 3 && !memcmp(bytes, "\0\1\2", 3) &&
	       time_us == moment_us && count == COUNT(figures) && !memcmp(values, figures, sizeof figures) &&
	       !none_count;
}

static void
test_round_trip(void **state)
{
	enum { ROWS = 1000 };
	struct copy_writer w = {0};
	(void)state;
	copy_begin(&w);
	for (int i = 0; i < ROWS; i++)
		write_row(&w);
	copy_end(&w);
	assert_false(w.failed);
	struct copy_reader r = {w.bytes, w.bytes + w.size, false};
	copy_read_header(&r);
	for (int i = 0; i < ROWS; i++)
		EXPECT(read_row(&r), "row %d", i);
	assert_int_equal(copy_read_row(&r), -1);
	assert_false(r.failed);
	assert_true(r.at == r.end);
	copy_begin(&w); /* empties it */
	assert_int_equal(w.size, 19);
	copy_free(&w);
	copy_free(&w); /* twice is fine */
	assert_null(w.bytes);
}

/* The bytes as PostgreSQL's manual defines them. */
static void
test_bytes(void **state)
{
	static const uint8_t expected[] =
	    {
	        'P',  'G',  'C',  'O',  'P',  'Y',  '\n', 0xFF, '\r', '\n', 0, 0, 0,    0,    0,    0,    0,
	        0,    0,                                                          /* header */
	        0,    5,                                                          /* five fields */
	        0,    0,    0,    2,    0x01, 0x02,                               /* int2 */
	        0,    0,    0,    4,    0xFF, 0xFF, 0xFF, 0xFE,                   /* int4 -2 */
	        0xFF, 0xFF, 0xFF, 0xFF,                                           /* NULL */
	        0,    0,    0,    8,    0,    0,    0,    0,    0,    0,    0, 1, /* one microsecond after
	                                                                             2000-01-01 UTC */
	        0,    0,    0,    36,   0,    0,    0,    1,    0,    0,    0, 1, 0,    0,    0,    20,   0,
	        0,    0,    2,    0,    0,    0,    1, /* bigint[2] */
	        0,    0,    0,    8,    0,    0,    0,    0,    0,    0,    0, 7, 0xFF, 0xFF, 0xFF, 0xFF, /* 7,
	                                                                                                     NULL
	                                                                                                   */
	        0xFF, 0xFF, /* the end */
	    };
	static const int64_t pair[] = {7, INT64_MIN};
	struct copy_writer w = {0};
	(void)state;
	copy_begin(&w);
	copy_row(&w, 5);
	copy_int2(&w, 0x0102);
	copy_int4(&w, -2);
	copy_null(&w);
	copy_time(&w, INT64_C(946684800000001));
	copy_int8_array(&w, pair, COUNT(pair), absent);
	copy_end(&w);
	assert_int_equal(w.size, sizeof expected);
	assert_memory_equal(w.bytes, expected, sizeof expected);
	copy_free(&w);
}

/* Every proper prefix fails, and reads nothing behind its end (a copy of exact size, for the sanitizer). */
static void
test_truncated(void **state)
{
	struct copy_writer w = {0};
	(void)state;
	copy_begin(&w);
	write_row(&w);
	for (size_t size = 0; size < w.size; size++) {
		uint8_t *copy = malloc(size ? size : 1);
		assert_non_null(copy);
		memcpy(copy, w.bytes, size);
		struct copy_reader r = {copy, copy + size, false};
		copy_read_header(&r);
		bool good = read_row(&r);
		EXPECT(!good && r.failed, "%zu of %zu bytes", size, w.size);
		free(copy);
	}
	copy_free(&w);
}

static void
test_wrong(void **state)
{
	static const uint8_t header[19] = "PGCOPY\n\xFF\r\n";
	uint8_t bad[sizeof header];
	struct copy_writer w = {0};
	int64_t values[2];
	size_t size;
	(void)state;
	memcpy(bad, header, sizeof bad);
	bad[7] = 0x7F; /* as a 7-bit transfer leaves it */
	struct copy_reader r = {bad, bad + sizeof bad, false};
	copy_read_header(&r);
	assert_true(r.failed);
	/* A field of another size than the column has. */
	copy_begin(&w);
	copy_int4(&w, 5);
	r = (struct copy_reader){w.bytes + sizeof header, w.bytes + w.size, false};
	copy_read_int8(&r);
	assert_true(r.failed);
	/* A NULL where none may be. */
	copy_begin(&w);
	copy_null(&w);
	copy_int8(&w, 1);
	r = (struct copy_reader){w.bytes + sizeof header, w.bytes + w.size, false};
	copy_read_int8(&r);
	assert_true(r.failed);
	r = (struct copy_reader){w.bytes + sizeof header, w.bytes + w.size, false};
	copy_read_bytes(&r, &size);
	assert_true(r.failed);
	assert_int_equal(size, 0);
	/* Bytes that end one too early, in the last field: no later read would notice. */
	copy_begin(&w);
	copy_bytes(&w, "abc", 3);
	r = (struct copy_reader){w.bytes + sizeof header, w.bytes + w.size - 1, false};
	copy_read_bytes(&r, &size);
	assert_true(r.failed);
	assert_int_equal(size, 0);
	/* More elements than there is room for. */
	copy_begin(&w);
	copy_int8_array(&w, figures, 3, absent);
	r = (struct copy_reader){w.bytes + sizeof header, w.bytes + w.size, false};
	assert_int_equal(copy_read_int8_array(&r, values, COUNT(values), absent), 0);
	assert_true(r.failed);
	/* Once failed, nothing is read any more. */
	assert_int_equal(copy_read_int2(&r), 0);
	assert_false(copy_read_null(&r));
	copy_free(&w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
