#include "log.h"

#include "clock.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static enum log_level level_min = LOG_INFO;
static const char *const level_names[] = {"debug", "info", "warning", "error"};

void
log_set_level(enum log_level level)
{
	level_min = level;
}

bool
log_level_parse(const char *text, enum log_level *out)
{
	for (int i = 0; i < 4; i++)
		if (!strcmp(text, level_names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

void
log_line(enum log_level level, const char *event, const char *format, ...)
{
	if (level < level_min)
		return;
	struct timeval now;
	struct tm utc;
	gettimeofday(&now, NULL);
	gmtime_r(&now.tv_sec, &utc);
	char line[2048], stamp[32];
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
	int head = snprintf(line, sizeof line, "ts=%s.%03ldZ level=%s event=%s ", stamp, now.tv_usec / 1000,
	                    level_names[level], event);
	va_list args;
	va_start(args, format);
	int rest = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, args);
	va_end(args);
	/* Names and messages of others are in it, perhaps raw, perhaps cut within a character. */
	char room[4 * sizeof line];
	const char *shown = utf8_show(line, UTF8_SAFE, room, sizeof room - 1);
	size_t used = strlen(shown);
	memmove(room, shown, used);
	room[used] = '\n';
	/* One write a line, so that lines of several processes do not mix; a log that cannot be written
	 * must not stop the service. */
	if (rest >= 0 && write(STDERR_FILENO, room, used + 1) < 0)
		return;
}

enum log_level
log_bounded(struct log_bound *bound, enum log_level level, const char *event)
{
	int64_t second = clock_steady_us() / 1000000;
	if (second != bound->second) {
		if (bound->count > bound->per_second)
			log_line(level, "not_logged", "what=%s lines=%u", event, bound->count - bound->per_second);
		bound->second = second;
		bound->count = 0;
	}
	return ++bound->count <= bound->per_second ? level : LOG_DEBUG;
}

char *
log_quoted(const char *text, char out[LOG_QUOTED_BYTES])
{
	size_t used = 0;
	out[used++] = '"';
	for (; *text && used < LOG_QUOTED_BYTES - 4; text++) {
		if (*text == '"' || *text == '\\')
			out[used++] = '\\';
		out[used++] = (unsigned char)*text < 0x20 ? ' ' : *text;
	}
	out[used++] = '"';
	out[used] = 0;
	return out;
}
