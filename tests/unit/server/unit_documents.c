/* Documents in memory: versions, and who has sent what, against a plain model; pages of every size. */
#include "case.h"
#include "plan.h"

#include "state/documents.h"

#include <stdio.h>
#include <stdlib.h>

static struct documents *documents;
static struct extensions *extensions;
static struct problem_list problems;
static int64_t due;

static int
make(void **state)
{
	(void)state;
	plan_make(&plan);
	documents = documents_create();
	extensions = extensions_create();
	due = catalogue_document(&plan, DOCUMENT_PLAN)->due;
	return documents && extensions ? 0 : 1;
}

static int
unmake(void **state)
{
	(void)state;
	documents_destroy(&documents);
	documents_destroy(&documents); /* twice is fine */
	extensions_destroy(&extensions);
	catalogue_free(&plan);
	return 0;
}

static void
add(unit_code unit, uint32_t kind, uint32_t version, int64_t time)
{
	char name[32];
	struct document d = {
	    .unit = unit, .kind = kind, .type = FILE_PDF, .size = version, .name = name, .note = "x"};
	snprintf(name, sizeof name, "%lld-%u-%u", (long long)unit, kind, version);
	assert_true(documents_add(documents, &d, version, (uint64_t)time, time * 1000000));
}

static struct document_answer
list(struct arena *arena, const struct document_query *q, int64_t now)
{
	struct document_answer out = {0};
	problem_list_init(&problems);
	arena_reset(arena);
	assert_true(
	    documents_list(documents, extensions, &plan, q, now * 1000000 + 999999, arena, &out, &problems));
	assert_true(out.time_us == now * 1000000 + 999999);
	return out;
}

/* In any order: a version is found by its number, and the newest without. */
static void
test_find(void **state)
{
	static const uint32_t order[] = {3, 1, 4, 2};
	(void)state;
	assert_null(documents_find(documents, (struct document_key){COUNTY, DOCUMENT_PLAN, 0}));
	for (size_t i = 0; i < COUNT(order); i++)
		add(COUNTY, DOCUMENT_PLAN, order[i], due - 4 + order[i]);
	add(220881, DOCUMENT_PLAN, 1, due);
	for (uint32_t v = 1; v <= 4; v++) {
		const struct document_item *item =
		    documents_find(documents, (struct document_key){COUNTY, DOCUMENT_PLAN, v});
		assert_non_null(item);
		assert_true(item->size == v && item->time == due - 4 + v);
	}
	assert_null(documents_find(documents, (struct document_key){COUNTY, DOCUMENT_PLAN, 5}));
	assert_null(documents_find(documents, (struct document_key){COUNTY, DOCUMENT_PLAN, UINT32_MAX}));
	assert_int_equal(documents_find(documents, (struct document_key){COUNTY, DOCUMENT_PLAN, 0})->key.version,
	                 4);
	assert_null(documents_find(documents, (struct document_key){COUNTY, DOCUMENT_PHOTO, 0}));
	assert_null(documents_find(documents, (struct document_key){222401, DOCUMENT_PLAN, 0}));
	assert_null(documents_find(documents, (struct document_key){0, 0, 0}));
}

/* 220821 sent four, 220881 one, 222401 none; no village sent a photo. */
static void
test_list(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 1024 * 1024);
	struct document_query q = {.unit = 22};
	struct document_answer a = list(&arena, &q, due);
	assert_int_equal(a.count, 3 + 3);
	assert_true(a.items[0].key.unit == COUNTY && a.items[0].key.version == 4 &&
	            a.items[0].first_time == due - 3);
	assert_true(a.items[0].time == due && a.items[0].due == due);
	assert_string_equal(a.items[0].name, "220821-1-4");
	assert_true(a.items[1].key.unit == 220881 && a.items[1].key.version == 1 && a.items[1].first_time == due);
	assert_true(a.items[2].key.unit == 222401 && !a.items[2].key.version && !a.items[2].first_time);
	assert_true(a.items[2].due == due && !*a.items[2].name);
	assert_true(a.items[3].key.unit == VILLAGE && a.items[3].key.kind == DOCUMENT_PHOTO && !a.next.unit);
	q.versions = true;
	assert_int_equal(list(&arena, &q, due).count, 4 + 1 + 1 + 3);
	/* Both sides of the due date. */
	q = (struct document_query){.unit = 22, .missing = true};
	assert_int_equal(list(&arena, &q, due - 1).count, 0);
	a = list(&arena, &q, due);
	assert_true(a.count == 1 && a.items[0].key.unit == 222401);
	/* One kind, one unit, a unit below the level. */
	const uint32_t photo = DOCUMENT_PHOTO;
	q = (struct document_query){.unit = COUNTY, .kinds = &photo, .kind_count = 1};
	assert_int_equal(list(&arena, &q, due).count, 2);
	q.kind_count = 0;
	assert_int_equal(list(&arena, &q, due).count, 1 + 2);
	q.unit = VILLAGE;
	assert_int_equal(list(&arena, &q, due).count, 1);
	arena_free(&arena);
}

static void
extend(unit_code unit, uint32_t document, int64_t until)
{
	const struct extension e = {.unit = unit, .event = DEADLINE_DUE, .until = until, .document = document};
	assert_true(extensions_add(extensions, &e));
}

/* A unit's own, of one above it, the latest of them; of that kind only, and never sooner than the plan. */
static void
test_extended(void **state)
{
	const struct document_query missing = {.unit = 222401, .missing = true}, all = {.unit = 222401};
	struct arena arena;
	(void)state;
	arena_init(&arena, 1024 * 1024);
	size_t before = list(&arena, &missing, due).count;
	assert_true(before > 0);
	extend(222401, DOCUMENT_PLAN, due - 1);
	extend(COUNTY, DOCUMENT_PLAN, due + 9);
	assert_int_equal(list(&arena, &missing, due).count, before);
	extend(2224, DOCUMENT_PLAN, due + 5);
	extend(222401, DOCUMENT_PLAN, due + 3);
	assert_int_equal(list(&arena, &missing, due + 4).count, before - 1);
	assert_int_equal(list(&arena, &missing, due + 5).count, before);
	struct document_answer out = list(&arena, &all, due);
	for (size_t i = 0; i < out.count; i++) {
		const struct document_key *key = &out.items[i].key;
		int64_t own = catalogue_document(&plan, key->kind)->due;
		assert_true(out.items[i].due == (key->kind == DOCUMENT_PLAN && key->unit == 222401 ? due + 5 : own));
	}
	/* The newest of a key counts. */
	extend(2224, DOCUMENT_PLAN, due + 2);
	assert_int_equal(list(&arena, &missing, due + 3).count, before);
	arena_free(&arena);
}

static void
test_pages(void **state)
{
	struct arena all_arena, arena;
	(void)state;
	arena_init(&all_arena, 1024 * 1024);
	arena_init(&arena, 1024 * 1024);
	for (int versions = 0; versions < 2; versions++) {
		struct document_query q = {.unit = 22, .versions = versions};
		struct document_answer all = list(&all_arena, &q, due);
		for (uint32_t limit = 1; limit <= all.count + 1; limit++) {
			size_t at = 0;
			q = (struct document_query){.unit = 22, .versions = versions, .limit = limit};
			do {
				struct document_answer page = list(&arena, &q, due);
				EXPECT(page.count == limit || !page.next.unit, "limit %u", limit);
				for (size_t i = 0; i < page.count; i++, at++)
					EXPECT(at < all.count && page.items[i].key.unit == all.items[at].key.unit &&
					           page.items[i].key.version == all.items[at].key.version,
					       "limit %u, item %zu", limit, at);
				q.after = page.next;
			} while (q.after.unit);
			EXPECT(at == all.count, "limit %u: %zu", limit, at);
		}
	}
	arena_free(&arena);
	arena_free(&all_arena);
}

static void
test_refused(void **state)
{
	static const uint32_t unknown[] = {DOCUMENT_PLAN, 9};
	const struct document_query nowhere = {.unit = 99},
	                            nothing = {.unit = 22, .kinds = unknown, .kind_count = 2};
	struct document_answer out;
	struct arena arena;
	(void)state;
	arena_init(&arena, 1024 * 1024);
	problems.count = 0;
	assert_false(documents_list(documents, extensions, &plan, &nowhere, 0, &arena, &out, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_UNIT_UNKNOWN);
	assert_false(documents_list(documents, extensions, &plan, &nothing, 0, &arena, &out, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_DOCUMENT_KIND_UNKNOWN);
	arena_free(&arena);
	arena_init(&arena, 16);
	const struct document_query all = {.unit = 22};
	assert_false(documents_list(documents, extensions, &plan, &all, 0, &arena, &out, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_TOO_LARGE);
	arena_free(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_find),     cmocka_unit_test(test_list),    cmocka_unit_test(test_pages),
	    cmocka_unit_test(test_extended), cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, make, unmake);
}
