/* Who may do what: roles × actions, and the scope of units. What is not allowed is denied. Pure. */
#ifndef FUPIN_SERVER_ADMIT_H
#define FUPIN_SERVER_ADMIT_H

#include "message.h"

/* Who sends, as the gate and the principals know it. */
struct office {
	const char *name;
	enum role role;
	unit_code unit;
};

enum action {
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

/* May this role do it at all? ROLE_NONE may nothing. */
bool role_may(enum role role, enum action action);

/* May the office send this request? Otherwise `problems` says why. */
bool admit_request(const struct office *office, const struct request *request, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* May it send what is in this submission? A county speaks for itself and all below it, an office above
 * for its own unit alone. */
bool admit_submission(const struct office *office, const struct submission *submission,
                      struct problem_list *problems) __attribute__((warn_unused_result));

#endif
