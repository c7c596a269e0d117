/* fupin submit FILE.csv…: read, check here, save in the outbox, deliver, keep the receipt. */
#include "clock.h"
#include "codec.h"
#include "command.h"
#include "deliver.h"
#include "save.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct submitting {
	struct command command;
	struct outbox *outbox;
	struct findings *findings;
	bool each;
};

static void
print_findings(const struct submitting *s)
{
	for (size_t i = 0; i < s->findings->count; i++)
		finding_print(&s->findings->items[i], s->command.language);
	if (s->findings->more)
		fprintf(stderr, in_language(&s->command, "… and %zu more problems\n", "……另有 %zu 个问题\n"),
		        s->findings->more);
}

static int
save(struct submitting *s, char **files, int count)
{
	/* Today in China by the centre's clock, which alone decides. */
	date today = date_of_time(session_welcome(s->command.session)->time_us);
	if (save_files(s->outbox, (const char *const *)files, (size_t)count, s->each, &s->command.catalogue,
	               today, clock_wall_us(), s->findings))
		return EXIT_DONE;
	print_findings(s);
	if (s->findings->count)
		return EXIT_PROBLEMS;
	const char *error = outbox_error(s->outbox);
	fprintf(stderr, "fupin submit: %s\n", *error ? error : "no memory");
	return EXIT_FAILED_INSIDE;
}

/* ---------------------------------------------------------------- on the way */

static void
on_receipt(void *context, const struct outbox_item *item, const struct receipt *receipt)
{
	const struct submitting *s = context;
	char id[ID_TEXT_BYTES], time[20];
	time_format(receipt->time_us, time);
	printf(in_language(&s->command, "receipt %s seq %" PRIu64 " %s reports %u fund entries %u: %s\n",
	                   "回执 %s 序号 %" PRIu64 " %s 报表 %u 资金记录 %u：%s\n"),
	       submission_id_format(&receipt->id, id), receipt->seq, time, receipt->report_count,
	       receipt->entry_count, item->files);
}

/* The k-th line of the places, split into file and line. */
static struct place
place_of(const struct outbox_item *item, const struct problem *problem, size_t report_count,
         char file[PATH_MAX])
{
	struct place place = {0};
	if (problem->subject == SUBJECT_REQUEST)
		return place;
	size_t row = problem->index + (problem->subject == SUBJECT_ENTRY ? report_count : 0);
	const char *at = item->places;
	for (; at && row; row--) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	const char *end = at ? strchr(at, '\n') : NULL;
	const char *colon = end;
	while (colon && colon > at && *colon != ':')
		colon--;
	if (!colon || colon == at)
		return place;
	snprintf(file, PATH_MAX, "%.*s", (int)(colon - at), at);
	place.file = file;
	place.line = strtoul(colon + 1, NULL, 10);
	return place;
}

static void
on_refusal(void *context, const struct outbox_item *item, const struct refusal *refusal)
{
	const struct submitting *s = context;
	struct problem_list ignored;
	struct submission submission = {0};
	struct arena arena;
	ignored.count = ignored.more = 0;
	arena_init(&arena, DECODE_BYTES_MAX);
	if (!codec_decode_submission(&arena, item->bytes, item->size, &submission, &ignored))
		submission.report_count = 0;
	for (size_t i = 0; i < refusal->problems->count; i++) {
		char file[PATH_MAX];
		struct finding finding = {.problem = refusal->problems->items[i]};
		finding.place = place_of(item, &finding.problem, submission.report_count, file);
		const struct indicator *indicator =
		    catalogue_indicator_by_name(&s->command.catalogue, finding.problem.column);
		snprintf(finding.column, sizeof finding.column, "%s",
		         indicator ? indicator->name_zh : finding.problem.column);
		if (!finding.place.file)
			finding.place.file = item->files;
		finding_print(&finding, s->command.language);
	}
	if (refusal->problems->more)
		fprintf(stderr, in_language(&s->command, "… and %zu more problems\n", "……另有 %zu 个问题\n"),
		        refusal->problems->more);
	arena_free(&arena);
}

static void
on_progress(void *context, const struct delivery *delivery)
{
	const struct submitting *s = context;
	fprintf(stderr, in_language(&s->command, "\rsent %zu of %zu\033[K", "\r已送 %zu / %zu\033[K"),
	        delivery->receipted + delivery->refused, delivery->total);
}

static int
deliver_all(struct submitting *s, bool quiet)
{
	bool terminal = isatty(STDERR_FILENO) && !quiet;
	struct delivery delivery;
	const struct delivery_watch watch = {
	    .context = s,
	    .receipted = quiet ? NULL : on_receipt,
	    .refused = on_refusal,
	    .progress = terminal ? on_progress : NULL,
	};
	bool good = deliver(s->command.session, s->outbox, s->command.timeout_ms, &watch, &delivery);
	if (terminal)
		fprintf(stderr, "\r\033[K");
	if (!good) {
		fprintf(stderr, "fupin submit: %s\n", outbox_error(s->outbox));
		return EXIT_FAILED_INSIDE;
	}
	size_t left = delivery.total - delivery.receipted - delivery.refused;
	if (quiet)
		printf("receipts %zu refused %zu waiting %zu seq %" PRIu64 "\n", delivery.receipted, delivery.refused,
		       left, delivery.seq_last);
	if (left) {
		int status = command_fail(&s->command, delivery.failure);
		fprintf(stderr,
		        in_language(&s->command,
		                    "fupin submit: %zu saved in the outbox, not yet sent; fupin submit sends them\n",
		                    "fupin submit：%zu 件已存入发件箱，尚未送达；再次运行 fupin submit 即可发送\n"),
		        left);
		return delivery.refused ? EXIT_PROBLEMS : status ? status : EXIT_WAITING;
	}
	return delivery.refused ? EXIT_PROBLEMS : EXIT_DONE;
}

int
cmd_submit(int argc, char **argv)
{
	struct submitting s = {0};
	bool quiet = false;
	const struct arg_kind kinds[] = {
	    COMMAND_OPTIONS(&s.command), {"--each", NULL, &s.each}, {"--quiet", NULL, &quiet}};
	char error[OUTBOX_ERROR_BYTES];
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = command_open(&s.command);
	s.findings = calloc(1, sizeof *s.findings);
	if (status == EXIT_DONE)
		status = s.findings ? command_catalogue(&s.command, true, true) : EXIT_FAILED_INSIDE;
	if (status == EXIT_DONE) {
		s.outbox = outbox_open(s.command.home.outbox, error);
		if (!s.outbox) {
			fprintf(stderr, "fupin submit: %s\n", error);
			status = EXIT_FAILED_INSIDE;
		}
	}
	if (status == EXIT_DONE && count)
		status = save(&s, argv, count);
	if (status == EXIT_DONE)
		status = deliver_all(&s, quiet);
	outbox_close(&s.outbox);
	free(s.findings);
	command_close(&s.command);
	return status;
}
