#include "xlsx_package.h"

#include "base/file_type.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zip.h>

enum {
	PARTS_MAX = 65536,
	CHUNK_BYTES = 64 * 1024,
	DEPTH_MAX = 64, /* of elements in each other: a rich text in a cell has 7 */
	/* A tag or a comment that goes on for so long is none; and expat would read it anew for each chunk. */
	TOKEN_BYTES_MAX = 1024 * 1024,
};

struct package {
	zip_t *zip;
	uint64_t unpacked; /* bytes of parts so far */
	/* The part that is being read. */
	XML_Parser parser;
	const struct part_reader *reader;
	const char *part;
	int depth;
	size_t unseen; /* bytes since the parser came to anything */
	bool enough;
	struct text_failure *failure;
};

/* ---------------------------------------------------------------- what a file is */

static bool
has_ending(const char *path, const char *ending)
{
	size_t size = strlen(path), length = strlen(ending);
	return size >= length && !strcasecmp(path + size - length, ending);
}

static const unsigned char zip_magic[] = "PK\3\4", ole_magic[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

bool
package_looks_like(const char *name, const void *bytes, size_t size)
{
	return has_ending(name, ".xlsx") || has_ending(name, ".xlsm") || has_ending(name, ".xls") ||
	       (size >= 4 && !memcmp(bytes, zip_magic, 4)) || (size >= 8 && !memcmp(bytes, ole_magic, 8));
}

/* "EncryptedPackage" in UTF-16 is in the directory of a workbook that opens with a password ([MS-OFFCRYPTO]).
 */
static bool
is_encrypted(const uint8_t *bytes, size_t size)
{
	static const char name[] = "EncryptedPackage";
	char wide[2 * sizeof name] = "";
	for (size_t i = 0; i < sizeof name; i++)
		wide[2 * i] = name[i];
	return memmem(bytes, size, wide, sizeof wide);
}

/* Why libzip does not open it. */
static bool
explain(const uint8_t *bytes, size_t size, int error, struct text_failure *failure)
{
	enum file_type type = file_type_of(bytes, size);
	if (size >= 4 && !memcmp(bytes, zip_magic, 4) && error == ZIP_ER_NOZIP)
		return text_fail(failure, PROBLEM_WORKBOOK_CUT_OFF, 0, "");
	if (size >= 4 && !memcmp(bytes, zip_magic, 4))
		return text_fail(failure, PROBLEM_WORKBOOK_DAMAGED, 0, "the list of its parts");
	if (size < 8 || memcmp(bytes, ole_magic, 8) != 0)
		return text_fail(failure, PROBLEM_WORKBOOK_NONE, 0, "");
	if (is_encrypted(bytes, size))
		return text_fail(failure, PROBLEM_WORKBOOK_ENCRYPTED, 0, "");
	return text_fail(failure, PROBLEM_WORKBOOK_OTHER, 0, type == FILE_DOC ? ".doc" : ".xls");
}

/* A spreadsheet of another kind in a ZIP. */
static bool
check_kind(struct package *p, struct text_failure *failure)
{
	static const struct {
		const char *part, *format;
	} others[] = {{"xl/workbook.bin", ".xlsb"}, {"word/document.xml", ".docx"}, {"content.xml", ".ods"}};
	if (zip_name_locate(p->zip, "xl/vbaProject.bin", ZIP_FL_NOCASE) >= 0)
		return text_fail(failure, PROBLEM_WORKBOOK_MACROS, 0, "");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (zip_name_locate(p->zip, others[i].part, 0) >= 0)
			return text_fail(failure, PROBLEM_WORKBOOK_OTHER, 0, others[i].format);
	if (zip_get_num_entries(p->zip, 0) == 0)
		return text_fail(failure, PROBLEM_WORKBOOK_NONE, 0, "");
	if (zip_get_num_entries(p->zip, 0) > PARTS_MAX)
		return text_fail(failure, PROBLEM_WORKBOOK_TOO_LARGE, 0, "65536 parts");
	return true;
}

/* NULL: `code` is libzip's, or there is no memory. */
static zip_t *
open_bytes(const void *bytes, size_t size, int *code)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &error);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	if (source && !zip)
		zip_source_free(source);
	*code = zip_error_code_zip(&error);
	zip_error_fini(&error);
	return zip;
}

struct package *
package_open(const void *bytes, size_t size, struct text_failure *failure)
{
	struct package *p = NULL;
	int error = 0;
	bool good = size <= PACKAGE_BYTES_MAX || text_fail(failure, PROBLEM_WORKBOOK_TOO_LARGE, 0, "64 MiB");
	if (good && !(p = calloc(1, sizeof *p)))
		good = text_fail(failure, PROBLEM_FILE_UNREADABLE, 0, strerror(ENOMEM));
	if (good && !(p->zip = open_bytes(bytes, size, &error)))
		good = explain(bytes, size, error, failure);
	if (!good || !check_kind(p, failure))
		package_close(&p);
	return p;
}

void
package_close(struct package **package)
{
	if (*package && (*package)->zip)
		zip_discard((*package)->zip);
	free(*package);
	*package = NULL;
}

struct zip *
package_zip(const struct package *p)
{
	return p->zip;
}

/* ---------------------------------------------------------------- a part */

static const char *
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

const char *
attribute_of(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (!strcmp(local_name(attributes[0]), name))
			return attributes[1];
	return NULL;
}

void
package_enough(struct package *p)
{
	p->enough = true;
	XML_StopParser(p->parser, XML_FALSE);
}

void
package_fail(struct package *p, enum problem_code code, size_t line, int64_t limit, const char *detail)
{
	text_fail(p->failure, code, line, detail);
	p->failure->limit = limit;
	XML_StopParser(p->parser, XML_FALSE);
}

/* A handler may have ended it all: expat calls some of the others once more. */
static bool
is_over(struct package *p)
{
	p->unseen = 0;
	return p->enough || p->failure->code;
}

static void
on_start(void *context, const char *name, const char **attributes)
{
	struct package *p = context;
	if (is_over(p))
		return;
	if (++p->depth > DEPTH_MAX)
		package_fail(p, PROBLEM_WORKBOOK_DAMAGED, 0, 0, p->part);
	else
		p->reader->start(p->reader->context, local_name(name), attributes);
}

static void
on_end(void *context, const char *name)
{
	struct package *p = context;
	p->depth--;
	if (!is_over(p) && p->reader->end)
		p->reader->end(p->reader->context, local_name(name));
}

static void
on_text(void *context, const char *text, int size)
{
	struct package *p = context;
	if (!is_over(p) && p->reader->text)
		p->reader->text(p->reader->context, text, (size_t)size);
}

static void
on_else(void *context, const char *text, int size)
{
	(void)text, (void)size;
	is_over(context);
}

/* Entities can unpack to anything, or name other files; no spreadsheet program writes them. */
static void
on_doctype(void *context, const char *name, const char *system, const char *public, int internal)
{
	struct package *p = context;
	(void)name, (void)system, (void)public, (void)internal;
	if (!is_over(p))
		package_fail(p, PROBLEM_WORKBOOK_ENTITIES, 0, 0, p->part);
}

static bool
damaged(struct package *p, const char *why)
{
	char detail[PART_NAME_BYTES + 96];
	snprintf(detail, sizeof detail, "%s: %s", p->part, why);
	return text_fail(p->failure, PROBLEM_WORKBOOK_DAMAGED, 0, detail);
}

static bool
parse_chunk(struct package *p, int size)
{
	p->unseen += (size_t)size;
	enum XML_Status status = XML_ParseBuffer(p->parser, size, !size);
	if (p->failure->code)
		return false;
	if (status != XML_STATUS_OK && !p->enough)
		return damaged(p, XML_ErrorString(XML_GetErrorCode(p->parser)));
	return p->unseen <= TOKEN_BYTES_MAX || damaged(p, "an endless tag");
}

/* What it says it unpacks to is not believed; what comes is counted. */
static bool
count_bytes(struct package *p, uint64_t part_bytes, uint64_t packed, uint64_t more)
{
	p->unpacked += more;
	if (p->unpacked > UNPACKED_BYTES_MAX)
		return text_fail(p->failure, PROBLEM_WORKBOOK_TOO_LARGE, 0, "512 MiB");
	if (part_bytes > PACKED_RATIO_BYTES && part_bytes / PACKED_RATIO_MAX > packed) {
		text_fail(p->failure, PROBLEM_WORKBOOK_PACKED, 0, p->part);
		p->failure->limit = PACKED_RATIO_MAX;
		return false;
	}
	return true;
}

/* `said`: how many bytes it says it unpacks to; of a small one expat needs no large buffer. */
static bool
stream(struct package *p, zip_file_t *file, uint64_t packed, uint64_t said)
{
	const int chunk = said < CHUNK_BYTES ? (int)said + 1 : CHUNK_BYTES;
	uint64_t part_bytes = 0;
	for (zip_int64_t got = 1; got && !p->enough;) {
		void *room = XML_GetBuffer(p->parser, chunk);
		if (!room)
			return damaged(p, strerror(ENOMEM));
		got = zip_fread(file, room, (zip_uint64_t)chunk);
		if (got < 0)
			return damaged(p, zip_file_strerror(file));
		part_bytes += (uint64_t)got;
		if (!count_bytes(p, part_bytes, packed, (uint64_t)got) || !parse_chunk(p, (int)got))
			return false;
	}
	return true;
}

static XML_Parser
make_parser(struct package *p)
{
	XML_Parser parser = XML_ParserCreate(NULL);
	if (!parser)
		return NULL;
	XML_SetUserData(parser, p);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetDefaultHandler(parser, on_else);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	return parser;
}

/* The part's bytes; NULL: they are not to be had. */
static zip_file_t *
open_part(struct package *p, zip_stat_t *status)
{
	zip_int64_t at = zip_name_locate(p->zip, p->part, ZIP_FL_NOCASE);
	if (at < 0)
		text_fail(p->failure, PROBLEM_WORKBOOK_PART_MISSING, 0, p->part);
	else if (zip_stat_index(p->zip, (zip_uint64_t)at, 0, status) || !(status->valid & ZIP_STAT_COMP_SIZE))
		damaged(p, zip_strerror(p->zip));
	else if ((status->valid & ZIP_STAT_ENCRYPTION_METHOD) && status->encryption_method != ZIP_EM_NONE)
		text_fail(p->failure, PROBLEM_WORKBOOK_ENCRYPTED, 0, "");
	if (p->failure->code)
		return NULL;
	zip_file_t *file = zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
	if (!file)
		damaged(p, zip_strerror(p->zip));
	return file;
}

bool
package_read(struct package *p, const char *part, const struct part_reader *reader,
             struct text_failure *failure)
{
	zip_stat_t status;
	*failure = (struct text_failure){0};
	p->part = part;
	p->reader = reader;
	p->failure = failure;
	p->depth = 0;
	p->unseen = 0;
	p->enough = false;
	zip_file_t *file = open_part(p, &status);
	if (!file)
		return false;
	p->parser = make_parser(p);
	bool good = p->parser ? stream(p, file, status.comp_size,
	                               status.valid & ZIP_STAT_SIZE ? status.size : CHUNK_BYTES)
	                      : damaged(p, strerror(ENOMEM));
	XML_ParserFree(p->parser);
	zip_fclose(file);
	return good;
}

/* ---------------------------------------------------------------- relationships */

/* A target beside the part that names it, or from the top; false: outside of the package. */
static bool
resolve(const char *part, const char *target, char out[PART_NAME_BYTES])
{
	const char *slash = *target == '/' ? NULL : strrchr(part, '/');
	size_t used = slash ? (size_t)(slash - part) : 0;
	if (strstr(target, "://") || used >= PART_NAME_BYTES)
		return false;
	memcpy(out, part, used);
	while (*target) {
		size_t size = strcspn(target, "/");
		if (size == 2 && !memcmp(target, "..", 2)) {
			if (!used)
				return false;
			while (used && out[--used] != '/')
				;
		} else if (size && !(size == 1 && *target == '.')) {
			if (used + 1 + size >= PART_NAME_BYTES)
				return false;
			if (used)
				out[used++] = '/';
			memcpy(out + used, target, size);
			used += size;
		}
		target += size + (target[size] == '/');
	}
	out[used] = 0;
	return used;
}

struct linking {
	struct package *package;
	const char *part, *type;
	struct part_link *links;
	size_t most, *count;
};

static void
on_link(void *context, const char *name, const char **attributes)
{
	struct linking *l = context;
	const char *id = attribute_of(attributes, "Id"), *type = attribute_of(attributes, "Type"),
	           *target = attribute_of(attributes, "Target"), *mode = attribute_of(attributes, "TargetMode");
	if (strcmp(name, "Relationship") != 0 || !id || !type || !target || !has_ending(type, l->type))
		return;
	struct part_link link;
	snprintf(link.id, sizeof link.id, "%s", id);
	if ((mode && !strcmp(mode, "External")) || !resolve(l->part, target, link.part))
		package_fail(l->package, PROBLEM_WORKBOOK_LINK_OUTSIDE, 0, 0, target);
	else if ((*l->count)++ < l->most)
		l->links[*l->count - 1] = link;
}

bool
package_links(struct package *p, const char *part, const char *type, struct part_link *links, size_t most,
              size_t *count, struct text_failure *failure)
{
	char name[PART_NAME_BYTES + 16];
	const char *slash = strrchr(part, '/');
	int folder = slash ? (int)(slash + 1 - part) : 0;
	struct linking linking = {p, part, type, links, most, count};
	const struct part_reader reader = {.context = &linking, .start = on_link};
	snprintf(name, sizeof name, "%.*s_rels/%s.rels", folder, part, part + folder);
	*count = 0;
	return package_read(p, name, &reader, failure);
}
