/* fupin document send KIND FILE: a unit's implementation plan or acceptance report, as a file. fupin
 * document list [UNIT]: which units have sent which documents, when, and which have not. fupin document get
 * UNIT KIND: a version's file. */
#include "base/decimal.h"
#include "base/shown.h"
#include "base/utf8.h"
#include "check/check.h"
#include "command/sending.h"
#include "document_list.h"
#include "outbox/save_own.h"
#include "session/upload.h"
#include "subcommands.h"

#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct documenting {
	struct command command;
	struct sending sending;
	const char *unit_option, *note_option, *kind_option, *version_option, *output_option;
	bool missing, versions;
	struct document document; /* to be sent */
	struct document_room room;
	struct file_download download;
};

static const struct document_kind *
find_kind(const struct command *c, const char *text)
{
	const struct document_kind *kind = catalogue_document_by_name(&c->catalogue, text);
	if (kind)
		return kind;
	fprintf(stderr, _("fupin document: %s: the plan asks for no such document;"), text);
	for (size_t i = 0; i < c->catalogue.document_kind_count; i++)
		fprintf(stderr, " %s %s", c->catalogue.document_kinds[i].code,
		        c->catalogue.document_kinds[i].name_zh);
	fprintf(stderr, "\n");
	return NULL;
}

/* ---------------------------------------------------------------- send */

static int
print_problems(const struct documenting *d, const char *file, const struct problem_list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		char text[PROBLEM_TEXT_BYTES];
		fprintf(stderr, "%s: %s\n", file, problem_text(&problems->items[i], d->command.language, text));
	}
	return EXIT_PROBLEMS;
}

static int
describe(struct documenting *d, const char *file, const struct document_kind *kind)
{
	struct problem_list problems;
	problem_list_init(&problems);
	d->document = (struct document){
	    .unit = d->document.unit, .kind = kind->number, .note = d->note_option ? d->note_option : ""};
	return describe_document(&d->command.catalogue, file, &d->room, &d->document, &problems)
	           ? EXIT_DONE
	           : print_problems(d, file, &problems);
}

/* Which version it follows. EXIT_DONE and *same: it is the present one. */
static int
find_present(struct documenting *d, bool *same)
{
	struct document *document = &d->document;
	struct request request = {
	    .kind = REQUEST_DOCUMENTS,
	    .documents = {.unit = document->unit, .kinds = &document->kind, .kind_count = 1}};
	struct reply reply;
	int status = command_ask(&d->command, &request, REPLY_DOCUMENTS, &reply);
	*same = false;
	for (size_t i = 0; status == EXIT_DONE && i < reply.documents.count; i++) {
		const struct document_item *item = &reply.documents.items[i];
		if (item->key.unit != document->unit || !item->key.version)
			continue;
		document->replaces = item->key.version;
		*same = digest_equal(&item->digest, &document->digest);
	}
	return status;
}

static int
deliver_document(struct documenting *d, const char *what)
{
	int status = sending_open(&d->sending, &d->command);
	if (status == EXIT_DONE)
		status = sending_save_document(&d->sending, &d->document, d->room.path, what);
	if (status == EXIT_DONE)
		status = sending_deliver(&d->sending, false);
	sending_close(&d->sending);
	return status;
}

static int
send_file(struct documenting *d, const char *kind_text, const char *file)
{
	const struct command *c = &d->command;
	const struct document_kind *kind = find_kind(c, kind_text);
	char what[PATH_MAX + CODE_BYTES_MAX + 16];
	bool same;
	d->document.unit = session_welcome(c->session)->unit;
	if (!kind || (d->unit_option && !command_find_unit(c, d->unit_option, &d->document.unit)))
		return EXIT_USAGE;
	int status = describe(d, file, kind);
	if (status == EXIT_DONE)
		status = find_present(d, &same);
	if (status != EXIT_DONE)
		return status;
	if (same) {
		printf(_("%s: the centre has it already, as version %u\n"), file, d->document.replaces);
		return EXIT_DONE;
	}
	snprintf(what, sizeof what, "document %s %s", kind->code, file);
	return deliver_document(d, what);
}

/* ---------------------------------------------------------------- list */

static int
list(struct documenting *d, const char *unit)
{
	const struct document_kind *kind = NULL;
	struct document_query query = {.unit = session_welcome(d->command.session)->unit,
	                               .missing = d->missing,
	                               .versions = d->versions,
	                               .as_of = d->command.as_of};
	if ((unit && !command_find_unit(&d->command, unit, &query.unit)) ||
	    (d->kind_option && !(kind = find_kind(&d->command, d->kind_option))))
		return EXIT_USAGE;
	query.kinds = kind ? &kind->number : NULL;
	query.kind_count = kind != NULL;
	return document_list_show(&d->command, &query);
}

/* ---------------------------------------------------------------- get */

static void
on_progress(void *context, const char *name, uint64_t bytes, uint64_t size)
{
	(void)context;
	char room[4 * NAME_BYTES_MAX];
	fprintf(shown_below(stderr), "\r%s: %" PRIu64 " / %" PRIu64 " KiB\033[K",
	        utf8_show(name, UTF8_SAFE, room, sizeof room), bytes / 1024, size / 1024);
}

static int
get(struct documenting *d, const char *unit, const char *kind_text)
{
	struct command *c = &d->command;
	struct document_key key = {0};
	int64_t version = 0;
	bool terminal = isatty(STDERR_FILENO);
	const struct transfer_watch watch = {.progress = terminal ? on_progress : NULL};
	const struct document_kind *kind = find_kind(c, kind_text);
	if (!kind || !command_find_unit(c, unit, &key.unit))
		return EXIT_USAGE;
	if (d->version_option &&
	    (!decimal_parse(d->version_option, 0, &version) || version < 1 || version > INT32_MAX)) {
		fprintf(stderr, _("fupin document get: --version %s: not a version\n"), d->version_option);
		return EXIT_USAGE;
	}
	key.kind = kind->number;
	key.version = (uint32_t)version;
	struct file_download *file = &d->download;
	download_begin(file, key, d->output_option, &watch);
	enum session_failure failure = download_file(c->session, file, c->timeout_ms);
	download_end(file);
	if (terminal)
		fputs("\r\033[K", shown_below(stderr));
	if (*file->error) {
		fprintf(stderr, "fupin document get: %s\n", file->error);
		return failure == SESSION_REFUSED ? EXIT_PROBLEMS : EXIT_FAILED_INSIDE;
	}
	if (failure)
		return command_fail(c, failure);
	printf(_("%s: version %u, %" PRIu64 " bytes, %s\n"), file->path, file->item.key.version, file->item.size,
	       file_type_name(file->item.type));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the command line */

static int
run(struct documenting *d, int count, char **words)
{
	const char *verb = count ? words[0] : "";
	bool sends = !strcmp(verb, "send") && count == 3, lists = !strcmp(verb, "list") && count <= 2,
	     gets = !strcmp(verb, "get") && count == 3;
	if (!sends && !lists && !gets) {
		fprintf(stderr, _("fupin document: send KIND FILE, list [UNIT] or get UNIT KIND; see fupin help\n"));
		return EXIT_USAGE;
	}
	if (!lists && !command_shows_no_table(&d->command))
		return EXIT_USAGE;
	/* What a list is written to; elsewhere it is the file that is got. */
	if (lists)
		d->command.output_option = d->output_option;
	int status = command_open(&d->command);
	if (status == EXIT_DONE)
		status = command_catalogue(&d->command, true, true);
	if (status != EXIT_DONE)
		return status;
	return sends   ? send_file(d, words[1], words[2])
	       : lists ? list(d, count > 1 ? words[1] : NULL)
	               : get(d, words[1], words[2]);
}

int
cmd_document(int argc, char **argv)
{
	struct documenting d = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&d.command),
	                                 {"--format", &d.command.format_option, NULL},
	                                 {"--bom", NULL, &d.command.bom},
	                                 {"--unit", &d.unit_option, NULL},
	                                 {"--note", &d.note_option, NULL},
	                                 {"--kind", &d.kind_option, NULL},
	                                 {"--version", &d.version_option, NULL},
	                                 {"--output", &d.output_option, NULL},
	                                 AS_OF_OPTION(&d.command),
	                                 {"--missing", NULL, &d.missing},
	                                 {"--versions", NULL, &d.versions}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	int status = run(&d, count, argv);
	return command_close(&d.command, status);
}
