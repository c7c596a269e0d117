/* Log lines in logfmt on standard error: ts=… level=info event=commit seq=17 reports=40
 *
 * `event` is a fixed word to search for; the rest are key=value pairs. */
#ifndef FUPIN_COMMON_LOG_H
#define FUPIN_COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_DEBUG = 0, LOG_INFO = 1, LOG_WARNING = 2, LOG_ERROR = 3 };

/* Lines below this level are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);
bool log_level_parse(const char *text, enum log_level *out);

/* `format` makes the pairs: log_line(LOG_INFO, "commit", "seq=%lu", seq). Text that may hold blanks or
 * quotes goes through log_quoted(). */
void log_line(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A limit on the log lines per second of one event that outsiders can cause at will, so that they cannot
 * fill the disk. */
struct log_bound {
	unsigned per_second;
	int64_t second;
	unsigned count;
};

/* The level for one more such line: `level`, or LOG_DEBUG if there were enough lines of `event` in this
 * second. How many were left out is logged before the first line of a later second. */
enum log_level log_bounded(struct log_bound *bound, enum log_level level, const char *event);

enum { LOG_QUOTED_BYTES = 512 };
/* "a \"quoted\" text", control characters replaced, cut if too long. Returns out. */
char *log_quoted(const char *text, char out[LOG_QUOTED_BYTES]);

#endif
