/* fupind: the centre. Wiring of the commands; the way of a submission is in pipeline.c, the loop in
 * service.c. */
#include "base/log.h"
#include "base/shown.h"
#include "boot/home.h"
#include "boot/options.h"
#include "boot/store.h"
#include "plan/plan_files.h"
#include "plan/plan_store.h"
#include "service/service.h"
#include "verify/verify.h"
#include "version.h"

#include <libpq-fe.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	/* Read before fupind becomes another user, which may not be able to read these files. */
	bool good = !options->plan || read_plan(options, &plan);
	int status = good ? service_run(options, options->plan ? &plan : NULL) : EXIT_PLAN;
	plan_free(&plan);
	return status;
}

/* The catalogue may change only while no centre serves: neither this data directory nor the database. A
 * centre whose connection is just away holds its directory still, and looks at the plan when it is back. */
static bool
load_into(struct pg_conn *connection, const struct options *options, const struct home *home,
          const struct plan *files, char *error)
{
	struct plan_saving how = {.label = options->label, .principals_whole = options->principals};
	bool is_free;
	if (!store_lock(connection, &is_free, error))
		return false;
	how.may_change_catalogue = is_free && home->lock >= 0;
	return store_save(connection, files, &how, error);
}

static int
load(const struct options *options)
{
	struct plan files;
	struct home home = {0};
	struct store store;
	char error[PG_ERROR_BYTES];
	if (!options->plan) {
		fprintf(stderr, "fupind load: say which plan with --plan DIR\n");
		return EXIT_USAGE;
	}
	plan_init(&files);
	int status = EXIT_PLAN;
	if (read_plan(options, &files)) {
		/* Without the lock a centre runs here; its database is used as it is. */
		bool open = home_open(options, &home, error) && home_lock(&home, false, error) != HOME_FAILED &&
		            store_open(options, &home, &store, error);
		struct pg_conn *connection = open ? pg_connect(&store.owner, error) : NULL;
		bool good = connection && load_into(connection, options, &home, &files, error);
		status = good ? EXIT_SUCCESS : EXIT_FAILED;
		if (good)
			printf("loaded %s: %zu units, %zu forms, %zu indicators, %zu targets, %zu principals\n",
			       files.catalogue.plan, files.catalogue.unit_count, files.catalogue.form_count,
			       files.catalogue.indicator_count, files.catalogue.target_count, files.principal_count);
		else
			fprintf(stderr, "fupind load: %s\n", error);
		PQfinish(connection);
		if (open)
			store_close(&store);
		home_close(&home);
	}
	plan_free(&files);
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
	home_close(&home);
	return EXIT_SUCCESS;
}

/* fupind works in its data directory: a relative path of the command line is made absolute before. */
static bool
make_absolute(const char **path, char room[PATH_MAX])
{
	char here[PATH_MAX];
	if (!*path || **path == '/')
		return true;
	if (!getcwd(here, sizeof here) || snprintf(room, PATH_MAX, "%s/%s", here, *path) >= PATH_MAX)
		return false;
	*path = room;
	return true;
}

/* Anybody who can list processes can read their command lines, so a password is overwritten as soon as it
 * was read. A text that libpq does not understand as a URI may contain one, too. */
static bool
hide_password(struct options *options)
{
	static char *kept;
	if (!options->db || !pg_has_password(options->db))
		return true;
	kept = strdup(options->db);
	memset((char *)(uintptr_t)options->db, 'x', strlen(options->db));
	options->db = kept;
	return kept;
}

int
main(int argc, char **argv)
{
	static char ready_file[PATH_MAX], pg_bin[PATH_MAX];
	struct options options;
	enum log_level level;
	char error[256];
	shown_open();
	if (!options_parse(argc, argv, &options, error, sizeof error)) {
		fprintf(stderr, "fupind: %s\n", error);
		return EXIT_USAGE;
	}
	if (!log_level_parse(options.log_level, &level)) {
		fprintf(stderr, "fupind: --log-level %s: not debug, info, warning or error\n", options.log_level);
		return EXIT_USAGE;
	}
	log_set_level(level);
	pg_clear_environment(options.db);
	if (!hide_password(&options) || sodium_init() < 0 || !make_absolute(&options.ready_file, ready_file) ||
	    !make_absolute(&options.pg_bin, pg_bin))
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
	case COMMAND_NONE: /* refused before */
		break;
	case COMMAND_VERSION:
		printf("fupind %s\n", FUPIN_VERSION);
		return EXIT_SUCCESS;
	}
	return EXIT_USAGE;
}
