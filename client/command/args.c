#include "args.h"

#include "keys/key_text.h"
#include "output/text.h"

#include <stdio.h>
#include <string.h>

static const struct arg_kind *
find(const char *word, size_t size, const struct arg_kind *kinds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(kinds[i].name) == size && !strncmp(kinds[i].name, word, size))
			return &kinds[i];
	return NULL;
}

static bool
complain(const char *word, const char *what)
{
	fprintf(stderr, "fupin: %s %s\n", word, what);
	return false;
}

/* One in eighty-five begins with a dash. */
static bool
is_key(const char *word)
{
	uint8_t bytes[KEY_BYTES];
	return key_decode(word, bytes);
}

bool
args_parse(int argc, char **argv, const struct arg_kind *kinds, size_t kind_count, int *count)
{
	bool options = true;
	*count = 0;
	for (int i = 0; i < argc; i++) {
		char *word = argv[i];
		if (!options || word[0] != '-' || !word[1]) {
			argv[(*count)++] = word;
			continue;
		}
		if (!strcmp(word, "--")) {
			options = false;
			continue;
		}
		const char *equals = strchr(word, '=');
		const struct arg_kind *kind =
		    find(word, equals ? (size_t)(equals - word) : strlen(word), kinds, kind_count);
		if (!kind && is_key(word)) {
			argv[(*count)++] = word;
			continue;
		}
		if (!kind)
			return complain(word, _("is not an option here; see fupin help"));
		if (kind->given) {
			if (equals)
				return complain(word, _("takes no value"));
			*kind->given = true;
		} else if (equals) {
			*kind->value = equals + 1;
		} else if (i + 1 < argc) {
			*kind->value = argv[++i];
		} else {
			return complain(word, _("needs a value"));
		}
	}
	return true;
}
