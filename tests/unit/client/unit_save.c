/* From files to the outbox, and back from a refusal to the row of the file: what is saved, in which parts,
 * and where each row came from. */
#include "case.h"
#include "plan.h"

#include "codec.h"
#include "outbox/item_place.h"
#include "outbox/save.h"
#include "outbox/save_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ITEMS_MAX = 8, BOTH = 2, MANY = SUBMISSION_ROWS_MAX + 1 };

static char directory[] = "/tmp/fupin-save-XXXXXX";
static struct outbox *outbox;
static int64_t told[ITEMS_MAX];
static size_t told_count;

static int
begin(void **state)
{
	(void)state;
	plan_make(&plan);
	return mkdtemp(directory) && !chdir(directory) ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return chdir("/") || rmdir(directory);
}

static int
open_box(void **state)
{
	char error[OUTBOX_ERROR_BYTES];
	(void)state;
	outbox = outbox_open("outbox.db", error);
	told_count = 0;
	return outbox ? 0 : -1;
}

static int
close_box(void **state)
{
	static const char *const names[] = {"outbox.db", "outbox.db-wal", "outbox.db-shm", "a.csv", "b.csv"};
	(void)state;
	outbox_close(&outbox);
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(names[i]);
	return 0;
}

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

#define REPORTS "unit,period,village_subsidy\n220821103204,2013-04,1.5\n220821103205,2013-04,2\n"
#define FUNDS                                                                                                \
	"kind,unit,voucher,occurred,source,amount\nraised,220821,V-1,2013-04-15,central,100\n"                   \
	"raised,220821,V-2,2013-04-15,central,200\n"

static void
note(void *context, int64_t position)
{
	(void)context;
	told[told_count++] = position;
}

static struct saving
saving_of(const char *const *files, size_t count, bool each)
{
	return (struct saving){.files = files,
	                       .count = count,
	                       .each = each,
	                       .catalogue = &plan,
	                       .office = COUNTY,
	                       .today = 20130601,
	                       .saved = note};
}

static const char *const both[BOTH] = {"a.csv", "b.csv"};

/* ---------------------------------------------------------------- saving */

/* Files together are one submission, each by itself one of its own. */
static void
test_together(void **state)
{
	(void)state;
	write_file("a.csv", REPORTS);
	write_file("b.csv", FUNDS);
	for (int each = 0; each < 2; each++) {
		struct saving s = saving_of(both, BOTH, each);
		size_t before = told_count;
		EXPECT(save_files(outbox, 1000 + each, &s) && !s.findings.count, "each %d", each);
		EXPECT(s.parts == (each ? 2U : 1U) && told_count == before + s.parts && !s.left_out, "each %d: %zu",
		       each, s.parts);
		for (size_t i = 0; i < s.parts; i++) {
			struct outbox_item item;
			struct submission saved;
			struct arena arena;
			assert_true(outbox_get(outbox, told[before + i], &item));
			EXPECT(item.state == OUTBOX_WAITING && item.created_us == 1000 + each, "each %d", each);
			EXPECT(!strcmp(item.files, each ? both[i] : "a.csv b.csv"), "each %d: %s", each, item.files);
			EXPECT(!strcmp(item.places, !each ? "a.csv:2\na.csv:3\nb.csv:2\nb.csv:3\n"
			                            : i   ? "b.csv:2\nb.csv:3\n"
			                                  : "a.csv:2\na.csv:3\n"),
			       "each %d: %s", each, item.places);
			struct digest digest = digest_of(item.bytes, item.size);
			item_decode(&arena, &item, &saved);
			EXPECT(digest_equal(&digest, &item.digest) && submission_id_equal(&saved.id, &item.id), "each %d",
			       each);
			EXPECT(saved.report_count == (each && i ? 0 : 2) && saved.entry_count == (each && !i ? 0 : 2),
			       "each %d", each);
			arena_free(&arena);
		}
	}
}

/* The same once more is not added again. */
static void
test_same(void **state)
{
	struct saving s = saving_of(both, 1, false);
	(void)state;
	write_file("a.csv", REPORTS);
	assert_true(save_files(outbox, 1, &s) && save_files(outbox, 2, &s));
	assert_true(told_count == 2 && told[0] == told[1]);
}

/* One bad file, and nothing of any is saved. */
static void
test_findings(void **state)
{
	size_t counts[OUTBOX_STATES];
	(void)state;
	for (int each = 0; each < 2; each++) {
		struct saving s = saving_of(both, BOTH, each);
		write_file("a.csv", REPORTS);
		write_file("b.csv",
		           "kind,unit,voucher,occurred,source,amount\nraised,220821,V-1,2013-04-15,nobody,100\n");
		EXPECT(!save_files(outbox, 1, &s) && s.findings.count == 1, "each %d: %zu", each, s.findings.count);
		EXPECT(!strcmp(s.findings.items[0].place.file, "b.csv") && s.findings.items[0].place.line == 2,
		       "each %d", each);
		write_file("b.csv",
		           "kind,unit,voucher,occurred,source,amount\nraised,220899,V-1,2013-04-15,central,100\n");
		s = saving_of(both, BOTH, each);
		EXPECT(!save_files(outbox, 1, &s) && s.findings.count == 1, "each %d: %zu", each, s.findings.count);
		EXPECT(s.findings.items[0].problem.code == PROBLEM_UNIT_UNKNOWN && !s.parts, "each %d", each);
	}
	assert_true(outbox_counts(outbox, counts) && !counts[OUTBOX_WAITING] && !told_count);
}

static void
test_check(void **state)
{
	struct saving s = saving_of(both, BOTH, true);
	struct draft draft;
	(void)state;
	write_file("a.csv", REPORTS);
	write_file("b.csv", FUNDS);
	draft_init(&draft);
	check_files(&s, &draft);
	assert_true(!s.findings.count && draft.submission.report_count == 2 && draft.submission.entry_count == 2);
	assert_int_equal(draft.office, COUNTY);
	draft_free(&draft);
}

/* What one submission cannot hold goes as several, in the order of the rows. */
static void
test_parts(void **state)
{
	struct saving s = saving_of(both, BOTH, false);
	FILE *file = fopen("b.csv", "we");
	(void)state;
	assert_non_null(file);
	fputs("kind,unit,voucher,occurred,source,amount\n", file);
	for (int i = 0; i < MANY; i++)
		fprintf(file, "raised,220821,V-%d,2013-04-15,central,1\n", i);
	fclose(file);
	write_file("a.csv", REPORTS);
	EXPECT(save_files(outbox, 1, &s), "%s", outbox_error(outbox));
	assert_true(s.parts == 2 && told_count == 2);
	for (size_t part = 0; part < 2; part++) {
		struct outbox_item item;
		struct submission saved;
		struct arena arena;
		assert_true(outbox_get(outbox, told[part], &item));
		item_decode(&arena, &item, &saved);
		size_t reports = part ? 0 : 2, entries = part ? 3 : SUBMISSION_ROWS_MAX - 2;
		EXPECT(saved.report_count == reports && saved.entry_count == entries, "part %zu: %zu %zu", part,
		       saved.report_count, saved.entry_count);
		char voucher[16], file_name[PATH_MAX];
		snprintf(voucher, sizeof voucher, "V-%d", part ? SUBMISSION_ROWS_MAX - 2 : 0);
		EXPECT(!strcmp(saved.entries[0].voucher, voucher), "part %zu: %s", part, saved.entries[0].voucher);
		const struct problem problem = {.subject = SUBJECT_ENTRY, .index = 1};
		struct place place = item_place(&item, &problem, &saved, file_name);
		EXPECT(!strcmp(place.file, "b.csv") && place.line == (part ? SUBMISSION_ROWS_MAX + 1U : 3U),
		       "part %zu: %zu", part, place.line);
		arena_free(&arena);
	}
}

/* ---------------------------------------------------------------- places */

static const struct submission rows_of = {.report_count = 1, .entry_count = 1, .project_count = 1};

static void
test_places(void **state)
{
	static const struct {
		enum problem_subject subject;
		size_t index;
		const char *file, *sheet;
		size_t line;
	} rows[] = {
	    {SUBJECT_REPORT, 0, "a.csv", "", 2},    {SUBJECT_ENTRY, 0, "b.xlsx", "资金", 14},
	    {SUBJECT_PROJECT, 0, "d:c.csv", "", 7}, {SUBJECT_REPORT, 1, "b.xlsx", "资金", 14},
	    {SUBJECT_PROJECT, 1, NULL, "", 0},      {SUBJECT_PROJECT, 9, NULL, "", 0},
	    {SUBJECT_REQUEST, 0, NULL, "", 0},
	};
	const struct outbox_item item = {.files = "a.csv b.xlsx",
	                                 .places = "a.csv:2\nb.xlsx" PLACE_SHEET "资金:14\nd:c.csv:7\n"};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char file[PATH_MAX];
		struct problem problem = {
		    .code = PROBLEM_SOURCE_UNKNOWN, .subject = rows[i].subject, .index = (uint32_t)rows[i].index};
		strcpy(problem.column, "source");
		struct place place = item_place(&item, &problem, &rows_of, file);
		EXPECT(!place.file == !rows[i].file && (!place.file || !strcmp(place.file, rows[i].file)),
		       "row %zu: %s", i, place.file);
		EXPECT(place.line == rows[i].line && !strcmp(place.sheet, rows[i].sheet), "row %zu: %zu", i,
		       place.line);
		struct finding f = item_finding(&item, &problem, &rows_of, &plan, LANGUAGE_CHINESE, file);
		EXPECT(!strcmp(f.column, "来源") && !strcmp(f.place.file, rows[i].file ? rows[i].file : item.files),
		       "row %zu: %s %s", i, f.column, f.place.file);
		strcpy(problem.column, "village_subsidy");
		f = item_finding(&item, &problem, &rows_of, &plan, LANGUAGE_ENGLISH, file);
		EXPECT(!strcmp(f.column, "补助到村资金"), "row %zu: %s", i, f.column);
		f = item_finding(&item, &problem, &rows_of, NULL, LANGUAGE_ENGLISH, file);
		EXPECT(!strcmp(f.column, "village_subsidy"), "row %zu: %s", i, f.column);
	}
}

/* The file of each document stands in its place. */
static void
test_documents(void **state)
{
	static const struct {
		const char *places;
		size_t row;
		const char *path; /* NULL: there is none */
	} rows[] = {
	    {"/home/方案.pdf:0\n", 0, "/home/方案.pdf"},
	    {"a:0\nd:b:0\n", 1, "d:b"},
	    {"a:0\n", 1, NULL},
	    {"a:0\nb:0", 1, "b"},
	    {"", 0, NULL},
	    {"none\n", 0, NULL},
	    {":0\n", 0, ""},
	    {NULL, 0, NULL},
	};
	char out[PATH_MAX];
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct outbox_item item = {.places = rows[i].places};
		bool good = item_document_path(&item, rows[i].row, out);
		EXPECT(good == (rows[i].path != NULL) && (!good || !strcmp(out, rows[i].path)), "row %zu: %s", i,
		       out);
	}
}

/* Problems with their places, in both languages; as many whole lines as there is room for. */
static void
test_problems(void **state)
{
	static struct problem_list problems;
	static char out[ITEM_PROBLEMS_BYTES];
	const struct outbox_item item = {
	    .files = "a.csv", .places = "a.csv:2\n", .bytes = (const uint8_t *)"", .size = 0};
	(void)state;
	problem_list_init(&problems);
	for (int i = 0; i < PROBLEMS_MAX; i++)
		problem_detail(problem_add(&problems, PROBLEM_SOURCE_UNKNOWN, SUBJECT_REPORT, 0, "source"), "%0*d",
		               60, i);
	item_problems(&item, &problems, out);
	char *chinese = strstr(out, OUTBOX_LANGUAGES);
	assert_non_null(chinese);
	*chinese++ = 0;
	assert_true(strlen(out) < ITEM_PROBLEMS_BYTES / 2 && strlen(out) > ITEM_PROBLEMS_BYTES / 2 - 300);
	assert_true(strstr(out, "a.csv: row 2, column source") == out && out[strlen(out) - 1] != '\n');
	assert_true(strstr(chinese, "a.csv") == chinese && strstr(chinese, "来源") &&
	            chinese[strlen(chinese) - 1] != '\n');
	assert_null(strstr(out, "来源"));
}

/* ---------------------------------------------------------------- decisions */

static size_t
count_waiting(void)
{
	size_t counts[OUTBOX_STATES];
	assert_true(outbox_counts(outbox, counts));
	return counts[OUTBOX_WAITING];
}

/* More than fit into one submission are saved all, or none; the same again is another decision. */
static void
test_decisions(void **state)
{
	struct review *reviews = calloc(MANY, sizeof *reviews);
	const struct submission all = {.review_count = MANY, .reviews = reviews};
	struct submission read;
	struct outbox_item item;
	(void)state;
	assert_non_null(reviews);
	for (size_t i = 0; i < MANY; i++)
		reviews[i] = (struct review){.unit = 220821103204,
		                             .period = 201304,
		                             .form = 1,
		                             .revision = (uint32_t)i + 1,
		                             .decision = DECISION_PASS,
		                             .text = ""};
	assert_true(save_own(outbox, &all, "reviews", note, NULL));
	assert_int_equal(told_count, BOTH);
	for (size_t part = 0, at = 0; part < BOTH; part++) {
		struct arena arena;
		assert_true(outbox_get(outbox, told[part], &item));
		item_decode(&arena, &item, &read);
		assert_int_equal(read.review_count, part ? 1 : SUBMISSION_ROWS_MAX);
		for (size_t i = 0; i < read.review_count; i++)
			assert_int_equal(read.reviews[i].revision, ++at);
		arena_free(&arena);
	}
	assert_true(save_own(outbox, &all, "reviews", NULL, NULL));
	assert_int_equal(count_waiting(), 2 * BOTH);
	/* The second part has a text that is too long for any. */
	char *long_text = malloc((size_t)DECODE_BYTES_MAX);
	assert_non_null(long_text);
	memset(long_text, 'x', (size_t)DECODE_BYTES_MAX - 1);
	long_text[(size_t)DECODE_BYTES_MAX - 1] = 0;
	reviews[MANY - 1].text = long_text;
	assert_false(save_own(outbox, &all, "reviews", NULL, NULL));
	assert_int_equal(count_waiting(), 2 * BOTH);
	reviews[MANY - 1].text = "";
	assert_true(save_own(outbox, &all, "reviews", NULL, NULL)); /* nothing stands in its way */
	free(long_text);
	free(reviews);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_box, close_box)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_together),  TEST(test_same),     TEST(test_findings),
	    TEST(test_check),     TEST(test_parts),    TEST(test_places),
	    TEST(test_documents), TEST(test_problems), TEST(test_decisions),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
