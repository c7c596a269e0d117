#include "file_bytes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BYTES = 64 * 1024 };

/* Doubles the room for the bytes, to one more than may be. False: no memory. */
static bool
make_room(char **bytes, size_t *room, size_t bytes_max)
{
	size_t wanted = *room ? *room * 2 : FIRST_BYTES;
	wanted = wanted > bytes_max ? bytes_max + 1 : wanted;
	char *more = realloc(*bytes, wanted);
	if (!more)
		return false;
	*bytes = more;
	*room = wanted;
	return true;
}

char *
file_read_open(FILE *file, size_t bytes_max, size_t *size)
{
	char *bytes = NULL;
	size_t room = 0, got = 1;
	int error = 0;
	*size = 0;
	while (!error && got && *size <= bytes_max) {
		if (*size == room && !make_room(&bytes, &room, bytes_max)) {
			error = ENOMEM;
			break;
		}
		errno = 0;
		got = fread(bytes + *size, 1, room - *size, file);
		*size += got;
		if (ferror(file))
			error = errno ? errno : EIO;
	}
	if (!error)
		return bytes;
	free(bytes);
	errno = error;
	return NULL;
}

char *
file_read(const char *path, size_t bytes_max, size_t *size)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	char *bytes = file_read_open(file, bytes_max, size);
	int error = errno;
	fclose(file);
	errno = error;
	return bytes;
}
