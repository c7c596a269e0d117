/* fupin outbox list: what is in the outbox, without the network. */
#include "outbox_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What outbox_each() fills. */
struct filling {
	struct listing *list;
	bool failed;
};

static void
list_item(void *context, const struct outbox_item *item)
{
	struct filling *f = context;
	f->failed |= !listing_add(f->list, item);
}

static const char *
problems_of(const struct command *c, const struct outbox_item *item)
{
	return in_language(c, item->problems, item->problems_zh);
}

/* "3: …", a line for each problem. */
static void
print_problems(void *context, const struct outbox_item *item)
{
	const struct command *c = context;
	for (const char *at = problems_of(c, item); *at; at += *at == '\n') {
		size_t size = strcspn(at, "\n");
		output_line(c->output, "%" PRId64 ": %.*s", item->position, (int)size, at);
		at += size;
	}
}

int
outbox_show(const struct command *c, struct outbox *outbox, int state, int64_t most,
            const struct columns *columns)
{
	struct reading r;
	command_reading(c, &r);
	/* As a column for programs; for people they stand below, each with its number. */
	struct filling f = {.list = listing_begin(c->output, _("outbox"), columns, &r,
	                                          c->format == FORMAT_TABLE ? 0 : OUTBOX_WITH_PROBLEMS)};
	bool good = f.list && outbox_each(outbox, state, most, list_item, &f) && !f.failed;
	return command_end_listing(&f.list, &r, good);
}

int
outbox_list(const struct command *c, struct outbox *outbox, int state)
{
	int status = outbox_show(c, outbox, state, INT64_MAX, &outbox_columns);
	if (status == EXIT_DONE && c->format == FORMAT_TABLE &&
	    !outbox_each(outbox, state, INT64_MAX, print_problems, (void *)(uintptr_t)c))
		status = EXIT_FAILED_INSIDE;
	if (status != EXIT_DONE)
		fprintf(stderr, "fupin: %s\n", *outbox_error(outbox) ? outbox_error(outbox) : "no memory");
	return status;
}
