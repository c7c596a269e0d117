/* The door: who gets a line, and how much of what. */
#include "case.h"

#include "access/door.h"

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
	struct door none = {0};
	assert_null(door_guest(&none, stranger));
}

static int
takes(struct door *door, const char *public_key, int64_t now_us)
{
	int taken = 0;
	while (door_takes_enrol(door, public_key, now_us))
		taken++;
	return taken;
}

/* A burst, then one each so often; after a long pause a burst again, and no more than one. A guest's own. */
static void
test_enrols(void **state)
{
	struct guest guests[2], later[2];
	struct door door = a_door(guests), fresh = a_door(later);
	int64_t now = 5000000000;
	(void)state;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(takes(&door, waiting, now), DOOR_GUEST_ENROLS);
		assert_false(door_takes_enrol(&door, waiting, now + DOOR_GUEST_ENROL_US - 1));
		now += DOOR_GUEST_ENROL_US;
		assert_int_equal(takes(&door, waiting, now), 1);
		assert_int_equal(takes(&door, stranger, now), DOOR_ENROLS); /* an office */
		assert_int_equal(takes(&door, "9999999999999999999999999999999999999999", now), DOOR_GUEST_ENROLS);
		if (!round)
			now += INT64_C(1000) * DOOR_GUEST_ENROLS * DOOR_GUEST_ENROL_US;
	}
	/* The same list once more, which every Enrol brings, is no new beginning. */
	door_renew(&door, &fresh);
	assert_ptr_equal(door.guests, later);
	assert_int_equal(takes(&door, waiting, now), 0);
	assert_int_equal(takes(&door, stranger, now), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who),
	    cmocka_unit_test(test_enrols),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
