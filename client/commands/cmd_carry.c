/* fupin carry FILE…: hands in sealed files of offices without a network, letter by letter, and writes what
 * the centre answers to each, sealed for its office, into FILE.receipts. The carrier sees only whether a
 * letter was taken. */
#include "command/command.h"
#include "outbox/sealed_file.h"
#include "output/progress.h"
#include "subcommands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct answer {
	uint8_t *bytes; /* NULL: there is none */
	size_t size;
};

struct load {
	const char *path;
	struct sealed_file file;
	struct answer *answers;   /* by number */
	size_t answered, refused; /* letters */
	size_t receipts, again;   /* submissions */
};

struct carrying {
	struct command command;
	struct progress progress;
	struct load *loads;
	size_t count;
	uint64_t done, total; /* letters, of all files */
	bool quiet;
	bool away; /* the centre, for all files */
};

/* ---------------------------------------------------------------- reading: all, before anything is sent */

static void
complain(const struct carrying *c, const struct load *l, const struct problem *problem)
{
	char text[PROBLEM_TEXT_BYTES];
	fprintf(stderr, "fupin carry: %s: %s\n", l->path, problem_text(problem, c->command.language, text));
}

static int
read_loads(struct carrying *c, char **paths)
{
	int status = EXIT_DONE;
	for (size_t i = 0; i < c->count; i++) {
		struct load *l = &c->loads[i];
		struct problem problem;
		l->path = paths[i];
		if (!sealed_file_read(l->path, SEAL_REQUESTS, &c->command.home, &l->file, &problem)) {
			complain(c, l, &problem);
			status = EXIT_PROBLEMS;
			continue;
		}
		c->total += l->file.header.count;
		l->answers = calloc(l->file.header.count, sizeof *l->answers);
		if (!l->answers)
			return EXIT_FAILED_INSIDE;
	}
	if (status != EXIT_DONE)
		fputs(_("fupin carry: nothing was handed in\n"), stderr);
	return status;
}

static void
free_loads(struct carrying *c)
{
	for (size_t i = 0; c->loads && i < c->count; i++) {
		struct load *l = &c->loads[i];
		for (size_t k = 0; l->answers && k < l->file.header.count; k++)
			free(l->answers[k].bytes);
		free(l->answers);
		sealed_file_free(&l->file);
	}
	free(c->loads);
}

/* ---------------------------------------------------------------- handing in */

static void
print_carried(struct carrying *c, const struct load *l, uint32_t number, const struct carried *a)
{
	char id[ID_TEXT_BYTES] = "-";
	bool json = c->command.format == FORMAT_JSON, file_part = a->taken && !a->seq;
	if (c->quiet || (file_part && !json))
		return;
	if (submission_id_valid(&a->id))
		submission_id_format(&a->id, id);
	progress_clear(&c->progress);
	if (json) {
		const struct json_member members[] = {{"file", cell_text(l->path)},
		                                      {"letter", cell_count(number + 1)},
		                                      {"of", cell_count(l->file.header.count)},
		                                      {"id", cell_text(id)},
		                                      {"seq", cell_count((int64_t)a->seq)},
		                                      {"again", cell_flag(a->again)},
		                                      {"taken", cell_flag(a->taken)}};
		command_print_members_line(&c->command, members, sizeof members / sizeof *members);
		return;
	}
	printf("%s: %u/%u %s: ", l->path, number + 1, l->file.header.count, id);
	if (!a->taken)
		puts(_("refused; the reasons are for its office, in the receipts"));
	else
		printf(a->again ? _("already carried, seq %" PRIu64 "\n") : _("receipt, seq %" PRIu64 "\n"), a->seq);
	fflush(stdout);
}

static bool
keep_answer(struct load *l, uint32_t number, const struct carried *a)
{
	struct answer *kept = &l->answers[number];
	kept->bytes = malloc(a->size + 1);
	if (!kept->bytes || a->size < SEAL_BYTES || a->size > FRAME_BYTES_MAX) {
		free(kept->bytes);
		kept->bytes = NULL;
		return false;
	}
	memcpy(kept->bytes, a->answer, a->size);
	kept->size = a->size;
	l->answered++;
	l->receipts += a->seq > 0;
	l->again += a->again;
	l->refused += !a->taken;
	return true;
}

/* A letter that the centre cannot open stops the file, as later letters may build on it. */
static int
refuse_file(struct carrying *c, const struct load *l, uint32_t number)
{
	const struct refusal *refusal = session_refusal(c->command.session);
	progress_clear(&c->progress);
	for (size_t i = 0; i < refusal->problems->count; i++)
		complain(c, l, &refusal->problems->items[i]);
	/* A limit that one office has reached does not concern the files of others. */
	enum problem_code code = refusal->problems->items[0].code;
	c->away = code == PROBLEM_STORE_UNAVAILABLE || code == PROBLEM_STORE_FULL || code == PROBLEM_STOPPING;
	fprintf(stderr, _("fupin carry: %s: stopped at letter %u of %u; nothing from there on was handed in\n"),
	        l->path, number + 1, l->file.header.count);
	return refusal->retry_after_ms ? EXIT_WAITING : EXIT_PROBLEMS;
}

static int
carry_letter(struct carrying *c, struct load *l, uint32_t number, const uint8_t *letter, size_t size)
{
	struct request request = {.kind = REQUEST_CARRY,
	                          .carry = {l->file.bytes, SEAL_HEADER_BYTES, number, letter, size}};
	struct reply reply;
	enum session_failure failure =
	    session_ask_patiently(c->command.session, &request, REPLY_CARRIED, c->command.timeout_ms, &reply);
	if (failure == SESSION_REFUSED)
		return refuse_file(c, l, number);
	if (failure) {
		c->away = true;
		progress_clear(&c->progress);
		return command_fail(&c->command, failure);
	}
	if (!keep_answer(l, number, &reply.carried)) {
		fprintf(stderr, "fupin carry: %s\n", strerror(ENOMEM));
		return EXIT_FAILED_INSIDE;
	}
	print_carried(c, l, number, &reply.carried);
	progress_show(&c->progress, _("carried"), "", ++c->done, c->total);
	return EXIT_DONE;
}

static int
carry_load(struct carrying *c, struct load *l)
{
	const uint8_t *letter;
	size_t at = 0, size;
	int status = EXIT_DONE;
	for (uint32_t i = 0;
	     status == EXIT_DONE && seal_file_next(l->file.bytes, l->file.size, &at, &letter, &size); i++)
		status = carry_letter(c, l, i, letter, size);
	return status;
}

/* ---------------------------------------------------------------- receipts */

/* How many answers a file of an earlier time has to the same letters. */
static size_t
count_answers(const struct carrying *c, const struct load *l, const char *path)
{
	struct sealed_file old;
	struct problem problem;
	struct home home = c->command.home;
	const uint8_t *letter;
	size_t at = 0, size, count = 0;
	zmq_z85_encode(home.office.public_key, l->file.header.office.bytes, SEAL_KEY_BYTES);
	if (!sealed_file_read(path, SEAL_ANSWERS, &home, &old, &problem))
		return 0;
	bool same = submission_id_equal(&old.header.file, &l->file.header.file);
	while (same && seal_file_next(old.bytes, old.size, &at, &letter, &size))
		count += size > 0;
	sealed_file_free(&old);
	return count;
}

static int
write_receipts(const struct carrying *c, const struct load *l)
{
	struct sealed_writer w;
	struct seal_header header = l->file.header;
	char path[PATH_MAX];
	header.kind = SEAL_ANSWERS;
	int size = snprintf(path, sizeof path, "%s.receipts", l->path);
	/* The answers of an interrupted run do not replace those of a run that got further. */
	if (!l->answered || (size < PATH_MAX && count_answers(c, l, path) > l->answered))
		return EXIT_DONE;
	bool good = size < PATH_MAX && sealed_writer_open(&w, path, &header);
	for (uint32_t i = 0; good && i < header.count; i++)
		sealed_writer_add(&w, l->answers[i].bytes, l->answers[i].size);
	if (!good || !sealed_writer_end(&w)) {
		fprintf(stderr, "fupin carry: %s: %s\n", path, strerror(size < PATH_MAX ? errno : ENAMETOOLONG));
		return EXIT_FAILED_INSIDE;
	}
	if (c->command.format == FORMAT_JSON) {
		const struct json_member members[] = {{"file", cell_text(l->path)},
		                                      {"receipts", cell_text(path)},
		                                      {"answered", cell_count((int64_t)l->answered)},
		                                      {"again", cell_count((int64_t)l->again)},
		                                      {"refused", cell_count((int64_t)l->refused)}};
		command_print_members_line(&c->command, members, sizeof members / sizeof *members);
		return EXIT_DONE;
	}
	printf(_("%s: receipts %zu (already carried %zu), letters refused %zu, not handed in %zu\n"
	         "Take %s back to the office, for fupin outbox import\n"),
	       l->path, l->receipts, l->again, l->refused, header.count - l->answered, path);
	return EXIT_DONE;
}

static int
carry_all(struct carrying *c)
{
	int status = EXIT_DONE;
	progress_begin(&c->progress, c->quiet, c->command.language);
	for (size_t i = 0; i < c->count && !c->away; i++) {
		struct load *l = &c->loads[i];
		int one = carry_load(c, l);
		progress_clear(&c->progress);
		int written = write_receipts(c, l);
		if (one == EXIT_DONE)
			one = written != EXIT_DONE ? written : l->refused ? EXIT_PROBLEMS : EXIT_DONE;
		if (one != EXIT_DONE)
			status = one;
	}
	return status;
}

int
cmd_carry(int argc, char **argv)
{
	struct carrying c = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&c.command), {"--quiet", NULL, &c.quiet}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (!count) {
		fputs(_("fupin carry: which files? fupin-….sealed, as fupin outbox export wrote them\n"), stderr);
		return EXIT_USAGE;
	}
	c.count = (size_t)count;
	c.loads = calloc(c.count, sizeof *c.loads);
	/* The files first, by what the home knows of the centre: nothing of a bad one is sent. */
	int status = c.loads ? command_open_home(&c.command) : EXIT_FAILED_INSIDE;
	if (status == EXIT_DONE)
		status = read_loads(&c, argv);
	if (status == EXIT_DONE)
		status = command_fail(&c.command, command_connect(&c.command, c.command.timeout_ms));
	if (status == EXIT_DONE)
		status = carry_all(&c);
	free_loads(&c);
	return command_close(&c.command, status);
}
