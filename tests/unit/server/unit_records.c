/* What the journal holds and what is on its way to it, against plain models: lists of who holds what. */
#include "case.h"
#include "dice.h"

#include "state/records.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- ids */

enum { OLDER = 5000, SUBMISSIONS = RECORDS_RECENT_MAX + OLDER };

/* Offices of every level, and the place that is kept of them. */
static const struct {
	unit_code office, place;
} offices[] = {
    {22, 22}, {2208, 2208}, {220821, 220821}, {220821103, 220821}, {220881101201, 220881}, {0, 0},
};

static struct submission_id
id_of(uint64_t number)
{
	struct submission_id id = {{1, 2, 3}};
	memcpy(id.bytes + 8, &number, sizeof number);
	return id;
}

/* What is told of commit `seq`. */
static struct receipt
receipt_of(uint64_t seq)
{
	struct receipt receipt = {
	    .id = id_of(seq),
	    .digest = digest_of(&seq, sizeof seq),
	    .seq = seq,
	    .time_us = (int64_t)seq * 1000,
	    .report_count = (uint32_t)seq % 7,
	    .entry_count = (uint32_t)seq % 11,
	};
	return receipt;
}

static bool
same_receipt(const struct receipt *a, const struct receipt *b)
{
	return submission_id_equal(&a->id, &b->id) && digest_equal(&a->digest, &b->digest) && a->seq == b->seq &&
	       a->time_us == b->time_us && a->report_count == b->report_count && a->entry_count == b->entry_count;
}

static void
add(struct records *r, uint64_t seq)
{
	struct receipt receipt = receipt_of(seq);
	assert_true(records_add(r, &receipt, offices[seq % COUNT(offices)].office));
}

/* Of `last` commits the newest are known whole, the others by their number. */
static void
expect_ids(const struct records *r, uint64_t last)
{
	for (uint64_t seq = 1; seq <= last + 100; seq++) {
		struct recorded found = {0};
		struct submission_id id = id_of(seq);
		struct receipt receipt = receipt_of(seq);
		enum record_state state = records_find(r, &id, &found);
		enum record_state expected = seq > last                        ? RECORD_NONE
		                             : seq + RECORDS_RECENT_MAX > last ? RECORD_RECENT
		                                                               : RECORD_OLDER;
		EXPECT(state == expected, "seq %" PRIu64 " of %" PRIu64 ": %d", seq, last, (int)state);
		if (state == RECORD_RECENT)
			EXPECT(same_receipt(&found.receipt, &receipt) &&
			           found.office == offices[seq % COUNT(offices)].place,
			       "seq %" PRIu64 " of %" PRIu64, seq, last);
		if (state == RECORD_OLDER)
			EXPECT(found.receipt.seq == seq, "seq %" PRIu64 " of %" PRIu64, seq, last);
	}
}

static void
test_ids(void **state)
{
	static const uint64_t looks[] = {0,          1, 767, 768, 769, RECORDS_RECENT_MAX, RECORDS_RECENT_MAX + 1,
	                                 SUBMISSIONS};
	struct records *r = records_create();
	uint64_t last = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(looks); i++) {
		while (last < looks[i])
			add(r, ++last);
		expect_ids(r, last);
	}
	records_destroy(&r);
	assert_null(r);
	records_destroy(&r); /* twice is fine */
}

/* As they come out of the database at start: in any order. */
static void
test_ids_in_any_order(void **state)
{
	struct records *r = records_create();
	struct dice dice = {1};
	uint64_t *order = calloc(SUBMISSIONS, sizeof *order);
	(void)state;
	assert_true(r && order);
	for (size_t i = 0; i < SUBMISSIONS; i++) {
		size_t at = dice_pick(&dice, i + 1);
		order[i] = order[at];
		order[at] = i + 1;
	}
	for (size_t i = 0; i < SUBMISSIONS; i++)
		add(r, order[i]);
	expect_ids(r, SUBMISSIONS);
	free(order);
	records_destroy(&r);
}

/* ---------------------------------------------------------------- on their way */

enum {
	PLACES = 12, /* reports, and as many vouchers, and ids, that the submissions speak of */
	FLYING = 6,
	ROWS = 4,
};

struct flight {
	bool flies;
	struct submission s;
	struct report reports[ROWS];
	struct fund_entry entries[ROWS];
	size_t report_places[ROWS], entry_places[ROWS], id_place;
};

struct sky {
	struct records *r;
	struct dice dice;
	bool reports[PLACES], entries[PLACES], ids[PLACES]; /* claimed */
	struct flight flights[FLYING];
};

/* Neighbouring places differ in one thing only. */
static struct report
report_at(size_t place)
{
	return (struct report){
	    .unit = 220821103204 + (int64_t)(place & 1),
	    .period = 201301 + (int)(place >> 1 & 1),
	    .form = 1 + (uint32_t)(place >> 2),
	    .replaces = (uint32_t)place % 5, /* nothing of what is claimed */
	};
}

static struct fund_entry
entry_at(size_t place)
{
	static const char *const vouchers[] = {"1", "2", "12", "01", "", "凭证"};
	return (struct fund_entry){.unit = 220821 + (int64_t)(place & 1), .voucher = vouchers[place / 2]};
}

/* Different places, some of them; returns how many. */
static size_t
pick_places(struct sky *sky, size_t places[ROWS])
{
	size_t count = dice_pick(&sky->dice, ROWS + 1);
	size_t first = dice_pick(&sky->dice, PLACES), stride = dice_pick(&sky->dice, 2) ? 5 : 1;
	for (size_t i = 0; i < count; i++)
		places[i] = (first + i * stride) % PLACES;
	return count;
}

static void
prepare(struct sky *sky, struct flight *f)
{
	*f = (struct flight){.id_place = dice_pick(&sky->dice, PLACES)};
	f->s.id = id_of(f->id_place);
	f->s.report_count = pick_places(sky, f->report_places);
	f->s.entry_count = pick_places(sky, f->entry_places);
	f->s.reports = f->reports;
	f->s.entries = f->entries;
	for (size_t i = 0; i < f->s.report_count; i++)
		f->reports[i] = report_at(f->report_places[i]);
	for (size_t i = 0; i < f->s.entry_count; i++)
		f->entries[i] = entry_at(f->entry_places[i]);
}

static bool
is_free(const struct sky *sky, const struct flight *f)
{
	bool good = !sky->ids[f->id_place];
	for (size_t i = 0; i < f->s.report_count; i++)
		good = good && !sky->reports[f->report_places[i]];
	for (size_t i = 0; i < f->s.entry_count; i++)
		good = good && !sky->entries[f->entry_places[i]];
	return good;
}

static void
mark(struct sky *sky, const struct flight *f, bool claimed)
{
	sky->ids[f->id_place] = claimed;
	for (size_t i = 0; i < f->s.report_count; i++)
		sky->reports[f->report_places[i]] = claimed;
	for (size_t i = 0; i < f->s.entry_count; i++)
		sky->entries[f->entry_places[i]] = claimed;
}

/* Is each single thing claimed that should be, and nothing else? */
static bool
single_claims_agree(struct sky *sky)
{
	bool good = true;
	for (size_t place = 0; good && place < PLACES; place++) {
		struct report report = report_at(place);
		struct fund_entry entry = entry_at(place);
		struct submission one[] = {
		    {.id = id_of(1000), .report_count = 1, .reports = &report},
		    {.id = id_of(1000), .entry_count = 1, .entries = &entry},
		    {.id = id_of(place)},
		};
		const bool claimed[] = {sky->reports[place], sky->entries[place], sky->ids[place]};
		for (size_t i = 0; i < COUNT(one); i++) {
			bool mine = records_claim(sky->r, &one[i]);
			good = good && mine == !claimed[i];
			if (mine)
				records_release(sky->r, &one[i]);
		}
	}
	return good;
}

static void
step(struct sky *sky, int at)
{
	struct flight *f = &sky->flights[dice_pick(&sky->dice, FLYING)];
	if (f->flies) {
		records_release(sky->r, &f->s);
		mark(sky, f, false);
		f->flies = false;
	} else {
		prepare(sky, f);
		bool expected = is_free(sky, f);
		f->flies = records_claim(sky->r, &f->s);
		EXPECT(f->flies == expected, "step %d", at);
		if (f->flies)
			mark(sky, f, true);
	}
	EXPECT(single_claims_agree(sky), "step %d", at);
}

static void
test_claims(void **state)
{
	struct sky *sky = calloc(1, sizeof *sky);
	(void)state;
	assert_non_null(sky);
	sky->r = records_create();
	sky->dice.state = 3;
	for (int at = 0; at < 20000; at++)
		step(sky, at);
	records_destroy(&sky->r);
	free(sky);
}

/* A full submission that fails at its very end leaves nothing claimed. */
static void
test_all_or_nothing(void **state)
{
	static struct report reports[SUBMISSION_ROWS_MAX];
	struct records *r = records_create();
	struct submission large = {.id = id_of(1), .report_count = SUBMISSION_ROWS_MAX, .reports = reports};
	struct submission last = {
	    .id = id_of(2), .report_count = 1, .reports = &reports[SUBMISSION_ROWS_MAX - 1]};
	struct submission others = {.id = id_of(3), .report_count = SUBMISSION_ROWS_MAX - 1, .reports = reports};
	struct submission same_id = {.id = id_of(1)};
	(void)state;
	for (int i = 0; i < SUBMISSION_ROWS_MAX; i++)
		reports[i] = (struct report){.unit = 220821 + i, .period = 201301, .form = 1};
	assert_true(records_claim(r, &last));
	assert_false(records_claim(r, &large));
	assert_true(records_claim(r, &others));
	assert_true(records_claim(r, &same_id));
	records_release(r, &last);
	assert_false(records_claim(r, &large)); /* for the others and the id */
	records_release(r, &others);
	assert_false(records_claim(r, &large)); /* for the id, which may be the last that it finds */
	assert_true(records_claim(r, &others));
	records_release(r, &others);
	records_release(r, &same_id);
	assert_true(records_claim(r, &large));
	assert_false(records_claim(r, &others));
	records_release(r, &large);
	assert_true(records_claim(r, &others) && records_claim(r, &last));
	records_destroy(&r); /* with claims */
}

/* A submission with two of everything: each thing in it excludes whoever touches it, and nothing else, until
 * it is released. A report excludes a review of it, a report with rules over other months all months of its
 * place; steps of one project go together; all targets exclude each other. */
static struct report reports[] = {{.unit = 1, .period = 201301, .form = 1},
                                  {.unit = 2, .period = 201301, .form = 1, .leads = true, .family = 2}};
static struct fund_entry entries[] = {{.unit = 1, .voucher = "a"}, {.unit = 2, .voucher = "b"}};
static struct review reviews[] = {{.unit = 3, .period = 201301, .form = 1},
                                  {.unit = 4, .period = 201301, .form = 1}};
static struct document documents[] = {{.unit = 1, .kind = 1}, {.unit = 1, .kind = 2}};
static struct project_row projects[] = {{.place = 1, .code = "p", .leads = true},
                                        {.place = 1, .code = "p"},
                                        {.place = 2, .code = "q@220821", .leads = true}};
static struct target_part targets[] = {{.unit = 1}, {.unit = 2}};
static struct submission all = {.report_count = 2,
                                .reports = reports,
                                .entry_count = 2,
                                .entries = entries,
                                .review_count = 2,
                                .reviews = reviews,
                                .document_count = 2,
                                .documents = documents,
                                .project_count = 3,
                                .projects = projects,
                                .target_count = 2,
                                .targets = targets};
static struct report other_reports[] = {{.unit = 1, .period = 201301, .form = 1},
                                        {.unit = 1, .period = 201302, .form = 1},
                                        {.unit = 1, .period = 201301, .form = 2},
                                        {.unit = 3, .period = 201301, .form = 1},
                                        {.unit = 2, .period = 201309, .form = 1, .leads = true, .family = 2},
                                        {.unit = 2, .period = 201309, .form = 1, .leads = true, .family = 5}};
static struct fund_entry other_entries[] = {
    {.unit = 1, .voucher = "a"}, {.unit = 2, .voucher = "b"}, {.unit = 1, .voucher = "b"}};
static struct review other_reviews[] = {{.unit = 4, .period = 201301, .form = 1},
                                        {.unit = 1, .period = 201301, .form = 1},
                                        {.unit = 5, .period = 201301, .form = 1}};
static struct document other_documents[] = {
    {.unit = 1, .kind = 1}, {.unit = 1, .kind = 2}, {.unit = 1, .kind = 3}, {.unit = 2, .kind = 1}};
static struct project_row other_projects[] = {{.place = 1, .code = "p", .leads = true},
                                              {.place = 2, .code = "q", .leads = true},
                                              {.place = 1, .code = "q", .leads = true},
                                              {.place = 2, .code = "qq", .leads = true}};
static struct target_part other_target = {.unit = 9};
static const struct {
	struct submission s;
	bool excluded;
} others[] = {
    {{.report_count = 1, .reports = &other_reports[0]}, true},
    {{.report_count = 1, .reports = &other_reports[1]}, false},
    {{.report_count = 1, .reports = &other_reports[2]}, false},
    {{.report_count = 1, .reports = &other_reports[3]}, true},
    {{.report_count = 1, .reports = &other_reports[4]}, true},
    {{.report_count = 1, .reports = &other_reports[5]}, false},
    {{.entry_count = 1, .entries = &other_entries[0]}, true},
    {{.entry_count = 1, .entries = &other_entries[1]}, true},
    {{.entry_count = 1, .entries = &other_entries[2]}, false},
    {{.review_count = 1, .reviews = &other_reviews[0]}, true},
    {{.review_count = 1, .reviews = &other_reviews[1]}, true},
    {{.review_count = 1, .reviews = &other_reviews[2]}, false},
    {{.document_count = 1, .documents = &other_documents[0]}, true},
    {{.document_count = 1, .documents = &other_documents[1]}, true},
    {{.document_count = 1, .documents = &other_documents[2]}, false},
    {{.document_count = 1, .documents = &other_documents[3]}, false},
    {{.project_count = 1, .projects = &other_projects[0]}, true},
    {{.project_count = 1, .projects = &other_projects[1]}, true},
    {{.project_count = 1, .projects = &other_projects[2]}, false},
    {{.project_count = 1, .projects = &other_projects[3]}, false},
    {{.target_count = 1, .targets = &other_target}, true},
    {{.report_count = 0}, true}, /* the id alone, which is set below */
};

static void
test_each_thing(void **state)
{
	struct records *r = records_create();
	(void)state;
	all.id = id_of(1);
	for (int claimed = 1; claimed >= 0; claimed--) {
		if (claimed)
			assert_true(records_claim(r, &all));
		for (size_t i = 0; i < COUNT(others); i++) {
			struct submission other = others[i].s;
			other.id = id_of(i + 1 == COUNT(others) ? 1 : 100 + i);
			bool mine = records_claim(r, &other);
			EXPECT(mine == !(claimed && others[i].excluded), "row %zu, claimed %d", i, claimed);
			if (mine)
				records_release(r, &other);
		}
		if (claimed)
			records_release(r, &all);
	}
	records_destroy(&r);
}

/* What is on its way is not committed, and what is committed is not on its way. */
static void
test_claims_are_apart(void **state)
{
	struct records *r = records_create();
	struct fund_entry entry = {.unit = 220821, .voucher = "V1"};
	struct submission s = {.id = id_of(1), .entry_count = 1, .entries = &entry};
	struct recorded found;
	(void)state;
	assert_true(records_claim(r, &s));
	assert_int_equal(records_find(r, &s.id, &found), RECORD_NONE);
	records_release(r, &s);
	add(r, 1);
	assert_true(records_claim(r, &s));
	records_release(r, &s);
	assert_int_equal(records_find(r, &s.id, &found), RECORD_RECENT);
	records_destroy(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ids),        cmocka_unit_test(test_ids_in_any_order),
	    cmocka_unit_test(test_claims),     cmocka_unit_test(test_all_or_nothing),
	    cmocka_unit_test(test_each_thing), cmocka_unit_test(test_claims_are_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
