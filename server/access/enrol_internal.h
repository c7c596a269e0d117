/* Shared by the files behind enrol_store.h only. Functions here return false when the database failed
 * (`error` says why). A refusal is no failure: they return true, and `problems` says what was refused. */
#ifndef FUPIN_SERVER_ENROL_INTERNAL_H
#define FUPIN_SERVER_ENROL_INTERNAL_H

#include "enrol_store.h"

/* What one call of enrol_store_answer() works with. */
struct enrol_work {
	struct pg_conn *connection;
	const struct asker *asker;
	const struct request *request;
	struct arena *arena;
	struct problem_list *problems;
	struct reply *reply;
	char *error;
	char scope[24]; /* a prefix of the units' codes */
};

enum { NUMBER_BYTES = 24 };

/* What enrol_take() reads. */
#define ENROLMENT_ROWS                                                                                       \
	"SELECT number, state, name, role, unit, invited_us, invited_by, expires_us, public_key, office, host, " \
	"software, requested_us, rivals, decided_us, decided_by, reason, present_key FROM enrolment_now "

const char *enrol_column(const struct pg_result *result, int row, int at);
int64_t enrol_number(const struct pg_result *result, int row, int at);
const char *enrol_keep(struct arena *arena, const struct pg_result *result, int row, int at);
enum role enrol_role(const char *name);

/* Of ENROLMENT_ROWS. */
struct enrolment enrol_take(struct arena *arena, const struct pg_result *result, int row);
/* One row, or none: *found. */
bool enrol_find(struct enrol_work *w, const char *sql, size_t count, const char *const *values, bool *found,
                struct enrolment *out);
bool enrol_run(struct enrol_work *w, const char *sql, size_t count, const char *const *values);

/* Records a change of who may connect, and tells every fupind of it. */
bool enrol_record(struct enrol_work *w, const char *action, const struct enrolment *e, const char *public_key,
                  const char *detail);
/* Adds the problem. Always true. */
bool enrol_refuse(struct enrol_work *w, enum problem_code code, int64_t actual, const char *detail);
bool enrol_give(struct enrol_work *w, const struct enrolment *e);

/* The principal that has this key, or this name; *found says whether there is one. */
struct enrol_holder {
	const char *name, *public_key;
	enum role role;
	unit_code unit;
};
bool enrol_find_holder(struct enrol_work *w, const char *where, const char *value, bool *found,
                       struct enrol_holder *out);
/* Checks that no other office has the name that an invitation gives: *good. */
bool enrol_check_name(struct enrol_work *w, const char *name, enum role role, unit_code unit,
                      struct enrol_holder *out, bool *good);

bool enrol_invite(struct enrol_work *w);
bool enrol_list(struct enrol_work *w);
bool enrol_offices(struct enrol_work *w);
bool enrol_decide(struct enrol_work *w);
bool enrol_revoke(struct enrol_work *w);

#endif
