/* What the running centre owns; shared by the service's files only. */
#ifndef FUPIN_SERVER_SERVICE_INTERNAL_H
#define FUPIN_SERVER_SERVICE_INTERNAL_H

#include "access/door.h"
#include "acknowledged.h"
#include "base/log.h"
#include "boot/home.h"
#include "boot/store.h"
#include "plan/plan.h"
#include "plan/plan_history.h"
#include "postgres/worker.h"
#include "rules/compliance.h"
#include "submission/pipeline.h"
#include "watches.h"

/* The journal as of a commit that was asked about. Some are kept: who reads a long list page by page must not
 * have the journal replayed for each page because somebody else asks about another commit in between. */
enum { PASTS_MAX = 3 };
struct past {
	struct plan plan; /* only if another one was in force than now */
	struct holdings holdings;
	struct compliance *compliance; /* only once it was asked about */
	int64_t plan_number;
	uint64_t seq, asked; /* asked: the number of the question that was about it last */
};

struct service {
	const struct options *options;
	struct home home;
	struct acknowledged acknowledged;
	char history[HISTORY_BYTES]; /* the database's */
	bool syncing;                /* what was acknowledged: a job is on its way */
	bool asking_clock;           /* the database: the same */
	struct store store;
	struct plan plan; /* the catalogue */
	struct plan_since plan_since;
	struct pipeline pipeline;
	struct envelope_pool envelopes;
	struct gate *gate;
	struct worker *worker;
	struct worker *doorman; /* who may connect: a revocation does not wait behind a question about the past */
	struct worker *files;   /* documents' bytes: whoever asks something else does not wait behind them */
	struct watches *watches;
	struct compliance *compliance; /* how units stand to the plan's rules */
	int signals;
	bool stopping;
	int64_t stop_by_us;
	/* Principals, replaced as a whole. */
	struct arena principal_arena;
	struct principal *principals;
	size_t principal_count;
	struct door door;                /* for everybody else; what it lists lies in principal_arena */
	size_t door_jobs;                /* that wait for the database */
	struct lanes questions;          /* to be answered from memory; offices take turns */
	int64_t questions_due_us;        /* not sooner, if submissions wait */
	bool reloading, reload_again;    /* again: asked for while one was under way */
	int64_t reload_due_us;           /* after one that failed; 0: none is due */
	struct envelope *reload_waiting; /* who wants to know when it is done */
	struct file_job *file_jobs;      /* under way */
	struct letter_in_work *letters_in_work;
	struct thrown_away *thrown_away; /* of documents' bytes, by county */
	struct lanes pasts_waiting;      /* questions about the past; offices take turns at the worker */
	struct past_job *past_job;       /* its one; NULL: none is under way */
	int64_t sweep_due_us;            /* when unfinished files are looked at again */
	struct arena reply_arena;
	struct past pasts[PASTS_MAX]; /* the worker's alone */
	uint64_t past_asked;
};

/* service.c */
bool service_fail(const char *event, const char *error); /* logs; false */
/* One frame on its way: into the pipeline, among the questions, or refused. */
void service_take_frame(struct service *service, const struct frame *frame);
void service_send(void *service, const struct envelope *envelope, const struct reply *reply);
/* To who stands at the line: as it is; sealed for the office; or that he may ask again. */
void service_send_plain(struct service *service, const struct envelope *envelope, const struct reply *reply);
void service_send_sealed(struct service *service, const struct envelope *envelope, const struct reply *reply);
void service_send_later(struct service *service, const struct envelope *envelope, enum problem_code code);
void service_refuse(struct service *service, const struct envelope *envelope,
                    const struct problem_list *problems, uint32_t retry_after_ms);

/* Sends to one connection of this key; what cannot be put into a frame is refused there. */
enum gate_sent service_give(struct service *service, const struct sender *to, const char *public_key,
                            const struct reply *reply);

/* service_questions.c: what is answered from memory, and watched totals. */
void service_ask(struct service *service, struct envelope *question); /* takes it over */
void service_answer(struct service *service);                         /* some of them */
int service_answer_wait_ms(const struct service *service,
                           int64_t now_us);              /* until it is to go on; -1: never */
void service_ask_clock(struct service *service);         /* the database's, if it is in doubt */
bool service_note_acknowledged(struct service *service); /* before receipts go out; false: it ends */
bool service_push(struct service *service);              /* false: there is more to push, or to judge */

/* service_start.c: everything from the data directory to the socket, and back. */
bool service_open(struct service *service, const struct plan *files, gate_admits admits);
void service_close(struct service *service);

/* service_enrol.c: who is admitted, and enrolment. */
/* Is it a principal's key, or the local one? */
bool service_admits(const struct service *service, const char *public_key);
/* What a key that is not admitted is told. */
void service_turn_away(const struct service *service, const char *public_key, struct problem_list *problems);
bool service_admits_submission(void *service, const struct envelope *envelope,
                               struct problem_list *problems); /* of pipeline.h */

/* Principals and door as the database has them; in the worker's thread. */
struct admitted {
	bool good;
	struct arena arena;
	struct principal *principals;
	size_t count;
	struct door door;
	char error[PG_ERROR_BYTES];
};
void admitted_load(struct admitted *admitted, struct pg_conn *connection, const char *error);
/* In the loop's: takes them over, or frees them; whoever is not among them loses his watches. */
void service_take_admitted(struct service *service, struct admitted *admitted);

/* An ENROL, INVITE, ENROLMENTS, DECIDE or OFFICES; takes the envelope over. */
void service_answer_enrolment(struct service *service, struct envelope *envelope);

/* service_jobs.c: questions to the database, asked by the worker. */
void service_reload(struct service *service, struct envelope *asked_by); /* NULL: nobody waits for it */
bool service_look_up(void *service, struct envelope *submission);        /* of pipeline.h */
/* Ends the session of another fupind that stands still in the middle of a transaction and so keeps ours
 * (`session`: its process id at the server) waiting. */
void service_unblock(struct service *service, int session);
void service_answer_status(struct service *service, struct envelope *envelope);

/* service_carry.c: letters of sealed files. Opens one: the envelope is then its writer's request. False:
 * `problems` say why not, to whom depends on whether it could be opened. */
bool service_open_letter(const struct service *service, struct envelope *envelope,
                         struct problem_list *problems) __attribute__((warn_unused_result));
/* Seals a final answer for the office: *out is what the carrier gets; the arena owns its bytes. */
bool service_seal_answer(const struct service *service, const struct envelope *envelope,
                         const struct reply *answer, struct arena *arena, struct reply *out)
    __attribute__((warn_unused_result));

/* service_letters.c: what such letters submit. The first takes the envelope over; the second remembers a
 * final refusal, then sends it. */
void service_take_letter(struct service *service, struct envelope *envelope);
void service_refuse_letter(struct service *service, const struct envelope *envelope,
                           const struct reply *refusal);
void service_letter_answered(struct service *service, const struct sealed *sealed);
void service_forget_letters(struct service *service); /* at the end */

/* service_documents.c: files of documents, which the worker for them stores and fetches. The first two take
 * the envelope over. */
void service_take_upload(struct service *service, struct envelope *envelope);
void service_answer_file(struct service *service, struct envelope *envelope);
bool service_find_files(void *service, struct envelope *submission); /* of pipeline.h */
void service_sweep_files(struct service *service, int64_t now_us);   /* if it is due */
void service_forget_thrown(struct service *service);                 /* frees what is kept of it */
int service_sweep_wait_ms(const struct service *service, int64_t now_us);

/* service_past.c: what was, asked of the database by the worker. All take the envelope over. */
void service_answer_as_of(struct service *service, struct envelope *envelope);
void service_answer_history(struct service *service, struct envelope *envelope);
void service_answer_keys(struct service *service, struct envelope *envelope);
void service_refuse_past(struct service *service); /* those that wait; before the worker's end */
void service_forget_past(struct service *service); /* frees what is kept; after the worker's end */

#endif
