/* Requests as plain C; the codec makes them from frames, and frames from them. */
#ifndef FUPIN_PROTO_REQUEST_H
#define FUPIN_PROTO_REQUEST_H

#include "check/problem.h"
#include "field/catalogue.h"
#include "field/pace.h"
#include "field/plan_rule.h"
#include "field/submission.h"
#include "keys/enrol_code.h"

enum role { ROLE_NONE = 0, ROLE_COUNTY = 1, ROLE_PREFECTURE = 2, ROLE_PROVINCE = 3, ROLE_ADMIN = 4 };
enum { ROLES = 5 };

enum request_kind {
	REQUEST_NONE = 0,
	REQUEST_HELLO,
	REQUEST_SUBMIT,
	REQUEST_TOTAL,
	REQUEST_STATUS,
	REQUEST_CATALOGUE,
	REQUEST_PING,
	REQUEST_RELOAD,
	REQUEST_WATCH,
	REQUEST_ACK,
	REQUEST_UNWATCH,
	REQUEST_SET_CLOCK,
	REQUEST_REPORTS,
	REQUEST_COMPLETENESS,
	REQUEST_HISTORY,
	REQUEST_TARGETS,
	REQUEST_APPRAISAL,
	REQUEST_UPLOAD,
	REQUEST_DOCUMENTS,
	REQUEST_FILE,
	REQUEST_BALANCES,
	REQUEST_ENTRIES,
	REQUEST_TRACE,
	REQUEST_COMPLIANCE,
	REQUEST_WATCH_COMPLIANCE, /* on the wire a Watch with the other kind of query */
	REQUEST_PROJECTS,
	REQUEST_CARRY,
	REQUEST_ENROL,
	REQUEST_INVITE,
	REQUEST_ENROLMENTS,
	REQUEST_DECIDE,
	REQUEST_OFFICES,
	REQUEST_KEYS,
	REQUEST_KINDS,
};

/* A moment. An answer includes every submission up to `seq` and none after it. In a query: the state that
 * was known at that moment; seq 0: at this time; both 0: now. */
struct as_of {
	uint64_t seq;
	int64_t time_us; /* when that one was committed; 0: nothing yet */
};

struct hello {
	uint32_t protocol;
	const char *software;
};

/* The frozen bytes of a submission; decoded separately, so that the digest is that of the bytes as sent. */
struct submit {
	const uint8_t *bytes;
	size_t size;
};

/* A letter of a sealed file (common/check/seal.h). */
struct carry {
	const uint8_t *header; /* of the file */
	size_t header_size;
	uint32_t number;
	const uint8_t *letter;
	size_t size;
};

struct total_query {
	unit_code unit;
	period from, to;
	enum unit_level by; /* UNIT_NONE: the unit alone */
	size_t indicator_count;
	const uint32_t *indicators; /* numbers; none: all */
	bool funds;
	bool whole; /* with `by`: the unit itself, too, as the last row */
	struct as_of as_of;
	char group[CODE_BYTES_MAX]; /* code; "": none, everything */
	int64_t now; /* at the centre: seconds since 1970 UTC, by which pace is judged; never on the wire */
};

/* Which report. */
struct report_key {
	unit_code unit;
	uint32_t form;
	period period;
};

/* Reports of a unit and all below it. */
struct report_query {
	unit_code unit;
	period from, to;
	size_t form_count, state_count; /* none: all */
	const uint32_t *forms;
	const enum review_state *states;
	bool values;
	uint32_t limit;          /* 0: the centre's own */
	struct report_key after; /* unit 0: from the beginning */
	struct as_of as_of;
	bool warned; /* those with warnings alone */
};

/* Targets of a unit and of those right below it. */
struct target_query {
	unit_code unit;
	int year;
	struct as_of as_of;
};

/* The scores of the year up to a month. */
struct appraisal_query {
	unit_code unit;
	period to;
	enum unit_level by; /* UNIT_NONE: the unit alone */
	bool whole;
	struct as_of as_of;
};

/* Which finding: a rule, by number, and a unit. */
struct finding_key {
	uint32_t rule;
	unit_code unit;
};

/* A question about the compliance of a unit and all below it with the plan's rules. */
struct compliance_query {
	unit_code unit;
	enum unit_level by;             /* of units of this level alone; UNIT_NONE: of every level */
	size_t rule_count, state_count; /* none: all */
	const uint32_t *rules;          /* numbers */
	const enum rule_state *states;
	uint32_t limit;           /* 0: the centre's own */
	struct finding_key after; /* rule 0: from the beginning */
	struct as_of as_of;
};

/* A question about reports that are owed. */
struct completeness_query {
	unit_code unit;
	period from, to;
	size_t form_count; /* none: all */
	const uint32_t *forms;
	enum unit_level by; /* UNIT_NONE: the unit alone */
	bool whole;
	bool missing, late; /* list what is overdue; and what came late */
	uint32_t limit;
	struct as_of as_of;
	char group[CODE_BYTES_MAX]; /* as of a total */
};

/* A part of a file that will be a document; part_size 0: asks how much of it the centre has */
struct upload {
	unit_code unit;
	struct digest digest; /* of the whole file, as are size and type */
	uint64_t size;
	enum file_type type;
	uint64_t offset;
	const uint8_t *part;
	size_t part_size;
};

/* Which document; version 0: the newest, or (in an answer) none was sent. */
struct document_key {
	unit_code unit;
	uint32_t kind, version;
};

/* Documents of a unit and all below it. */
struct document_query {
	unit_code unit;
	size_t kind_count; /* none: all */
	const uint32_t *kinds;
	bool versions, missing;
	uint32_t limit;            /* 0: the centre's own */
	struct document_key after; /* unit 0: from the beginning */
	struct as_of as_of;
};

struct file_query {
	struct document_key key;
	uint64_t offset;
};

/* Accounts of places: what a unit's subtree has, by fund source and state. */
struct balance_query {
	unit_code unit;
	enum unit_level by; /* UNIT_NONE: the unit alone */
	bool whole;         /* with `by`: the unit itself, too, as the last row */
	bool own;           /* of each unit alone, without what lies below it */
	bool ages;          /* how long it has been on hand, or in transit */
	struct as_of as_of;
};

/* Entries of a unit and all below it, in the order of commits. */
struct entry_query {
	unit_code unit;
	bool own;                            /* of the unit alone */
	bool in_transit;                     /* only what was sent and is not wholly confirmed */
	uint32_t source;                     /* 0: all */
	char voucher[VOUCHER_BYTES_MAX + 1]; /* "": all */
	uint32_t limit;                      /* 0: the centre's own */
	uint64_t after_seq; /* go on after row `after_line` of this commit; 0: from the beginning */
	uint32_t after_line;
	struct as_of as_of;
	bool early; /* of the unit alone: only what took money before it was there */
};

/* The way of an entry's money, first in, first out. */
struct trace_query {
	unit_code unit;
	char voucher[VOUCHER_BYTES_MAX + 1];
	bool forward; /* to its uses; else back to its sources */
	struct as_of as_of;
};

/* A project, by its code ("": none). */
struct project_key {
	unit_code unit;
	char code[VOUCHER_BYTES_MAX + 1];
};

/* Projects of a unit and all below it, in the order of units, then codes. */
struct project_query {
	unit_code unit;
	bool own;                         /* of the unit alone */
	char code[VOUCHER_BYTES_MAX + 1]; /* "": all */
	uint32_t states;                  /* bits: 1 << state; 0: all */
	uint32_t limit;                   /* 0: the centre's own */
	struct project_key after;         /* unit 0: from the beginning */
	struct as_of as_of;
};

struct catalogue_query {
	bool units, forms;
	struct as_of as_of;
};

/* A push of the watch with this request id was taken over. */
struct ack {
	uint64_t watch, seq;
};

/* A key that is not admitted presents the secret of an invitation. */
struct enrol {
	uint8_t secret[ENROL_SECRET_BYTES];
	const char *office, *host, *software; /* for people to see */
	char public_key[KEY_TEXT_BYTES];      /* the office's; "": the line's */
	struct digest proof;                  /* that it has its secret key */
};

struct invite {
	struct digest secret_hash;
	unit_code unit;
	enum role role;
	const char *name; /* of the principal that is invited */
	uint32_t hours;
	char guest_key[KEY_TEXT_BYTES]; /* the key under which the code is presented */
};

enum office_action { OFFICE_ACTION_NONE = 0, OFFICE_ADMIT = 1, OFFICE_REFUSE = 2, OFFICE_REVOKE = 3 };

struct office_decision {
	enum office_action action;
	uint64_t number; /* of the enrolment */
	const char *office, *fingerprint, *reason;
};

struct request {
	uint64_t id;
	enum request_kind kind;
	union {
		struct hello hello;
		struct submit submit;
		struct carry carry;
		struct total_query total; /* of a watch, too */
		struct report_query reports;
		struct completeness_query completeness;
		struct report_key history;
		struct target_query targets;
		struct appraisal_query appraisal;
		struct upload upload;
		struct document_query documents;
		struct file_query file;
		struct balance_query balances;
		struct entry_query entries;
		struct trace_query trace;
		struct compliance_query compliance; /* of such a watch, too */
		struct project_query projects;
		struct submission_id status;
		struct catalogue_query catalogue;
		struct ack ack;
		uint64_t unwatch; /* request id of the watch */
		struct enrol enrol;
		struct invite invite;
		struct office_decision decide;
		bool enrolments_all;  /* of an ENROLMENTS: those that are over, too */
		bool offices_revoked; /* of an OFFICES: revoked keys, too */
		int64_t clock_us;     /* of a SET_CLOCK: microseconds since 1970 UTC */
	};
};

const char *role_name(enum role role);
bool role_parse(const char *text, enum role *out);
/* The level of the units that offices of this role are of; UNIT_NONE: of any. */
enum unit_level role_level(enum role role);

#endif
