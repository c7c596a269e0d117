/* What a county office sends, as plain C. A submission is accepted or refused as a whole. */
#ifndef FUPIN_COMMON_SUBMISSION_H
#define FUPIN_COMMON_SUBMISSION_H

#include "calendar.h"
#include "identity.h"
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
};

enum fund_kind {
	FUND_KIND_NONE = 0,
	FUND_RAISED = 1,    /* 筹措: money that comes into the programme at this unit */
	FUND_SENT_DOWN = 2, /* 下拨: to a unit below */
	FUND_RECEIVED = 3,  /* 到账: from a unit above */
	FUND_GRANTED = 4,   /* 安排: to a village or the county's own projects, for a use */
	FUND_SPENT = 5,     /* 支出: paid out, for a use */
	FUND_KINDS = 6,
};

struct fund_entry {
	enum fund_kind kind;
	unit_code unit; /* whose money this is about */
	const char *voucher;
	date occurred;
	uint32_t source;        /* number in the catalogue */
	uint32_t use;           /* number in the catalogue; 0: none */
	unit_code counterparty; /* 0: none */
	int64_t amount_fen;
	const char *note;
};

struct submission {
	struct submission_id id;
	size_t report_count, entry_count;
	struct report *reports;
	struct fund_entry *entries;
};

/* The centre's durable answer. */
struct receipt {
	struct submission_id id;
	struct digest digest;
	uint64_t seq;    /* commit sequence number, from 1 without gaps */
	int64_t time_us; /* the centre's clock, microseconds since 1970 UTC */
	uint32_t report_count, entry_count;
};

const char *fund_kind_name(enum fund_kind kind);
const char *fund_kind_name_zh(enum fund_kind kind);
bool fund_kind_parse(const char *text, enum fund_kind *out);

#endif
