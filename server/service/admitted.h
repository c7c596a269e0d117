/* Which keys are admitted, and what a key that is not admitted is told. */
#ifndef FUPIN_SERVER_ADMITTED_H
#define FUPIN_SERVER_ADMITTED_H

#include "centre.h"

/* Is it a principal's key, or the local one? */
bool service_admits(const struct service *service, const char *public_key);
/* What a key that is not admitted is told. */
void service_turn_away(const struct service *service, const char *public_key, struct problem_list *problems);
bool service_admits_submission(void *service, const struct envelope *envelope,
                               struct problem_list *problems);              /* of pipeline.h */
enum gate_admitted admitted_at_gate(void *service, const char *public_key); /* of gate.h */
/* Puts the office of the key into the envelope. False: the key belongs to none. */
bool admitted_office(const struct service *service, const char *public_key, struct envelope *envelope)
    __attribute__((warn_unused_result));

/* Reads principals and guests from the database into an initialised arena; may be called in any thread. */
bool admitted_load(struct admitted *admitted, struct pg_conn *connection, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
