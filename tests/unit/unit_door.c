/* The door: who gets a line, and how much of what. */
#include "case.h"

#include "door.h"

#include <stdio.h>
#include <string.h>

static const char stranger[] = "0000000000000000000000000000000000000000";
static const char waiting[] = "1111111111111111111111111111111111111111";

static struct door
a_door(struct guest guests[2])
{
	memset(guests, 0, 2 * sizeof *guests);
	memcpy(guests[0].public_key, "9999999999999999999999999999999999999999", KEY_TEXT_BYTES);
	memcpy(guests[1].public_key, waiting, KEY_TEXT_BYTES);
	guests[0].revoked = true;
	struct door door = {.guest_count = 2, .guests = guests};
	door_sort(&door);
	return door;
}

static void
test_who(void **state)
{
	struct guest guests[2];
	struct door door = a_door(guests);
	(void)state;
	assert_null(door_guest(&door, stranger));
	assert_false(door_guest(&door, waiting)->revoked);
	assert_true(door_guest(&door, "9999999999999999999999999999999999999999")->revoked);
	assert_false(door_lets_in(&door, stranger, 0, 100));
	assert_true(door_lets_in(&door, waiting, 0, 100));
	door.open_until_us = 101;
	assert_true(door_lets_in(&door, stranger, 0, 100));
	assert_false(door_lets_in(&door, stranger, 0, 101));
	door.open_until_us = INT64_MAX;
	assert_true(door_lets_in(&door, stranger, DOOR_CONNECTIONS_MAX, 102));
	assert_false(door_lets_in(&door, stranger, DOOR_CONNECTIONS_MAX + 1, 102));
	assert_false(door_lets_in(&door, waiting, DOOR_CONNECTIONS_MAX + 1, 102));
	struct door none = {0};
	assert_null(door_guest(&none, stranger));
	assert_false(door_lets_in(&none, stranger, 0, 0));
}

/* A burst, then one each so often; after a long pause a burst again, and no more than one. */
static void
test_lines(void **state)
{
	struct door door = {.open_until_us = INT64_MAX};
	int64_t now = 5000000000;
	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < DOOR_LINES; i++)
			assert_true(door_lets_in(&door, stranger, 0, now));
		assert_false(door_lets_in(&door, stranger, 0, now));
		assert_false(door_lets_in(&door, stranger, 0, now + DOOR_LINE_US - 1));
		now += DOOR_LINE_US;
		assert_true(door_lets_in(&door, stranger, 0, now));
		assert_false(door_lets_in(&door, stranger, 0, now));
		now += INT64_C(1000) * DOOR_LINES * DOOR_LINE_US;
	}
}

static void
test_secrets(void **state)
{
	struct guest guests[2];
	struct door door = a_door(guests);
	int64_t now = 1;
	(void)state;
	for (int i = 0; i < DOOR_WRONG; i++) {
		assert_true(door_takes_enrol(&door, stranger, now));
		door_note_wrong(&door, now);
	}
	assert_false(door_takes_enrol(&door, stranger, now));
	assert_true(door_takes_enrol(&door, waiting, now)); /* it is known */
	assert_false(door_takes_enrol(&door, stranger, now + DOOR_WRONG_US - 1));
	assert_true(door_takes_enrol(&door, stranger, now + DOOR_WRONG_US));
	/* And in all. */
	now += INT64_C(100) * DOOR_WRONG_US;
	int taken = 0;
	while (door_takes_enrol(&door, taken % 2 ? stranger : waiting, now))
		taken++;
	assert_int_equal(taken, DOOR_ENROLS);
	assert_true(door_takes_enrol(&door, waiting, now + DOOR_ENROL_US));
	assert_false(door_takes_enrol(&door, waiting, now + DOOR_ENROL_US));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
