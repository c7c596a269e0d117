/* Who may do what: roles × actions, and the scope of units. What is not allowed is denied. Pure. */
#ifndef FUPIN_SERVER_ADMIT_H
#define FUPIN_SERVER_ADMIT_H

#include "request.h"

/* The sender of a request, as the gate and the principals know it. */
struct office {
	const char *name;
	enum role role;
	unit_code unit;
};

enum action {
	ACTION_NONE,   /* nothing but being admitted */
	ACTION_SUBMIT, /* any submission: reports or funds */
	ACTION_SUBMIT_REPORT,
	ACTION_SUBMIT_FUNDS,
	ACTION_READ,
	ACTION_RELOAD,
	ACTION_EXTEND,
	ACTION_SET_TARGET,
	ACTION_PASS,
	ACTION_RETURN,
	ACTION_TAKE,
	ACTION_SET_CLOCK,
	ACTION_SEND_DOCUMENT,
	ACTION_ADMIT_OFFICES,
	ACTIONS,
};

/* May this role do it at all? ROLE_NONE may do nothing. */
bool role_may(enum role role, enum action action);

/* May the office do it, and with this unit (NULL: the action is about no unit)? `own_unit`: the unit must be
 * one that the office speaks for; one below it is not enough. False: `problems` says why. */
bool admit_action(const struct office *office, enum action action, const unit_code *unit, bool own_unit,
                  struct problem_list *problems) __attribute__((warn_unused_result));

/* May the office send what is in this submission? A county speaks for itself and all below it, an office
 * above for its own unit alone. */
bool admit_submission(const struct office *office, const struct submission *submission,
                      struct problem_list *problems) __attribute__((warn_unused_result));

#endif
