/* What a file is, by its bytes: each type, cut off, and what only looks like one. */
#include "case.h"

#include "base/file_type.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 200000 };

static uint8_t file[ROOM];
static size_t size;

static void
put(const void *bytes, size_t count)
{
	assert_true(size + count <= ROOM);
	memcpy(file + size, bytes, count);
	size += count;
}

static void
put_little(uint32_t value, int count)
{
	for (int i = 0; i < count; i++, value >>= 8)
		file[size++] = (uint8_t)value;
}

/* A ZIP whose directory has these entries (NULL ends them), with so long a comment; content is of no matter.
 */
static void
make_zip(const char *const *names, size_t comment)
{
	size_t directory, count = 0;
	size = 0;
	put("PK\3\4", 4);
	put("what it holds", 13);
	directory = size;
	for (; names[count]; count++) {
		size_t length = strlen(names[count]);
		put("PK\1\2", 4);
		memset(file + size, 0, 42);
		file[size + 24] = (uint8_t)length;
		file[size + 26] = 3; /* an extra field */
		size += 42;
		put(names[count], length);
		put("xyz", 3);
	}
	put("PK\5\6", 4);
	put_little(0, 4);
	put_little((uint32_t)count, 2);
	put_little((uint32_t)count, 2);
	put_little(0, 4);
	put_little((uint32_t)directory, 4);
	put_little((uint32_t)comment, 2);
	memset(file + size, 'c', comment);
	size += comment;
}

static void
test_zip(void **state)
{
	static const struct {
		const char *names[4];
		enum file_type type;
	} cases[] = {
	    {{"[Content_Types].xml", "word/document.xml"}, FILE_DOCX},
	    {{"word/document.xml", "_rels/.rels", "[Content_Types].xml"}, FILE_DOCX},
	    {{"[Content_Types].xml", "xl/workbook.xml"}, FILE_XLSX},
	    {{"OFD.xml", "Doc_0/Document.xml"}, FILE_OFD},
	    {{"[Content_Types].xml", "ppt/presentation.xml"}, FILE_TYPE_NONE},
	    {{"[Content_Types].xml", "word/document.xmlx"}, FILE_TYPE_NONE},
	    {{"word/document.xml"}, FILE_TYPE_NONE},
	    {{NULL}, FILE_TYPE_NONE},
	};
	static const size_t comments[] = {0, 1, 65535};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t k = 0; k < COUNT(comments); k++) {
			make_zip(cases[i].names, comments[k]);
			EXPECT(file_type_of(file, size) == cases[i].type, "row %zu, comment %zu", i, comments[k]);
		}
}

/* Of every length that is cut off: none, and nothing is read beyond (AddressSanitizer looks). */
static void
test_cut_off(void **state)
{
	static const char *const names[] = {"[Content_Types].xml", "word/document.xml", NULL};
	(void)state;
	make_zip(names, 0);
	for (size_t cut = 0; cut < size; cut++) {
		uint8_t *copy = malloc(cut + 1);
		memcpy(copy, file, cut);
		uint8_t *exact = realloc(copy, cut ? cut : 1);
		EXPECT(file_type_of(exact, cut) == FILE_TYPE_NONE, "%zu bytes", cut);
		free(exact);
	}
}

/* A directory that leads nowhere, or says more than there is. */
static void
test_hostile_zip(void **state)
{
	static const char *const names[] = {"[Content_Types].xml", "word/document.xml", NULL};
	uint64_t random = 2013;
	(void)state;
	for (int round = 0; round < 20000; round++) {
		make_zip(names, 0);
		for (int i = 0; i < 4; i++) {
			random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			file[17 + (random >> 33) % (size - 17)] = (uint8_t)(random >> 25);
		}
		enum file_type type = file_type_of(file, size);
		assert_true(type == FILE_DOCX || type == FILE_TYPE_NONE);
	}
}

static void
make_ole(const char *stream, uint8_t kind, size_t at)
{
	size_t length = strlen(stream);
	memset(file, 0, ROOM);
	memcpy(file, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	for (size_t i = 0; i < length; i++)
		file[at + 2 * i] = (uint8_t)stream[i];
	file[at + 64] = (uint8_t)(2 * (length + 1));
	file[at + 66] = kind;
	size = at + 128;
}

static void
test_ole(void **state)
{
	static const struct {
		const char *stream;
		uint8_t kind;
		size_t at;
		enum file_type type;
	} cases[] = {
	    {"WordDocument", 2, 512, FILE_DOC},
	    {"WordDocument", 2, 512 + 128 * 1001, FILE_DOC},
	    {"Workbook", 2, 1024, FILE_XLS},
	    {"Book", 2, 1024, FILE_XLS},
	    {"Books", 2, 1024, FILE_TYPE_NONE},
	    {"WordDocument", 1, 512, FILE_TYPE_NONE},      /* a folder */
	    {"WordDocument", 2, 512 + 64, FILE_TYPE_NONE}, /* between two places */
	    {"WordDocument", 2, 384, FILE_TYPE_NONE},      /* in the header */
	    {"PowerPoint Document", 2, 512, FILE_TYPE_NONE},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		make_ole(cases[i].stream, cases[i].kind, cases[i].at);
		EXPECT(file_type_of(file, size) == cases[i].type, "row %zu", i);
		EXPECT(file_type_of(file, size - 1) == FILE_TYPE_NONE, "row %zu cut", i);
	}
}

static void
test_beginnings(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		enum file_type type;
	} cases[] = {
	    {"%PDF-1.7\n", 9, FILE_PDF},
	    {"%PDF-", 5, FILE_PDF},
	    {"%PDF", 4, FILE_TYPE_NONE},
	    {" %PDF-1.7", 9, FILE_PDF},
	    {"\r\n\n%PDF-1.7", 11, FILE_PDF},
	    {"\xEF\xBB\xBF%PDF-1.7", 11, FILE_PDF},
	    {"\xEF\xBB\xBF", 3, FILE_TYPE_NONE},
	    {"x%PDF-1.7", 9, FILE_TYPE_NONE},
	    {"   ", 3, FILE_TYPE_NONE},
	    {"\xFF\xD8\xFF\xE0", 4, FILE_JPEG},
	    {"\xFF\xD8", 2, FILE_TYPE_NONE},
	    {"\x89PNG\r\n\x1A\n", 8, FILE_PNG},
	    {"\x89PNG\n\x1A\n", 7, FILE_TYPE_NONE},
	    {"II*\0", 4, FILE_TIFF},
	    {"MM\0*", 4, FILE_TIFF},
	    {"II\0*", 4, FILE_TYPE_NONE},
	    {"", 0, FILE_TYPE_NONE},
	    {"#!/bin/sh\n", 10, FILE_TYPE_NONE},
	    {"MZ\x90\0", 4, FILE_TYPE_NONE},
	    {"<html>%PDF-", 11, FILE_TYPE_NONE},
	    {"\xD0\xCF\x11\xE0", 4, FILE_TYPE_NONE},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(file_type_of((const uint8_t *)cases[i].bytes, cases[i].size) == cases[i].type, "row %zu", i);
}

static void
test_names(void **state)
{
	(void)state;
	for (int a = FILE_PDF; a < FILE_TYPES; a++) {
		assert_true(*file_type_name((enum file_type)a));
		for (int b = FILE_PDF; b < a; b++)
			assert_string_not_equal(file_type_name((enum file_type)a), file_type_name((enum file_type)b));
	}
	assert_string_equal(file_type_name(FILE_TYPE_NONE), "");
	assert_string_equal(file_type_name(FILE_TYPES), "");
	assert_string_equal(file_type_name((enum file_type) - 1), "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_zip), cmocka_unit_test(test_cut_off),    cmocka_unit_test(test_hostile_zip),
	    cmocka_unit_test(test_ole), cmocka_unit_test(test_beginnings), cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
