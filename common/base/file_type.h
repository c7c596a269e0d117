/* What a document's bytes are, by what stands in them; a file's name says nothing. Pure. */
#ifndef FUPIN_COMMON_FILE_TYPE_H
#define FUPIN_COMMON_FILE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an office writes a plan or a report with, or scans the stamped one to. Nothing that runs, nothing that
 * packs other files. */
enum file_type {
	FILE_TYPE_NONE = 0,
	FILE_PDF = 1,
	FILE_DOC = 2,  /* OLE2 with a WordDocument */
	FILE_XLS = 3,  /* OLE2 with a Workbook */
	FILE_DOCX = 4, /* ZIP with [Content_Types].xml and word/document.xml */
	FILE_XLSX = 5, /* the same with xl/workbook.xml */
	FILE_OFD = 6,  /* ZIP with OFD.xml (GB/T 33190) */
	FILE_JPEG = 7,
	FILE_PNG = 8,
	FILE_TIFF = 9,
	FILE_TYPES = 10,
};

/* Of the whole file; FILE_TYPE_NONE: none of these. A ZIP that was cut off is none. */
enum file_type file_type_of(const uint8_t *bytes, size_t size);

/* "pdf", which is also the usual ending of such a file's name. */
const char *file_type_name(enum file_type type);

#endif
