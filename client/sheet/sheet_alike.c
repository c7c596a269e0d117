/* Finds vouchers that differ only in case, or in zeros before a figure: they count as different, but are
 * often meant to be the same. */
#include "sheet.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct near {
	unit_code unit;
	const char *near, *voucher;
};

/* "PZ-01" becomes "pz-1"; the arena owns it. NULL: no memory. */
static const char *
near_key(struct arena *arena, const char *voucher)
{
	char room[UTF8_KEY_BYTES];
	char *near = (char *)(uintptr_t)arena_string(arena, utf8_key(voucher, room)), *to = near;
	for (const char *at = near; at && *at; at++) {
		bool in_figure = to > near && isdigit((unsigned char)to[-1]);
		if (*at != '0' || in_figure || !isdigit((unsigned char)at[1]))
			*to++ = (char)tolower((unsigned char)*at);
	}
	if (to)
		*to = 0;
	return near;
}

static int
by_near(const void *a, const void *b)
{
	const struct near *x = a, *y = b;
	int order = x->unit != y->unit ? (x->unit > y->unit) - (x->unit < y->unit) : strcmp(x->near, y->near);
	return order ? order : strcmp(x->voucher, y->voucher);
}

void
draft_find_alike(struct draft *d)
{
	const struct submission *s = &d->submission;
	struct near *all = calloc(s->entry_count + 1, sizeof *all);
	size_t count = 0;
	for (size_t i = 0; all && i < s->entry_count; i++) {
		const char *near = near_key(&d->arena, s->entries[i].voucher);
		if (near && *near)
			all[count++] = (struct near){s->entries[i].unit, near, s->entries[i].voucher};
	}
	if (count)
		qsort(all, count, sizeof *all, by_near);
	for (size_t i = 1; i < count; i++) {
		if (all[i - 1].unit != all[i].unit || strcmp(all[i - 1].near, all[i].near) != 0)
			continue;
		if (!d->alike_count++) {
			d->alike[0] = all[i - 1].voucher;
			d->alike[1] = all[i].voucher;
		}
	}
	free(all);
}
