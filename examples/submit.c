/* Submits a sheet and prints the receipt: submit HOME FILE
 *
 *     cc submit.c -o submit $(pkg-config --cflags --libs fupin)
 *
 * It ends with a status of fupin's: 0, the centre has it on disk; 3, there are problems, nothing was stored;
 * 4, it is saved in the outbox and not yet sent. */
#include <fupin.h>
#include <stdio.h>

struct end {
	int is_there, status;
};

static void
on_event(void *context, const struct fupin_event *event)
{
	struct end *end = context;
	if (event->kind == FUPIN_PROBLEM)
		fprintf(stderr, "%s: row %zu, column %s: %s\n", event->problem->file, event->problem->row,
		        event->problem->column, event->problem->text);
	if (event->kind == FUPIN_RECEIPT)
		printf("receipt %s seq %llu reports %zu\n", event->submission->id,
		       (unsigned long long)event->submission->seq, event->submission->reports);
	if (event->kind == FUPIN_ENDED) {
		*end = (struct end){1, (int)event->status};
		if (event->status != FUPIN_DONE)
			fprintf(stderr, "%s\n", event->text);
	}
}

int
main(int argc, char **argv)
{
	char error[512] = "submit HOME FILE";
	struct fupin_office *office = NULL;
	struct end end = {0, FUPIN_USAGE};
	const char *files[] = {argc == 3 ? argv[2] : ""};
	if (argc == 3)
		end.status = (int)fupin_open(argv[1], NULL, &office, error, sizeof error);
	if (!office)
		fprintf(stderr, "%s\n", error);
	else if (!fupin_submit(office, files, 1, on_event, &end))
		return FUPIN_FAILED;
	while (office && !end.is_there)
		fupin_dispatch(office, 1000);
	fupin_close(&office);
	return end.status;
}
