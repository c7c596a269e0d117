/* Small things around libpq that every file with SQL needs, for statements at start and on the command
 * line (blocking). The journal's own connection is asynchronous: journal.c. */
#ifndef FUPIN_SERVER_PG_H
#define FUPIN_SERVER_PG_H

#include "check/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pg_conn;
struct pg_result;

/* The embedded server listens on a socket only, whose name has it. */
#define PG_EMBEDDED_PORT "5432"

/* Who serves the embedded database: db/grants.sql says what he may. Its owner migrates and loads. */
#define PG_ROLE_SERVE "fupin_serve"

/* Where the database is: a libpq URI, or the embedded one's socket directory. */
struct pg_target {
	const char *uri;        /* NULL: embedded */
	const char *socket_dir; /* embedded only */
	const char *user;       /* embedded only */
	const char *database;   /* embedded only */
	int patience_s;         /* with a database that says nothing; 0: PG_PATIENCE_SECONDS */
};

/* Takes libpq's variables (PGHOST, PGHOSTADDR, PGOPTIONS, …) out of the environment, ours and our children's,
 * before the first connection and the first thread: an environment leads nobody to another database than the
 * one that was named, nor gives a session other settings. With a database elsewhere those stay that say who
 * we are and how we know the other end: passwords, certificates, Kerberos, where libpq's own files are. */
void pg_clear_environment(bool is_elsewhere);

enum { PG_PATIENCE_SECONDS = 60, PG_PATIENCE_LEAST = 10, PG_PATIENCE_MOST = 3600 };

/* Seconds from text; false if it is not PG_PATIENCE_LEAST to PG_PATIENCE_MOST. */
bool pg_patience_parse(const char *text, int *out);

/* What is written gets all of the patience, in microseconds; what else is asked, and a new connection, gets
 * `share` of PG_PATIENCE_SECONDS of it. */
int64_t pg_patience_us(const struct pg_target *target, int share);

enum { PG_ERROR_BYTES = 512 };

/* Does the URI say a password? True also where libpq does not understand it. */
bool pg_has_password(const char *uri);

/* The parameter arrays for PQconnectStartParams: filled for `target`, `names` and `values` hold
 * PG_PARAMS entries. */
enum { PG_PARAMS = 20 };
void pg_parameters(const struct pg_target *target, const char *names[PG_PARAMS],
                   const char *values[PG_PARAMS]);

/* One of the hosts that a URI names. libpq begins with the first one at each attempt and, connecting without
 * blocking, has no time limit for each: so who connects so takes them in turn himself. */
struct pg_host {
	char host[256], address[64], port[16]; /* "": not said */
};

/* The host of an attempt (0, 1, …). False: the URI does not name several. */
bool pg_host_of(const struct pg_target *target, unsigned attempt, struct pg_host *out);
/* Adds it to the parameters. */
void pg_use_host(const struct pg_host *host, const char *names[PG_PARAMS], const char *values[PG_PARAMS]);

/* What every session of ours begins with. A statement of ours takes milliseconds, its compilation seconds:
 * where there are no statistics yet, PostgreSQL takes it for a long one. Time limits that the server or the
 * role has for everybody (some are of newer versions only) do not end our sessions: the patience is ours. */
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

/* What a refusal by the database means to who sent what was to be stored. */
enum problem_code pg_problem(const char *sqlstate);

/* Whose fault it is, and so what is done about it. */
enum pg_fault {
	PG_FAULT_SERVER,    /* the server's, in this session: it refuses, and the session goes on */
	PG_FAULT_DATA,      /* of what was to be stored: refused for good */
	PG_FAULT_SESSION,   /* of this session: a new one begins again */
	PG_FAULT_READ_ONLY, /* a server that takes writes has to be found */
};
enum pg_fault pg_fault(const char *sqlstate);

#define SQLSTATE_READ_ONLY "25006"

/* Advisory locks: one word each, so that no two uses meet. */
#define PG_LOCK_MIGRATE "7304460101"
#define PG_LOCK_SERVE "7304460102"
#define PG_CHANNEL_PRINCIPALS "fupin_principals" /* NOTIFY: who may connect has changed */
#define PG_LOCK_INSTANCE "730446"                /* with a number of the process */

#endif
