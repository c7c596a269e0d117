/* Command-line words: options anywhere, values beside or behind them, and a public key whatever it begins
 * with. */
#include "case.h"

#include "command/args.h"

#include <string.h>

#define KEY_OF_DASHES "--U%:=[S}!5?{V0&{/Zvt.neOEdd!J[Hh/$^V3Qy"

static const char *value;
static bool given;

/* Words that are left, joined; NULL: refused. */
static const char *
parse(const char *const *words, char out[256])
{
	static const struct arg_kind kinds[] = {{"--value", &value, NULL}, {"--given", NULL, &given}};
	char *argv[8];
	int argc = 0, count;
	for (; words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	value = NULL;
	given = false;
	*out = 0;
	if (!args_parse(argc, argv, kinds, COUNT(kinds), &count))
		return NULL;
	for (int i = 0; i < count; i++) {
		strcat(out, i ? " " : "");
		strcat(out, argv[i]);
	}
	return out;
}

static const struct {
	const char *words[8];
	const char *left, *value; /* left NULL: refused */
	bool given;
} cases[] = {
    {{0}, "", NULL, false},
    {{"a", "b"}, "a b", NULL, false},
    {{"a", "--given", "b"}, "a b", NULL, true},
    {{"--value", "1", "a"}, "a", "1", false},
    {{"a", "--value=1"}, "a", "1", false},
    {{"--value", "--given"}, "", "--given", false},
    {{"--", "--given", "--no"}, "--given --no", NULL, false},
    {{"-", "a"}, "- a", NULL, false},
    {{"revoke", KEY_OF_DASHES, "--given"}, "revoke " KEY_OF_DASHES, NULL, true},
    {{"-U%:=[S}!5?{V0&{/Zvt.neOEdd!J[Hh/$^V3Qyo"}, "-U%:=[S}!5?{V0&{/Zvt.neOEdd!J[Hh/$^V3Qyo", NULL, false},
    {{KEY_OF_DASHES "x"}, NULL, NULL, false},
    {{"--no"}, NULL, NULL, false},
    {{"-v"}, NULL, NULL, false},
    {{"--given=1"}, NULL, NULL, false},
    {{"--value"}, NULL, NULL, false},
};

static void
test_words(void **state)
{
	char room[256];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *left = parse(cases[i].words, room);
		EXPECT(!left == !cases[i].left && (!left || !strcmp(left, cases[i].left)), "row %zu: %s", i,
		       left ? left : "refused");
		EXPECT(!left || (given == cases[i].given && !value == !cases[i].value &&
		                 (!value || !strcmp(value, cases[i].value))),
		       "row %zu", i);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
