/* A file that is written whole or not at all: it is written under a hidden name in the same directory,
 * flushed to disk, and only then renamed. A file of that name is replaced, even if it is a link or a pipe:
 * nothing is ever written through it. Everything that the program writes among people's files is written in
 * this way. */
#ifndef FUPIN_WHOLE_FILE_H
#define FUPIN_WHOLE_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct whole_file {
	FILE *stream; /* to write to; failures are reported at the end. NULL: none is open */
	int at;       /* the open directory that both paths are relative to, or AT_FDCWD */
	char path[PATH_MAX], temporary[PATH_MAX];
};

/* `mode`: of the new file, before the umask. False: errno. To be ended by one of the next two. */
bool whole_file_begin(struct whole_file *file, int at, const char *path, mode_t mode)
    __attribute__((warn_unused_result));
/* Gives the file its name. `replaces` false: only if no file has it (EEXIST). False: errno, and no file is
 * left. */
bool whole_file_end(struct whole_file *file, bool replaces) __attribute__((warn_unused_result));
/* Removes the unfinished file; may be called after the end, or twice. */
void whole_file_discard(struct whole_file *file);

/* All three steps for bytes in memory. */
bool whole_file_write(int at, const char *path, mode_t mode, const void *bytes, size_t size, bool replaces)
    __attribute__((warn_unused_result));

/* Renames `from` in one directory to `to` in another, if nothing has that name (EEXIST). False: errno. */
bool file_move_beside(int from_at, const char *from, int to_at, const char *to)
    __attribute__((warn_unused_result));

#endif
