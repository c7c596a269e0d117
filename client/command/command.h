/* What all subcommands share (to add one: commands/subcommands.h). */
#ifndef FUPIN_CLIENT_COMMAND_H
#define FUPIN_CLIENT_COMMAND_H

#include "args.h"
#include "output/table.h"
#include "output/text.h"
#include "session/kept.h"
#include "session/session.h"

/* Exit status by kind; docs/using/README.md documents them. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED_INSIDE = 1, /* out of memory, a file of ours cannot be written */
	EXIT_USAGE = 2,
	EXIT_PROBLEMS = 3,     /* the data has problems, or the centre refused it: nothing is stored */
	EXIT_WAITING = 4,      /* the centre does not answer: what was saved waits in the outbox */
	EXIT_NOT_ADMITTED = 5, /* key or configuration: missing, or unknown to the centre */
};

/* Options that every subcommand takes, and the office they lead to. */
struct command {
	const char *home_option, *timeout_option, *format_option, *output_option, *as_of_option;
	bool bom, json;
	int timeout_ms;
	struct as_of as_of; /* of the catalogue and of all that is asked; 0: now */
	enum format format;
	struct output *output; /* where answers go; lives from command_open() to command_close() */
	enum language language;
	struct home home;
	struct session *session; /* NULL: not connected */
	struct kept *kept;       /* what the centre said last, if it is not there now */
	struct catalogue catalogue;
};

#define COMMAND_OPTIONS(command)                                                                             \
	{"--home", &(command)->home_option, NULL}, {"--json", NULL, &(command)->json},                           \
	{                                                                                                        \
		"--timeout", &(command)->timeout_option, NULL                                                        \
	}

/* And of those that show tables. */
#define TABLE_OPTIONS(command)                                                                               \
	COMMAND_OPTIONS(command), {"--format", &(command)->format_option, NULL},                                 \
	    {"--output", &(command)->output_option, NULL},                                                       \
	{                                                                                                        \
		"--bom", NULL, &(command)->bom                                                                       \
	}

/* And of those that show what was. A commit's number, a time (2013-07-10, its end; 2013-07-10T09:00), or both
 * (2016@2013-07-10: what commit 2016 knew, judged at that time). */
#define AS_OF_OPTION(command)                                                                                \
	{                                                                                                        \
		"--as-of", &(command)->as_of_option, NULL                                                            \
	}

/* After args_parse(): begins the output, reads the home, connects, says hello. EXIT_DONE, or the status to
 * exit with (a message was printed). */
int command_open(struct command *command);
/* The same without the network. */
int command_open_home(struct command *command);
/* Connects and says hello, after command_open_home(). Nothing is printed but that the centre has lost what it
 * had receipted. */
enum session_failure command_connect(struct command *command, int timeout_ms);
/* For what is done without a network too, after command_open_home(): the catalogue of now if the centre
 * answers within moments, or the one that it gave last; then command->session is NULL. An office whose home
 * has none has to reach the centre once, for which it waits as long as --timeout says. */
int command_catalogue_or_kept(struct command *command);
/* The same the other way round: the one that is kept, and the network only if there is none. */
int command_kept_catalogue(struct command *command);
/* What is kept and nothing else, for whoever cannot wait: instead of command_open(). Without any, the status
 * of a centre that does not answer, and a message. */
int command_open_kept(struct command *command);
/* What is kept now takes the place of what was kept before; without any, nothing changes. */
void command_renew_kept(struct command *command);
/* What the centre says, or said last, of itself and of this office. */
const struct welcome *command_welcome(const struct command *command);
/* The centre's clock, as far as it is known. */
int64_t command_centre_time(const struct command *command);
/* For what a subcommand does besides showing tables: false, and a message, if a file, a workbook or the past
 * was asked for. */
bool command_shows_no_table(const struct command *command);
/* For many answers that have to fit together: command->as_of is the commit, and the time to the minute, of
 * the centre's welcome, unless --as-of chose one. After command_open(), before command_catalogue(). */
void command_pin_as_of(struct command *command);
/* Fetches the catalogue, as of command->as_of. */
int command_catalogue(struct command *command, bool units, bool forms);
/* Ends the output: a file is there only if all went well (`status` EXIT_DONE). Returns what to exit with. May
 * be called for what was never opened. */
int command_close(struct command *command, int status) __attribute__((warn_unused_result));

/* Asks; prints a refusal or a failure. */
int command_ask(struct command *command, struct request *request, enum reply_kind kind, struct reply *out);

/* Prints why something failed, returns the exit status for it. */
int command_fail(const struct command *command, enum session_failure failure);

/* The unit's name, "" if it is not in the catalogue. */
const char *command_unit_name(const struct command *command, unit_code code);
/* A code, or a unit's name if only one unit has it. Prints what is wrong. */
bool command_find_unit(const struct command *command, const char *text, unit_code *out);

/* [UNIT] [PERIOD] [FORM], in this order; each may be left out if nothing follows it: the office's own unit,
 * all periods, all forms (*form 0). EXIT_DONE, or EXIT_USAGE and a message. */
struct command_scope {
	unit_code unit;
	period from, to;
	uint32_t form;
};
int command_read_scope(const struct command *command, int count, char **words, struct command_scope *out);

/* The months that the forms of the plan cover. */
void command_plan_periods(const struct command *command, period *from, period *to);

/* The commit of the first answer is that of all that follow: sets command->as_of.seq, or finds another one in
 * it. EXIT_DONE, or EXIT_FAILED_INSIDE and a message. */
int command_hold_as_of(struct command *command, const struct as_of *answer);

struct json_object;
/* {"name": value}, for what else would be a line of text. */
void command_print_number(const struct command *command, const char *name, int64_t value);
void command_print_text(const struct command *command, const char *name, const char *value);
/* Prints it to the output, and frees it. */
void command_print_json(const struct command *command, struct json_object *json);

/* Chooses what comes in both languages, from the plan or a table of names, by the command's language. */
const char *in_language(const struct command *command, const char *en, const char *zh)
    __attribute__((format_arg(2), format_arg(3)));

/* What stands under every table (in CSV: beside it, on standard error): as of which commit, and the centre's
 * label. */
void command_footer(const struct command *command, const struct as_of *as_of, const char *label);

#endif
