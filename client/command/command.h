/* What all subcommands share (to add one: commands/subcommands.h). */
#ifndef FUPIN_CLIENT_COMMAND_H
#define FUPIN_CLIENT_COMMAND_H

#include "args.h"
#include "output/json.h"
#include "output/listing.h"
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

/* The options that every subcommand takes, and the office that they name. */
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

/* The options of subcommands that show tables. */
#define TABLE_OPTIONS(command)                                                                               \
	COMMAND_OPTIONS(command), {"--format", &(command)->format_option, NULL},                                 \
	    {"--output", &(command)->output_option, NULL},                                                       \
	{                                                                                                        \
		"--bom", NULL, &(command)->bom                                                                       \
	}

/* The options of subcommands that can show the past. A commit's number, a time (2013-07-10, its end;
 * 2013-07-10T09:00), or both (2016@2013-07-10: what commit 2016 knew, judged at that time). */
#define AS_OF_OPTION(command)                                                                                \
	{                                                                                                        \
		"--as-of", &(command)->as_of_option, NULL                                                            \
	}

/* After args_parse(): begins the output, reads the home, connects, says hello. EXIT_DONE, or the status to
 * exit with (a message was printed). */
int command_open(struct command *command);
/* The same without the network. */
int command_open_home(struct command *command);
/* Connects and says hello, after command_open_home(). Prints nothing, except if the centre has lost
 * submissions that it had receipted. */
enum session_failure command_connect(struct command *command, int timeout_ms);
/* For subcommands that also work without a network, after command_open_home(): the current catalogue if the
 * centre answers at once, else the one that it gave last, and then command->session is NULL. An office whose
 * home has no catalogue yet has to reach the centre once, and waits for it as long as --timeout says. */
int command_catalogue_or_kept(struct command *command);
/* The same with the kept catalogue first, and the network only if there is none. */
int command_kept_catalogue(struct command *command);
/* Only the kept catalogue, for a caller that cannot wait; instead of command_open(). Without one: the exit
 * status for a centre that does not answer, and a message. */
int command_open_kept(struct command *command);
/* Reads the kept catalogue again, in the place of the one that was read before; if there is none, nothing
 * changes. */
void command_renew_kept(struct command *command);
/* What the centre says, or said last, about itself and this office. */
const struct welcome *command_welcome(const struct command *command);
/* The centre's clock, as far as it is known. */
int64_t command_centre_time(const struct command *command);
/* For actions of a subcommand that show no table: false, with a message, if a file, a workbook or the past
 * was asked for. */
bool command_shows_no_table(const struct command *command);
/* For several answers that have to fit together: sets command->as_of to the commit, and the time to the
 * minute, of the centre's welcome, unless --as-of chose one. After command_open(), before
 * command_catalogue(). */
void command_pin_as_of(struct command *command);
/* Fetches the catalogue, as of command->as_of. */
int command_catalogue(struct command *command, bool units, bool forms);
/* Ends the output: a file gets its name only if all went well (`status` EXIT_DONE). Returns the exit status.
 * May be called for a command that was never opened. */
int command_close(struct command *command, int status) __attribute__((warn_unused_result));

/* Sends a request and waits for its answer; prints a refusal or a failure. */
int command_ask(struct command *command, struct request *request, enum reply_kind kind, struct reply *out);

/* Prints why something failed, returns the exit status for it. */
int command_fail(const struct command *command, enum session_failure failure);

/* The unit's name, "" if it is not in the catalogue. */
const char *command_unit_name(const struct command *command, unit_code code);
/* Reads a unit: its code, or its name if only one unit has it. Prints what is wrong. */
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

/* Keeps all answers at the commit of the first: sets command->as_of.seq, or finds that it names another
 * commit. EXIT_DONE, or EXIT_FAILED_INSIDE and a message. */
int command_hold_as_of(struct command *command, const struct as_of *answer);

/* What columns need to be read: the command's catalogue and language. To be ended by reading_free(). */
void command_reading(const struct command *command, struct reading *out);
/* Shows an answer (listing.h) and ends the reading. EXIT_DONE, or EXIT_FAILED_INSIDE. */
int command_show_answer(const struct command *command, const char *sheet, const struct columns *columns,
                        const char *key, struct reading *reading, const void *answer);
/* The same for rows that are no part of an answer. */
int command_show_rows(const struct command *command, const char *sheet, const struct columns *columns,
                      struct reading *reading, const void *rows, size_t count);
/* Prints one row as JSON: on lines of its own, or as one line, at once, on standard output: then an exit
 * status, as the reader of a pipe may have closed it. */
void command_print_record(const struct command *command, const struct columns *columns, const void *row);
int command_print_record_line(const struct command *command, const struct columns *columns, const void *row);
/* {"name": value}, for something that is otherwise a line of text. */
void command_print_number(const struct command *command, const char *name, int64_t value);
void command_print_text(const struct command *command, const char *name, const char *value);
/* The same of facts that belong to no table. */
void command_print_members(const struct command *command, const struct json_member *members, size_t count);
void command_print_members_line(const struct command *command, const struct json_member *members,
                                size_t count);
/* Ends a list that was filled row by row (`good`: all of them are in it), and its reading. */
int command_end_listing(struct listing **listing, struct reading *reading, bool good);

/* Chooses, by the command's language, between two texts from the plan or a table of names. */
const char *in_language(const struct command *command, const char *en, const char *zh)
    __attribute__((format_arg(2), format_arg(3)));

/* Prints the lines under a table (in CSV: on standard error): as of which commit it is, and the centre's
 * label. */
void command_footer(const struct command *command, const struct as_of *as_of, const char *label);

#endif
