/* A ledger of the plan of plan.h, and books kept in it in a few words. */
#ifndef FUPIN_TESTS_BOOKS_H
#define FUPIN_TESTS_BOOKS_H

#include "ledger/ledger.h"
#include "plan.h"

enum { LOAN = SOURCE_SOCIAL };

extern struct ledger *ledger;
extern struct problem_list problems;
extern struct arena arena; /* of answers */
extern uint64_t commits;   /* how many were taken */

/* Before and after each test. */
int books_make(void **state);
int books_unmake(void **state);

/* An entry in a few words; `other` is the counterparty, "" refers to none. */
struct fund_entry entry(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen,
                        unit_code other, const char *refers);
enum ledger_verdict stage(struct fund_entry *entries, size_t count);
void unstage(struct fund_entry *entries, size_t count);
void take(struct fund_entry *entries, size_t count);
/* Staged and taken: it must be legal. */
void book(enum fund_kind kind, unit_code unit, const char *voucher, int64_t fen, unit_code other,
          const char *refers);
struct balance_answer balances_of(unit_code unit, bool ages, int64_t now_us);
int64_t has(unit_code unit, enum fund_state state);
/* 1,000 raised, 600 sent to the county, of which it confirmed 400; 300 of these granted to a village. */
void book_year(void);

#define BOOKS_TEST(name) cmocka_unit_test_setup_teardown(name, books_make, books_unmake)

#endif
