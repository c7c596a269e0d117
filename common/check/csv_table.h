/* Reading CSV (RFC 4180) as spreadsheets save it: UTF-8 with or without BOM, UTF-16 with one ("Unicode
 * text"), or GB18030 (GBK) as Excel in China writes it; LF, CRLF or CR; quotes. The cells come as UTF-8,
 * blanks and invisible characters at the ends trimmed; empty rows are left out. Parsed by libcsv. */
#ifndef FUPIN_COMMON_CSV_TABLE_H
#define FUPIN_COMMON_CSV_TABLE_H

#include "text_table.h"

enum { CSV_BYTES_MAX = 64 * 1024 * 1024 };

/* Reads a file's bytes; the arena owns the table. `separator` separates cells, unless the first line names
 * another one ("sep=;", as Excel understands). Fails with FILE_UNREADABLE, FILE_ENCODING, CSV_MALFORMED. */
bool csv_read_bytes(const char *bytes, size_t size, char separator, struct arena *arena,
                    struct text_table *out, struct text_failure *failure) __attribute__((warn_unused_result));

#endif
