#include "usage.h"

#include "bench.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* What /proc/PID/stat says (proc(5)): parent, own ticks, ticks of children that have ended. */
struct process {
	int parent;
	int64_t own, ended;
};

static bool
read_process(int64_t pid, struct process *out)
{
	char path[64], line[1024];
	snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
	FILE *file = fopen(path, "re");
	size_t size = file ? fread(line, 1, sizeof line - 1, file) : 0;
	if (file)
		fclose(file);
	line[size] = 0;
	/* The name is in parentheses and may hold anything. */
	const char *rest = strrchr(line, ')');
	int64_t user, system, ended_user, ended_system;
	if (!rest ||
	    sscanf(rest + 1,
	           " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64,
	           &out->parent, &user, &system, &ended_user, &ended_system) != 5)
		return false;
	out->own = user + system;
	out->ended = ended_user + ended_system;
	return true;
}

static int64_t
ticks_of_children(int64_t pid)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	struct process process;
	int64_t sum = 0;
	while (directory && (entry = readdir(directory))) {
		int64_t child = strtoll(entry->d_name, NULL, 10);
		if (child > 0 && read_process(child, &process) && process.parent == pid)
			sum += process.own;
	}
	if (directory)
		closedir(directory);
	return sum;
}

static int64_t
time_us(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

struct usage
usage_now(const struct arguments *arguments)
{
	struct usage usage = {0};
	struct process process;
	struct rusage own;
	int64_t tick_us = 1000000 / sysconf(_SC_CLK_TCK);
	if (arguments->centre_pid && read_process(arguments->centre_pid, &process))
		usage.centre_us = process.own * tick_us;
	if (arguments->database_pid && read_process(arguments->database_pid, &process))
		usage.database_us =
		    (process.own + process.ended + ticks_of_children(arguments->database_pid)) * tick_us;
	if (!getrusage(RUSAGE_SELF, &own))
		usage.own_us = time_us(own.ru_utime) + time_us(own.ru_stime);
	return usage;
}

void
usage_print(struct json_object *out, const struct arguments *arguments, const struct usage *before)
{
	struct usage now = usage_now(arguments);
	bench_real(out, "centre_cpu", (double)(now.centre_us - before->centre_us) / 1e6);
	bench_real(out, "database_cpu", (double)(now.database_us - before->database_us) / 1e6);
	bench_real(out, "own_cpu", (double)(now.own_us - before->own_us) / 1e6);
}
