#include "progress.h"

#include "base/clock.h"
#include "base/shown.h"
#include "base/utf8.h"
#include "columns/cell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { REDRAW_US = 100000, COLUMNS_DEFAULT = 80, COLUMNS_MAX = 200, BAR_LEAST = 8, WHAT_SHARE = 3 };

/* Takes characters off the end until it is that narrow. */
static void
cut(char *text, size_t columns)
{
	size_t size = strlen(text);
	while (size && text_width(text) > columns) {
		do
			size--;
		while (size && ((unsigned char)text[size] & 0xC0) == 0x80);
		text[size] = 0;
	}
}

/* " 3.4/s, 0:15 left"; nothing as long as nothing is known. */
static void
rate_text(const struct progress_state *s, bool zh, char *out, size_t room)
{
	double seconds = (double)s->elapsed_us / 1e6;
	double rate = s->done > s->first && seconds > 0 ? (double)(s->done - s->first) / seconds : 0;
	*out = 0;
	if (rate <= 0)
		return;
	double left = (double)(s->total - s->done) / rate;
	if (left > 359999)
		left = 359999; /* 99:59:59 */
	unsigned all = (unsigned)(left + 0.999), hours = all / 3600, minutes = all / 60 % 60;
	int used = snprintf(out, room, rate < 9.95 ? " %.1f%s%s/s " : " %.0f%s%s/s ", rate, *s->unit ? " " : "",
	                    s->unit);
	char time[32];
	if (hours)
		snprintf(time, sizeof time, "%u:%02u:%02u", hours, minutes, all % 60);
	else
		snprintf(time, sizeof time, "%u:%02u", minutes, all % 60);
	snprintf(out + used, room - (size_t)used, zh ? "剩 %s" : "%s left", time);
}

char *
progress_text(const struct progress_state *state, enum language language, size_t columns,
              char out[PROGRESS_BYTES])
{
	struct progress_state s = *state;
	char what[256], count[80], rate[80], bar[COLUMNS_MAX + 4] = "";
	if (columns > COLUMNS_MAX)
		columns = COLUMNS_MAX;
	if (s.done > s.total)
		s.done = s.total;
	snprintf(what, sizeof what, "%s", s.what);
	cut(what, columns / WHAT_SHARE);
	snprintf(count, sizeof count, " %" PRIu64 "/%" PRIu64 "%s%s", s.done, s.total, *s.unit ? " " : "",
	         s.unit);
	rate_text(&s, language == LANGUAGE_CHINESE, rate, sizeof rate);
	size_t taken = text_width(what) + text_width(count) + text_width(rate) + 3; /* " [" and "]" */
	if (taken + BAR_LEAST <= columns) {
		size_t width = columns - taken,
		       full = s.total ? (size_t)((double)width * (double)s.done / (double)s.total) : 0;
		memcpy(bar, " [", 2);
		memset(bar + 2, '#', full);
		memset(bar + 2 + full, '-', width - full);
		memcpy(bar + 2 + width, "]", 2);
	}
	snprintf(out, PROGRESS_BYTES, "%s%s%s%s", what, count, bar, rate);
	cut(out, columns);
	return out;
}

static size_t
terminal_columns(void)
{
	struct winsize size = {0};
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return COLUMNS_DEFAULT;
	return size.ws_col;
}

void
progress_begin(struct progress *p, bool quiet, enum language language)
{
	*p = (struct progress){.shown = !quiet && isatty(STDERR_FILENO), .language = language};
}

void
progress_show(struct progress *p, const char *what, const char *unit, uint64_t done, uint64_t total)
{
	char text[PROGRESS_BYTES];
	int64_t now_us = clock_steady_us();
	if (!p->shown)
		return;
	if (strncmp(p->what, what, sizeof p->what - 1) != 0) {
		snprintf(p->what, sizeof p->what, "%s", what);
		p->first = done;
		p->began_us = now_us;
		p->drawn_us = 0;
	}
	if (done < total && p->drawn_us && now_us - p->drawn_us < REDRAW_US)
		return;
	const struct progress_state state = {what, unit, done, total, p->first, now_us - p->began_us};
	size_t columns = terminal_columns();
	/* The last column stays free: some terminals begin a new line there. */
	char room[4 * sizeof text];
	const char *line = progress_text(&state, p->language, columns - 1, text);
	fprintf(shown_below(stderr), "\r%s\033[K", utf8_show(line, UTF8_SAFE, room, sizeof room));
	p->drawn_us = now_us;
	p->standing = true;
}

void
progress_clear(struct progress *p)
{
	if (p->standing)
		fputs("\r\033[K", shown_below(stderr));
	p->standing = false;
}
