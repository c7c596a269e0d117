/* A progress line: a bar, the rate, the time left. On standard error, and only if that is a terminal. */
#ifndef FUPIN_CLIENT_PROGRESS_H
#define FUPIN_CLIENT_PROGRESS_H

#include "check/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;    /* wanted, and there is a terminal */
	bool standing; /* a line is on the terminal now */
	enum language language;
	char what[256]; /* of the previous line; when it changes, the rate is measured from the beginning */
	uint64_t first; /* how much was done when it began */
	int64_t began_us, drawn_us;
};

/* How far: `done` of `total`, in `unit` ("", "KiB"). */
struct progress_state {
	const char *what, *unit;
	uint64_t done, total;
	uint64_t first; /* the part of `done` that was there before */
	int64_t elapsed_us;
};

enum { PROGRESS_BYTES = 1024 };

void progress_begin(struct progress *progress, bool quiet, enum language language);
/* Draws the line again, at most a few times a second, and at the end. */
void progress_show(struct progress *progress, const char *what, const char *unit, uint64_t done,
                   uint64_t total);
/* Removes the line, so that something else can be printed; the next progress_show() draws it again. */
void progress_clear(struct progress *progress);

/* The line, at most `columns` wide (wide characters take two). Returns out. */
char *progress_text(const struct progress_state *state, enum language language, size_t columns,
                    char out[PROGRESS_BYTES]);

#endif
