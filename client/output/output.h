/* Where a command's answer goes: standard output, or a file that is there whole or not at all. */
#ifndef FUPIN_CLIENT_OUTPUT_H
#define FUPIN_CLIENT_OUTPUT_H

#include "base/whole_file.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_XLSX };
enum { FORMATS_COUNT = 4 };

struct xlsx;

struct output {
	enum format format;
	FILE *stream;      /* what is not a workbook is written here */
	struct xlsx *xlsx; /* FORMAT_XLSX */
	int64_t made_us;   /* of a workbook: the time of what is in it */
	bool to_file, failed;
	char path[PATH_MAX];
	struct whole_file file;
};

/* What --format, --output and --bom ask for; without --format it is the file's name that says which. Prints
 * what is wrong with them. */
bool output_choose(const char *format, const char *path, bool bom, enum format *out);

/* Begins; to be ended by output_end(). `path` NULL: standard output (a workbook only if that is not a
 * terminal). What is written lies in a file beside it until output_end(). `bom`: a CSV file begins with a
 * byte order mark, as Excel wants it. NULL: a message was printed. */
struct output *output_open(enum format format, const char *path, bool bom);

/* A line of text beside a table: in CSV to standard error, as a CSV file is data; in JSON nowhere. */
void output_line(struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In a workbook: what follows stands in one sheet, which is printed on one page. Elsewhere nothing. */
void output_page(struct output *output, const char *name);
/* A line as a heading. */
void output_heading(struct output *output, const char *text);

/* Ends and frees; the file gets its name. False: it could not be written, nothing stays of it, and a message
 * was printed. Both may be called with NULL in *output. */
bool output_end(struct output **output) __attribute__((warn_unused_result));
/* Frees; of a file nothing stays. */
void output_discard(struct output **output);

#endif
