/* A centre without sockets: the pipeline with the real journal upon a database made by hand (fake_pg.h),
 * offices that send, and what they are answered. With each answer it is looked whether it may be given: a
 * receipt is only for what is on disk and in the totals. */
#ifndef FUPIN_TESTS_CENTRE_H
#define FUPIN_TESTS_CENTRE_H

#include "case.h"
#include "fake_pg.h"
#include "plan.h"
#include "submission/pipeline.h"

enum { REPLIES_MAX = 2000, ASKED_MAX = 16, SECOND_US = 1000000, OTHER = 220881, CITY = 222401 };

/* What was answered, in order; `number`: of the submission that it is about. */
struct answer {
	unsigned number;
	enum reply_kind kind;
	enum problem_code code;
	char detail[64];
	uint32_t retry_ms;
	uint64_t seq;
	int64_t time_us;
	bool again;
};

extern struct pipeline p;
extern struct answer answers[REPLIES_MAX];
extern size_t answer_count;
extern bool asks;                         /* the database can be asked */
extern struct envelope *asked[ASKED_MAX]; /* about these */
extern size_t asked_count;
extern unsigned revoked;       /* the submission whose key is not admitted any more; 0: none */
extern const int64_t start_us; /* the wall's clock at the beginning: 2013-08-01 */

/* For cmocka: the centre is connected, and knows that the journal is empty. */
int centre_begin(void **state);
int centre_end(void **state);

/* As the centre's loop does, until nothing moves: what the journal says, totals and receipts, the next batch.
 */
void go_on(void);

struct submission_id id_of(unsigned number);
const char *office_name(unit_code unit);

/* Submissions, by a number that stands for their id; they arrive now. */
void take(unsigned number, unit_code office, const struct submission *submission);
void send_report(unsigned number, unit_code office, int month,
                 uint32_t replaces); /* the county's own, of 2013 */
struct fund_entry entry(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen);
void send_entries(unsigned number, unit_code office, struct fund_entry *entries, size_t count);
void send_entry(unsigned number, unit_code office, enum fund_kind kind, const char *voucher, int64_t fen);
void send_many(unsigned number, unit_code office, unsigned count); /* of one row each, from `number` on */

/* The one answer about this submission; and that it is this one. */
const struct answer *answer_of(unsigned number);
void expect_receipt(unsigned number, uint64_t seq);
void expect_refusal(unsigned number, enum problem_code code, uint32_t retry_ms);

#endif
