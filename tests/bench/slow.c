/* Lets a process run only now and then: every so often for so long (SIGCONT), stopped in between
 * (SIGSTOP). However this ends (time over, a line or the end on standard input, SIGTERM), the process
 * runs again. */
#include "base/clock.h"
#include "bench.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* Waits; false: it is to end. */
static bool
pause_until(int signals, int64_t due_us)
{
	struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
	int64_t left = due_us - clock_steady_us();
	struct timespec time = {left / 1000000, left % 1000000 * 1000};
	return left <= 0 || ppoll(inputs, 2, &time, NULL) == 0;
}

static bool
slow(const struct arguments *o, int signals, int64_t *times)
{
	pid_t pid = (pid_t)o->pid;
	int64_t start_us = clock_steady_us(), end_us = start_us + o->seconds * 1000000;
	for (*times = 0;; ++*times) {
		int64_t next_us = start_us + (*times + 1) * o->every_us;
		if (kill(pid, SIGSTOP))
			return bench_fail("process %" PRId64 " cannot be stopped: %s", o->pid, strerror(errno));
		bool more = pause_until(signals, next_us - o->run_us);
		if (kill(pid, SIGCONT))
			return bench_fail("process %" PRId64 " is gone: %s", o->pid, strerror(errno));
		if (!more || next_us >= end_us || !pause_until(signals, next_us))
			return true;
	}
}

bool
bench_slow(const struct arguments *arguments, struct json_object *out)
{
	sigset_t ends;
	int64_t times = 0;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	int signals = signalfd(-1, &ends, SFD_CLOEXEC);
	bool sane = arguments->pid > 1 && arguments->run_us > 0 && arguments->run_us < arguments->every_us;
	bool good = sane && signals >= 0 && bench_wait(arguments) && slow(arguments, signals, &times);
	bench_number(out, "times", times);
	if (signals >= 0)
		close(signals);
	return good;
}
