/* What an office sends, as plain C: reports, fund entries, steps of projects and documents, and the
 * decisions of offices above. A submission is accepted or refused as a whole. */
#ifndef FUPIN_COMMON_SUBMISSION_H
#define FUPIN_COMMON_SUBMISSION_H

#include "base/file_type.h"
#include "calendar.h"
#include "keys/identity.h"
#include "project.h"
#include "unit.h"

#include <stddef.h>
#include <stdint.h>

/* The figures of one form for one unit and period. Not reported is not zero: an indicator that is not
 * in the list was not reported. */
struct report {
	unit_code unit;
	period period;
	uint32_t form;         /* number in the catalogue */
	uint32_t form_version; /* 1, 2, … */
	uint32_t replaces;     /* revision that this one corrects; 0: first report */
	uint32_t value_count;
	const uint32_t *indicators; /* numbers in the catalogue, value_count of them */
	const int64_t *values;      /* times 10^decimals of the indicator */
	uint32_t place;             /* at the centre: 1 + index of the unit in the catalogue; 0: not looked up */
	const char *reason;         /* why it is corrected; NULL or "": not given */
	/* At the centre, if the form's rules compare months: the first code of this place (0: they do not), and
	 * whether this is the submission's first report of it. */
	unit_code family;
	bool leads;
};

enum fund_kind {
	FUND_KIND_NONE = 0,
	FUND_RAISED = 1,    /* 筹措: money that comes into the programme at this unit */
	FUND_SENT_DOWN = 2, /* 下拨: to a unit below */
	FUND_RECEIVED = 3,  /* 到账: from a unit above */
	FUND_GRANTED = 4, /* 安排: to a unit below, for a use; it stays with the granting unit until claimed */
	FUND_SPENT = 5,   /* 支出: paid out for a use, and gone */
	FUND_ALLOCATED = 6,  /* 分配: set aside for a unit below, to be sent down later */
	FUND_REIMBURSED = 7, /* 报账: a claim under a grant is paid */
	FUND_RETURNED = 8,   /* 上缴: to a unit above */
	FUND_WITHDRAWN = 9,  /* 收回: what is left of a grant goes back to the granting unit */
	FUND_REVERSED = 10,  /* 冲销: another entry of the unit, or what is still open of it, is undone */
	FUND_REPAID = 11,    /* 还款: of a loan */
	FUND_KINDS = 12,
};

/* A booking in the ledger, never changed afterwards. */
struct fund_entry {
	enum fund_kind kind;
	unit_code unit; /* whose money this is about */
	const char *voucher;
	date occurred;
	uint32_t source;        /* number in the catalogue */
	uint32_t use;           /* number in the catalogue; 0: none */
	unit_code counterparty; /* 0: none */
	int64_t amount_fen;
	const char *note;     /* of a reversal: the reason */
	const char *refers;   /* voucher of the entry that this one confirms, draws on or undoes; "": none */
	const char *document; /* the paper that it rests on: 吉财农指〔2013〕12号; "": none */
	const char *project; /* what it is for: code of a project of the unit that has the money after this entry;
	                        "": none */
};

/* Events in the life of a report, whose times are set by the plan or by an exception to it. */
enum deadline_event {
	DEADLINE_NONE = 0,
	DEADLINE_OPEN = 1,        /* from here on reports are accepted */
	DEADLINE_DUE = 2,         /* a report that comes later is late */
	DEADLINE_CLOSED = 3,      /* from here on no first report is accepted */
	DEADLINE_CORRECTIONS = 4, /* from here on no correction is accepted */
	DEADLINE_EVENTS = 5,
};

/* 宽限: an office above gives one unit, and all below it, more time. The last extension of a unit counts; it
 * never makes a deadline earlier than the plan has it. */
struct extension {
	unit_code unit;
	period period;             /* 0 for a document */
	uint32_t form;             /* likewise */
	enum deadline_event event; /* DUE, CLOSED or CORRECTIONS */
	int64_t until;             /* seconds since 1970 UTC, half-open */
	const char *reason;
	uint32_t document; /* 0, or the kind whose DUE is meant */
};

/* What a reviewer decides about a report: the prefecture passes or returns what counties sent, the province
 * takes over what was passed, which locks it, or returns it. */
enum decision {
	DECISION_NONE = 0,
	DECISION_PASS = 1,
	DECISION_RETURN = 2,
	DECISION_TAKE = 3,
	DECISIONS = 4,
};

/* Why a report is returned. */
enum return_reason {
	RETURN_REASON_NONE = 0,
	RETURN_WRONG_FIGURE = 1,
	RETURN_MISSING_FIGURE = 2,
	RETURN_INCONSISTENT = 3, /* does not fit another report, or the funds */
	RETURN_NO_EVIDENCE = 4,
	RETURN_ASKED_FOR = 5, /* the office itself wants to correct it */
	RETURN_OTHER = 6,
	RETURN_REASONS = 7,
};

struct review {
	unit_code unit;
	period period;
	uint32_t form;
	uint32_t revision; /* that the reviewer has seen: the current one */
	uint32_t step;     /* how many decisions on this report the reviewer has seen */
	enum decision decision;
	enum return_reason reason;
	const char *text;
};

/* The state of a report's review. */
enum review_state {
	REVIEW_NONE = 0,     /* there is no report */
	REVIEW_SENT = 1,     /* nobody has decided on this revision yet */
	REVIEW_RETURNED = 2, /* to be corrected */
	REVIEW_PASSED = 3,
	REVIEW_TAKEN = 4, /* locked */
	REVIEW_STATES = 5,
};

/* What a unit has to reach in a year: set by the office of the level above (the province sets its own). */
struct target_part {
	unit_code unit;
	int year;
	uint32_t indicator;  /* number; 0: it is for a fund kind */
	enum fund_kind fund; /* special sources together */
	int64_t value;       /* times 10^decimals */
	uint32_t replaces;   /* revision; 0: the plan's own, or none yet */
	const char *note;
};

/* A file that a unit owes by the plan. The centre already has its bytes; this row names them. */
struct document {
	unit_code unit;
	uint32_t kind;     /* number in the catalogue */
	uint32_t replaces; /* version; 0: there is none yet */
	enum file_type type;
	uint64_t size;
	struct digest digest; /* of the bytes */
	const char *name, *note;
};

struct submission {
	struct submission_id id;
	size_t report_count, entry_count;
	struct report *reports;
	struct fund_entry *entries;
	size_t extension_count, review_count, target_count;
	struct extension *extensions;
	struct review *reviews;
	struct target_part *targets;
	size_t document_count;
	struct document *documents;
	size_t project_count; /* steps of projects */
	struct project_row *projects;
	bool voided; /* then it has no rows: its id is used up, so that no other content can be committed under it
	              */
};

/* Of all kinds together. */
size_t submission_rows(const struct submission *submission);

/* The centre's durable answer. */
struct receipt {
	struct submission_id id;
	struct digest digest;
	uint64_t seq;                                    /* commit sequence number, from 1 without gaps */
	int64_t time_us;                                 /* the centre's clock, microseconds since 1970 UTC */
	uint32_t report_count, entry_count, other_count; /* rows; other: neither report nor fund entry */
};

/* Rows that are neither report nor fund entry. */
size_t submission_others(const struct submission *submission);

const char *deadline_event_name(enum deadline_event event);
const char *deadline_event_name_zh(enum deadline_event event);
bool deadline_event_parse(const char *text, enum deadline_event *out);

const char *decision_name(enum decision decision);
const char *return_reason_name(enum return_reason reason);
const char *return_reason_name_zh(enum return_reason reason);
bool return_reason_parse(const char *text, enum return_reason *out);
const char *review_state_name(enum review_state state);
const char *review_state_name_zh(enum review_state state);
bool review_state_parse(const char *text, enum review_state *out);

const char *fund_kind_name(enum fund_kind kind);
const char *fund_kind_name_zh(enum fund_kind kind);
/* The unit whose project an entry names: for a grant, the receiver. */
unit_code fund_entry_whose(const struct fund_entry *entry);
bool fund_kind_parse(const char *text, enum fund_kind *out);
/* The kind in the words of IATI's standard, for tools outside; "": it has none. */
const char *fund_kind_iati(enum fund_kind kind);
/* Is each yuan recorded only once under this kind, so that sums over all levels are meaningful? Money that
 * is sent down or received is recorded again at each level. */
bool fund_kind_counts_once(enum fund_kind kind);

#endif
