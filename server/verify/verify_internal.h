/* What fupind verify asks and compares; shared by verify.c, which runs it, and verify_ledger.c, which looks
 * at the accounts. */
#ifndef FUPIN_SERVER_VERIFY_INTERNAL_H
#define FUPIN_SERVER_VERIFY_INTERNAL_H

#include "postgres/pg.h"
#include "reply.h"
#include "state/holdings.h"

/* One total as SQL computes it. For an indicator, kind is 0 (submitted) or OF_APPROVED, use and recorder are
 * 0, and source is its number. For an account, level is ACCOUNT and kind the state. */
enum { OF_APPROVED = -1, ACCOUNT = -1 };

struct expected {
	int level; /* of the unit */
	period period;
	unit_code unit;
	int kind, source, use, recorder;
	int64_t sum, count;
};

struct verify {
	struct pg_conn *connection;
	const struct catalogue *catalogue;
	/* The source of answers: a running centre, or a replay in this process. */
	void *context, *socket;
	struct holdings holdings;
	struct as_of replayed;
	/* The expectation: what SQL computes as of `seq`. */
	uint64_t seq;
	size_t expected_count;
	struct expected *expected;
	uint64_t compared, drift;
	char error[PG_ERROR_BYTES];
};

/* A question to the running centre, and its answer, which must be of this kind. */
bool verify_exchange(struct verify *verify, const struct request *request, enum reply_kind kind,
                     struct arena *arena, struct reply *reply) __attribute__((warn_unused_result));

/* Sets the expectation to what SQL computes as of `seq`. */
bool verify_expect(struct verify *verify, uint64_t seq) __attribute__((warn_unused_result));
/* Compares one total of an answer with the expectation; prints and counts what differs. */
void verify_compare(struct verify *verify, const struct expected *answered);

/* Compares all accounts of every province. False: verify->error says why it could not be done. */
bool verify_accounts(struct verify *verify) __attribute__((warn_unused_result));

#endif
