#include "acknowledged.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 128, SYNC_US = 1000000 };

static const char file_name[] = "acknowledged";

static bool
fail(char error[ACKNOWLEDGED_ERROR_BYTES], const char *what)
{
	snprintf(error, ACKNOWLEDGED_ERROR_BYTES, "%s: %s", file_name, what);
	return false;
}

bool
acknowledged_open(const char *directory, struct acknowledged *out, char error[ACKNOWLEDGED_ERROR_BYTES])
{
	char path[PATH_MAX + sizeof file_name + 1], line[LINE_BYTES + 1] = "";
	*out = (struct acknowledged){.file = -1};
	snprintf(path, sizeof path, "%s/%s", directory, file_name);
	out->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (out->file < 0)
		return fail(error, strerror(errno));
	ssize_t size = pread(out->file, line, LINE_BYTES, 0);
	if (size < 0)
		return fail(error, strerror(errno));
	if (size && sscanf(line, "%36s %" SCNu64 " %32s", out->history, &out->seq, out->id) != 3)
		return fail(error, "not what fupind wrote: take it away to begin anew (then nothing tells whether "
		                   "the database was set "
		                   "back)");
	out->synced_seq = out->seq;
	return true;
}

void
acknowledged_close(struct acknowledged *a)
{
	if (a->file >= 0) {
		fdatasync(a->file);
		close(a->file);
	}
	a->file = -1;
}

bool
acknowledged_write(struct acknowledged *a, const char *history, uint64_t seq, const char *id)
{
	char line[LINE_BYTES + 1];
	/* The text has the same length each time and fits into one sector, so the file holds either the new text
	 * or the old one. */
	int used = snprintf(line, sizeof line, "%-36s %20" PRIu64 " %-32s", history, seq, *id ? id : "-");
	memset(line + used, ' ', (size_t)(LINE_BYTES - used));
	line[LINE_BYTES - 1] = '\n';
	if (pwrite(a->file, line, LINE_BYTES, 0) != LINE_BYTES)
		return false;
	snprintf(a->history, sizeof a->history, "%s", history);
	a->seq = seq;
	snprintf(a->id, sizeof a->id, "%s", id);
	return true;
}

bool
acknowledged_is_due(const struct acknowledged *a, int64_t now_us)
{
	return a->seq != a->synced_seq && now_us - a->synced_us >= SYNC_US;
}
