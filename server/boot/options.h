/* The command line of fupind. To add an option: a row in the table of options.c. */
#ifndef FUPIN_SERVER_OPTIONS_H
#define FUPIN_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum command {
	COMMAND_NONE,
	COMMAND_SERVE,
	COMMAND_LOAD,
	COMMAND_VERIFY,
	COMMAND_KEYGEN,
	COMMAND_HELP,
	COMMAND_VERSION
};

struct options {
	enum command command;
	const char *data;       /* directory of keys, sockets and the embedded database; NULL: help, version */
	const char *db;         /* libpq URI; NULL: embedded */
	const char *endpoint;   /* where offices connect, for endpoint_complete() */
	const char *plan;       /* directory of CSV files; NULL: what the database has */
	const char *principals; /* CSV file; NULL: the plan's own */
	const char *label;      /* shown with every table */
	const char *user;       /* the user to become when started as root */
	const char *pg_bin;
	const char *log_level;
	const char *accept_set_back; /* "yes": serve a database that has less than was acknowledged */
	const char *patience;        /* how long to wait for a silent database; NULL: PG_PATIENCE_SECONDS */
	int patience_s;              /* the same in seconds; 0: PG_PATIENCE_SECONDS */
	const char *ready_file;      /* gets the bound endpoint when ready */
	const char *clock; /* for a drill: time at which the centre's clock begins; NULL: the machine's clock */
	const char *with_parent; /* "yes": stop when the process that started fupind ends */
};

/* False, with `error` set, for a command line that cannot be understood. */
bool options_parse(int argc, char **argv, struct options *out, char *error, size_t error_size)
    __attribute__((warn_unused_result));

void options_help(void);

#endif
