/* Whose key is admitted, and what the others are told. */
#include "admitted.h"

#include "access/enrol_store.h"
#include "plan/plan_store.h"

#include <stdio.h>
#include <string.h>
#include <zmq.h>

bool
service_admits(const struct service *s, const char *public_key)
{
	return !strcmp(public_key, s->home.local.public_key) ||
	       principal_by_key(s->admitted.principals, s->admitted.count, public_key);
}

void
service_turn_away(const struct service *s, const char *public_key, struct problem_list *problems)
{
	const struct guest *guest = door_guest(&s->admitted.door, public_key);
	problem_list_init(problems);
	if (guest && guest->revoked)
		problem_detail(problem_only(problems, PROBLEM_KEY_REVOKED), "%s", guest->reason);
	else
		problem_only(problems, PROBLEM_NOT_ADMITTED);
}

bool
service_admits_submission(void *service, const struct envelope *envelope, struct problem_list *problems)
{
	struct service *s = service;
	char key[KEY_TEXT_BYTES];
	/* For a carried letter, the office that sealed it. */
	snprintf(key, sizeof key, "%s", envelope->public_key);
	if (envelope->sealed)
		zmq_z85_encode(key, envelope->sealed->header.office.bytes, SEAL_KEY_BYTES);
	if (service_admits(s, key))
		return true;
	service_turn_away(s, key, problems);
	return false;
}

bool
admitted_load(struct admitted *a, struct pg_conn *connection, char error[PG_ERROR_BYTES])
{
	arena_reset(&a->arena);
	return principals_load(connection, &a->arena, &a->principals, &a->count, error) &&
	       door_load(connection, &a->arena, &a->door, error);
}

/* ---------------------------------------------------------------- at the line */

enum gate_admitted
admitted_at_gate(void *context, const char *public_key)
{
	struct service *s = context;
	if (service_admits(s, public_key))
		return GATE_OFFICE;
	if (!door_guest(&s->admitted.door, public_key))
		return GATE_NOBODY;
	return gate_connections(s->gate) > DOOR_CONNECTIONS_MAX ? GATE_LATER : GATE_GUEST;
}

/* Looked up for every frame, so that a removed key is cut off at once, even on an open line. */
bool
admitted_office(const struct service *s, const char *public_key, struct envelope *envelope)
{
	if (!strcmp(public_key, s->home.local.public_key)) {
		envelope->office = (struct office){.name = "local", .role = ROLE_ADMIN, .unit = 0};
		return true;
	}
	const struct principal *p = principal_by_key(s->admitted.principals, s->admitted.count, public_key);
	if (!p)
		return false;
	const char *name = arena_string(&envelope->arena, p->name);
	envelope->office = (struct office){.name = name ? name : "", .role = p->role, .unit = p->unit};
	return true;
}
