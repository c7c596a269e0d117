/* Money: ledger entries, the way of one entry's money, sums over accounts, and the loan book. */
#ifndef FUPIN_CLIENT_FUND_COLUMNS_H
#define FUPIN_CLIENT_FUND_COLUMNS_H

#include "column.h"
#include "fund_sums.h"

/* struct entry_item; reading->more: the struct entry_query that it answers. */
extern const struct columns entry_columns;
enum { ENTRY_EARLY = 1 }; /* with how much was not there yet */

/* A struct trace_answer, whose "steps" are a struct trace_step each. In tables the kind is indented by the
 * int of reading->more: how far the step is from the first one. */
extern const struct columns trace_columns;

/* Sums of one source, one unit or one level; `code` is "" for all of them together. */
struct fund_row {
	const char *code, *name;
	struct fund_sums sums;
	bool has_ages;
};
enum fund_rows { FUNDS_BY_SOURCE, FUNDS_BY_UNIT, FUNDS_BY_LEVEL, FUND_ROWS };
extern const struct columns fund_columns[FUND_ROWS];
enum { FUNDS_BY_STATE = 1, FUNDS_BY_AGE = 2 };

/* A unit's balances, a row for each source that it has anything of, the last for all of them; or a row for
 * each unit of an answer, of one source (0: of all). In the arena; NULL: no memory. */
struct fund_row *fund_rows_by_source(struct arena *arena, const struct reading *reading,
                                     const struct unit_balance *unit, bool has_ages, size_t *count);
struct fund_row *fund_rows_by_unit(struct arena *arena, const struct reading *reading,
                                   const struct balance_answer *answer, uint32_t source, bool has_ages);

struct loan_row {
	unit_code unit;
	int64_t drawn, repaid, subsidised;
};
extern const struct columns loan_columns;

#endif
