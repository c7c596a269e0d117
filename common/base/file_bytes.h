/* A whole file in memory: files that people make are small, and code that reads from memory can be tested
 * without a disk. */
#ifndef FUPIN_COMMON_FILE_BYTES_H
#define FUPIN_COMMON_FILE_BYTES_H

#include <stddef.h>
#include <stdio.h>

/* The bytes of a file or a pipe, to be freed by the caller. If it has more than `bytes_max`, only one byte
 * more than that is read, by which the caller sees that it is too large. NULL: errno says why. */
char *file_read(const char *path, size_t bytes_max, size_t *size) __attribute__((warn_unused_result));
/* The same for a file that is open already; the caller closes it. */
char *file_read_open(FILE *file, size_t bytes_max, size_t *size) __attribute__((warn_unused_result));

#endif
