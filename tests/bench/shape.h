/* A made-up nation of a given size, and what its offices report. Everything follows from a few numbers:
 * unit codes, months, values and hence every total. So a generator knows what it sent, in which order,
 * and what the centre must answer, without keeping it.
 *
 * An office is a county. Its reports are numbered from 0: all its villages' first month, then their second …
 * A plan without villages has one report a month and county. */
#ifndef FUPIN_BENCH_SHAPE_H
#define FUPIN_BENCH_SHAPE_H

#include "field/submission.h"

enum { SHAPE_VALUES = 10, SHAPE_FLOWS = 7, FORM_COUNTY = 1, FORM_VILLAGE = 2, VILLAGE_INDICATORS = 100 };

/* Children are spread evenly over parents. */
struct shape {
	int provinces, prefectures, counties, villages;
	period first, last;
};

/* Of the directory's file `shape`, which shape_write made. */
bool shape_read(const char *directory, struct shape *out) __attribute__((warn_unused_result));
bool shape_write(const char *directory, const struct shape *shape) __attribute__((warn_unused_result));

int shape_months(const struct shape *shape);
unit_code shape_province(const struct shape *shape, int province);
unit_code shape_prefecture(const struct shape *shape, int prefecture);
unit_code shape_county(const struct shape *shape, int county);
/* Villages of a county: a range of numbers. */
int shape_village_first(const struct shape *shape, int county);
int shape_village_count(const struct shape *shape, int county);
unit_code shape_village(const struct shape *shape, int county, int village);

/* Report number `number` of an office; `values` has room for SHAPE_VALUES. */
struct report shape_report(const struct shape *shape, int office, int64_t number, int64_t *values);
/* How many different reports an office has. */
int64_t shape_reports(const struct shape *shape, int office);

/* What the office's totals are for the whole time once its reports from number `first` up to before `end`
 * are in. */
struct shape_total {
	int64_t values[SHAPE_VALUES], reported[SHAPE_VALUES];
};
void shape_total(const struct shape *shape, int office, int64_t first, int64_t end, struct shape_total *out);

#endif
