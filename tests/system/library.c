/* libfupin from outside: library HOME SHEET UNIT submits one sheet and asks for one total. */
#include <fupin.h>
#include <stdio.h>
#include <stdlib.h>

static void
print_problem(void *context, const char *code, const char *file, size_t line, const char *column,
              const char *text)
{
	(void)context;
	printf("%s %s:%zu %s: %s\n", code, file, line, column, text);
}

int
main(int argc, char **argv)
{
	char error[FUPIN_ERROR_BYTES] = "usage";
	struct fupin_receipt receipt;
	int64_t value;
	uint32_t reported;
	uint64_t seq;
	if (argc != 4)
		return FUPIN_USAGE;
	struct fupin_office *office = fupin_connect(argv[1], 20000, error);
	enum fupin_status status = FUPIN_FAILED;
	if (office) {
		const char *files[] = {argv[2]};
		status = fupin_submit(office, files, 1, print_problem, NULL, &receipt, error);
	}
	if (status == FUPIN_DONE) {
		printf("seq %llu reports %u\n", (unsigned long long)receipt.seq, receipt.reports);
		status = fupin_total(office, strtoll(argv[3], NULL, 10), 201307, 201307, "people_lifted", &value,
		                     &reported, &seq, error);
	}
	if (status == FUPIN_DONE)
		printf("total %lld reported %u\n", (long long)value, reported);
	else
		fprintf(stderr, "%s\n", error);
	fupin_disconnect(&office);
	return status;
}
