#include "sheet_parts.h"

#include "book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 8, LOCAL_BYTES = 30, ENTRY_BYTES = 46, END_BYTES = 22 };

/* What every workbook consists of, and what a hidden sheet or a note would be read from. */
static const struct {
	char letter;
	const char *name, *text;
} parts[PARTS] = {
    {'c', "[Content_Types].xml", PART_HEAD "<Types/>"},
    {'r', "_rels/.rels", RELATIONS(LINK("rId1", "officeDocument", "xl/workbook.xml"))},
    {'b', "xl/workbook.xml",
     WORKBOOK("<sheets><sheet name=\"资金\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"fupin\" sheetId=\"2\" "
              "state=\"hidden\" r:id=\"rId4\"/></sheets>")},
    {'l', REL_PART,
     RELATIONS(LINK("rId1", "worksheet", "worksheets/sheet1.xml")
                   LINK("rId2", "sharedStrings", "sharedStrings.xml") LINK("rId3", "styles", "/xl/styles.xml")
                       LINK("rId4", "worksheet", "worksheets/sheet2.xml"))},
    {'s', SHEET_PART, ROWS(REPORT_HEADER REPORT_ROW)},
    {'h', "xl/worksheets/sheet2.xml", ROWS("")},
    {'t', STRINGS_PART, PART_HEAD "<sst xmlns=\"" MAIN "\"></sst>"},
    {'y', "xl/styles.xml", PART_HEAD "<styleSheet xmlns=\"" MAIN "\"></styleSheet>"},
};

static const char letters[] = "crblshty";

char
part_letter(const char *name)
{
	for (size_t i = 0; i < PARTS; i++)
		if (!strcmp(parts[i].name, name))
			return parts[i].letter;
	return 0;
}

/* APPNOTE.TXT 4.4.7, four bits at a time. */
static uint32_t
checksum(struct part_text text)
{
	static uint32_t table[16];
	for (uint32_t i = 0; !table[15] && i < 16; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xEDB88320 : 0);
	}
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < text.size; i++) {
		crc ^= text.bytes[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

struct zip_bytes {
	uint8_t *at;
	size_t size;
};

static void
put(struct zip_bytes *z, const void *bytes, size_t size)
{
	memcpy(z->at + z->size, bytes, size);
	z->size += size;
}

static void
put_number(struct zip_bytes *z, uint32_t number, int bytes)
{
	for (int i = 0; i < bytes; i++, number >>= 8)
		z->at[z->size++] = (uint8_t)number;
}

/* What a local header (4.3.7) and an entry of the directory (4.3.12) share. */
static void
put_common(struct zip_bytes *z, size_t part, struct part_text text)
{
	put_number(z, 20, 2);
	put_number(z, 0, 8); /* flags, stored, no time; then the day, which may not be 0 */
	z->at[z->size - 2] = 0x21;
	put_number(z, checksum(text), 4);
	put_number(z, (uint32_t)text.size, 4);
	put_number(z, (uint32_t)text.size, 4);
	put_number(z, (uint32_t)strlen(parts[part].name), 2);
	put_number(z, 0, 2);
}

static void
put_directory(struct zip_bytes *z, const struct part_text texts[PARTS], const size_t places[PARTS])
{
	size_t begin = z->size;
	for (size_t i = 0; i < PARTS; i++) {
		put(z, "PK\1\2\24\0", 6);
		put_common(z, i, texts[i]);
		put_number(z, 0, 4);
		put_number(z, 0, 4);
		put_number(z, 0, 2);
		put_number(z, (uint32_t)places[i], 4);
		put(z, parts[i].name, strlen(parts[i].name));
	}
	size_t size = z->size - begin;
	put(z, "PK\5\6\0\0\0\0", 8);
	put_number(z, PARTS, 2);
	put_number(z, PARTS, 2);
	put_number(z, (uint32_t)size, 4);
	put_number(z, (uint32_t)begin, 4);
	put_number(z, 0, 2);
}

uint8_t *
parts_package(const uint8_t *bytes, size_t size, size_t *out_size)
{
	struct part_text texts[PARTS];
	size_t places[PARTS], room = END_BYTES;
	for (size_t i = 0; i < PARTS; i++)
		texts[i] = (struct part_text){(const uint8_t *)parts[i].text, strlen(parts[i].text)};
	parts_split(bytes, size, letters, texts);
	for (size_t i = 0; i < PARTS; i++)
		room += LOCAL_BYTES + ENTRY_BYTES + 2 * strlen(parts[i].name) + texts[i].size;
	struct zip_bytes z = {.at = malloc(room)};
	assert(z.at);
	for (size_t i = 0; i < PARTS; i++) {
		places[i] = z.size;
		put(&z, "PK\3\4", 4);
		put_common(&z, i, texts[i]);
		put(&z, parts[i].name, strlen(parts[i].name));
		put(&z, texts[i].bytes, texts[i].size);
	}
	put_directory(&z, texts, places);
	assert(z.size == room);
	*out_size = z.size;
	return z.at;
}
