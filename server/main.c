/* fupind: the centre. Wiring of the commands; the way of a submission is in pipeline.c, the loop in
 * service.c. */
#include "home.h"
#include "log.h"
#include "options.h"
#include "plan_files.h"
#include "plan_store.h"
#include "service.h"
#include "store.h"
#include "verify.h"
#include "version.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_USAGE = 2, EXIT_PLAN = 3, EXIT_FAILED = 4 };

/* Prints each error with its place. */
static bool
read_plan(const struct options *options, struct plan *plan)
{
	struct plan_errors *errors = calloc(1, sizeof *errors);
	bool good = errors && plan_read(options->plan, options->principals, plan, errors);
	for (size_t i = 0; errors && i < errors->count; i++)
		fprintf(stderr, "%s\n", errors->items[i]);
	if (errors && errors->more)
		fprintf(stderr, "… and %zu more\n", errors->more);
	free(errors);
	return good;
}

static int
serve(const struct options *options)
{
	struct plan plan;
	plan_init(&plan);
	/* Read before fupind becomes another user, who may not get at these files. */
	bool good = !options->plan || read_plan(options, &plan);
	int status = good ? service_run(options, options->plan ? &plan : NULL) : EXIT_PLAN;
	plan_free(&plan);
	return status;
}

static int
load(const struct options *options)
{
	struct plan files, catalogue;
	struct home home;
	struct store store;
	char error[PG_ERROR_BYTES];
	if (!options->plan) {
		fprintf(stderr, "fupind load: say which plan with --plan DIR\n");
		return EXIT_USAGE;
	}
	plan_init(&files);
	plan_init(&catalogue);
	int status = EXIT_PLAN;
	if (read_plan(options, &files)) {
		bool open = home_open(options, &home, error) && store_open(options, &home, false, &store, error);
		struct pg_conn *connection = open ? store_prepare(&store, options, &files, &catalogue, error) : NULL;
		status = connection ? EXIT_SUCCESS : EXIT_FAILED;
		if (connection)
			printf("loaded %s: %zu units, %zu forms, %zu indicators, %zu targets, %zu principals\n",
			       files.catalogue.plan, files.catalogue.unit_count, files.catalogue.form_count,
			       files.catalogue.indicator_count, files.catalogue.target_count, files.principal_count);
		else
			fprintf(stderr, "fupind load: %s\n", error);
		PQfinish(connection);
		if (open)
			store_close(&store);
	}
	plan_free(&files);
	plan_free(&catalogue);
	return status;
}

static int
keygen(const struct options *options)
{
	struct home home;
	char error[HOME_ERROR_BYTES];
	if (!home_open(options, &home, error)) {
		fprintf(stderr, "fupind keygen: %s\n", error);
		return EXIT_FAILED;
	}
	printf("%s\n", home.centre.public_key);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	struct options options;
	enum log_level level;
	char error[256];
	if (!options_parse(argc, argv, &options, error, sizeof error)) {
		fprintf(stderr, "fupind: %s\n", error);
		return EXIT_USAGE;
	}
	if (!log_level_parse(options.log_level, &level)) {
		fprintf(stderr, "fupind: --log-level %s: not debug, info, warning or error\n", options.log_level);
		return EXIT_USAGE;
	}
	log_set_level(level);
	if (sodium_init() < 0)
		return EXIT_FAILED;
	switch (options.command) {
	case COMMAND_SERVE:
		return serve(&options);
	case COMMAND_LOAD:
		return load(&options);
	case COMMAND_VERIFY:
		return verify_run(&options);
	case COMMAND_KEYGEN:
		return keygen(&options);
	case COMMAND_HELP:
		options_help();
		return EXIT_SUCCESS;
	case COMMAND_VERSION:
		printf("fupind %s\n", FUPIN_VERSION);
		return EXIT_SUCCESS;
	}
	return EXIT_USAGE;
}
