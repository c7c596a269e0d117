/* A file that is there whole or not at all: written under a hidden name beside its own, brought to disk, and
 * only then named. What has the name is replaced itself: nothing is ever written through a link, or into a
 * pipe. All that the program writes where people keep their files goes this way. */
#ifndef FUPIN_WHOLE_FILE_H
#define FUPIN_WHOLE_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct whole_file {
	FILE *stream; /* to write to; failures show at the end. NULL: none is open */
	int at;       /* an open directory that both paths are seen from, or AT_FDCWD */
	char path[PATH_MAX], temporary[PATH_MAX];
};

/* `mode`: of the new file, before the umask. False: errno. To be ended by one of the next two. */
bool whole_file_begin(struct whole_file *file, int at, const char *path, mode_t mode)
    __attribute__((warn_unused_result));
/* Gives it its name. `replaces` false: only if nothing has it (EEXIST). False: errno, and nothing stays. */
bool whole_file_end(struct whole_file *file, bool replaces) __attribute__((warn_unused_result));
/* Nothing stays; also after the end, or twice. */
void whole_file_discard(struct whole_file *file);

/* All three of bytes that are there. */
bool whole_file_write(int at, const char *path, mode_t mode, const void *bytes, size_t size, bool replaces)
    __attribute__((warn_unused_result));

/* Renames `from` in one directory to `to` in another, if nothing has that name (EEXIST). False: errno. */
bool file_move_beside(int from_at, const char *from, int to_at, const char *to)
    __attribute__((warn_unused_result));

#endif
