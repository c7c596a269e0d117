/* The order in which jobs are done: one after the other, an urgent one before all that wait. Without a
 * database: work() is then called without a connection. */
#include "case.h"

#include "postgres/worker.h"

#include <poll.h>
#include <semaphore.h>

enum { JOBS = 6, URGENT = 3 };

/* The first job holds up the others until they all wait. */
struct gate {
	sem_t begun, open;
};

struct note {
	struct job job;
	int number;
	struct gate *gate; /* of the first one only */
};

struct order {
	int count, numbers[JOBS];
};

static void
pass(struct job *job, struct pg_conn *connection, const char *error)
{
	struct note *note = (struct note *)job;
	(void)error;
	assert_null(connection);
	if (!note->gate)
		return;
	sem_post(&note->gate->begun);
	sem_wait(&note->gate->open);
}

static void
write_down(struct job *job, void *context)
{
	struct order *order = context;
	order->numbers[order->count++] = ((struct note *)job)->number;
}

static void
test_urgent_first(void **state)
{
	static const int expected[JOBS] = {0, URGENT, 1, 2, 4, 5};
	const struct pg_target nowhere = {.uri = "postgresql:///none?host=/nonexistent"};
	struct worker *worker = worker_start(&nowhere);
	struct gate gate;
	struct note notes[JOBS];
	struct order order = {0};
	(void)state;
	assert_non_null(worker);
	assert_true(!sem_init(&gate.begun, 0, 0) && !sem_init(&gate.open, 0, 0));
	for (int i = 0; i < JOBS; i++) {
		notes[i] = (struct note){{.work = pass, .finish = write_down, .urgent = i == URGENT}, i, NULL};
		notes[i].gate = i ? NULL : &gate;
		assert_true(worker_post(worker, &notes[i].job));
		while (!i && sem_wait(&gate.begun))
			continue;
	}
	sem_post(&gate.open);
	while (order.count < JOBS) {
		struct pollfd done = {.fd = worker_fd(worker), .events = POLLIN};
		assert_int_equal(poll(&done, 1, 60000), 1);
		worker_finish(worker, &order);
	}
	assert_memory_equal(order.numbers, expected, sizeof expected);
	worker_stop(&worker, &order);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_urgent_first)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
