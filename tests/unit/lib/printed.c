#include "printed.h"

#include "case.h"

#include <stdio.h>
#include <unistd.h>

void
print_findings(char out[PRINTED_BYTES], const struct findings *findings, enum language language)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	assert_true(file && saved >= 0);
	fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	for (size_t i = 0; i < findings->count; i++)
		finding_print(&findings->items[i], language);
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	size_t size = fread(out, 1, PRINTED_BYTES - 1, file);
	out[size] = 0;
	fclose(file);
}
