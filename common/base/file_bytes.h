/* A whole file in memory: files that people make are small, and what is read from memory can be tried without
 * a disk. */
#ifndef FUPIN_COMMON_FILE_BYTES_H
#define FUPIN_COMMON_FILE_BYTES_H

#include <stddef.h>
#include <stdio.h>

/* The bytes of a file, or of a pipe, to be freed. Of one that has more than `bytes_max` it reads one byte
 * more than that, and no further: the caller says what is too large. NULL: errno says why. */
char *file_read(const char *path, size_t bytes_max, size_t *size) __attribute__((warn_unused_result));
/* The same of one that is open already; it stays the caller's. */
char *file_read_open(FILE *file, size_t bytes_max, size_t *size) __attribute__((warn_unused_result));

#endif
