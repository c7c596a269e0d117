/* Problems: reasoned refusals. One cause, one code; numbers are never reused.
 *
 * Numbers group the codes by stage: request, permission, submission, reports, fund entries, decisions, store;
 * documents; the ledger; who may connect; from 200 on what only an office's own program finds. Within one
 * cell checks run in this order; PROTOCOL.md says the order of the stages. To add a problem, add a row to
 * problem_kinds in problem.c, its code here and in proto/fupin.proto (a test compares the three with
 * PROTOCOL.md). */
#ifndef FUPIN_COMMON_PROBLEM_H
#define FUPIN_COMMON_PROBLEM_H

#include "bounds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum problem_code {
	PROBLEM_NONE = 0,
	PROBLEM_MALFORMED = 1,
	PROBLEM_TOO_LARGE = 2,
	PROBLEM_FIELD_UNKNOWN = 3,
	PROBLEM_REQUEST_UNKNOWN = 4,
	PROBLEM_VERSION_UNSUPPORTED = 5,
	PROBLEM_NOT_PERMITTED = 10,
	PROBLEM_UNIT_OUT_OF_SCOPE = 11,
	PROBLEM_ID_INVALID = 20,
	PROBLEM_ID_REUSED = 21,
	PROBLEM_SUBMISSION_EMPTY = 22,
	PROBLEM_ROWS_TOO_MANY = 23,
	PROBLEM_UNIT_UNKNOWN = 30,
	PROBLEM_FORM_UNKNOWN = 31,
	PROBLEM_FORM_LEVEL_WRONG = 32,
	PROBLEM_PERIOD_INVALID = 33,
	PROBLEM_PERIOD_FUTURE = 34,
	PROBLEM_FORM_VERSION_UNKNOWN = 35,
	PROBLEM_FORM_VERSION_CLOSED = 36,
	PROBLEM_INDICATOR_UNKNOWN = 37,
	PROBLEM_INDICATOR_REPEATED = 38,
	PROBLEM_VALUE_TOO_SMALL = 39,
	PROBLEM_VALUE_TOO_LARGE = 40,
	PROBLEM_VALUE_MISSING = 41,
	PROBLEM_PART_EXCEEDS_WHOLE = 42,
	PROBLEM_REPORT_REPEATED = 43,
	PROBLEM_REVISION_CONFLICT = 44,
	PROBLEM_NOT_OPEN = 45,
	PROBLEM_CLOSED_FOR_REPORTS = 46,
	PROBLEM_CLOSED_FOR_CORRECTIONS = 47,
	PROBLEM_REPORT_LOCKED = 48,
	PROBLEM_UNIT_NOT_THEN = 49,
	PROBLEM_KIND_UNKNOWN = 50,
	PROBLEM_SOURCE_UNKNOWN = 51,
	PROBLEM_USE_UNKNOWN = 52,
	PROBLEM_USE_MISSING = 53,
	PROBLEM_USE_NOT_ALLOWED = 54,
	PROBLEM_COUNTERPARTY_MISSING = 55,
	PROBLEM_COUNTERPARTY_NOT_ALLOWED = 56,
	PROBLEM_COUNTERPARTY_WRONG = 57,
	PROBLEM_DATE_INVALID = 58,
	PROBLEM_DATE_FUTURE = 59,
	PROBLEM_VOUCHER_MISSING = 60,
	PROBLEM_VOUCHER_REPEATED = 61,
	PROBLEM_VOUCHER_TAKEN = 62,
	PROBLEM_TEXT_INVALID = 63,
	PROBLEM_REASON_MISSING = 64,
	PROBLEM_EVENT_INVALID = 65,
	PROBLEM_TIME_INVALID = 66,
	PROBLEM_DECISION_UNKNOWN = 67,
	PROBLEM_REVIEW_OUTDATED = 68,
	PROBLEM_REVIEW_STATE_WRONG = 69,
	PROBLEM_LEVEL_INVALID = 70,
	PROBLEM_WATCHES_TOO_MANY = 71,
	PROBLEM_WATCH_UNKNOWN = 72,
	PROBLEM_AS_OF_INVALID = 73,
	PROBLEM_YEAR_INVALID = 74,
	PROBLEM_MEASURE_UNKNOWN = 75,
	PROBLEM_TARGET_SHORT = 76,
	PROBLEM_TARGET_WHOLE_MISSING = 77,
	PROBLEM_BASE_EXCEEDED = 78,
	PROBLEM_STEP_SKIPPED = 79,
	PROBLEM_BUSY = 80,
	PROBLEM_STORE_UNAVAILABLE = 81,
	PROBLEM_STORE_FULL = 82,
	PROBLEM_STORE_FAILED = 83,
	PROBLEM_STORE_CONFLICT = 84,
	PROBLEM_STOPPING = 85,
	PROBLEM_STEP_BACK = 86,
	PROBLEM_GROUP_UNKNOWN = 87,
	PROBLEM_DOCUMENT_VERSIONS_TOO_MANY = 88,
	PROBLEM_DOCUMENT_KIND_UNKNOWN = 90,
	PROBLEM_DOCUMENT_LEVEL_WRONG = 91,
	PROBLEM_DOCUMENT_SAME = 92,
	PROBLEM_FILE_TYPE_UNKNOWN = 93,
	PROBLEM_FILE_TYPE_WRONG = 94,
	PROBLEM_FILE_DIGEST_WRONG = 95,
	PROBLEM_FILE_PART_INVALID = 96,
	PROBLEM_FILE_MISSING = 97,
	PROBLEM_UPLOADS_TOO_MANY = 98,
	PROBLEM_DOCUMENT_UNKNOWN = 99,
	/* Only at the client, when a file is read; never on the wire. */
	PROBLEM_FILE_UNREADABLE = 100,
	PROBLEM_FILE_ENCODING = 101,
	PROBLEM_CSV_MALFORMED = 102,
	PROBLEM_COLUMN_MISSING = 103,
	PROBLEM_COLUMN_UNKNOWN = 104,
	PROBLEM_COLUMN_REPEATED = 105,
	PROBLEM_CELL_MISSING = 106,
	PROBLEM_CELL_INVALID = 107,
	PROBLEM_NUMBER_INVALID = 108,
	PROBLEM_FILE_EMPTY = 109,
	PROBLEM_BYTES_TOO_MANY = 110,
	PROBLEM_FILE_CHANGED = 111,
	/* The ledger, on the wire again. */
	PROBLEM_AMOUNT_ZERO = 112,
	PROBLEM_AMOUNT_NEGATIVE = 113,
	PROBLEM_AMOUNT_TOO_LARGE = 114,
	PROBLEM_REFERRED_MISSING = 115,
	PROBLEM_REFERRED_NOT_ALLOWED = 116,
	PROBLEM_REFERRED_UNKNOWN = 117,
	PROBLEM_REFERRED_WRONG = 118,
	PROBLEM_DATE_TOO_EARLY = 119,
	PROBLEM_YEAR_CLOSED = 120,
	PROBLEM_USE_NOT_PERMITTED = 121,
	PROBLEM_SOURCE_NOT_LOAN = 122,
	PROBLEM_BALANCE_EXCEEDED = 123,
	PROBLEM_GRANT_EXCEEDED = 124,
	PROBLEM_ALLOCATION_EXCEEDED = 125,
	PROBLEM_SENT_EXCEEDED = 126,
	PROBLEM_CONFIRMED_ALREADY = 127,
	PROBLEM_LOAN_EXCEEDED = 128,
	PROBLEM_REVERSED_ALREADY = 129,
	PROBLEM_REVERSAL_OF_REVERSAL = 130,
	PROBLEM_REVERSAL_PARTIAL = 131,
	PROBLEM_PROJECT_UNKNOWN = 132,
	PROBLEM_PROJECT_NOT_ALLOWED = 133,
	PROBLEM_PROJECT_CLOSED = 134,
	PROBLEM_PROJECT_NOT_NOTICED = 135,
	PROBLEM_PROJECT_USE_WRONG = 136,
	PROBLEM_BUDGET_EXCEEDED = 137,
	PROBLEM_STEP_UNKNOWN = 138,
	PROBLEM_STEP_WRONG = 139,
	PROBLEM_STEP_INCOMPLETE = 140,
	PROBLEM_SYSTEM_MISSING = 141,
	PROBLEM_PROJECT_MONEY_LEFT = 142,
	PROBLEM_NOT_ACCEPTOR = 143,
	PROBLEM_CHECKLIST_OPEN = 144,
	PROBLEM_PROJECT_KIND_UNKNOWN = 145,
	PROBLEM_LEADER_WRONG = 146,
	PROBLEM_PERCENT_INVALID = 147,
	PROBLEM_BUDGET_INVALID = 148,
	PROBLEM_PROJECT_AMBIGUOUS = 149,
	PROBLEM_RULE_UNKNOWN = 150,
	PROBLEM_PROJECT_CODE_INVALID = 151,
	PROBLEM_STEP_FIELD_WRONG = 152,
	PROBLEM_CHECKLIST_UNKNOWN = 153,
	PROBLEM_STEP_TOO_EARLY = 154,
	PROBLEM_BUDGET_BELOW_GRANTED = 155,
	/* Who may connect. */
	PROBLEM_NOT_ADMITTED = 164,
	PROBLEM_KEY_REVOKED = 165,
	PROBLEM_CODE_UNKNOWN = 166,
	PROBLEM_CODE_EXPIRED = 167,
	PROBLEM_CODE_USED = 168,
	PROBLEM_INVITATION_INVALID = 169,
	PROBLEM_ENROLMENT_UNKNOWN = 170,
	PROBLEM_ENROLMENT_STATE_WRONG = 171,
	PROBLEM_FINGERPRINT_WRONG = 172,
	PROBLEM_OFFICE_UNKNOWN = 173,
	PROBLEM_KEY_TAKEN = 174,
	PROBLEM_OWN_KEY = 175,
	/* Only at the client, when a workbook is read. */
	PROBLEM_WORKBOOK_NONE = 200,
	PROBLEM_WORKBOOK_OTHER = 201,
	PROBLEM_WORKBOOK_ENCRYPTED = 202,
	PROBLEM_WORKBOOK_MACROS = 203,
	PROBLEM_WORKBOOK_CUT_OFF = 204,
	PROBLEM_WORKBOOK_DAMAGED = 205,
	PROBLEM_WORKBOOK_PART_MISSING = 206,
	PROBLEM_WORKBOOK_LINK_OUTSIDE = 207,
	PROBLEM_WORKBOOK_ENTITIES = 208,
	PROBLEM_WORKBOOK_TOO_LARGE = 209,
	PROBLEM_WORKBOOK_PACKED = 210,
	PROBLEM_SHEETS_TOO_MANY = 211,
	PROBLEM_COLUMNS_TOO_MANY = 212,
	PROBLEM_SHEETS_UNKNOWN = 213,
	PROBLEM_CELLS_MERGED = 214,
	PROBLEM_FORMULA_ERROR = 215,
	PROBLEM_FORMULA_NOT_SAVED = 216,
	PROBLEM_NUMBER_INEXACT = 217,
};

/* What a problem speaks of: the request as a whole, or row `index` of its reports, fund entries, … */
enum problem_subject {
	SUBJECT_REQUEST = 0,
	SUBJECT_REPORT = 1,
	SUBJECT_ENTRY = 2,
	SUBJECT_EXTENSION = 3,
	SUBJECT_REVIEW = 4,
	SUBJECT_TARGET = 5,
	SUBJECT_DOCUMENT = 6,
	SUBJECT_PROJECT = 7,
};

enum language { LANGUAGE_ENGLISH = 0, LANGUAGE_CHINESE = 1 };

enum { PROBLEM_DETAIL_BYTES = 96, PROBLEM_TEXT_BYTES = 512 };

struct problem {
	enum problem_code code;
	enum problem_subject subject;
	uint32_t index;              /* from 0 */
	char column[CODE_BYTES_MAX]; /* indicator code or field name; "" if none */
	int64_t limit, actual;       /* times 10^decimals, where the code's text shows them */
	uint32_t decimals;
	char detail[PROBLEM_DETAIL_BYTES]; /* what else the text names: a code, a voucher, an indicator */
};

struct problem_list {
	size_t count; /* in items, at most PROBLEMS_MAX */
	size_t more;  /* found beyond that */
	struct problem items[PROBLEMS_MAX];
};

/* Appends a problem (counts it in `more` when the list is full) and returns it for filling in; the
 * returned pointer is never NULL. */
struct problem *problem_add(struct problem_list *list, enum problem_code code, enum problem_subject subject,
                            size_t index, const char *column);

/* Replaces the list's content by one problem of the whole request. */
struct problem *problem_only(struct problem_list *list, enum problem_code code);

void problem_detail(struct problem *problem, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "PART_EXCEEDS_WHOLE"; NULL for a number that no code has. */
const char *problem_name(enum problem_code code);

/* Does the same submission have a chance later, unchanged? (busy, store away) */
bool problem_is_transient(enum problem_code code);
/* Is it the key that is refused, whatever it sends? */
bool problem_is_of_key(enum problem_code code);
/* May this code stand in a reply? */
bool problem_is_wire(enum problem_code code);

/* One sentence, without the place: "800,000.00 exceeds 补助到村资金 750,000.00". Returns out. */
char *problem_text(const struct problem *problem, enum language language, char out[PROBLEM_TEXT_BYTES]);

/* For tests and documents: the code at position i of the table, PROBLEM_NONE past the end. */
enum problem_code problem_at(size_t i);

#endif
