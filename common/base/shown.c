#include "shown.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* A piece at a time; each byte becomes at most four. */
enum { PIECE_BYTES = 1024, SEQUENCE_MAX = 4 };

struct shown {
	FILE *above, *below;
	char rest[SEQUENCE_MAX]; /* the beginning of a character that the next write ends */
	size_t rest_size;
};

static struct shown shown[2]; /* as stdout and stderr are: the whole process's */

/* Of what begins at the end of `bytes` and may go on: how many bytes. */
static size_t
open_end(const char *bytes, size_t size)
{
	for (size_t back = 1; back < SEQUENCE_MAX && back <= size; back++) {
		unsigned char byte = (unsigned char)bytes[size - back];
		if (byte >= 0xC0)
			return back < (byte >= 0xF0 ? 4U : byte >= 0xE0 ? 3U : 2U) ? back : 0;
		if (byte < 0x80)
			return 0;
	}
	return 0;
}

/* Without line breaks and tabs; a NUL is shown, too. */
static void
put_run(FILE *out, const char *bytes, size_t size)
{
	char text[PIECE_BYTES + 1], room[4 * PIECE_BYTES + 1];
	while (size) {
		size_t piece = size < PIECE_BYTES ? size : PIECE_BYTES;
		if (piece < size)
			piece -= open_end(bytes, piece);
		memcpy(text, bytes, piece);
		text[piece] = 0;
		size_t used = strlen(text);
		fputs(utf8_show(text, UTF8_SAFE, room, sizeof room), out);
		if (used < piece)
			fputs("\xE2\x90\x80", out); /* U+2400 */
		used += used < piece;
		bytes += used;
		size -= used;
	}
}

static ssize_t
write_shown(void *cookie, const char *bytes, size_t size)
{
	struct shown *s = cookie;
	char *all = malloc(s->rest_size + size);
	if (!all)
		return 0;
	memcpy(all, s->rest, s->rest_size);
	memcpy(all + s->rest_size, bytes, size);
	size_t used = s->rest_size + size, end = used - open_end(all, used), from = 0;
	for (size_t i = 0; i <= end; i++) {
		if (i < end && all[i] != '\n' && all[i] != '\t')
			continue;
		put_run(s->below, all + from, i - from);
		if (i < end)
			putc(all[i], s->below);
		from = i + 1;
	}
	s->rest_size = used - end;
	memcpy(s->rest, all + end, s->rest_size);
	free(all);
	return fflush(s->below) || ferror(s->below) ? 0 : (ssize_t)size;
}

static FILE *
put_above(struct shown *s, FILE *below)
{
	FILE *above = fopencookie(s, "w", (cookie_io_functions_t){.write = write_shown});
	if (!above)
		return below;
	*s = (struct shown){.above = above, .below = below};
	setvbuf(above, NULL, _IONBF, 0);
	return above;
}

void
shown_open(void)
{
	stdout = put_above(&shown[0], stdout);
	stderr = put_above(&shown[1], stderr);
}

FILE *
shown_below(FILE *stream)
{
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		if (shown[i].above == stream)
			return shown[i].below;
	return stream;
}
