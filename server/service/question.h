/* How each kind of request is handled, and what an answer is made from. The rows stand in question_kinds.c;
 * an envelope carries its own. */
#ifndef FUPIN_SERVER_QUESTION_H
#define FUPIN_SERVER_QUESTION_H

#include "rules/compliance.h"
#include "submission/pipeline.h"

struct service;
struct past_job;

/* What a question is about: everything that was committed up to a moment. */
struct view {
	const struct holdings *holdings;
	struct as_of as_of;
	int64_t now_us;              /* what "by now" means */
	const struct office *office; /* the office that asks */
	/* Where the compliance with the rules as of this moment is kept; it is made when it is first needed.
	 * NULL: it is kept for another time, and everything is judged for this answer alone. */
	struct compliance **compliance;
	const struct pipeline *pipeline; /* for a question about now; NULL: about the past */
	const char *label;               /* of the plan; the arena's */
};

struct request_handling {
	enum action
	    action;    /* the action that its office must be allowed; ACTION_NONE: being admitted is enough */
	bool own_unit; /* `unit` must be one that the office speaks for; that it may read it is not enough */
	bool at_once;  /* it does not wait for its turn among the questions */
	bool is_watch; /* pushes follow its answer */
	bool of_plan;  /* it is answered from the plan alone, without any holdings */
	/* Offsets in struct request of the unit that it is about, and of the moment; 0: it has none. */
	uint16_t unit, as_of;
	/* In the loop's thread; takes the envelope over. */
	void (*take)(struct service *service, struct envelope *envelope);
	/* From memory, as of the view's moment. False: `problems` say why not. Of the view the reply refers only
	 * to a catalogue; all else is in the arena. */
	bool (*answer)(const struct view *view, const struct request *request, struct arena *arena,
	               struct problem_list *problems, struct reply *out);
	/* From the database, in the worker's thread. NULL: memory is enough. */
	void (*ask)(struct past_job *job, struct pg_conn *connection);
};

/* May the office send the request? False: `problems` say why not. */
bool question_admit(const struct request_handling *how, const struct office *office,
                    const struct request *request, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* The moment as of which it is to be answered; NULL: now. */
const struct as_of *question_as_of(const struct request_handling *how, const struct request *request);

/* Makes the reply as of the view's moment, or the refusal, which points to `problems`. */
void question_answer(const struct request_handling *how, const struct view *view,
                     const struct request *request, struct arena *arena, struct problem_list *problems,
                     struct reply *out);

#endif
