/* fupin keygen: the office makes its own key pair; the private key never leaves it. */
#include "command/command.h"
#include "subcommands.h"

#include <stdio.h>

int
cmd_keygen(int argc, char **argv)
{
	const char *home_option = NULL, *name = "office", *endpoint = NULL, *centre_key = NULL;
	bool json = false;
	const struct arg_kind kinds[] = {{"--home", &home_option, NULL},
	                                 {"--json", NULL, &json},
	                                 {"--name", &name, NULL},
	                                 {"--endpoint", &endpoint, NULL},
	                                 {"--centre-key", &centre_key, NULL}};
	char path[PATH_MAX], error[HOME_ERROR_BYTES];
	struct key_pair keys;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (count) {
		fprintf(stderr, _("fupin keygen: %s: not expected\n"), argv[0]);
		return EXIT_USAGE;
	}
	home_default(path);
	if (home_option)
		snprintf(path, sizeof path, "%s", home_option);
	if (!home_create(path, name, endpoint, centre_key, &keys, error)) {
		fprintf(stderr, "fupin keygen: %s\n", error);
		return EXIT_FAILED_INSIDE;
	}
	printf(json ? "{ \"public_key\": \"%s\" }\n" : "%s\n", keys.public_key);
	return EXIT_DONE;
}
