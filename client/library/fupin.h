/* libfupin: what the fupin program does in an office, for other programs. Compile with `pkg-config --cflags
 * --libs fupin`; examples/submit.c is a whole program.
 *
 * Every call returns at once. Anything that takes time is an operation: one call begins it and returns its
 * number, and its results are events, handed to the operation's handler by fupin_dispatch(), in the thread
 * that calls that function and in no other. Each operation that was begun has exactly one FUPIN_ENDED, as
 * its last event. Many may be in flight; they do not wait for one another, but submissions reach the centre
 * in the order in which they were saved.
 *
 *     struct fupin_office *office;
 *     if (fupin_open("/home/clerk/.fupin", NULL, &office, error, sizeof error) == FUPIN_DONE) {
 *         fupin_submit(office, files, 1, on_event, &mine);
 *         while (!mine.ended)
 *             fupin_dispatch(office, 1000);
 *     }
 *     fupin_close(&office);
 *
 * Promises, the same as the program's: FUPIN_SAVED comes when the submission, its id and its bytes, is on
 * this disk, in the outbox; FUPIN_RECEIPT when it is on the centre's disk. What was saved and did not get
 * through waits in the outbox, also when the program ends or the machine is switched off, for the next
 * fupin_send() or for `fupin outbox send`. The same bytes are sent each time, and the centre stores them
 * once. A document's file goes before the submission that names it.
 *
 * Threads: a handle is used by one thread at a time; different handles by different threads, also on one
 * home. There is no global state. Each handle has a thread of its own inside, in which all signals are
 * blocked and no handler ever runs. Some thousand events that are not dispatched are kept; after that the
 * handle stands still until they are dispatched. fork(): a handle is the parent's. In the child every call
 * with it does nothing and returns an error. As in any process with threads the child should do little but
 * exec; to use a handle in a child, fork before the parent opens one.
 *
 * How the interface grows: functions, enum values and fields are added, never changed or removed. Structures
 * that you make have their `size` first: set it by their _INIT, and a library that knows more fields takes
 * the rest as 0. Those that the library makes grow at their end: look at them through the pointer that you
 * are given, do not copy them whole, and take rows by fupin_figure() and its like. Pass over events of a
 * kind that you do not know. Whatever an event points to lives until its handler returns. Texts are UTF-8,
 * and never NULL unless the description says so. */
#ifndef FUPIN_H
#define FUPIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FUPIN_API __attribute__((visibility("default")))
#else
#define FUPIN_API
#endif

/* How something ended; up to 5 the same numbers as the exit statuses of the fupin program. */
enum fupin_status {
	FUPIN_DONE = 0,
	FUPIN_FAILED = 1,       /* out of memory, a file of ours cannot be read or written */
	FUPIN_USAGE = 2,        /* the arguments name what does not exist */
	FUPIN_PROBLEMS = 3,     /* the data has problems, or the centre refused it: nothing was stored */
	FUPIN_WAITING = 4,      /* the centre did not answer in time; what was saved waits in the outbox */
	FUPIN_NOT_ADMITTED = 5, /* key or configuration missing, or unknown to the centre */
	FUPIN_CANCELLED = 64,   /* by fupin_cancel() */
};

/* The language of texts for people. */
enum fupin_language { FUPIN_ENGLISH = 0, FUPIN_CHINESE = 1 };

struct fupin_options {
	size_t size;
	enum fupin_language language;
	/* How long the operations that ask the centre may take; 0: 30 seconds; below 0: until they are cancelled.
	 * A watch has no end of its own. */
	int timeout_ms;
};
#define FUPIN_OPTIONS_INIT                                                                                   \
	{                                                                                                        \
		sizeof(struct fupin_options), FUPIN_ENGLISH, 0                                                       \
	}

/* An office: its key, its outbox, its connection. */
struct fupin_office;

/* The number of an operation of an office; 0: it was not begun, because FUPIN_OPERATIONS_MAX are in flight,
 * an argument is invalid, there is no memory, or this is the child of a fork. */
typedef uint64_t fupin_operation;
enum { FUPIN_OPERATIONS_MAX = 1024 };

/* ---------------------------------------------------------------- events */

enum fupin_kind {
	FUPIN_ENDED = 1, /* status, text: why, for people ("" if all is well) */
	FUPIN_PROBLEM,   /* problem; of a check, of files to submit, or of a refusal by the centre */
	FUPIN_CHECKED,   /* submission (its numbers): the files have no problems */
	FUPIN_SAVED,     /* submission: in the outbox. Rows that do not fit into one become several, in order */
	FUPIN_RECEIPT,   /* submission: on the centre's disk */
	FUPIN_REFUSED,   /* submission: stored nowhere; its problems came before */
	FUPIN_FIGURES,   /* total: the answer; of a watch, again and again as it changes */
	FUPIN_STANDS,    /* standing: what the home knows; then, from_centre, what the centre says */
	FUPIN_ANSWER,    /* answer: a page of a table; the last one says so */
	FUPIN_PROGRESS,  /* progress: of a document's file */
};

struct fupin_submission {
	const char *id;     /* UUIDv7: 36 characters */
	const char *digest; /* BLAKE2b-256 of the bytes as sent, hexadecimal */
	const char *files;  /* names, with spaces between */
	uint64_t seq;       /* receipt: commit sequence number; else 0 */
	int64_t time_us;    /* receipt: the centre's clock, microseconds since 1970 UTC */
	size_t reports, fund_entries, others;
};

/* One reasoned problem: `code` is its name in PROTOCOL.md (PART_EXCEEDS_WHOLE). */
struct fupin_problem {
	const char *code, *text;
	const char *submission; /* its id; "": not saved */
	const char *file;       /* "" if it belongs to no file */
	const char *sheet;      /* of a workbook, else "" */
	size_t row;             /* 0: of the whole */
	const char *letters;    /* the column, as a spreadsheet names it; else "" */
	const char *column;     /* as it stands in the sheet; "" if none */
};

/* One figure: value and approved are times 10^decimals; reported counts the values behind it (0: nothing was
 * reported, which is not zero). */
struct fupin_figure {
	int64_t unit;
	const char *unit_name, *indicator;
	int decimals;
	int64_t value, approved;
	uint32_t reported, approved_reported;
};

/* Fund entries of one kind, source, use and level: where money is. */
struct fupin_fund {
	int64_t unit;
	const char *unit_name;
	const char *kind;         /* as in PROTOCOL.md, in small letters: raised, allocated, disbursed, … */
	const char *source, *use; /* codes; "": none */
	int level;                /* of the units that recorded them: 1 province to 5 village */
	int64_t fen;              /* 1/100 yuan */
	uint32_t entries;
};

struct fupin_total {
	uint64_t seq; /* as of this commit */
	int64_t time_us;
	int whole;           /* 1: all rows; 0: of a watch, those that changed */
	size_t figure_count; /* by fupin_figure() */
	size_t fund_count;   /* by fupin_fund(); for a unit that changed, all of its rows are included */
};

struct fupin_deadline {
	int period; /* yyyymm */
	const char *form;
	int64_t due; /* seconds since 1970 UTC, half-open */
	uint32_t reports, missing;
};

/* A report that was returned, to be corrected. */
struct fupin_returned {
	int64_t unit;
	int period;
	const char *unit_name, *form, *reason;
};

struct fupin_standing {
	size_t waiting, receipted, refused; /* in the outbox */
	int from_centre;                    /* 0: only the fields above are set; 1: these below, too */
	int64_t time_us;                    /* the centre's clock */
	int store_ready;
	uint32_t overdue;                      /* reports that should be there and are not */
	size_t returned_count, deadline_count; /* by fupin_returned(), fupin_deadline() */
	size_t lost; /* in the outbox: with a receipt, but the centre's database was set back and no longer has
	                them */
};

/* What a cell says, and so how to show it. */
enum fupin_cell_kind {
	FUPIN_CELL_NONE = 0, /* not known, not reported; never 0 */
	FUPIN_CELL_TEXT,     /* text, in the handle's language; code: what stands for it in programs, else "" */
	FUPIN_CELL_CODE,     /* value identifies something, such as a unit */
	FUPIN_CELL_COUNT,    /* value */
	FUPIN_CELL_NUMBER,   /* value / 10^decimals: money in yuan, figures */
	FUPIN_CELL_CHANGE,   /* the same: more or (below 0) less than before */
	FUPIN_CELL_SHARE,    /* value in 1/1000 */
	FUPIN_CELL_FLAG,     /* value 1 or 0 */
	FUPIN_CELL_TIME,     /* value / 10^decimals seconds since 1970 UTC; 0: none */
	FUPIN_CELL_DEADLINE, /* value: seconds since 1970 UTC, half-open; 0: none */
	FUPIN_CELL_TABLE,    /* table: rows of other columns */
};

struct fupin_table;

struct fupin_cell {
	enum fupin_cell_kind kind;
	int decimals;
	int64_t value;
	const char *text, *code;
	const struct fupin_table *table;
};

/* `key` is the name that the same column has in the JSON of the fupin program. */
struct fupin_column {
	const char *key, *title; /* title: in the handle's language; "": it is for programs alone */
	int right;               /* its cells are figures, aligned to the right */
};

struct fupin_table {
	const char *name;
	size_t column_count, row_count; /* by fupin_column(), fupin_cell() */
};

struct fupin_progress {
	const char *name; /* of the file */
	uint64_t bytes, size;
};

struct fupin_answer {
	uint64_t seq;    /* as of this commit; 0: it is of no commit */
	int64_t time_us; /* the moment by which it is judged what is late; 0: none */
	const char *label;
	int last; /* 1: no page follows */
	const struct fupin_table *table;
	int cut_off; /* 1: there are more rows, which the centre does not bring: ask for less, or with a higher
	                limit */
};

struct fupin_event {
	enum fupin_kind kind;
	fupin_operation operation;
	enum fupin_status status;
	const char *text;
	/* Set according to the event's kind; the others are NULL. */
	const struct fupin_problem *problem;
	const struct fupin_submission *submission;
	const struct fupin_total *total;
	const struct fupin_standing *standing;
	const struct fupin_answer *answer;
	const struct fupin_progress *progress;
};

/* An event handler. It may begin and cancel operations, and close the office. */
typedef void (*fupin_handler)(void *context, const struct fupin_event *event);

/* Row i, from 0; NULL beyond the last. */
FUPIN_API const struct fupin_figure *fupin_figure(const struct fupin_total *total, size_t i);
FUPIN_API const struct fupin_fund *fupin_fund(const struct fupin_total *total, size_t i);
FUPIN_API const struct fupin_deadline *fupin_deadline(const struct fupin_standing *standing, size_t i);
FUPIN_API const struct fupin_returned *fupin_returned(const struct fupin_standing *standing, size_t i);
FUPIN_API const struct fupin_column *fupin_column(const struct fupin_table *table, size_t column);
FUPIN_API const struct fupin_cell *fupin_cell(const struct fupin_table *table, size_t row, size_t column);
/* The cell of the column with that key; NULL: there is none. */
FUPIN_API const struct fupin_cell *fupin_cell_of(const struct fupin_table *table, size_t row,
                                                 const char *key);

/* ---------------------------------------------------------------- an office */

FUPIN_API const char *fupin_version(void);

/* Reads the office's home directory (key pair, fupin.ini); does not connect. FUPIN_DONE: *out is the
 * caller's, until fupin_close(). Else *out is NULL, and `error` says why. `options` may be NULL. */
FUPIN_API enum fupin_status fupin_open(const char *home, const struct fupin_options *options,
                                       struct fupin_office **out, char *error, size_t error_size);

/* Ends what is in flight, without events, within a second (unless a large sheet is just being read), and
 * sets *office to NULL. What was saved stays in the outbox. *office may be NULL. */
FUPIN_API void fupin_close(struct fupin_office **office);

/* A descriptor that is readable when there is something to dispatch, for the caller's own poll() or epoll.
 * Do not read from it or close it. */
FUPIN_API int fupin_fd(const struct fupin_office *office);

/* Waits for an event for at most timeout_ms (0: not at all; below 0: without a limit) and calls the handlers
 * of all events that are there. Returns how many; 0: none came; -1: the office was closed by a handler, or
 * this is the child of a fork. */
FUPIN_API int fupin_dispatch(struct fupin_office *office, int timeout_ms);

/* ---------------------------------------------------------------- operations */

/* Connects and fetches units and forms as they are now. Calling it is optional: every operation that needs
 * the centre connects by itself, and units and forms that were fetched once are kept in the home, and used
 * when there is no connection. */
FUPIN_API fupin_operation fupin_connect(struct fupin_office *office, fupin_handler handler, void *context);

/* Reads and checks files (.csv, .xlsx) as the centre would: FUPIN_PROBLEM for each, or FUPIN_CHECKED. */
FUPIN_API fupin_operation fupin_check(struct fupin_office *office, const char *const *files, size_t count,
                                      fupin_handler handler, void *context);

/* The same, and saves them as one submission (FUPIN_SAVED), and delivers it: FUPIN_RECEIPT, or FUPIN_PROBLEM
 * for each and FUPIN_REFUSED. Ends when all of it has been answered, or with FUPIN_WAITING. The same content
 * again is the same submission: it gets its first receipt. */
FUPIN_API fupin_operation fupin_submit(struct fupin_office *office, const char *const *files, size_t count,
                                       fupin_handler handler, void *context);

/* Delivers all that waits in the outbox now, whoever put it there. */
FUPIN_API fupin_operation fupin_send(struct fupin_office *office, fupin_handler handler, void *context);

/* What became of a submission: FUPIN_RECEIPT if the centre has it. FUPIN_USAGE: it knows of none. */
FUPIN_API fupin_operation fupin_find(struct fupin_office *office, const char *id, fupin_handler handler,
                                     void *context);

/* What is returned, overdue, due next, and how many wait in the outbox: FUPIN_STANDS, once or twice. */
FUPIN_API fupin_operation fupin_standing(struct fupin_office *office, fupin_handler handler, void *context);

struct fupin_query {
	size_t size;
	int64_t unit; /* 0: the office's own */
	int from, to; /* yyyymm; 0, in fupin_ask(): the plan's first and last month */
	int by; /* rows of the units below: 2 prefecture, 3 county, 4 township, 5 village; 0: the unit alone */
	size_t indicator_count;        /* 0: all */
	const char *const *indicators; /* codes or names */
	int funds;                     /* 1: fund rows too */
	/* As of this commit, and as of this time; 0: now. Not for a watch. */
	uint64_t as_of_seq;
	int64_t as_of_time_us;
	/* Read by fupin_ask() alone, as its question says. Texts are codes or names; NULL: all. */
	const char *form, *group, *document, *source, *voucher, *project, *rule;
	const char *states; /* words with commas between: "red,amber" */
	int year, limit;    /* 0: the year of `to`; the centre's own limit */
	int own;            /* 1: of the unit alone, without what lies below it */
	int all;            /* 1: what is over, too */
	int in_transit, early, back, warned, values;
};
#define FUPIN_QUERY_INIT                                                                                     \
	{                                                                                                        \
		sizeof(struct fupin_query), 0, 0, 0, 0, 0, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL,  \
		    NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                                  \
	}

/* Totals: FUPIN_FIGURES once; with `by` the unit itself comes last. FUPIN_PROBLEMS: the moment lies in the
 * future. */
FUPIN_API fupin_operation fupin_total(struct fupin_office *office, const struct fupin_query *query,
                                      fupin_handler handler, void *context);

/* The same, and FUPIN_FIGURES again each time that something changed, until it is cancelled. After a broken
 * connection it goes on by itself. */
FUPIN_API fupin_operation fupin_watch(struct fupin_office *office, const struct fupin_query *query,
                                      fupin_handler handler, void *context);

/* A question that is answered by a table; behind each the fields of the query that it reads beside `unit`
 * and, unless it is of the present alone, the as_of fields. The columns are those of the fupin program's JSON
 * (docs/using/). */
enum fupin_question {
	FUPIN_UNITS = 1,    /* by, group: units; unit 0: all that this office may read; of the present alone */
	FUPIN_FORMS,        /* the versions of forms, with their indicators; of the present alone */
	FUPIN_COMPLETENESS, /* from, to, form, by, group: who reported; with `by` the unit itself comes last */
	FUPIN_LATE,       /* from, to, form, limit, all: reports that are owed; with `all` also what came late */
	FUPIN_REPORTS,    /* from, to, form, states, warned, values, limit: reports as they stand */
	FUPIN_HISTORY,    /* from (the month), form: all that happened to one report; of the present alone */
	FUPIN_TARGETS,    /* year: the unit's targets, and those right below it */
	FUPIN_APPRAISAL,  /* to, by: scores of the year up to a month; with `by` the unit itself comes last */
	FUPIN_COMPLIANCE, /* rule, states, by, limit: how far units keep the plan's rules */
	FUPIN_BALANCES,   /* by, source, own: where money is, by unit; without `by` and `source` by source */
	FUPIN_ENTRIES,    /* own, source, voucher, in_transit, early, limit: ledger entries */
	FUPIN_TRACE,      /* voucher, back: the way of an entry's money, to its uses or back to its sources */
	FUPIN_PROJECTS,   /* project, states, own, limit: projects with their steps and money */
	FUPIN_DOCUMENTS,  /* document, limit, states (missing), all: sent and owed; `all`: each version */
	FUPIN_ENROLMENTS, /* all: for administrators */
	FUPIN_OFFICES,    /* all: for administrators; with `all` revoked keys, too */
};

/* FUPIN_ANSWER for each page, all of them as of one commit. FUPIN_USAGE: the query names what does not exist.
 */
FUPIN_API fupin_operation fupin_ask(struct fupin_office *office, enum fupin_question question,
                                    const struct fupin_query *query, fupin_handler handler, void *context);

enum fupin_decision { FUPIN_PASS = 1, FUPIN_RETURN = 2, FUPIN_TAKE = 3 };

/* What a reviewer decides about a report, as the row of FUPIN_REPORTS showed it: if it has changed since, or
 * somebody else has decided, the centre refuses. */
struct fupin_review {
	size_t size;
	int64_t unit;
	int period; /* yyyymm */
	enum fupin_decision decision;
	const char *form;          /* code */
	uint32_t revision, step;   /* of the row */
	const char *reason, *text; /* of FUPIN_RETURN: wrong_figure, missing_figure, …, and words; else NULL */
};
#define FUPIN_REVIEW_INIT                                                                                    \
	{                                                                                                        \
		sizeof(struct fupin_review), 0, 0, FUPIN_PASS, NULL, 0, 0, NULL, NULL                                \
	}

/* Decides on so many reports: saved and delivered as fupin_submit() does. The same decision again is a new
 * one. */
FUPIN_API fupin_operation fupin_review(struct fupin_office *office, const struct fupin_review *reviews,
                                       size_t count, fupin_handler handler, void *context);

enum fupin_time { FUPIN_DUE = 1, FUPIN_CLOSED = 2, FUPIN_CORRECTIONS = 3 };

/* More time for a unit below the office: of a form and month, or (`document` not NULL) of a document, which
 * has a FUPIN_DUE alone. */
struct fupin_extension {
	size_t size;
	int64_t unit;
	int period; /* yyyymm; of a document 0 */
	enum fupin_time which;
	const char *form, *document; /* codes; one of them NULL */
	int64_t until;               /* seconds since 1970 UTC, half-open */
	const char *reason;
};
#define FUPIN_EXTENSION_INIT                                                                                 \
	{                                                                                                        \
		sizeof(struct fupin_extension), 0, 0, FUPIN_DUE, NULL, NULL, 0, NULL                                 \
	}
FUPIN_API fupin_operation fupin_extend(struct fupin_office *office, const struct fupin_extension *extensions,
                                       size_t count, fupin_handler handler, void *context);

/* Sends the file at `path` as the unit's document of that kind (a code of the plan; unit 0: the office's
 * own): its next version, unless the centre has the same already: then FUPIN_DONE, and the event's text says
 * so. `note` may be NULL. FUPIN_PROGRESS tells how far the file is. */
FUPIN_API fupin_operation fupin_send_document(struct fupin_office *office, int64_t unit, const char *kind,
                                              const char *path, const char *note, fupin_handler handler,
                                              void *context);

/* Fetches a document into the file `path`, which is there whole or not at all; version 0: the newest.
 * FUPIN_PROGRESS on the way. FUPIN_PROBLEMS: the bytes are not what the centre named. */
FUPIN_API fupin_operation fupin_fetch_document(struct fupin_office *office, int64_t unit, const char *kind,
                                               int version, const char *path, fupin_handler handler,
                                               void *context);

/* fupin_check() of one workbook; with problems it also writes `copy`, in which the cells concerned are red
 * and say what to mend. The workbook itself stays as it is. */
FUPIN_API fupin_operation fupin_mark(struct fupin_office *office, const char *workbook, const char *copy,
                                     fupin_handler handler, void *context);

/* Ends an operation: it has no more events but FUPIN_ENDED, with FUPIN_CANCELLED (unless it ended just
 * before). What a submission saved before stays in the outbox. -1: there is no such operation now; else 0. */
FUPIN_API int fupin_cancel(struct fupin_office *office, fupin_operation operation);

#ifdef __cplusplus
}
#endif

#endif
