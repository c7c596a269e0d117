/* A small plan made by hand, for the tests that need a catalogue.
 *
 *   22 province ── 2208 ── 220821 ── 220821103 ── 220821103204, 220821103205
 *              │       └── 220881 ── 220881101 ── 220881101201
 *              └── 2224 ── 222401
 *
 * Form 1 is for villages (version 1 for 2013-01..2013-06, version 2 for 2013-07..2013-12), form 2 for
 * counties in 2013, form 3 for counties in 2011 only. */
#ifndef FUPIN_TESTS_PLAN_H
#define FUPIN_TESTS_PLAN_H

#include "field/catalogue.h"

enum {
	FORM_VILLAGE = 1,
	FORM_COUNTY = 2,
	FORM_OLD = 3,

	FUND = 1,       /* 产业资金, flow, 2 decimals, 0..1,000,000.00, part of SUBSIDY */
	SUBSIDY = 2,    /* 补助到村资金, flow, 2 decimals, required */
	HOUSEHOLDS = 3, /* 户数, stock, 0..1000 */
	TRAINED = 4,    /* 培训人次, flow, only in version 1 */
	ROADS = 5,      /* 通村道路（硬化）, stock, 1 decimal, only in version 2 */
	MATCHING = 6,   /* 县级配套资金, flow, 2 decimals; form 2 */
	STAFF = 7,      /* 工作人员, stock; form 2 */
	BALANCE = 8,    /* 净变动, flow, -100..100; form 2 */
	OLD = 9,        /* 旧指标; form 3 */
	INDICATORS = 9,

	SOURCE_CENTRAL = 1,
	SOURCE_PROVINCE = 2,
	SOURCE_SOCIAL = 3,
	SOURCE_LOAN = 4,    /* for USE_INDUSTRY alone */
	KIND_FARM = 1,      /* projects for industry */
	KIND_HALL = 2,      /* for training, construction */
	DOCUMENT_PLAN = 1,  /* of counties, due on a Saturday, 2013-04-20 24:00 */
	DOCUMENT_PHOTO = 2, /* of villages, due on 2013-10-08 17:00 */
	USE_INDUSTRY = 1,
	USE_TRAINING = 2,
};

#define PROVINCE INT64_C(22)
#define PREFECTURE INT64_C(2208)
#define COUNTY INT64_C(220821)
#define TOWNSHIP INT64_C(220821103)
#define VILLAGE INT64_C(220821103204)
#define VILLAGE_OTHER INT64_C(220821103205)

/* Fills an initialised catalogue, all lists out of order; not finished. */
void plan_fill(struct catalogue *catalogue);

/* Deadlines for a catalogue that is not finished. */
void plan_put_rules(struct catalogue *catalogue, const struct deadline_rule *rules, size_t count);

/* Initialises, fills and finishes; asserts that it works. */
void plan_make(struct catalogue *catalogue);

/* The plan of a test, and what makes and frees it as cmocka's fixtures. */
extern struct catalogue plan;
int plan_setup(void **state);
int plan_teardown(void **state);

/* The same forms, but province 22 with so many counties (220101, 220102, …: 30 to a prefecture from 2201
 * on), nothing below them, and no targets. */
void plan_make_wide(struct catalogue *catalogue, size_t counties);

/* The code of the i-th county of a wide plan, from 0. */
unit_code plan_wide_county(size_t i);

#endif
