/* Replies as plain C. */
#ifndef FUPIN_PROTO_REPLY_H
#define FUPIN_PROTO_REPLY_H

#include "request.h"

enum reply_kind {
	REPLY_NONE = 0,
	REPLY_REFUSAL,
	REPLY_WELCOME,
	REPLY_RECEIPT,
	REPLY_TOTAL,
	REPLY_STATUS,
	REPLY_CATALOGUE,
	REPLY_PONG,
	REPLY_RELOADED,
	REPLY_PUSH,
	REPLY_UNWATCHED,
	REPLY_REPORTS,
	REPLY_COMPLETENESS,
	REPLY_HISTORY,
	REPLY_TARGETS,
	REPLY_APPRAISAL,
	REPLY_UPLOADED,
	REPLY_DOCUMENTS,
	REPLY_FILE,
	REPLY_BALANCES,
	REPLY_ENTRIES,
	REPLY_TRACE,
	REPLY_COMPLIANCE,
	REPLY_PROJECTS,
	REPLY_CARRIED,
	REPLY_ENROLMENT,
	REPLY_ENROLMENTS,
	REPLY_OFFICES,
	REPLY_DECIDED,
	REPLY_KEYS,
	REPLY_KINDS,
};

struct limits {
	uint32_t submission_rows, frame_bytes, credit_window, problems;
};

struct welcome {
	uint32_t protocol, protocol_oldest;
	const char *software;
	int64_t time_us;
	struct limits limits;
	const char *principal;
	enum role role;
	unit_code unit;
	const char *plan, *title_zh, *title_en, *label;
	struct as_of as_of;
	const char *history; /* "": the centre does not tell it */
};

struct refusal {
	const struct problem_list *problems;
	uint32_t retry_after_ms; /* not 0: the same bytes may be accepted later */
};

struct carried {
	const uint8_t *answer; /* sealed, for the office */
	size_t size;
	struct submission_id id; /* zeros: it could not be read, or belongs to a part of a document's file */
	uint64_t seq;            /* of a receipt */
	bool again, taken;
};

struct fund_total {
	enum fund_kind kind;
	uint32_t source, use;
	enum unit_level level; /* of the units that recorded the entries */
	int64_t amount_fen;
	uint32_t entries;
};

struct target_value {
	int year;
	uint32_t indicator; /* 0: for a fund kind */
	enum fund_kind fund;
	int64_t value;
	uint32_t revision; /* 0: the plan's own */
	/* At the end of the last month whose reports are due by now; 0: none yet. */
	period pace_period;
	int64_t reached;
	uint32_t expected_share; /* in 1/1000 */
	struct pace pace;
	/* The targets of the units right below. */
	uint32_t part_count;
	int64_t parts;
};

struct target_item {
	unit_code unit;
	struct target_value target;
	const char *note;
};

struct target_answer {
	struct as_of as_of;
	int64_t time_us; /* as of a total */
	const char *label;
	size_t count;
	struct target_item *items;
};

/* One item of a unit's score. */
struct appraisal_part {
	uint32_t item;                  /* number */
	int64_t numerator, denominator; /* 0: there is nothing to compare with, and the item does not count */
	uint32_t points;                /* in 1/100 */
};

struct appraisal_row {
	unit_code unit;
	size_t count;
	struct appraisal_part *parts;
	uint32_t weight, score; /* weight of the items that count; score of 100 points, in 1/100 */
};

struct appraisal_answer {
	struct as_of as_of;
	const char *label;
	int64_t time_us;
	size_t count;
	struct appraisal_row *rows;
};

struct unit_total {
	unit_code unit;
	size_t indicator_count; /* length of the next three */
	uint32_t *indicators;
	int64_t *values;
	uint32_t *reported; /* reported values behind each */
	size_t fund_count;
	struct fund_total *funds;
	size_t target_count;
	struct target_value *targets;
	/* Again for each indicator, of approved reports alone. */
	int64_t *approved;
	uint32_t *approved_reported;
};

struct total_answer {
	struct as_of as_of;
	int64_t time_us; /* what "by now" means in it */
	const char *label;
	size_t unit_count;
	struct unit_total *units;
};

enum submission_state { SUBMISSION_UNKNOWN = 0, SUBMISSION_WAITING = 1, SUBMISSION_COMMITTED = 2 };

struct submission_status {
	struct submission_id id;
	enum submission_state state;
	struct receipt receipt; /* when committed */
};

/* Part of a catalogue: `top` limits the units to one scope; its ancestors are added for their names. */
struct catalogue_answer {
	const struct catalogue *catalogue;
	struct catalogue_query query;
	unit_code top;
};

struct pong {
	int64_t time_us;
	struct as_of as_of;
	uint32_t waiting; /* submissions on their way to the disk */
	bool store_ready;
	const char *history;
};

/* Rows of a watched total that may have changed after `since_seq`, as they are now. */
/* A finding that turned. */
struct rule_turn {
	struct finding_key key;
	enum rule_state from, to;
};

struct push {
	struct as_of as_of;
	uint64_t since_seq;
	size_t unit_count;
	struct unit_total *units;
	/* Of a watch of the rules: what turned, and how many there are of each state. */
	bool of_rules;
	size_t turn_count;
	struct rule_turn *turns;
	uint32_t more_turns; /* how many more there are; they have to be asked for */
	uint32_t states[RULE_STATES];
};

/* What a soft check found. */
struct warning {
	uint32_t check;
	int64_t actual, limit;
};

struct report_item {
	struct report_key key;
	uint32_t version, revision; /* of the form; the current one */
	enum review_state state;
	uint32_t step, approved; /* decisions so far; approved revision, 0: none */
	enum return_reason reason;
	const char *text;
	int64_t first_time; /* when the first revision came: seconds since 1970 UTC */
	size_t value_count;
	uint32_t *indicators;
	int64_t *values;
	size_t warning_count;
	struct warning *warnings;
};

struct report_answer {
	struct as_of as_of;
	const char *label;
	size_t count;
	struct report_item *items;
	struct report_key next; /* unit 0: that was all */
};

/* Which reports the units of a subtree owed at a moment, and which they sent. */
struct completeness_row {
	unit_code unit;
	uint32_t form;                            /* 0: all that were asked for */
	uint32_t due, received, on_time, missing; /* due = received + missing */
	uint32_t returned, approved;              /* of the received */
	uint32_t open, open_received;             /* not due yet */
	int64_t late_seconds, late_most;
};

/* A report that is owed, or came late. Times in seconds since 1970 UTC; 0: none. */
struct duty {
	struct report_key key;
	int64_t due, closed, first_time;
};

struct completeness_answer {
	struct as_of as_of;
	const char *label;
	int64_t time_us; /* what "by now" means */
	size_t row_count, duty_count;
	struct completeness_row *rows;
	struct duty *duties; /* worst first */
	uint32_t more;       /* duties beyond those */
};

/* What happened to a report: it was sent (version not 0), decided on, or its deadline was moved. */
struct history_event {
	uint64_t seq;
	int64_t time_us;
	const char *principal;
	uint32_t revision, version;
	enum decision decision;
	enum return_reason reason;
	enum deadline_event event;
	int64_t until;
	unit_code unit;
	const char *text;
	size_t value_count;
	uint32_t *indicators;
	int64_t *values;
};

struct history_answer {
	struct as_of as_of;
	const char *label;
	struct report_key key;
	size_t count;
	struct history_event *events;
};

/* How much of a file the centre has. */
struct uploaded {
	struct digest digest;
	uint64_t received; /* bytes from its beginning */
	bool whole;        /* and size, digest and type are right */
};

/* A version of a document, or that none was sent. Times in seconds since 1970 UTC; 0: none. */
struct document_item {
	struct document_key key;
	int64_t due, first_time, time;
	uint64_t seq;
	enum file_type type;
	uint64_t size;
	struct digest digest;
	const char *name, *note;
};

struct document_answer {
	struct as_of as_of;
	const char *label;
	int64_t time_us; /* what "by now" means */
	size_t count;
	struct document_item *items;
	struct document_key next; /* unit 0: that was all */
};

struct file_part {
	struct document_item document;
	uint64_t offset;
	const uint8_t *part;
	size_t part_size;
};

/* States of money. In each place, and for each source: RAISED + CAME_IN = ON_HAND + SET_ASIDE + IN_TRANSIT +
 * UNDER_GRANT + SPENT + WENT_OUT. */
enum fund_state {
	FUND_STATE_NONE = 0,
	FUND_STATE_RAISED = 1,  /* came into the programme here; of a loan: was drawn */
	FUND_STATE_CAME_IN = 2, /* from other units, confirmed, or granted by them */
	FUND_STATE_ON_HAND = 3,
	FUND_STATE_SET_ASIDE = 4,   /* allocated, and not sent yet */
	FUND_STATE_IN_TRANSIT = 5,  /* sent, and not confirmed yet: still the sender's */
	FUND_STATE_UNDER_GRANT = 6, /* granted, and not claimed yet */
	FUND_STATE_SPENT = 7,
	FUND_STATE_WENT_OUT = 8, /* confirmed by other units, or granted to them */
	FUND_STATE_REPAID = 9,   /* of a loan; it is not part of the sum above */
	FUND_STATES = 10,
};

/* Ages of money on hand and in transit: at most 15, 30, 60 days, and longer. */
enum { FUND_AGES = 4 };

struct balance {
	uint32_t source;
	enum fund_state state;
	int64_t amount_fen;
	bool has_ages;
	int64_t by_age_fen[FUND_AGES];
};

struct unit_balance {
	unit_code unit;
	size_t count;
	struct balance *balances; /* by source, then state */
};

struct balance_answer {
	struct as_of as_of;
	const char *label;
	int64_t time_us; /* what ages are counted to */
	size_t unit_count;
	struct unit_balance *units;
};

struct entry_item {
	struct fund_entry entry;
	uint64_t seq;
	uint32_t line;
	int64_t recorded;  /* seconds since 1970 UTC */
	int64_t open_fen;  /* what may still be confirmed, drawn on or undone */
	uint32_t age_days; /* since it occurred */
	int64_t early_fen; /* of an early entry: how much of it was not there yet */
};

struct entry_answer {
	struct as_of as_of;
	const char *label;
	int64_t time_us;
	size_t count;
	struct entry_item *items;
	uint64_t next_seq; /* there may be more: go on after this one; 0: that was all */
	uint32_t next_line;
};

/* One step of the way; the first one is the entry asked about. */
struct trace_step {
	struct entry_item item;
	uint32_t from;      /* index of the step that it comes from; its own: the first */
	int64_t amount_fen; /* how much of the entry asked about went this way */
};

struct trace_answer {
	struct as_of as_of;
	const char *label;
	size_t count;
	struct trace_step *steps;
	bool more; /* the way has more steps than fit */
};

/* A figure behind a finding; a name that ends in _fen is money. */
struct rule_figure {
	const char *name;
	bool known;
	int64_t number;
	const char *text; /* "": it is a number */
};

struct finding_item {
	struct finding_key key;
	enum rule_state state;
	int64_t measured, required; /* times 10^decimals of the rule's measure */
	int64_t shortfall_fen;
	date due; /* by which it counts; 0: at all times */
	size_t figure_count;
	struct rule_figure *figures;
	const char *reason; /* why it is not judged; "" */
};

struct compliance_answer {
	struct as_of as_of;
	const char *label;
	int64_t time_us;              /* what "by now" means */
	uint32_t states[RULE_STATES]; /* of all that was asked for, whatever states are listed */
	size_t count;
	struct finding_item *items; /* by rule, then unit */
	struct finding_key next;    /* rule 0: that was all */
};

/* Of one fund source. */
struct project_money {
	uint32_t source;
	int64_t budget_fen, granted_fen, under_grant_fen, on_hand_fen, spent_fen;
};

struct project_item {
	unit_code unit;   /* the place's */
	const char *code; /* what it is called: "code@owner" if the place has another one of this code */
	enum project_state state;
	uint32_t revision; /* of its registration */
	unit_code acceptor;
	uint32_t percent;
	size_t step_count; /* of each kind (and system) the newest, acceptances all, as they came */
	const struct project_row *steps;
	size_t money_count;
	struct project_money *money;
	date due; /* to be accepted by; 0: no such day */
	bool overdue;
	unit_code owner; /* that registered it */
};

struct project_answer {
	struct as_of as_of;
	const char *label;
	int64_t time_us;
	size_t count;
	struct project_item *items;
	struct project_key next; /* there may be more: go on after this one; unit 0: that was all */
};

enum enrolment_state {
	ENROLMENT_NONE = 0,
	ENROLMENT_INVITED = 1, /* the code was not presented yet */
	ENROLMENT_WAITING = 2, /* a key presented it, and waits for the administrator */
	ENROLMENT_ADMITTED = 3,
	ENROLMENT_REFUSED = 4,
	ENROLMENT_EXPIRED = 5, /* the code was not presented in time */
};
enum { ENROLMENT_STATES = 6 };

/* An invitation, and what became of it. Times in microseconds since 1970 UTC; 0: not yet. */
struct enrolment {
	uint64_t number;
	enum enrolment_state state;
	const char *name; /* of the principal */
	enum role role;
	unit_code unit;
	int64_t invited_us, expires_us, requested_us, decided_us;
	const char *invited_by, *decided_by, *reason;
	const char *public_key, *office, *host, *software; /* of the office that presented the code; "" */
	uint32_t rivals;                                   /* how many other keys presented it later */
	const char *present_key; /* the key that the principal has now, and would lose; "" */
};

struct enrolment_list {
	size_t count;
	struct enrolment *items; /* the newest first */
	bool more;
};

/* A principal with a key, or a key that was revoked. */
struct office_item {
	const char *name;
	enum role role;
	unit_code unit;
	const char *public_key;
	int64_t admitted_us, revoked_us; /* revoked 0: it is admitted */
	const char *admitted_by, *revoked_by, *reason;
};

struct office_list {
	size_t count;
	struct office_item *items; /* by unit, then name */
	bool more;
};

struct decided {
	const char *name, *public_key, *replaced_key;
};

/* A period in which a key was admitted for the unit of the asking office; other than that office's own key.
 */
struct key_item {
	const char *name, *public_key; /* name: of the principal */
	int64_t admitted_us,
	    ended_us; /* ended 0: it still speaks for the unit; admitted 0: before it was recorded */
	const char *admitted_by, *ended_by;
	uint64_t sent, last_seq; /* submissions committed meanwhile; of the last one */
	int64_t last_us;
};

struct key_list {
	size_t count;
	struct key_item *items; /* the newest first */
	bool more;
};

/* The plan of a project as it was registered last. */
const struct project_row *project_plan(const struct project_item *item);

struct reply {
	uint64_t request_id;
	enum reply_kind kind;
	union {
		struct refusal refusal;
		struct welcome welcome;
		struct receipt receipt;
		struct total_answer total;
		struct submission_status status;
		struct catalogue_answer catalogue;
		struct pong pong;
		struct push push;
		struct report_answer reports;
		struct completeness_answer completeness;
		struct history_answer history;
		struct target_answer targets;
		struct appraisal_answer appraisal;
		struct uploaded uploaded;
		struct document_answer documents;
		struct file_part file;
		struct balance_answer balances;
		struct entry_answer entries;
		struct trace_answer trace;
		struct compliance_answer compliance;
		struct project_answer projects;
		struct carried carried;
		struct enrolment enrolment;
		struct enrolment_list enrolments;
		struct office_list offices;
		struct decided decided;
		struct key_list keys;
		uint32_t reloaded; /* principals */
	};
};

const char *fund_state_name(enum fund_state state);
const char *fund_state_name_zh(enum fund_state state);
/* "waiting" */
const char *enrolment_state_name(enum enrolment_state state);
const char *enrolment_state_name_zh(enum enrolment_state state);

#endif
