/* Runs a fuzz target over files that are there: fuzz_NAME FILE-OR-DIRECTORY…. Linked where libFuzzer is not.
 * A directory without a file is a mistake: a test that replays nothing shows nothing. */
#include "target.h"

#include "base/file_bytes.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_BYTES_MAX = 16 * 1024 * 1024 };

/* Of the input that is being run, for whoever has to look into it. */
static char present[PATH_MAX + 32];

/* Sanitizers end the process without a signal, and say so here. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void
name_input(void)
{
	if (write(STDERR_FILENO, present, strlen(present)) < 0)
		return; /* nobody listens, and there is nothing else to do */
}

static void
on_signal(int number)
{
	name_input();
	signal(number, SIG_DFL);
	raise(number);
}

static bool
run_file(const char *path)
{
	size_t size;
	char *bytes = file_read(path, INPUT_BYTES_MAX, &size);
	if (!bytes || size > INPUT_BYTES_MAX) {
		fprintf(stderr, "%s: %s\n", path, bytes ? "too large" : "not to be read");
		free(bytes);
		return false;
	}
	snprintf(present, sizeof present, "input: %s\n", path);
	/* Exactly as many bytes as there are, so that a byte read beyond them is seen. */
	uint8_t *exact = malloc(size ? size : 1);
	assert(exact);
	memcpy(exact, bytes, size);
	free(bytes);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return true;
}

static int
is_input(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int
run_directory(const char *path)
{
	struct dirent **entries;
	char file[PATH_MAX];
	int count = scandir(path, &entries, is_input, alphasort), good = 0;
	for (int i = 0; i < count; i++) {
		snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
		good += run_file(file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return count == good ? count : -1;
}

int
main(int argc, char **argv)
{
	int inputs = 0;
	signal(SIGABRT, on_signal);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(name_input);
	else
		signal(SIGSEGV, on_signal);
	for (int i = 1; i < argc; i++) {
		DIR *directory = opendir(argv[i]);
		int ran = directory ? run_directory(argv[i]) : run_file(argv[i]) ? 1 : -1;
		if (directory)
			closedir(directory);
		if (ran < 1) {
			fprintf(stderr, "%s: nothing to run, or not all of it\n", argv[i]);
			return 1;
		}
		inputs += ran;
	}
	printf("%d inputs\n", inputs);
	return inputs ? 0 : 1;
}
