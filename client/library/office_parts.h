/* The inside of libfupin's handle, shared by its files only.
 *
 * office.c: the caller's side, which begins operations and dispatches letters (events). office_work.c: the
 * thread inside, one loop around the session. office_steps.c: what each kind of operation does next, and
 * what it does with an answer. office_questions.c: questions that are answered by tables, and office_tables.c
 * those tables. office_deliver.c: the way of submissions; office_own.c: what an office decides, and
 * documents. office_letters.c: events and all that they point to.
 *
 * What both sides touch is under the mutex: the operations that were begun, the letters, the table of open
 * operations. Everything else in an operation belongs to the thread as soon as it is begun. To add an
 * operation: its kind here, its begin function in office.c, its cases in office_steps.c. */
#ifndef FUPIN_CLIENT_OFFICE_PARTS_H
#define FUPIN_CLIENT_OFFICE_PARTS_H

#include "fupin.h"

#include "base/arena.h"
#include "columns/column.h"
#include "outbox/deliver.h"
#include "outbox/recheck.h"
#include "outbox/save_own.h"
#include "session/follow.h"
#include "session/kept.h"
#include "session/standing.h"
#include "sheet/finding.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

/* An event on its way to the caller; its arena has all that the event points to. */
struct letter {
	struct letter *next;
	fupin_handler handler;
	void *context;
	struct arena arena;
	struct fupin_event event;
};

/* A question to the centre. It is sent again after silence, after a lost line, or when the centre was busy.
 */
struct question {
	bool sent;
	uint64_t request_id;
	unsigned epoch, attempt;
	int64_t sent_us, not_before_us;
};

enum operation_kind {
	OPERATION_CONNECT,
	OPERATION_CHECK,
	OPERATION_SUBMIT,
	OPERATION_SEND,
	OPERATION_FIND,
	OPERATION_STANDING,
	OPERATION_TOTAL,
	OPERATION_WATCH,
	OPERATION_ASK,
	OPERATION_DECIDE,   /* reviews or extensions */
	OPERATION_DOCUMENT, /* to be sent */
	OPERATION_FETCH,
	OPERATION_MARK,
};

enum stage {
	STAGE_NEW,        /* its local part is still to be done, and may have to wait for the catalogue */
	STAGE_ASKING,     /* its question is asked */
	STAGE_WATCHING,   /* pushes come */
	STAGE_DELIVERING, /* its parts are on their way */
	STAGE_ENDED,
};

/* A submission that an operation waits for. */
struct part {
	int64_t position; /* in the outbox */
	bool open;
};

struct operation {
	struct operation *next;
	fupin_operation id;
	enum operation_kind kind;
	fupin_handler handler;
	void *context;
	atomic_bool cancelled;
	struct letter *last; /* its FUPIN_ENDED, allocated at the beginning so that it never lacks memory */
	struct arena arena;  /* of the arguments' copies */
	const char **files;
	size_t file_count;
	struct fupin_query query;
	struct submission_id submission;
	/* The thread's: */
	enum stage stage;
	int64_t deadline_us;
	bool no_memory;
	struct question question;
	enum fupin_question asked;
	struct request request; /* of OPERATION_ASK: for the next page */
	const struct fupin_review *reviews;
	const struct fupin_extension *extensions;
	size_t decision_count;
	struct submission decided;
	const char *note;
	struct document_room *room; /* of a document that is sent */
	struct document document;
	struct file_download *download;
	uint32_t named; /* the number of the form, document or rule that it names */
	struct total_query total;
	uint64_t watch_id, ack_id; /* request ids */
	struct follow *follow;     /* the state that the watcher has */
	bool asks_whole;           /* a push is missing: the whole total is asked for */
	uint64_t push_seq;         /* the push to be acknowledged after that */
	struct standing *standing;
	struct standing_steps steps;
	struct part *parts;
	size_t part_count, part_room, open_parts;
	bool refused, mistaken;
};

/* The thread's own. */
struct work {
	struct operation *operations; /* in the order in which they were begun */
	struct session *session;
	bool greeted, fetching; /* the catalogue is wanted */
	unsigned epoch; /* of the session, at the centre's welcome: a new line may lead to another centre */
	struct question hello, fetch, look;
	struct recheck recheck; /* while `rechecking`, before anything is delivered */
	bool rechecking;
	int64_t heard_us;
	struct outbox *outbox;
	struct catalogue catalogue;
	bool has_catalogue;
	unit_code unit;            /* the office's unit */
	int64_t time_us, local_us; /* the centre's clock, and ours then */
	struct deliverer *deliverer;
	struct delivery delivery;
	struct delivery_watch delivery_watch;
	bool saved_more;                 /* than the deliverer has collected */
	int64_t look_us;                 /* when the outbox is looked at */
	struct letter *held, **held_end; /* letters that are handed out at the end of the turn */
};

struct fupin_office {
	struct home home;
	enum language language;
	int timeout_ms;
	pid_t pid;
	pthread_t thread;
	int bell, fd; /* eventfds: to the thread; to the caller */
	atomic_bool closing;
	bool dispatching, close_after;
	pthread_mutex_t mutex; /* of the next four */
	struct operation *begun, **begun_end;
	struct letter *letters, **letters_end;
	size_t letter_count;
	struct operation *open[FUPIN_OPERATIONS_MAX]; /* not ended; NULL: free */
	fupin_operation last_id;
	struct work work;
};

/* With more letters than this the handle stands still until the caller dispatches; one turn adds some
 * hundreds. */
enum { LETTERS_MANY = 1000 };
/* The part of the credit window that is kept for requests other than submissions. */
enum { QUESTIONS_MAX = 16 };

void office_ring(int fd);
void office_drain(int fd);
void *office_run(void *office);

/* ---------------------------------------------------------------- letters */

/* NULL: no memory, and the operation ends with that. */
struct letter *letter_new(struct operation *operation, enum fupin_kind kind);
void letter_free(struct letter *letter);
/* A copy of a text (NULL: ""). Never NULL; if there is no room, the letter is not sent. */
const char *letter_keep(struct letter *letter, const char *text);
/* Adds it to those that are handed out at the end of the turn; if its content is incomplete, for lack of
 * memory, it is not sent. */
void letter_put(struct fupin_office *o, struct operation *operation, struct letter *letter);

/* Each adds a letter to those that are handed out at the end of the turn. */
void tell_problem(struct fupin_office *o, struct operation *operation, const struct finding *finding,
                  const struct submission_id *submission);
void tell_line(struct fupin_office *o, struct operation *operation, const char *text,
               const struct submission_id *submission);
void tell_saved(struct fupin_office *o, struct operation *operation, const struct outbox_item *item);
void tell_receipt(struct fupin_office *o, struct operation *operation, const struct receipt *receipt,
                  const char *files);
void tell_refused(struct fupin_office *o, struct operation *operation, const struct outbox_item *item);
void tell_checked(struct fupin_office *o, struct operation *operation, const struct submission *submission,
                  const char *files);
void tell_figures(struct fupin_office *o, struct operation *operation, const struct as_of *as_of,
                  const struct unit_total *units, size_t count, bool whole);
void tell_standing(struct fupin_office *o, struct operation *operation, const size_t counts[OUTBOX_STATES],
                   const struct standing *standing);
/* Adds the last letter; the operation's stage is STAGE_ENDED then. */
void tell_progress(struct fupin_office *o, struct operation *operation, const char *name, uint64_t bytes,
                   uint64_t size);
void tell_end(struct fupin_office *o, struct operation *operation, enum fupin_status status,
              const char *text);

enum text {
	TEXT_NONE,
	TEXT_NO_ANSWER,
	TEXT_NO_CATALOGUE,
	TEXT_SAVED_NOT_SENT,
	TEXT_MISTAKEN,
	TEXT_NOT_ADMITTED,
	TEXT_DATA,
	TEXT_REFUSED,
	TEXT_INDICATOR,
	TEXT_QUERY,
	TEXT_SAME,
	TEXT_UNKNOWN,
	TEXT_CANCELLED,
	TEXT_MEMORY,
	TEXT_SHAPE,
	TEXTS,
};
/* In the handle's language. */
const char *office_text(const struct fupin_office *o, enum text text);

/* ---------------------------------------------------------------- steps */

/* Does what can be done without an answer from the centre. */
void operation_advance(struct fupin_office *o, struct operation *operation);
/* Makes the question of an operation that asks. */
void operation_question(struct fupin_office *o, struct operation *operation, struct request *out);
void operation_take(struct fupin_office *o, struct operation *operation, const struct reply *reply);
/* Does the operation need the centre now? */
bool operation_needs_centre(const struct operation *operation);
/* The operation's time is up. */
void operation_expire(struct fupin_office *o, struct operation *operation);
void operation_cancel(struct fupin_office *o, struct operation *operation);
void operation_free(struct operation *operation);

/* NULL: it cannot be opened, `error` says why. */
struct outbox *office_outbox(struct fupin_office *o, char error[OUTBOX_ERROR_BYTES]);
/* What the centre's clock is now, as far as it is known. */
int64_t office_time_us(const struct fupin_office *o);

/* ---------------------------------------------------------------- questions */

/* A page of a table, as it came. */
struct page {
	const struct columns *columns;
	const void *rows, *whole; /* whole: the row that sums up all others; NULL: none */
	size_t count;
	struct as_of as_of;
	int64_t time_us;
	const char *label;
	bool more;         /* a page follows */
	bool cut_off;      /* the centre has more rows, and no page follows */
	const void *query; /* what readers need besides: reading->more */
};
void tell_answer(struct fupin_office *o, struct operation *operation, const struct page *page);

/* Of an OPERATION_ASK: begins it; takes a page of its answer. */
void question_begin(struct fupin_office *o, struct operation *operation);
void question_take(struct fupin_office *o, struct operation *operation, const struct reply *reply);

/* ---------------------------------------------------------------- delivering */

/* Checks the files, or saves them and puts the submissions on their way. */
void office_check(struct fupin_office *o, struct operation *operation);
void office_save(struct fupin_office *o, struct operation *operation);
/* Of an OPERATION_DECIDE: saves what was decided, and puts it on its way. */
void office_decide(struct fupin_office *o, struct operation *operation);
/* Of an OPERATION_DOCUMENT: looks at the file; takes the centre's answer about the present version, and saves
 * the next one. */
void office_describe(struct fupin_office *o, struct operation *operation);
void office_save_document(struct fupin_office *o, struct operation *operation,
                          const struct document_answer *answer);
/* Of an OPERATION_FETCH: begins; takes a part of the file. */
void office_fetch(struct fupin_office *o, struct operation *operation);
void office_take_part(struct fupin_office *o, struct operation *operation, const struct file_part *part);
/* A submission that is saved waits to be delivered, and the operation for it. */
void office_add_part(struct operation *operation, int64_t position);
void office_set_out(struct fupin_office *o, struct operation *operation);
void office_fail_outbox(struct fupin_office *o, struct operation *operation, const char *error);
/* Tells of the parts that they are on this disk. False: the outbox failed. */
bool office_tell_parts(struct fupin_office *o, struct operation *operation);
/* Puts all that waits on its way. */
void office_send_waiting(struct fupin_office *o, struct operation *operation);
/* To be called now and then: takes over answers that another process has written into the outbox. */
void office_look(struct fupin_office *o);
/* One turn of delivering, if there is something to deliver. */
void office_deliver(struct fupin_office *o);
void office_deliver_take(struct fupin_office *o, const struct reply *reply);
/* Puts on disk what came in this turn; receipts are reported only after that. */
void office_end_turn(struct fupin_office *o);
/* When the operation's time is up: while a file goes on, it is not. */
int64_t office_deadline_us(const struct fupin_office *o, const struct operation *operation);
/* Stops delivering. */
void office_stop_delivery(struct fupin_office *o);

/* The centre cannot be used: ends all operations that need it. */
void office_fail(struct fupin_office *o, enum fupin_status status, const char *text);
void office_fail_session(struct fupin_office *o, enum session_failure failure);

#endif
