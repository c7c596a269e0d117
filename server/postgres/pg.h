/* Helpers around libpq for every file with SQL: blocking calls, for statements at start, in workers and on
 * the command line. The journal's own connection does not block: journal.c. */
#ifndef FUPIN_SERVER_PG_H
#define FUPIN_SERVER_PG_H

#include "check/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pg_conn;
struct pg_result;

/* The embedded server listens on a Unix socket only; the port is part of the socket's name. */
#define PG_EMBEDDED_PORT "5432"

/* The role under which the embedded database is served; db/grants.sql says what it may do. The database's
 * owner migrates and loads. */
#define PG_ROLE_SERVE "fupin_serve"

/* Where the database is: a libpq URI, or the embedded one's socket directory. */
struct pg_target {
	const char *uri;        /* NULL: embedded */
	const char *socket_dir; /* embedded only */
	const char *user;       /* embedded only */
	const char *database;   /* embedded only */
	int patience_s;         /* how long to wait for a silent database; 0: PG_PATIENCE_SECONDS */
};

/* Removes libpq's variables (PGHOST, PGHOSTADDR, PGOPTIONS, …) from the environment, ours and our
 * children's. To be called before the first connection and the first thread. So the environment can neither
 * lead to another database than the one that was named, nor change a session's settings. With an external
 * database the variables stay that say who we are and how we recognise the server: passwords, certificates,
 * Kerberos, the places of libpq's own files. */
void pg_clear_environment(bool is_elsewhere);

enum { PG_PATIENCE_SECONDS = 60, PG_PATIENCE_LEAST = 10, PG_PATIENCE_MOST = 3600 };

/* Seconds from text; false if it is not PG_PATIENCE_LEAST to PG_PATIENCE_MOST. */
bool pg_patience_parse(const char *text, int *out);

/* The patience in microseconds. Writing gets all of it; other statements, and a new connection, get `share`
 * / PG_PATIENCE_SECONDS of it. */
int64_t pg_patience_us(const struct pg_target *target, int share);

enum { PG_ERROR_BYTES = 512 };

/* Does the URI contain a password? True also if libpq cannot parse the URI. */
bool pg_has_password(const char *uri);

/* The parameter arrays for PQconnectStartParams: filled for `target`, `names` and `values` hold
 * PG_PARAMS entries. */
enum { PG_PARAMS = 20 };
void pg_parameters(const struct pg_target *target, const char *names[PG_PARAMS],
                   const char *values[PG_PARAMS]);

/* One of the hosts that a URI names. libpq begins with the first one at each attempt and, when it connects
 * without blocking, has no time limit for each. So a caller that connects without blocking tries the hosts
 * in turn itself. */
struct pg_host {
	char host[256], address[64], port[16]; /* "": not given */
};

/* The host for an attempt (0, 1, …). False: the URI does not name several hosts. */
bool pg_host_of(const struct pg_target *target, unsigned attempt, struct pg_host *out);
/* Adds the host to the parameters. */
void pg_use_host(const struct pg_host *host, const char *names[PG_PARAMS], const char *values[PG_PARAMS]);

/* Settings that every session of ours begins with. JIT is off: our statements take milliseconds, their
 * compilation seconds, and without statistics PostgreSQL expects them to take long. Time limits that the
 * server or the role sets for all sessions (some exist in newer versions only) are off, too: how long to
 * wait is decided here. */
#define PG_SETTINGS                                                                                          \
	"SET jit = off; SELECT set_config(name, '0', false) FROM pg_settings WHERE setting <> '0' AND name IN "  \
	"('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', "  \
	"'transaction_timeout')"

/* Connects; NULL with `error` set on failure. Close with PQfinish. */
struct pg_conn *pg_connect(const struct pg_target *target, char error[PG_ERROR_BYTES]);

/* Runs one or more statements without parameters. False: `error` has the server's message. */
bool pg_run(struct pg_conn *connection, const char *sql, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Runs one statement with text parameters; the caller clears *out with PQclear. */
bool pg_query(struct pg_conn *connection, const char *sql, size_t count, const char *const *values,
              struct pg_result **out, char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The same where no rows are expected. */
bool pg_execute(struct pg_conn *connection, const char *sql, size_t count, const char *const *values,
                char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The first column of the first row as a number; false on error or when there is none. */
bool pg_number(struct pg_conn *connection, const char *sql, int64_t *out, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* What a refusal by the database means for the submission that was to be stored. */
enum problem_code pg_problem(const char *sqlstate);

/* The cause of a database error, which decides what is done about it. */
enum pg_fault {
	PG_FAULT_SERVER,    /* the server's, in this session: it refuses, and the session goes on */
	PG_FAULT_DATA,      /* the data's: what was to be stored is refused for good */
	PG_FAULT_SESSION,   /* the session's: begin again with a new one */
	PG_FAULT_READ_ONLY, /* a server that takes writes has to be found */
};
enum pg_fault pg_fault(const char *sqlstate);

#define SQLSTATE_READ_ONLY "25006"

/* Keys of advisory locks, different for each use. */
#define PG_LOCK_MIGRATE "7304460101"
#define PG_LOCK_SERVE "7304460102"
#define PG_CHANNEL_PRINCIPALS "fupin_principals" /* NOTIFY: the keys that may connect have changed */
#define PG_LOCK_INSTANCE "730446"                /* with a number of the process */

#endif
