#include "file_type.h"

#include <string.h>

static const char *const names[FILE_TYPES] = {"",     "pdf", "doc",  "xls", "docx",
                                              "xlsx", "ofd", "jpeg", "png", "tiff"};

const char *
file_type_name(enum file_type type)
{
	return (unsigned)type < (unsigned)FILE_TYPES ? names[type] : "";
}

static bool
begins(const uint8_t *bytes, size_t size, const char *magic, size_t magic_size)
{
	return size >= magic_size && !memcmp(bytes, magic, magic_size);
}

static uint32_t
little(const uint8_t *at, int count)
{
	uint32_t value = 0;
	while (count--)
		value = value << 8 | at[count];
	return value;
}

/* ---------------------------------------------------------------- ZIP (PKWARE's APPNOTE, 4.3.12 and 4.3.16)
 */

enum { ZIP_END_BYTES = 22, ZIP_COMMENT_MAX = 65535, ZIP_ENTRY_BYTES = 46 };

/* The end of the central directory; NULL: there is none, the file was cut off. */
static const uint8_t *
find_zip_end(const uint8_t *bytes, size_t size)
{
	size_t most = ZIP_END_BYTES + ZIP_COMMENT_MAX;
	for (size_t back = ZIP_END_BYTES; back <= size && back <= most; back++) {
		const uint8_t *at = bytes + size - back;
		if (!memcmp(at, "PK\5\6", 4))
			return at;
	}
	return NULL;
}

/* Does its directory have an entry of this name? */
static bool
zip_has(const uint8_t *bytes, size_t size, const char *name)
{
	const uint8_t *end = find_zip_end(bytes, size);
	size_t length = strlen(name), at = end ? little(end + 16, 4) : size;
	unsigned count = end ? little(end + 10, 2) : 0;
	for (unsigned i = 0; i < count && at <= size && size - at >= ZIP_ENTRY_BYTES; i++) {
		const uint8_t *entry = bytes + at;
		size_t name_bytes = little(entry + 28, 2);
		size_t rest = little(entry + 30, 2) + (size_t)little(entry + 32, 2);
		if (memcmp(entry, "PK\1\2", 4) || size - at < ZIP_ENTRY_BYTES + name_bytes)
			return false;
		if (name_bytes == length && !memcmp(entry + ZIP_ENTRY_BYTES, name, length))
			return true;
		at += ZIP_ENTRY_BYTES + name_bytes + rest;
	}
	return false;
}

static enum file_type
type_of_zip(const uint8_t *bytes, size_t size)
{
	if (zip_has(bytes, size, "OFD.xml"))
		return FILE_OFD;
	if (!zip_has(bytes, size, "[Content_Types].xml"))
		return FILE_TYPE_NONE;
	return zip_has(bytes, size, "word/document.xml") ? FILE_DOCX
	       : zip_has(bytes, size, "xl/workbook.xml") ? FILE_XLSX
	                                                 : FILE_TYPE_NONE;
}

/* ---------------------------------------------------------------- OLE2 ([MS-CFB], 2.6.1) */

/* Entries of the directory have 128 bytes and begin at a multiple of it: the name in UTF-16, its length in
 * bytes with the final NUL, the kind of object (2: a stream). */
enum { OLE_ENTRY_BYTES = 128, OLE_LENGTH_AT = 64, OLE_KIND_AT = 66, OLE_STREAM = 2, OLE_HEADER_BYTES = 512 };

static bool
ole_entry_is(const uint8_t *entry, const char *name)
{
	size_t length = strlen(name);
	if (entry[OLE_KIND_AT] != OLE_STREAM || little(entry + OLE_LENGTH_AT, 2) != 2 * (length + 1))
		return false;
	for (size_t i = 0; i <= length; i++)
		if (entry[2 * i] != (uint8_t)name[i] || entry[2 * i + 1])
			return false;
	return true;
}

static bool
ole_has(const uint8_t *bytes, size_t size, const char *name)
{
	for (size_t at = OLE_HEADER_BYTES; at + OLE_ENTRY_BYTES <= size; at += OLE_ENTRY_BYTES)
		if (ole_entry_is(bytes + at, name))
			return true;
	return false;
}

static enum file_type
type_of_ole(const uint8_t *bytes, size_t size)
{
	if (ole_has(bytes, size, "WordDocument"))
		return FILE_DOC;
	return ole_has(bytes, size, "Workbook") || ole_has(bytes, size, "Book") ? FILE_XLS : FILE_TYPE_NONE;
}

/* ---------------------------------------------------------------- all */

/* A byte order mark or blank lines before it are read over by every reader. */
static bool
is_pdf(const uint8_t *bytes, size_t size)
{
	static const char blanks[] = " \t\r\n\f", mark[] = "\xEF\xBB\xBF";
	size_t at = begins(bytes, size, mark, strlen(mark)) ? strlen(mark) : 0;
	while (at < size && memchr(blanks, bytes[at], strlen(blanks)))
		at++;
	return begins(bytes + at, size - at, "%PDF-", 5);
}

enum file_type
file_type_of(const uint8_t *bytes, size_t size)
{
	if (is_pdf(bytes, size))
		return FILE_PDF;
	if (begins(bytes, size, "PK\3\4", 4))
		return type_of_zip(bytes, size);
	if (begins(bytes, size, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8))
		return type_of_ole(bytes, size);
	if (begins(bytes, size, "\xFF\xD8\xFF", 3))
		return FILE_JPEG;
	if (begins(bytes, size, "\x89PNG\r\n\x1A\n", 8))
		return FILE_PNG;
	if (begins(bytes, size, "II*\0", 4) || begins(bytes, size, "MM\0*", 4))
		return FILE_TIFF;
	return FILE_TYPE_NONE;
}
