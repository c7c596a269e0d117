#include "text.h"

#include <langinfo.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char domain[] = "fupin";

enum language
text_language(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return strncmp(value, "zh", 2) ? LANGUAGE_ENGLISH : LANGUAGE_CHINESE;
	}
	return LANGUAGE_ENGLISH;
}

/* Where the program was built or installed; else where it was meant to be. */
static void
find_translations(void)
{
	static const char *const places[] = {"locale", "../share/locale"};
	char program[PATH_MAX], path[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
	bindtextdomain(domain, FUPIN_LOCALE_DIR);
	if (size < 0)
		return;
	program[size] = 0;
	const char *directory = dirname(program);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		int length = snprintf(path, sizeof path, "%s/%s", directory, places[i]);
		char file[PATH_MAX + 40];
		snprintf(file, sizeof file, "%s/zh_CN/LC_MESSAGES/%s.mo", path, domain);
		if (length < (int)sizeof path && !access(file, R_OK)) {
			bindtextdomain(domain, path);
			return;
		}
	}
}

void
text_open(void)
{
	bool known = setlocale(LC_ALL, "");
	/* Tables need to know how wide a character is; a bare system has no locale set. */
	/* A figure in a file has a point, wherever the office is. */
	setlocale(LC_NUMERIC, "C");
	if (!known || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	/* gettext translates for any locale but "C", into what LANGUAGE says. */
	setlocale(LC_MESSAGES, "C.UTF-8");
	if (text_language() == LANGUAGE_CHINESE)
		setenv("LANGUAGE", "zh_CN", 1);
	else
		unsetenv("LANGUAGE");
	find_translations();
	bind_textdomain_codeset(domain, "UTF-8");
	textdomain(domain);
}

const char *
text_in_context(const char *key, const char *text)
{
	const char *found = gettext(key);
	return found == key ? text : found;
}
