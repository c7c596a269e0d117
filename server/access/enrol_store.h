/* Enrolment in the database: invitations, requests, who is admitted and revoked, and the record of it. Each
 * call is one transaction; every fupind of the database is told of a change in who may connect
 * (PG_CHANNEL_PRINCIPALS). */
#ifndef FUPIN_SERVER_ENROL_STORE_H
#define FUPIN_SERVER_ENROL_STORE_H

#include "admit.h"
#include "door.h"
#include "postgres/pg.h"
#include "reply.h"

/* The sender of a request about enrolment. */
struct asker {
	const struct office *office; /* a guest's has ROLE_NONE */
	const char *public_key;
};

/* Does what an ENROL, INVITE, ENROLMENTS, DECIDE or OFFICES asks for. If it is refused, `problems` says why;
 * without problems *reply is the answer, and its content lives in `arena`. False: the database failed,
 * nothing was changed. */
bool enrol_store_answer(struct pg_conn *connection, const struct asker *asker, const struct request *request,
                        struct arena *arena, struct problem_list *problems, struct reply *reply,
                        char error[PG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Guests as they are now, into `arena`. */
bool door_load(struct pg_conn *connection, struct arena *arena, struct door *out, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
