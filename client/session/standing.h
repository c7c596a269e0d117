/* The standing of an office: reports that were returned to it, what it owes next and how many days are left.
 * The centre is asked in a few questions; the agent keeps the answer for fupin status. */
#ifndef FUPIN_CLIENT_STANDING_H
#define FUPIN_CLIENT_STANDING_H

#include "base/bounds.h"
#include "session.h"

enum { STANDING_RETURNED_MAX = 20, STANDING_DEADLINES_MAX = 24, STANDING_NAME_BYTES = NAME_BYTES_MAX + 1 };

/* To be corrected. */
struct standing_report {
	unit_code unit;
	period period;
	char form[CODE_BYTES_MAX], name[NAME_BYTES_MAX + 1], text[NOTE_BYTES_MAX + 1]; /* name: of the unit */
};

/* Reports of one form and month that are not due yet. */
struct standing_deadline {
	period period;
	int64_t due; /* seconds since 1970 UTC, half-open */
	uint32_t units, missing;
	char form[CODE_BYTES_MAX];
};

/* Another key of the office's unit, and what it sent in its name (struct key_item). */
struct standing_key {
	char name[STANDING_NAME_BYTES], public_key[KEY_TEXT_BYTES];
	char admitted_by[STANDING_NAME_BYTES], ended_by[STANDING_NAME_BYTES];
	int64_t admitted_us, ended_us, last_us;
	uint64_t sent, last_seq;
};

struct standing {
	int64_t time_us; /* the centre's clock */
	bool store_ready;
	size_t returned_count, deadline_count;
	uint32_t returned_more; /* at least how many there are beyond those listed */
	uint32_t overdue;       /* reports that should be there and are not */
	struct standing_report returned[STANDING_RETURNED_MAX];
	struct standing_deadline deadlines[STANDING_DEADLINES_MAX]; /* the next one first */
	size_t key_count;
	bool keys_more;
	struct standing_key keys[KEYS_LISTED_MAX]; /* the newest first; filled in by standing_fetch() only */
};

/* After session_hello(). */
enum session_failure standing_fetch(struct session *session, int timeout_ms,
                                    const struct catalogue *catalogue, struct standing *out);

/* The same in steps, for a caller with other requests in flight: makes the next question, whose answer is of
 * `kind`, or returns false if there is none; between two questions the answer has to be taken. `catalogue`
 * and `out` must outlive it. */
struct standing_steps {
	const struct catalogue *catalogue;
	unit_code unit;
	struct standing *out;
	period first, last; /* of the plan */
	int step;
	size_t form; /* whose deadlines are asked for next: the form's index, and the month */
	period month;
	uint32_t form_number;
};
void standing_begin(struct standing_steps *steps, const struct catalogue *catalogue, unit_code unit,
                    struct standing *out);
bool standing_next(struct standing_steps *steps, struct request *out, enum reply_kind *kind);
void standing_take(struct standing_steps *steps, const struct reply *reply);

/* Whole days from now until a deadline, rounded down; 0 during the whole of the last day. */
int64_t standing_days_left(int64_t due, int64_t time_us);

#endif
