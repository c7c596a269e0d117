/* Numbered migrations (db/migrations/NNNN_name.sql), compiled into the program and applied at start. */
#ifndef FUPIN_SERVER_MIGRATE_H
#define FUPIN_SERVER_MIGRATE_H

#include "pg.h"

struct migration {
	int number;
	const char *name, *sql;
};

/* In order; generated from the files at build time. */
extern const struct migration migrations[];
extern const size_t migration_count;

/* db/grants.sql: what PG_ROLE_SERVE may do. */
extern const char grants_sql[];

/* Brings the database to this program's schema, under an advisory lock, each migration in its own
 * transaction. A schema newer than the program knows is refused. */
bool migrate(struct pg_conn *connection, char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Does the database have exactly this program's schema? Changes nothing. */
bool migrate_check(struct pg_conn *connection, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
