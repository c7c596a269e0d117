/* The journal read back: rows as PostgreSQL sends them become what the centre holds; a row that is cut off,
 * of a wrong size or about what the plan does not have is refused with its reason, and never half believed.
 */
#include "case.h"
#include "fake_pg.h"
#include "plan.h"

#include "journal/replay.h"
#include "postgres/pgcopy.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 1024 * 1024 };

static const int64_t moment_us = INT64_C(1375315200) * 1000000;
static const int32_t day_20130401 = 15796; /* since 1970 */
static struct holdings holdings;
static struct replay replay;

static int
make(void **state)
{
	(void)state;
	plan_make(&plan);
	bool good = holdings_create(&plan, &holdings);
	replay = (struct replay){.holdings = &holdings};
	return good ? 0 : -1;
}

static int
unmake(void **state)
{
	(void)state;
	replay_free(&replay);
	holdings_destroy(&holdings);
	catalogue_free(&plan);
	return 0;
}

/* ---------------------------------------------------------------- rows */

static void
put_submission(struct copy_writer *w, uint64_t seq, uint8_t id, unit_code office, int64_t time_us)
{
	struct digest digest = digest_of(&seq, sizeof seq);
	const uint8_t bytes[ID_BYTES] = {id};
	copy_row(w, 8);
	copy_int4(w, (int32_t)office);
	copy_int8(w, (int64_t)seq);
	copy_bytes(w, bytes, ID_BYTES);
	copy_bytes(w, digest.bytes, DIGEST_BYTES);
	copy_time(w, time_us);
	copy_int4(w, 3);
	copy_int4(w, 4);
	copy_int4(w, 5);
}

static void
put_place(struct copy_writer *w, int64_t seq, int32_t line)
{
	copy_int8(w, seq);
	copy_int4(w, line);
}

static void
put_report(struct copy_writer *w, unit_code unit, period when, uint32_t version, uint64_t seq)
{
	const int64_t values[] = {INT64_MIN, 500, 12, INT64_MIN};
	copy_row(w, 7);
	copy_int8(w, unit);
	copy_int4(w, when);
	copy_int4(w, FORM_VILLAGE);
	copy_int4(w, 1);
	copy_int4(w, (int32_t)version);
	copy_int8(w, (int64_t)seq);
	copy_int8_array(w, values, COUNT(values), INT64_MIN);
}

static void
put_review(struct copy_writer *w, unit_code unit, int32_t reason)
{
	copy_row(w, 10);
	copy_int8(w, unit);
	copy_int4(w, 201304);
	copy_int4(w, FORM_VILLAGE);
	copy_int4(w, 1);
	copy_int4(w, 1);
	copy_int2(w, reason ? DECISION_RETURN : DECISION_PASS);
	if (reason)
		copy_int2(w, (int16_t)reason);
	else
		copy_null(w);
	copy_text(w, "缺验收单");
	put_place(w, 7, 0);
}

static void
put_extension(struct copy_writer *w, unit_code unit)
{
	copy_row(w, 9);
	copy_int8(w, unit);
	copy_int4(w, 0);
	copy_int4(w, 0);
	copy_int2(w, DEADLINE_DUE);
	copy_time(w, (moment_us / 1000000 + 40000000) * 1000000);
	copy_text(w, "洪灾");
	put_place(w, 7, 0);
	copy_int4(w, DOCUMENT_PLAN);
}

static void
put_entry(struct copy_writer *w, unit_code unit, int16_t kind, const char *voucher, unit_code other)
{
	copy_row(w, 14);
	copy_int8(w, unit);
	copy_text(w, voucher);
	copy_int2(w, kind);
	copy_int4(w, SOURCE_CENTRAL);
	if (kind == FUND_SPENT)
		copy_int4(w, USE_INDUSTRY);
	else
		copy_null(w);
	if (other)
		copy_int8(w, other);
	else
		copy_null(w);
	copy_int8(w, kind == FUND_RAISED ? 900 : 400);
	copy_int4(w, day_20130401 - 10957); /* the binary format counts from 2000 */
	put_place(w, 7, 2);
	copy_text(w, "摘要");
	copy_null(w);
	copy_text(w, "文号");
	copy_null(w);
}

static void
put_target(struct copy_writer *w, unit_code unit)
{
	copy_row(w, 9);
	copy_int8(w, unit);
	copy_int4(w, 2013);
	copy_int4(w, HOUSEHOLDS);
	copy_int2(w, FUND_KIND_NONE);
	copy_int4(w, 1);
	copy_int8(w, 4321);
	copy_text(w, "分解");
	put_place(w, 7, 0);
}

static void
put_document(struct copy_writer *w, unit_code unit, uint32_t kind)
{
	const struct digest digest = digest_of("file", 4);
	copy_row(w, 10);
	copy_int8(w, unit);
	copy_int4(w, (int32_t)kind);
	copy_int4(w, 1);
	copy_text(w, "方案.pdf");
	copy_int2(w, FILE_PDF);
	copy_int8(w, 12345);
	copy_bytes(w, digest.bytes, DIGEST_BYTES);
	copy_text(w, "修订");
	put_place(w, 7, 0);
}

static void
put_nulls(struct copy_writer *w, int count)
{
	while (count--)
		copy_null(w);
}

/* A registration has the plan's columns, another step its own. */
static void
put_project(struct copy_writer *w, unit_code unit, int16_t step)
{
	const int64_t sources[] = {SOURCE_CENTRAL}, amounts[] = {700};
	copy_row(w, 22);
	copy_int8(w, unit);
	copy_text(w, "产业-1");
	copy_int2(w, step);
	copy_int4(w, day_20130401 - 10957);
	copy_text(w, "批复");
	copy_text(w, "");
	if (step == PROJECT_REGISTER) {
		copy_int4(w, 1);
		copy_text(w, "养殖小区");
		copy_int4(w, KIND_FARM);
		copy_int8(w, unit);
		copy_int4(w, day_20130401 - 10957);
		copy_int4(w, day_20130401 - 10957 + 100);
		copy_int8_array(w, sources, 1, INT64_MIN);
		copy_int8_array(w, amounts, 1, INT64_MIN);
	} else {
		put_nulls(w, 8);
	}
	put_nulls(w, 1);
	if (step == PROJECT_PROGRESS)
		copy_int4(w, 40);
	else
		copy_null(w);
	put_nulls(w, 4);
	put_place(w, 7, 0);
}

static bool
take(enum journal_table table, const struct copy_writer *w)
{
	*replay.error = 0;
	return replay_message(&replay, table, w->bytes, w->size, true);
}

/* ---------------------------------------------------------------- what is held then */

static void
test_submissions(void **state)
{
	static const struct {
		uint64_t seq;
		uint8_t id;
		unit_code office;
	} rows[] = {{3, 30, COUNTY}, {1, 10, PROVINCE}, {2000, 200, PREFECTURE}, {2, 20, COUNTY}};
	struct copy_writer w = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) { /* they come in any order */
		copy_begin(&w);
		put_submission(&w, rows[i].seq, rows[i].id, rows[i].office,
		               moment_us + (int64_t)rows[i].seq * 1000000);
		assert_true(take(TABLE_SUBMISSION, &w));
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct submission_id id = {{rows[i].id}};
		struct digest digest = digest_of(&rows[i].seq, sizeof rows[i].seq);
		struct recorded found;
		EXPECT(records_find(holdings.records, &id, &found) == RECORD_RECENT, "row %zu", i);
		EXPECT(found.receipt.seq == rows[i].seq && found.office == rows[i].office &&
		           digest_equal(&found.receipt.digest, &digest) && found.receipt.report_count == 3 &&
		           found.receipt.entry_count == 4 && found.receipt.other_count == 5,
		       "row %zu", i);
		EXPECT(found.receipt.time_us == moment_us + (int64_t)rows[i].seq * 1000000, "row %zu", i);
		EXPECT(replay.times[rows[i].seq - 1] == (uint32_t)(moment_us / 1000000) + rows[i].seq, "row %zu", i);
	}
	assert_true(replay.as_of.seq == 2000 && replay.last_id.bytes[0] == 200 && replay.submissions == 4);
	assert_int_equal(replay.as_of.time_us, moment_us + INT64_C(2000000000));
	copy_free(&w);
}

/* Going on after commit 100: times are of what comes behind it. */
static void
test_time_base(void **state)
{
	struct copy_writer w = {0};
	(void)state;
	replay.time_base = replay.as_of.seq = 100;
	copy_begin(&w);
	put_submission(&w, 101, 1, COUNTY, moment_us);
	assert_true(take(TABLE_SUBMISSION, &w));
	assert_true(replay.times[0] == (uint32_t)(moment_us / 1000000) && replay.as_of.seq == 101);
	copy_begin(&w);
	put_report(&w, VILLAGE, 201304, 1, 101);
	assert_true(take(TABLE_REPORT, &w));
	copy_begin(&w);
	put_report(&w, VILLAGE_OTHER, 201304, 1, 100); /* its commit's time is not known */
	assert_true(take(TABLE_REPORT, &w));
	const struct report_store *store = totals_leaves(holdings.totals);
	int at = period_index(201304) - plan.period_first;
	size_t unit = (size_t)(catalogue_unit(&plan, VILLAGE) - plan.units);
	size_t form = (size_t)(catalogue_form(&plan, FORM_VILLAGE) - plan.forms);
	assert_int_equal(leaf_report(report_store_at(store, unit, form), BOOK_SUBMITTED, at)->first_at,
	                 moment_us / 1000000);
	unit = (size_t)(catalogue_unit(&plan, VILLAGE_OTHER) - plan.units);
	assert_int_equal(leaf_report(report_store_at(store, unit, form), BOOK_SUBMITTED, at)->first_at, 0);
	copy_free(&w);
}

/* One row of each kind, and what is known by it. */
static void
test_rows(void **state)
{
	struct copy_writer w = {0};
	(void)state;
	copy_begin(&w);
	put_submission(&w, 7, 1, COUNTY, moment_us);
	assert_true(take(TABLE_SUBMISSION, &w));

	copy_begin(&w);
	put_report(&w, VILLAGE, 201304, 1, 7);
	assert_true(take(TABLE_REPORT, &w) && replay.reports == 1);
	struct report_standing standing = totals_standing(holdings.totals, VILLAGE, FORM_VILLAGE, 201304);
	assert_true(standing.revision == 1 && standing.state == REVIEW_SENT);
	size_t village = (size_t)(catalogue_unit(&plan, VILLAGE) - plan.units);
	int64_t value;
	assert_true(
	    totals_figure(holdings.totals, village, catalogue_indicator(&plan, SUBSIDY), BOOK_SUBMITTED, &value));
	assert_int_equal(value, 500);
	assert_true(totals_figure(holdings.totals, village, catalogue_indicator(&plan, HOUSEHOLDS),
	                          BOOK_SUBMITTED, &value));
	assert_int_equal(value, 12);
	assert_false(
	    totals_figure(holdings.totals, village, catalogue_indicator(&plan, FUND), BOOK_SUBMITTED, &value));

	copy_begin(&w);
	put_review(&w, VILLAGE, RETURN_NO_EVIDENCE);
	assert_true(take(TABLE_REVIEW, &w));
	standing = totals_standing(holdings.totals, VILLAGE, FORM_VILLAGE, 201304);
	assert_true(standing.state == REVIEW_RETURNED && standing.step == 1);

	copy_begin(&w);
	put_extension(&w, COUNTY);
	assert_true(take(TABLE_EXTENSION, &w));
	const struct document_kind *kind = catalogue_document(&plan, DOCUMENT_PLAN);
	assert_int_equal(extensions_due(holdings.extensions, kind, COUNTY), moment_us / 1000000 + 40000000);
	assert_int_equal(extensions_due(holdings.extensions, kind, 220881), kind->due);

	copy_begin(&w);
	put_target(&w, COUNTY);
	assert_true(take(TABLE_TARGET, &w));
	const struct set_target *target = targets_find(totals_targets(holdings.totals), COUNTY, 2013,
	                                               (struct measure){HOUSEHOLDS, FUND_KIND_NONE});
	assert_true(target && target->value == 4321 && target->revision == 1 && !strcmp(target->note, "分解"));

	copy_begin(&w);
	put_document(&w, COUNTY, DOCUMENT_PLAN);
	assert_true(take(TABLE_DOCUMENT, &w));
	const struct document_item *item =
	    documents_find(holdings.documents, (struct document_key){COUNTY, DOCUMENT_PLAN, 0});
	const struct digest digest = digest_of("file", 4);
	assert_true(item && item->key.version == 1 && item->size == 12345 && item->type == FILE_PDF &&
	            digest_equal(&item->digest, &digest));
	copy_free(&w);
}

/* Money, with both what an entry has and what it has not. */
static void
test_money(void **state)
{
	static const struct {
		unit_code unit;
		enum fund_kind kind;
		const char *voucher;
		unit_code other;
	} rows[] = {{PROVINCE, FUND_RAISED, "r", 0},
	            {PROVINCE, FUND_SENT_DOWN, "d", PREFECTURE},
	            {PROVINCE, FUND_SPENT, "s", 0}};
	struct copy_writer w = {0};
	struct arena arena;
	struct entry_answer answer = {0};
	struct problem_list problems = {0};
	const struct entry_query query = {.unit = PROVINCE};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		copy_begin(&w);
		put_entry(&w, rows[i].unit, (int16_t)rows[i].kind, rows[i].voucher, rows[i].other);
		EXPECT(take(TABLE_ENTRY, &w), "row %zu: %s", i, replay.error);
	}
	arena_init(&arena, ARENA_BYTES);
	assert_true(ledger_entries(holdings.ledger, &query, moment_us, &arena, &answer, &problems));
	assert_true(answer.count == COUNT(rows) && replay.entries == COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct entry_item *item = &answer.items[i];
		EXPECT(item->entry.kind == rows[i].kind && !strcmp(item->entry.voucher, rows[i].voucher) &&
		           item->entry.counterparty == rows[i].other && item->entry.source == SOURCE_CENTRAL &&
		           item->entry.use == (rows[i].kind == FUND_SPENT ? USE_INDUSTRY : 0) &&
		           item->entry.amount_fen == (i ? 400 : 900) && item->entry.occurred == 20130401,
		       "row %zu", i);
		EXPECT(item->seq == 7 && item->line == 2 && !strcmp(item->entry.note, "摘要") &&
		           !strcmp(item->entry.document, "文号"),
		       "row %zu", i);
	}
	arena_free(&arena);
	copy_free(&w);
}

static void
test_projects(void **state)
{
	struct copy_writer w = {0};
	(void)state;
	copy_begin(&w);
	put_project(&w, VILLAGE, PROJECT_PROGRESS);
	assert_false(take(TABLE_PROJECT, &w)); /* it was never registered */
	assert_non_null(strstr(replay.error, "产业-1"));
	copy_begin(&w);
	put_project(&w, VILLAGE, PROJECT_REGISTER);
	assert_true(take(TABLE_PROJECT, &w));
	copy_begin(&w);
	put_project(&w, VILLAGE, PROJECT_PROGRESS);
	assert_true(take(TABLE_PROJECT, &w));
	const struct project *project = projects_find(holdings.projects, VILLAGE, "产业-1");
	assert_non_null(project);
	const struct project_row *plan_of = project->taken.plan;
	assert_true(plan_of->budget_count == 1 && plan_of->budgets[0].source == SOURCE_CENTRAL &&
	            plan_of->budgets[0].amount_fen == 700 && !strcmp(plan_of->name, "养殖小区") &&
	            plan_of->kind == KIND_FARM && plan_of->begins == 20130401 && plan_of->ends == 20130710);
	assert_int_equal(project->taken.percent, 40);
	copy_free(&w);
}

/* ---------------------------------------------------------------- all of it */

static const struct pg_target target = {.uri = "postgresql:///test"};
static const int64_t values[] = {INT64_MIN, 500, INT64_MIN, INT64_MIN};
static const struct report theirs = {VILLAGE, 201304, FORM_VILLAGE, 1, 0, 4, NULL, values, 0};

/* The whole journal, or up to a commit; and where the database says no, or breaks off, it is no replay. */
static void
test_stream(void **state)
{
	static const struct {
		uint64_t until; /* 0: all */
		struct fake_fault fault;
		bool good;
		uint64_t seq;
	} streams[] = {
	    {0, {NULL}, true, 3},
	    {2, {NULL}, true, 2},
	    {1, {NULL}, true, 1},
	    {0, {.statement = "COPY", .sqlstate = "57014"}, false, 0},
	    {0, {.statement = "copied", .sqlstate = "57014"}, false, 0},
	};
	for (size_t i = 0; i < COUNT(streams); i++) {
		char error[PG_ERROR_BYTES];
		unmake(state);
		make(state);
		fake_reset();
		fake_commit_elsewhere(1, COUNTY, moment_us, NULL);
		fake_commit_elsewhere(2, COUNTY, moment_us, &theirs);
		fake_commit_elsewhere(3, COUNTY, moment_us, NULL);
		struct pg_conn *connection = pg_connect(&target, error);
		assert_non_null(connection);
		fake.fault = streams[i].fault;
		bool good = streams[i].until ? replay_until(&replay, connection, streams[i].until)
		                             : replay_all(&replay, connection);
		EXPECT(good == streams[i].good && (good || strstr(replay.error, "57014")), "row %zu: %s", i,
		       replay.error);
		EXPECT(!good || (replay.as_of.seq == streams[i].seq && replay.submissions == streams[i].seq),
		       "row %zu", i);
		struct report_standing standing = totals_standing(holdings.totals, VILLAGE, FORM_VILLAGE, 201304);
		EXPECT(!good || standing.revision == (streams[i].seq > 1), "row %zu", i);
		PQfinish((PGconn *)connection);
	}
}

/* What the database does not show (yet) is missed, and told apart from what it refuses. */
static void
test_not_all_is_shown(void **state)
{
	static const struct {
		enum journal_table table;
		uint64_t seq, until;
		bool whole;
		const char *why;
	} rows[] = {
	    {TABLE_REPORT, 2, 0, false, "of commits 1 to 3 the database shows 3 submissions, 0 of 1 reports"},
	    {TABLE_REPORT, 2, 2, false, "of commits 1 to 2 the database shows 2 submissions, 0 of 1 reports"},
	    {TABLE_REPORT, 2, 1, true, ""},
	    {TABLE_SUBMISSION, 1, 0, false, "shows 2 submissions, 1 of 1 reports"},
	    {TABLE_SUBMISSION, 3, 0, false, "shows 2 submissions, 1 of 1 reports"},
	    {TABLE_SUBMISSION, 3, 3, false, "shows 2 submissions, 1 of 1 reports"},
	    {TABLE_SUBMISSION, 3, 2, true, ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char error[PG_ERROR_BYTES];
		unmake(state);
		make(state);
		fake_reset();
		fake_commit_elsewhere(1, COUNTY, moment_us, NULL);
		fake_commit_elsewhere(2, COUNTY, moment_us, &theirs);
		fake_commit_elsewhere(3, COUNTY, moment_us, NULL);
		fake.hidden_table = rows[i].table;
		fake.hidden_seq = rows[i].seq;
		fake.hidden_reads = 1;
		struct pg_conn *connection = pg_connect(&target, error);
		assert_non_null(connection);
		bool good = rows[i].until ? replay_until(&replay, connection, rows[i].until)
		                          : replay_all(&replay, connection);
		EXPECT(good == rows[i].whole && replay.incomplete == !good && strstr(replay.error, rows[i].why),
		       "row %zu: %s", i, replay.error);
		PQfinish((PGconn *)connection);
	}
}

/* Two sums may not make up for each other, nor a commit twice for one that is not there. */
static void
test_sums(void **state)
{
	static const struct {
		struct replay_sums sums;
		uint64_t after, until;
		bool whole;
	} rows[] = {
	    {{0}, 7, 7, true},
	    {{0}, 7, 8, false},
	    {{.submissions = 1, .first = 8, .last = 8}, 7, 8, true},
	    {{.submissions = 1, .first = 8, .last = 8}, 7, 7, false},
	    {{.submissions = 2, .first = 7, .last = 9}, 7, 9, false},
	    {{.submissions = 2, .first = 8, .last = 10}, 7, 9, false},
	    {{2, 8, 9, {3, 4, 5}, {3, 4, 5}}, 7, 9, true},
	    {{2, 8, 9, {3, 4, 5}, {2, 5, 5}}, 7, 9, false},
	    {{2, 8, 9, {3, 4, 5}, {3, 4, 4}}, 7, 9, false},
	    {{2, 8, 9, {3, 4, 5}, {4, 4, 5}}, 7, 9, false},
	};
	char why[PG_ERROR_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		EXPECT(replay_is_whole(&rows[i].sums, rows[i].after, rows[i].until, why) == rows[i].whole, "row %zu",
		       i);
}

/* ---------------------------------------------------------------- what is refused */

/* Each of these rows, cut off anywhere, is not believed. */
static void
test_cut_off(void **state)
{
	struct copy_writer all[TABLES] = {{0}};
	(void)state;
	for (int table = 0; table < TABLES; table++)
		copy_begin(&all[table]);
	size_t header = all[0].size;
	put_submission(&all[TABLE_SUBMISSION], 7, 1, COUNTY, moment_us);
	put_report(&all[TABLE_REPORT], VILLAGE, 201304, 1, 7);
	put_review(&all[TABLE_REVIEW], VILLAGE, RETURN_NO_EVIDENCE);
	put_extension(&all[TABLE_EXTENSION], COUNTY);
	put_entry(&all[TABLE_ENTRY], PROVINCE, FUND_RAISED, "r", 0);
	put_target(&all[TABLE_TARGET], COUNTY);
	put_document(&all[TABLE_DOCUMENT], COUNTY, DOCUMENT_PLAN);
	put_project(&all[TABLE_PROJECT], VILLAGE, PROJECT_REGISTER);
	for (int table = 0; table < TABLES; table++) {
		for (size_t size = header + 2; size < all[table].size; size++) {
			*replay.error = 0;
			EXPECT(!replay_message(&replay, (enum journal_table)table, all[table].bytes, size, true),
			       "table %d, %zu bytes", table, size);
			EXPECT(*replay.error, "table %d, %zu bytes: no reason", table, size);
		}
		EXPECT(take((enum journal_table)table, &all[table]), "table %d: %s", table, replay.error);
		/* The end of the data, and a header without any. */
		EXPECT(replay_message(&replay, (enum journal_table)table, "\377\377", 2, false), "table %d", table);
		EXPECT(replay_message(&replay, (enum journal_table)table, all[table].bytes, header, true), "table %d",
		       table);
		copy_free(&all[table]);
	}
}

/* What the plan does not have. */
static void
test_unknown(void **state)
{
	struct copy_writer w[6] = {{0}};
	static const enum journal_table tables[] = {TABLE_REPORT, TABLE_REPORT,   TABLE_REVIEW,
	                                            TABLE_ENTRY,  TABLE_DOCUMENT, TABLE_DOCUMENT};
	static const char *const reasons[] = {"its unit or period", "does not fit the plan", "its unit, form",
	                                      "its unit is not",    "its unit or kind",      "its unit or kind"};
	(void)state;
	for (size_t i = 0; i < COUNT(w); i++)
		copy_begin(&w[i]);
	put_report(&w[0], 220899, 201304, 1, 7);
	put_report(&w[1], VILLAGE, 201304, 9, 7);
	put_review(&w[2], 220899, 0);
	put_entry(&w[3], 220899, FUND_RAISED, "r", 0);
	put_document(&w[4], 220899, DOCUMENT_PLAN);
	put_document(&w[5], COUNTY, 99);
	for (size_t i = 0; i < COUNT(w); i++) {
		EXPECT(!take(tables[i], &w[i]) && strstr(replay.error, reasons[i]), "row %zu: %s", i, replay.error);
		copy_free(&w[i]);
	}
	for (int16_t kind = -1; kind <= FUND_KINDS; kind += FUND_KINDS + 1) {
		struct copy_writer entry = {0};
		copy_begin(&entry);
		put_entry(&entry, PROVINCE, kind, "x", 0);
		EXPECT(!take(TABLE_ENTRY, &entry), "kind %d", kind);
		copy_free(&entry);
	}
}

/* A column that one step alone has is there exactly then. */
static void
test_steps(void **state)
{
	enum { NONE = 100 };
	static const struct {
		int16_t step;
		int null, given; /* of the columns behind the note, from 0 */
		bool good;
	} rows[] = {{PROJECT_REGISTER, NONE, NONE, true}, {PROJECT_PROGRESS, NONE, NONE, true},
	            {PROJECT_REGISTER, 0, NONE},          {PROJECT_REGISTER, 6, NONE},
	            {PROJECT_REGISTER, NONE, 9},          {PROJECT_PROGRESS, 9, NONE},
	            {PROJECT_PROGRESS, NONE, 0},          {PROJECT_PROGRESS, NONE, 8},
	            {PROJECT_PROGRESS, NONE, 10}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct copy_writer w = {0}, changed = {0};
		size_t size;
		copy_begin(&w);
		put_project(&w, VILLAGE, rows[i].step);
		struct copy_reader r = {.at = w.bytes, .end = w.bytes + w.size};
		copy_read_header(&r);
		int count = copy_read_row(&r);
		copy_begin(&changed);
		copy_row(&changed, count);
		for (int at = -6; at < count - 6; at++) {
			bool null = copy_read_null(&r);
			const uint8_t *bytes = null ? NULL : copy_read_bytes(&r, &size);
			if (at == rows[i].given)
				copy_int4(&changed, 1);
			else if (null || at == rows[i].null)
				copy_null(&changed);
			else
				copy_bytes(&changed, bytes, size);
		}
		bool good = take(TABLE_PROJECT, &changed);
		EXPECT(good == rows[i].good && (good || strstr(replay.error, "bad row")), "row %zu: %s", i,
		       replay.error);
		copy_free(&w);
		copy_free(&changed);
	}
}

/* A text has at most the bytes that the centre takes. */
static void
test_long_texts(void **state)
{
	(void)state;
	for (size_t size = VOUCHER_BYTES_MAX - 1; size <= VOUCHER_BYTES_MAX + 1; size++) {
		char voucher[VOUCHER_BYTES_MAX + 2] = "";
		struct copy_writer w = {0};
		memset(voucher, 'v', size);
		copy_begin(&w);
		put_entry(&w, PROVINCE, FUND_RAISED, voucher, 0);
		bool good = take(TABLE_ENTRY, &w);
		EXPECT(good == (size <= VOUCHER_BYTES_MAX) && (good || strstr(replay.error, "bad row")),
		       "%zu bytes: %s", size, replay.error);
		copy_free(&w);
	}
}

/* Every column is read and written at its own width, and a row's longest texts have room. */
static void
test_columns(void **state)
{
	static const size_t sizes[] = {
	    [SQL_INT2] = 4,   [SQL_INT4] = 4,      [SQL_INT8] = 8,      [SQL_NEXT] = 4,
	    [SQL_COUNTY] = 8, [SQL_DATE] = 4,      [SQL_SECONDS] = 8,   [SQL_MICROSECONDS] = 8,
	    [SQL_FLAG] = 1,   [SQL_TEXT] = 8,      [SQL_ID] = ID_BYTES, [SQL_DIGEST] = DIGEST_BYTES,
	    [SQL_LIST] = 0,   [SQL_PRINCIPAL] = 0, [SQL_SEQ] = 0,       [SQL_LINE] = 0,
	};
	(void)state;
	for (int i = 0; i < TABLES; i++) {
		size_t texts = 0;
		for (size_t at = 0; at < journal_tables[i].column_count; at++) {
			const struct journal_column *column = &journal_tables[i].columns[at];
			EXPECT(column->size == sizes[column->kind], "%s %s", journal_tables[i].name, column->name);
			EXPECT(!column->limit == (column->kind != SQL_TEXT), "%s %s", journal_tables[i].name,
			       column->name);
			texts += column->kind == SQL_TEXT ? column->limit + 1U : 0;
		}
		EXPECT(texts <= JOURNAL_TEXT_BYTES, "%s: %zu bytes", journal_tables[i].name, texts);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_submissions),      TEST(test_time_base), TEST(test_rows),    TEST(test_money),
	    TEST(test_projects),         TEST(test_cut_off),   TEST(test_unknown), TEST(test_stream),
	    TEST(test_not_all_is_shown), TEST(test_sums),      TEST(test_steps),   TEST(test_columns),
	    TEST(test_long_texts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
