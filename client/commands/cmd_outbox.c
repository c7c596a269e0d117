/* fupin outbox list | send | retry | drop | void | export | import: what was saved, and what becomes of it.
 * Only send needs the network. To add a verb: a function and a row of the table. */
#include "base/decimal.h"
#include "codec.h"
#include "command/sending.h"
#include "outbox_list.h"
#include "outbox_sealed.h"
#include "subcommands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct boxing {
	struct command command;
	struct sending sending;
	const char *state_option;
	bool yes, quiet, lost;
	int count;
	char **words; /* behind the verb */
};

/* ---------------------------------------------------------------- list, send */

static int
run_list(struct boxing *b)
{
	int state = -1;
	const char *wanted = b->state_option ? b->state_option : "all";
	for (int i = 0; i < OUTBOX_STATES; i++)
		if (!strcmp(wanted, outbox_state_name((enum outbox_state)i)))
			state = i;
	if (state < 0 && strcmp(wanted, "all") != 0) {
		fprintf(stderr, _("fupin outbox: --state %s: waiting, refused, receipted, lost, dropped or all\n"),
		        wanted);
		return EXIT_USAGE;
	}
	return outbox_list(&b->command, b->sending.outbox, state);
}

static int
run_send(struct boxing *b)
{
	int status = command_catalogue(&b->command, true, true);
	return status == EXIT_DONE ? sending_deliver(&b->sending, b->quiet) : status;
}

/* ---------------------------------------------------------------- retry, drop: all of them, or none */

/* Is the item in a state that allows it? Prints why not. */
typedef bool (*allows)(const struct boxing *b, const struct outbox_item *item);

static void
complain(const struct outbox_item *item, const char *why)
{
	char id[ID_TEXT_BYTES];
	fprintf(stderr, _("fupin outbox: %" PRId64 " (%s, %s): %s\n"), item->position, item->files,
	        submission_id_format(&item->id, id), why);
}

static bool
may_retry(const struct boxing *b, const struct outbox_item *item)
{
	if (item->state == OUTBOX_LOST) {
		complain(item,
		         _("the centre lost it; fupin outbox retry --lost has all such sent again, in their order"));
		return false;
	}
	if (item->state != OUTBOX_REFUSED) {
		complain(item, _("is not refused; only what was refused can be sent again"));
		return false;
	}
	if (!outbox_same_content(b->sending.outbox, item->position))
		return true;
	complain(item, _("the same content was saved again since, and waits or has its receipt"));
	return false;
}

static bool
may_drop(const struct boxing *b, const struct outbox_item *item)
{
	if (item->state == OUTBOX_REFUSED || item->state == OUTBOX_LOST)
		return true;
	if (item->state == OUTBOX_RECEIPTED) {
		complain(item, _("has its receipt: it is on the centre's disk, and stays as a record; "
		                 "correct it with a new report"));
		return false;
	}
	if (item->state == OUTBOX_DROPPED) {
		complain(item, _("was dropped before"));
		return false;
	}
	if (b->yes)
		return true;
	complain(item, _("still waits. If it was ever sent or exported, it may already be at the centre, and "
	                 "dropping it here takes nothing back there. Send it and see, or repeat with --yes"));
	return false;
}

/* "3", one after the other. */
static bool
change_one(struct boxing *b, const char *word, allows may,
           bool (*change)(struct outbox *outbox, int64_t position), int *status)
{
	struct outbox *o = b->sending.outbox;
	struct outbox_item item;
	int64_t position = 0;
	*status = EXIT_PROBLEMS;
	if (!decimal_parse(word, 0, &position) || position < 1 || !outbox_get(o, position, &item)) {
		fprintf(stderr, _("fupin outbox: %s: no such number; fupin outbox list shows them\n"), word);
		return false;
	}
	if (!may(b, &item))
		return false;
	*status = EXIT_FAILED_INSIDE;
	return change(o, position);
}

static int
change_all(struct boxing *b, allows may, bool (*change)(struct outbox *outbox, int64_t position))
{
	struct outbox *o = b->sending.outbox;
	int status = EXIT_FAILED_INSIDE;
	bool good = outbox_begin(o);
	for (int i = 0; good && i < b->count; i++)
		good = change_one(b, b->words[i], may, change, &status);
	if (!good)
		outbox_cancel(o);
	else if (outbox_commit(o))
		return EXIT_DONE;
	else
		status = EXIT_FAILED_INSIDE;
	if (status == EXIT_FAILED_INSIDE)
		fprintf(stderr, "fupin: %s\n", outbox_error(o));
	else if (b->count > 1)
		fputs(_("fupin outbox: nothing was changed\n"), stderr);
	return status;
}

/* If the voiding came too late, it is undone: the centre has the submission, and its receipt. */
static bool
retry_one(struct outbox *o, int64_t position)
{
	return outbox_wait_again(o, position) && outbox_unvoid(o, position);
}

static int
retry_lost(struct boxing *b, size_t *count)
{
	if (outbox_retry_lost(b->sending.outbox, count))
		return EXIT_DONE;
	fprintf(stderr, "fupin: %s\n", outbox_error(b->sending.outbox));
	return EXIT_FAILED_INSIDE;
}

static int
run_retry(struct boxing *b)
{
	size_t count = (size_t)b->count;
	if (b->lost == (b->count > 0)) {
		fputs(_("fupin outbox: retry N…, or retry --lost for all that the centre has lost\n"), stderr);
		return EXIT_USAGE;
	}
	int status = b->lost ? retry_lost(b, &count) : change_all(b, may_retry, retry_one);
	if (status == EXIT_DONE && b->command.format == FORMAT_JSON)
		command_print_number(&b->command, "waiting_again", (int64_t)count);
	else if (status == EXIT_DONE)
		printf(_("%zu waiting again; fupin outbox send sends them\n"), count);
	return status;
}

static int
run_drop(struct boxing *b)
{
	int status = change_all(b, may_drop, outbox_set_dropped);
	if (status == EXIT_DONE && b->command.format == FORMAT_JSON)
		command_print_number(&b->command, "dropped", b->count);
	else if (status == EXIT_DONE)
		printf(_("%d dropped; they stay in the list as a record\n"), b->count);
	return status;
}

static bool
may_void(const struct boxing *b, const struct outbox_item *item)
{
	(void)b;
	if (item->state == OUTBOX_REFUSED || item->state == OUTBOX_DROPPED)
		return true;
	complain(item, item->state == OUTBOX_WAITING
	                   ? _("still waits: drop it first")
	                   : _("has its receipt: it is on the centre's disk, and stays as a record; "
	                       "correct it with a new report"));
	return false;
}

/* If a copy is handed in later, in a sealed file, it is refused because its id is used up. */
static bool
void_one(struct outbox *o, int64_t position)
{
	struct submission submission = {.voided = true};
	struct outbox_item item;
	struct arena arena;
	uint8_t *bytes;
	size_t size;
	arena_init(&arena, FRAME_BYTES_MAX);
	bool good = outbox_get(o, position, &item);
	submission.id = item.id;
	good = good && codec_encode_submission(&arena, &submission, &bytes, &size) &&
	       outbox_void(o, position, bytes, size);
	arena_free(&arena);
	return good;
}

static int
run_void(struct boxing *b)
{
	int status = change_all(b, may_void, void_one);
	if (status == EXIT_DONE && b->command.format == FORMAT_JSON)
		command_print_number(&b->command, "voided", b->count);
	else if (status == EXIT_DONE)
		printf(_("%d to be voided; fupin outbox send tells the centre\n"), b->count);
	return status;
}

/* ---------------------------------------------------------------- export, import */

static int
run_export(struct boxing *b)
{
	return outbox_export(&b->sending, b->words[0]);
}

static int
run_import(struct boxing *b)
{
	int status = EXIT_DONE;
	for (int i = 0; i < b->count; i++) {
		int one = outbox_import(&b->sending, b->words[i]);
		status = one == EXIT_DONE ? status : one;
	}
	return status;
}

/* ---------------------------------------------------------------- verbs */

static const struct verb {
	const char *name;
	int (*run)(struct boxing *b);
	int least, most; /* words */
	bool network, table;
} verbs[] = {
    {"list", run_list, 0, 0, false, true},       {"send", run_send, 0, 0, true, false},
    {"retry", run_retry, 0, 1000, false, false}, {"drop", run_drop, 1, 1000, false, false},
    {"export", run_export, 1, 1, false, false},  {"import", run_import, 1, 1000, false, false},
    {"void", run_void, 1, 1000, false, false},
};

static const struct verb *
find_verb(int count, char **words)
{
	for (size_t i = 0; count && i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(words[0], verbs[i].name) && count - 1 >= verbs[i].least && count - 1 <= verbs[i].most)
			return &verbs[i];
	fputs(_("fupin outbox: list [--state S], send, retry N…, retry --lost, drop N… [--yes], void N…, export "
	        "DIR or "
	        "import FILE.receipts\n"),
	      stderr);
	return NULL;
}

int
cmd_outbox(int argc, char **argv)
{
	struct boxing b = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&b.command),
	                                 {"--state", &b.state_option, NULL},
	                                 {"--lost", NULL, &b.lost},
	                                 {"--yes", NULL, &b.yes},
	                                 {"--quiet", NULL, &b.quiet}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	const struct verb *verb = find_verb(count, argv);
	if (!verb || (!verb->table && !command_shows_no_table(&b.command)))
		return EXIT_USAGE;
	b.count = count - 1;
	b.words = argv + 1;
	int status = verb->network ? command_open(&b.command) : command_open_home(&b.command);
	if (status == EXIT_DONE)
		status = sending_open(&b.sending, &b.command);
	if (status == EXIT_DONE)
		status = verb->run(&b);
	sending_close(&b.sending);
	return command_close(&b.command, status);
}
