/* The set of keys against a plain model, a flag for each key there is: keys that crowd at few homes, at
 * the table's end so that runs go round it, and many that make it grow. */
#include "case.h"
#include "dice.h"

#include "base/key_set.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 4000 };

struct model {
	struct dice dice;
	size_t count, held; /* keys there are; in the set */
	struct key keys[KEYS_MAX];
	bool has[KEYS_MAX];
};

/* Key i of a kind of history; all different and none all zero. Their low bits, by which a table of any
 * power of two finds their place, are `homes` neighbours that begin at `first`. */
static struct key
crowded(size_t i, uint64_t first, size_t homes)
{
	return (struct key){{(first + i % homes) & 0xFFFF, i / homes + 1}};
}

static struct key
one_word_zero(size_t i)
{
	return i % 2 ? (struct key){{i + 1, 0}} : (struct key){{0, i + 1}};
}

static const struct history {
	const char *name;
	size_t keys, steps;
	uint64_t first; /* of the homes */
	size_t homes;   /* 0: keys of which one word is zero; SIZE_MAX: SipHashes */
} histories[] = {
    {"one home", 40, 30000, 5, 1},
    {"the last home", 40, 30000, 0xFFFF, 1},
    {"homes over the end", 48, 100000, 0xFFFA, 12},
    {"a full small table", 48, 60000, 0, 64},
    {"crowded and growing", 1000, 40000, 0xFF00, 512},
    {"one word zero", 48, 30000, 0, 0},
    {"hashes", KEYS_MAX, 150000, 0, SIZE_MAX},
};

static void
make_keys(struct model *m, const struct history *h)
{
	m->count = h->keys;
	for (size_t i = 0; i < h->keys; i++) {
		if (h->homes == SIZE_MAX)
			m->keys[i] = key_make('t', &i, sizeof i, "", 0);
		else
			m->keys[i] = h->homes ? crowded(i, h->first, h->homes) : one_word_zero(i);
	}
}

/* Adds or removes one key; in phases of 1,000 steps the set rather grows, then rather shrinks. */
static void
step(struct model *m, struct key_set *set, size_t at)
{
	size_t i = dice_pick(&m->dice, m->count);
	bool grows = at / 1000 % 2 == 0;
	if (dice_pick(&m->dice, 8) < (grows ? 6 : 2)) {
		assert_true(key_set_add(set, &m->keys[i])); /* once more is fine, too */
		m->held += !m->has[i];
		m->has[i] = true;
	} else {
		key_set_remove(set, &m->keys[i]); /* also one that is not there */
		m->held -= m->has[i];
		m->has[i] = false;
	}
}

static bool
agrees(const struct model *m, const struct key_set *set)
{
	bool good = set->count == m->held && 4 * set->count <= 3 * set->room;
	for (size_t i = 0; good && i < m->count; i++)
		good = key_set_has(set, &m->keys[i]) == m->has[i];
	return good;
}

static void
run_history(const struct history *h, uint64_t seed)
{
	struct model *m = calloc(1, sizeof *m);
	struct key_set set = {0};
	assert_non_null(m);
	m->dice.state = seed;
	make_keys(m, h);
	for (size_t at = 0; at < h->steps; at++) {
		step(m, &set, at);
		size_t i = dice_pick(&m->dice, m->count);
		bool good = set.count == m->held && key_set_has(&set, &m->keys[i]) == m->has[i];
		/* All of a small set always, of a large one now and then. */
		if (good && (m->count <= 48 || at % 1000 == 999))
			good = agrees(m, &set);
		EXPECT(good, "%s, seed %" PRIu64 ", step %zu", h->name, seed, at);
	}
	key_set_free(&set);
	free(m);
}

static void
test_histories(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(histories); i++)
		run_history(&histories[i], i + 1);
}

static void
test_empty(void **state)
{
	struct key_set set = {0};
	struct key key = {{1, 2}};
	(void)state;
	assert_false(key_set_has(&set, &key));
	key_set_remove(&set, &key);
	key_set_free(&set);
	assert_true(key_set_add(&set, &key));
	key_set_free(&set);
	assert_false(key_set_has(&set, &key)); /* may be used again */
	assert_true(key_set_add(&set, &key));
	assert_int_equal(set.count, 1);
	key_set_free(&set);
	key_set_free(&set); /* twice is fine */
	assert_null(set.slots);
}

/* ---------------------------------------------------------------- keys of contents */

static const struct content {
	char kind;
	const char *a, *b;
	size_t a_size, b_size;
} contents[] = {
    {'a', "", "", 0, 0},     {'b', "", "", 0, 0},     {'a', "x", "", 1, 0},     {'a', "y", "", 1, 0},
    {'a', "xy", "", 2, 0},   {'a', "x", "z", 1, 1},   {'b', "x", "z", 1, 1},    {'a', "z", "x", 1, 1},
    {'a', "\0", "", 1, 0},   {'a', "\0\0", "", 2, 0}, {'\0', "", "", 0, 0},     {'a', "x\0", "z", 2, 1},
    {'a', "x", "z\0", 1, 2}, {'a', "凭证", "", 6, 0}, {'a', "x", "凭证", 1, 6},
};

/* No two rows are the same text put one after the other: under one kind the first piece has one size. */
static void
test_contents(void **state)
{
	struct key keys[COUNT(contents)];
	(void)state;
	for (size_t i = 0; i < COUNT(contents); i++) {
		const struct content *c = &contents[i];
		keys[i] = key_make(c->kind, c->a, c->a_size, c->b, c->b_size);
		struct key again = key_make(c->kind, c->a, c->a_size, c->b, c->b_size);
		EXPECT(!memcmp(&keys[i], &again, sizeof again), "row %zu", i);
		EXPECT(keys[i].words[0] || keys[i].words[1], "row %zu", i);
		for (size_t k = 0; k < i; k++)
			EXPECT(memcmp(&keys[i], &keys[k], sizeof keys[i]) != 0, "rows %zu %zu", i, k);
	}
}

/* Of 100,000 contents that differ in a bit or two no two have the same key. */
static void
test_no_collisions(void **state)
{
	enum { KEYS = 100000 };
	struct key_set set = {0};
	(void)state;
	for (uint64_t i = 0; i < KEYS; i++) {
		uint64_t number = i / 2;
		struct key key = key_make(i % 2 ? 'r' : 'v', &number, sizeof number, "voucher", 7);
		EXPECT(!key_set_has(&set, &key), "content %" PRIu64, i);
		assert_true(key_set_add(&set, &key));
	}
	assert_int_equal(set.count, KEYS);
	key_set_free(&set);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_contents),
	    cmocka_unit_test(test_no_collisions),
	    cmocka_unit_test(test_histories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
