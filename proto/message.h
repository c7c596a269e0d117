/* Requests and replies as plain C: what the codec makes of a frame, and makes frames of. */
#ifndef FUPIN_PROTO_MESSAGE_H
#define FUPIN_PROTO_MESSAGE_H

#include "catalogue.h"
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
	REQUEST_KINDS,
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
};

/* An answer includes every submission up to `seq` and none after. */
struct as_of {
	uint64_t seq;
	int64_t time_us; /* when that one was committed; 0: nothing yet */
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
};

struct report_answer {
	struct as_of as_of;
	const char *label;
	size_t count;
	struct report_item *items;
	struct report_key next; /* unit 0: that was all */
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
		uint32_t reloaded; /* principals */
	};
};

const char *role_name(enum role role);
bool role_parse(const char *text, enum role *out);

#endif
