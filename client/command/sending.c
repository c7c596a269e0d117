#include "sending.h"

#include "base/clock.h"
#include "codec.h"
#include "columns/finding_columns.h"
#include "outbox/deliver.h"
#include "outbox/item_place.h"
#include "outbox/save_own.h"
#include "output/json.h"
#include "sheet/sheet.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
sending_open(struct sending *s, struct command *command)
{
	char error[OUTBOX_ERROR_BYTES];
	s->command = command;
	s->outbox = outbox_open(command->home.outbox, error);
	if (s->outbox)
		return EXIT_DONE;
	fprintf(stderr, "fupin: %s\n", error);
	return EXIT_FAILED_INSIDE;
}

void
sending_close(struct sending *s)
{
	outbox_close(&s->outbox);
}

static int
saved(const struct sending *s, bool good)
{
	if (!good)
		fprintf(stderr, "fupin: %s\n", *outbox_error(s->outbox) ? outbox_error(s->outbox) : "no memory");
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

int
sending_save(struct sending *s, const struct submission *submission, const char *what)
{
	return saved(s, save_own(s->outbox, submission, what, NULL, NULL));
}

int
sending_save_document(struct sending *s, struct document *document, const char *path, const char *what)
{
	int64_t position;
	return saved(s, save_document(s->outbox, document, path, what, &position));
}

/* ---------------------------------------------------------------- on the way */

/* What its rows are that are neither reports nor fund entries. */
static const char *
name_others(const struct outbox_item *item)
{
	struct arena arena;
	struct submission s;
	item_decode(&arena, item, &s);
	arena_free(&arena);
	return s.document_count ? _("documents") : s.project_count ? _("steps of projects") : _("decisions");
}

/* A line of JSON: what became of a submission. `receipt` NULL: it was refused, for these problems. */
static void
print_answered(const struct command *c, const struct outbox_item *item, const struct receipt *receipt,
               const struct finding *problems, size_t problem_count)
{
	static const struct receipt none;
	const struct receipt *r = receipt ? receipt : &none;
	char id[ID_TEXT_BYTES], digest[DIGEST_TEXT_BYTES], time[20];
	time_format(r->time_us, time);
	const struct json_member members[] = {
	    {"state", cell_text(receipt ? "receipted" : "refused")},
	    {"number", cell_count(item->position)},
	    {"id", cell_text(submission_id_format(&item->id, id))},
	    {"digest", cell_text(digest_format(&item->digest, digest))},
	    {"files", cell_text(item->files)},
	    {"seq", cell_if(receipt, cell_count((int64_t)r->seq))},
	    {"time", cell_if(receipt, cell_text(time))},
	    {"time_us", cell_if(receipt, cell_count(r->time_us))},
	    {"reports", cell_if(receipt, cell_count(r->report_count))},
	    {"fund_entries", cell_if(receipt, cell_count(r->entry_count))},
	    {"others", cell_if(receipt, cell_count(r->other_count))},
	    {"problems", cell_if(!receipt, cell_rows(CELL_ROWS, &finding_columns, problems, problem_count))},
	};
	command_print_members_line(c, members, sizeof members / sizeof *members);
}

void
sending_print_receipt(struct sending *s, const struct outbox_item *item, const struct receipt *receipt)
{
	char id[ID_TEXT_BYTES], time[20];
	time_format(receipt->time_us, time);
	if (s->command->format == FORMAT_JSON) {
		print_answered(s->command, item, receipt, NULL, 0);
		return;
	}
	if (receipt->other_count && !receipt->report_count && !receipt->entry_count) {
		const char *what = name_others(item);
		printf(_("receipt %s seq %" PRIu64 " %s %s %u: %s\n"), submission_id_format(&receipt->id, id),
		       receipt->seq, time, what, receipt->other_count, item->files);
		return;
	}
	printf(_("receipt %s seq %" PRIu64 " %s reports %u fund entries %u"),
	       submission_id_format(&receipt->id, id), receipt->seq, time, receipt->report_count,
	       receipt->entry_count);
	if (receipt->other_count)
		printf(" %s %u", name_others(item), receipt->other_count);
	printf(_(": %s\n"), item->files);
}

void
sending_print_refusal(struct sending *s, const struct outbox_item *item, const struct refusal *refusal)
{
	struct submission submission;
	struct arena arena;
	bool json = s->command->format == FORMAT_JSON;
	const struct problem_list *problems = refusal->problems;
	struct finding *findings = calloc(problems->count + 1, sizeof *findings);
	item_decode(&arena, item, &submission);
	char(*files)[PATH_MAX] = calloc(problems->count + 1, sizeof *files);
	for (size_t i = 0; findings && files && i < problems->count; i++) {
		findings[i] = item_finding(item, &problems->items[i], &submission, &s->command->catalogue,
		                           s->command->language, files[i]);
		if (!json)
			finding_print(&findings[i], s->command->language);
	}
	if (json)
		print_answered(s->command, item, NULL, findings, findings && files ? problems->count : 0);
	else if (problems->more)
		fprintf(stderr, _("… and %zu more problems\n"), problems->more);
	arena_free(&arena);
	free(findings);
	free(files);
}

static void
on_receipt(void *context, const struct outbox_item *item, const struct receipt *receipt)
{
	struct sending *s = context;
	progress_clear(&s->progress);
	sending_print_receipt(s, item, receipt);
	fflush(stdout);
}

static void
on_refusal(void *context, const struct outbox_item *item, const struct refusal *refusal)
{
	struct sending *s = context;
	progress_clear(&s->progress);
	sending_print_refusal(s, item, refusal);
}

static void
on_mistaken(void *context, const struct outbox_item *item, const struct receipt *receipt)
{
	struct sending *s = context;
	char id[ID_TEXT_BYTES], sent[DIGEST_TEXT_BYTES], got[DIGEST_TEXT_BYTES];
	progress_clear(&s->progress);
	fprintf(stderr,
	        _("%s: a receipt came for %s, but of other content (digest %s, sent was %s): it is not "
	          "taken, the submission waits on; tell the administrator\n"),
	        item->files, submission_id_format(&item->id, id), digest_format(&receipt->digest, got),
	        digest_format(&item->digest, sent));
}

static void
on_progress(void *context, const struct delivery *delivery)
{
	struct sending *s = context;
	progress_show(&s->progress, C_("progress", "sent"), "",
	              delivery->receipted + delivery->refused + delivery->mistaken, delivery->total);
}

static void
on_sent(void *context, const char *name, uint64_t bytes, uint64_t size)
{
	struct sending *s = context;
	progress_show(&s->progress, name, "KiB", bytes / 1024, (size + 1023) / 1024);
}

static void
say_waiting(const struct sending *s, size_t count)
{
	if (s->command->format == FORMAT_JSON) {
		command_print_members_line(s->command, &(struct json_member){"waiting", cell_count((int64_t)count)},
		                           1);
		return;
	}
	fprintf(stderr, _("fupin: %zu saved in the outbox, not yet sent; fupin outbox send sends them\n"), count);
}

int
sending_postpone(struct sending *s)
{
	size_t counts[OUTBOX_STATES];
	if (!outbox_counts(s->outbox, counts))
		return saved(s, false);
	say_waiting(s, counts[OUTBOX_WAITING]);
	return EXIT_WAITING;
}

int
sending_deliver(struct sending *s, bool quiet)
{
	struct delivery delivery;
	const struct delivery_watch watch = {
	    .context = s,
	    .receipted = quiet ? NULL : on_receipt,
	    .refused = on_refusal,
	    .mistaken = on_mistaken,
	    .progress = on_progress,
	    .sent = on_sent,
	};
	progress_begin(&s->progress, quiet, s->command->language);
	bool good = deliver(s->command->session, s->outbox, s->command->timeout_ms, &watch, &delivery);
	progress_clear(&s->progress);
	if (!good) {
		fprintf(stderr, "fupin: %s\n", outbox_error(s->outbox));
		return EXIT_FAILED_INSIDE;
	}
	size_t left = delivery.total - delivery.receipted - delivery.refused;
	if (quiet && s->command->format != FORMAT_JSON)
		printf("receipts %zu refused %zu waiting %zu seq %" PRIu64 "\n", delivery.receipted, delivery.refused,
		       left, delivery.seq_last);
	if (left) {
		int status = command_fail(s->command, delivery.failure);
		say_waiting(s, left);
		return delivery.refused ? EXIT_PROBLEMS : status ? status : EXIT_WAITING;
	}
	return delivery.refused ? EXIT_PROBLEMS : EXIT_DONE;
}
