/* The destination of a command's answer: standard output, or a file that is written whole or not at all. */
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
	FILE *stream;      /* all formats but a workbook are written here */
	struct xlsx *xlsx; /* FORMAT_XLSX */
	int64_t made_us;   /* for a workbook: the time of its content */
	bool to_file, failed;
	char path[PATH_MAX];
	struct whole_file file;
};

/* Reads --format, --output and --bom; without --format the file's name decides the format. Prints what is
 * wrong with them. */
bool output_choose(const char *format, const char *path, bool bom, enum format *out);

/* Begins; to be ended by output_end(). `path` NULL: standard output (a workbook only if that is not a
 * terminal). The content is in a temporary file beside it until output_end(). `bom`: a CSV file begins with
 * a byte order mark, as Excel wants it. NULL: a message was printed. */
struct output *output_open(enum format format, const char *path, bool bom);

/* A line of text beside a table: in CSV to standard error, as a CSV file is data; in JSON nowhere. */
void output_line(struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In a workbook: puts what follows into one sheet, which prints on one page. In other formats it does
 * nothing. */
void output_page(struct output *output, const char *name);
/* A line as a heading. */
void output_heading(struct output *output, const char *text);

/* Ends and frees; the file gets its name. False: it could not be written, no file is left, and a message was
 * printed. Both may be called with NULL in *output. */
bool output_end(struct output **output) __attribute__((warn_unused_result));
/* Frees; no file is left. */
void output_discard(struct output **output);

#endif
