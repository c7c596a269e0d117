/* Requests and replies as plain C: what the codec makes of a frame, and makes frames of. */
#ifndef FUPIN_PROTO_MESSAGE_H
#define FUPIN_PROTO_MESSAGE_H

#include "catalogue.h"
#include "pace.h"
#include "problem.h"
#include "submission.h"

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
	REQUEST_KINDS,
};

/* An answer includes every submission up to `seq` and none after. In a query: as it was known then; seq 0: at
 * this time; both 0: now. */
struct as_of {
	uint64_t seq;
	int64_t time_us; /* when that one was committed; 0: nothing yet */
};

struct hello {
	uint32_t protocol;
	const char *software;
};

/* The frozen bytes of a submission; decoded apart, so that the digest is of what was sent. */
struct submit {
	const uint8_t *bytes;
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
	int64_t now; /* at the centre: seconds since 1970 UTC, what pace goes by; never on the wire */
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

/* Who owes which reports. */
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

/* A part of a file that will be a document; part_size 0: how far does the centre have it? */
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

struct catalogue_query {
	bool units, forms;
};

/* A push of the watch with this request id was taken over. */
struct ack {
	uint64_t watch, seq;
};

struct request {
	uint64_t id;
	enum request_kind kind;
	union {
		struct hello hello;
		struct submit submit;
		struct total_query total; /* of a watch, too */
		struct report_query reports;
		struct completeness_query completeness;
		struct report_key history;
		struct target_query targets;
		struct appraisal_query appraisal;
		struct upload upload;
		struct document_query documents;
		struct file_query file;
		struct submission_id status;
		struct catalogue_query catalogue;
		struct ack ack;
		uint64_t unwatch; /* request id of the watch */
		int64_t clock_us; /* of a SET_CLOCK: microseconds since 1970 UTC */
	};
};

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
};

struct refusal {
	const struct problem_list *problems;
	uint32_t retry_after_ms; /* not 0: the same bytes may be accepted later */
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
	int64_t numerator, denominator; /* 0: nothing to be measured by, the item does not count */
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
};

/* Rows of a watched total that may have changed after `since_seq`, as they are now. */
struct push {
	struct as_of as_of;
	uint64_t since_seq;
	size_t unit_count;
	struct unit_total *units;
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

/* What the units of a subtree owed by a moment, and what they did. */
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

/* How far the centre has a file. */
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
		uint32_t reloaded; /* principals */
	};
};

const char *role_name(enum role role);
bool role_parse(const char *text, enum role *out);

#endif
