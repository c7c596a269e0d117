/* The container of a workbook (ECMA-376 part 2): a ZIP of XML parts that name each other by relationships.
 * Parts are streamed through a parser and never held in memory; their unpacked size is bounded, whatever the
 * file claims. ZIP is read by libzip, XML by expat. */
#ifndef FUPIN_CLIENT_XLSX_PACKAGE_H
#define FUPIN_CLIENT_XLSX_PACKAGE_H

#include "check/text_table.h"

struct package;

enum {
	PACKAGE_BYTES_MAX = 64 * 1024 * 1024,   /* of the file, as of a CSV file */
	UNPACKED_BYTES_MAX = 512 * 1024 * 1024, /* of all parts that are read: a full sheet of a million rows */
	/* Sheets that repeat one cell are compressed 30 to 1, rarely 80 to 1; a ZIP bomb 1000 to 1. Small parts
	 * may have any ratio. */
	PACKED_RATIO_MAX = 200,
	PACKED_RATIO_BYTES = 16 * 1024 * 1024,
	PART_NAME_BYTES = 256,
};

/* Is a file to be read as a workbook: by its first bytes, or by its name? */
bool package_looks_like(const char *name, const void *bytes, size_t size);

/* Opens a workbook from the file's bytes, which must outlive it; NULL: it is no workbook, or one of a kind
 * that is not read. */
struct package *package_open(const void *bytes, size_t size, struct text_failure *failure)
    __attribute__((warn_unused_result));
void package_close(struct package **package);
/* The ZIP inside, for copying parts unchanged; it is freed with the package. */
struct zip *package_zip(const struct package *package);

/* Handlers for a part's elements, whose names come without a namespace's prefix. Text may come in pieces. */
struct part_reader {
	void *context;
	void (*start)(void *context, const char *name, const char **attributes);
	void (*end)(void *context, const char *name);
	void (*text)(void *context, const char *text, size_t size);
};

/* Reads a part. False: it is missing or bad, or a handler failed. */
bool package_read(struct package *package, const char *part, const struct part_reader *reader,
                  struct text_failure *failure) __attribute__((warn_unused_result));

/* For handlers: nothing more of this part is needed. */
void package_enough(struct package *package);
/* For handlers: the part is bad. */
void package_fail(struct package *package, enum problem_code code, size_t line, int64_t limit,
                  const char *detail);

/* For handlers: an attribute's value, by its name without prefix; NULL: it is not there. */
const char *attribute_of(const char **attributes, const char *name);

/* A part that another one names by a relationship. */
struct part_link {
	char id[64];
	char part[PART_NAME_BYTES];
};

/* The relationships of `part` ("": of the package) whose type ends in `type` ("/worksheet"); at most `most`
 * are taken, `*count` counts all. */
bool package_links(struct package *package, const char *part, const char *type, struct part_link *links,
                   size_t most, size_t *count, struct text_failure *failure)
    __attribute__((warn_unused_result));

#endif
