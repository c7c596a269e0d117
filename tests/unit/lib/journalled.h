/* A journal over a database made by hand (fake_pg.h), and what its tests do with it. */
#ifndef FUPIN_TESTS_JOURNALLED_H
#define FUPIN_TESTS_JOURNALLED_H

#include "fake_pg.h"
#include "journal/journal.h"

enum { SECOND_US = 1000000 };

extern const struct pg_target journal_target;
extern const int64_t moment_us; /* of every commit */

extern struct journal *journal;
extern int64_t now_us;
extern struct holdings holdings;
extern struct as_of as_of; /* of what memory holds */

/* Before and after each test. */
int journal_begin(void **state);
int journal_end(void **state);

/* The next event; time goes on only when the journal waits for that. NOTHING: it waits for an answer. */
enum journal_event next_event(void);
void connect_expecting(void);
/* One submission of so many rows, itself counted. */
void add_to_batch(uint64_t seq, size_t rows);
void write_batch(uint64_t seq, size_t rows);
/* Each of the batch is there once, and nothing else. */
void expect_stored(uint64_t head, size_t commits, const char *what);
/* Brings the batch to its end, whatever happens on the way. */
void expect_committed_once(uint64_t seq, const char *what, size_t row);
void take_news(const char *what);

#define JOURNAL_TEST(name) cmocka_unit_test_setup_teardown(name, journal_begin, journal_end)

#endif
