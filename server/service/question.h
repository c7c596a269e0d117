/* How each kind of request is handled, and what an answer is made from. The rows stand in question_kinds.c;
 * an envelope carries its own. */
#ifndef FUPIN_SERVER_QUESTION_H
#define FUPIN_SERVER_QUESTION_H

#include "rules/compliance.h"
#include "submission/pipeline.h"

struct service;
struct past_job;

/* What is asked about: all that was committed up to a moment. */
struct view {
	const struct holdings *holdings;
	struct as_of as_of;
	int64_t now_us;              /* what "by now" means */
	const struct office *office; /* who asks */
	/* Where what is kept of the rules as of then is; made when it is first asked for. NULL: of another time,
	 * all is judged for this answer alone. */
	struct compliance **compliance;
	const struct pipeline *pipeline; /* of now; NULL: of the past */
	const char *label;               /* of the plan; the arena's */
};

struct request_handling {
	enum action action; /* that its office must be allowed; ACTION_NONE: it needs to be admitted, no more */
	bool own_unit;      /* `unit` is one that the office speaks for, not just one that it may read */
	bool at_once;       /* it does not wait for its turn among the questions */
	bool is_watch;      /* pushes follow its answer */
	bool of_plan;       /* the plan alone answers it, nothing that was held */
	/* Where in a struct request the unit lies that it is about, and the moment; 0: there is none. */
	uint16_t unit, as_of;
	/* In the loop's thread; takes the envelope over. */
	void (*take)(struct service *service, struct envelope *envelope);
	/* From memory, as of the view's moment. False: `problems` say why not. Nothing in the reply refers to the
	 * view but a catalogue; all else is in the arena. */
	bool (*answer)(const struct view *view, const struct request *request, struct arena *arena,
	               struct problem_list *problems, struct reply *out);
	/* From the database, in the worker's thread. NULL: there is no need. */
	void (*ask)(struct past_job *job, struct pg_conn *connection);
};

/* May the office send it? Otherwise `problems` say why not. */
bool question_admit(const struct request_handling *how, const struct office *office,
                    const struct request *request, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* The moment that it wants to be answered as of; NULL: now. */
const struct as_of *question_as_of(const struct request_handling *how, const struct request *request);

/* Makes the reply as of the view's moment, or the refusal, which `problems` back. */
void question_answer(const struct request_handling *how, const struct view *view,
                     const struct request *request, struct arena *arena, struct problem_list *problems,
                     struct reply *out);

#endif
