/* The state of the running centre. Each part is changed by one file only, which the comment above it names.
 */
#ifndef FUPIN_SERVER_CENTRE_H
#define FUPIN_SERVER_CENTRE_H

#include "access/door.h"
#include "acknowledged.h"
#include "base/log.h"
#include "boot/home.h"
#include "boot/store.h"
#include "plan/plan.h"
#include "plan/plan_history.h"
#include "postgres/worker.h"
#include "question.h"
#include "rules/compliance.h"
#include "submission/pipeline.h"
#include "watches.h"

/* admitted.c: principals and the door, replaced as a whole. */
struct admitted {
	struct arena arena;
	struct principal *principals;
	size_t count;
	struct door door; /* for all keys that are no principal's */
};

/* start.c: what was acknowledged, and of which database. */
struct acknowledging {
	struct acknowledged noted;
	char history[HISTORY_BYTES]; /* the database's */
	bool syncing;                /* a job is on its way */
	bool asking_clock;           /* the database's: the same */
};

/* jobs.c: principals that are loaded again. */
struct reloading {
	bool under_way, again;    /* again: asked for while one was under way */
	int64_t due_us;           /* when to try again after a failure; 0: not due */
	struct envelope *waiting; /* requests to be answered when it is done */
};

/* questions.c: to be answered from memory; offices take turns. */
struct asked {
	struct queues queues;
	int64_t due_us; /* no question is answered sooner while submissions wait */
};

/* files.c: documents' bytes. */
struct file_desk {
	struct file_job *jobs;      /* under way */
	struct thrown_away *thrown; /* by county */
	int64_t sweep_due_us;       /* when unfinished files are looked at again */
};

/* past.c: questions about what was; offices take turns at the worker. */
struct past_desk {
	struct queues waiting;
	struct past_job *job; /* the one that the worker has; NULL: none */
	struct past_shelf *shelf;
};

struct service {
	/* Set at the start. */
	const struct options *options;
	struct home home;
	struct store store;
	struct plan plan; /* the catalogue */
	struct plan_since plan_since;
	int signals;
	struct gate *gate;
	struct worker *worker;
	struct worker *door_worker; /* admission of keys, so that a revocation does not wait behind a question
	                               about the past */
	struct worker *files;       /* documents' bytes, so that no other question waits behind them */

	struct pipeline pipeline;
	struct watches *watches;
	struct compliance *compliance; /* how units stand to the plan's rules */
	struct envelope_pool envelopes;
	struct arena reply_arena;
	bool stopping;
	int64_t stop_by_us;

	struct acknowledging acknowledging;
	struct admitted admitted;
	size_t door_jobs; /* enrol.c: jobs that wait for the database */
	struct reloading reloading;
	struct asked asked;
	struct file_desk file_desk;
	struct letter_in_work *letters_in_work; /* letters.c */
	struct past_desk past_desk;
};

/* Logs; false. */
bool service_fail(const char *event, const char *error);

#endif
