/* The type of a document's file, recognised by its bytes; the file's name does not count. Pure. */
#ifndef FUPIN_COMMON_FILE_TYPE_H
#define FUPIN_COMMON_FILE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The types in which an office writes a plan or a report, or scans the stamped paper. No programs, no
 * archives of other files. */
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

/* The type by the bytes of the whole file; FILE_TYPE_NONE: none of these. A ZIP that was cut off has none. */
enum file_type file_type_of(const uint8_t *bytes, size_t size);

/* The type's name, "pdf", which is also the usual extension. */
const char *file_type_name(enum file_type type);

#endif
