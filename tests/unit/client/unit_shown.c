/* What others wrote on its way to a terminal, a log or JSON: a table of cases, each at every door. */
#include "case.h"

#include "base/log.h"
#include "base/shown.h"
#include "base/utf8.h"
#include "columns/cell.h"
#include "output/json.h"

#include <fcntl.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *text, *shown, *json;
} cases[] = {
    {"通榆县 A-1", "通榆县 A-1", "通榆县 A-1"},
    {"\x1B[2J\x1B]0;x\x07", "␛[2J␛]0;x␇", "\\u001b[2J\\u001b]0;x\\u0007"},
    {"a\rb\bc\x7F", "a␍b␈c␡", "a\\rb\\bc\\u007f"},
    {"a\xC2\x9B"
     "31mb",
     "a<U+009B>31mb", "a\\u009b31mb"},
    {"a\xE2\x80\xAEgnp.exe", "a<U+202E>gnp.exe", "a\\u202egnp.exe"},
    {"a\xE2\x81\xA6"
     "b\xE2\x81\xA9",
     "a<U+2066>b<U+2069>", "a\\u2066b\\u2069"},
    {"A\xE2\x80\x8B-1\xEF\xBB\xBF", "A<U+200B>-1<U+FEFF>", "A\\u200b-1\\ufeff"},
    {"a\xE2\x80\xA8z", "a<U+2028>z", "a\\u2028z"},
    {"a\xF3\xA0\x80\x81z", "a<U+E0001>z", "a\\udb40\\udc01z"},
    {"\xFFz\xC3(", "\xEF\xBF\xBDz\xEF\xBF\xBD(", "\\ufffdz\\ufffd("},
    {"\xE9\x80", "\xEF\xBF\xBD\xEF\xBF\xBD", "\\ufffd\\ufffd"},
};

/* Standard output and error lead into these. */
struct streams {
	FILE *before[2], *below[2];
	char *text[2];
	size_t size[2];
};

static void
open_streams(struct streams *s)
{
	*s = (struct streams){.before = {stdout, stderr}};
	for (size_t i = 0; i < 2; i++)
		s->below[i] = open_memstream(&s->text[i], &s->size[i]);
	stdout = s->below[0];
	stderr = s->below[1];
	shown_open();
}

static void
close_streams(struct streams *s)
{
	FILE *above[2] = {stdout, stderr};
	stdout = s->before[0];
	stderr = s->before[1];
	for (size_t i = 0; i < 2; i++) {
		fclose(above[i]);
		fclose(s->below[i]);
	}
}

static void
test_streams(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct streams s;
		char wanted[256];
		open_streams(&s);
		/* In one piece, and byte by byte; what follows ends a character that was cut off. */
		printf("%s|\n", cases[i].text);
		for (const char *at = cases[i].text; *at; at++)
			fputc(*at, stderr);
		fputs("|\n", stderr);
		close_streams(&s);
		snprintf(wanted, sizeof wanted, "%s|\n", cases[i].shown);
		EXPECT(!strcmp(s.text[0], wanted), "%zu: %s", i, s.text[0]);
		EXPECT(!strcmp(s.text[1], wanted), "%zu: %s", i, s.text[1]);
		free(s.text[0]);
		free(s.text[1]);
	}
}

/* Lines and tabs stay; what is long comes whole, cut nowhere within a character. */
static void
test_long(void **state)
{
	struct streams s;
	(void)state;
	open_streams(&s);
	for (int i = 0; i < 5000; i++)
		fputs(i % 100 ? "县" : "\t\n", stdout);
	char *line = malloc(3 * 5000 + 2);
	assert_non_null(line);
	memset(line, 'x', 3 * 5000 + 1);
	for (size_t i = 0; i < 5000; i++)
		memcpy(line + 1 + 3 * i, "县", 3);
	line[3 * 5000 + 1] = 0;
	fputs(line, stderr);
	fwrite("\0!", 1, 2, stderr);
	assert_ptr_equal(shown_below(stdout), s.below[0]);
	close_streams(&s);
	assert_int_equal(s.size[0], 50 * 2 + 4950 * 3);
	assert_true(s.size[1] == 3 * 5000 + 1 + 3 + 1 && !memcmp(s.text[1], line, 3 * 5000 + 1));
	assert_string_equal(s.text[1] + 3 * 5000 + 1, "␀!");
	free(line);
	free(s.text[0]);
	free(s.text[1]);
	assert_ptr_equal(shown_below(stdout), stdout);
}

static void
test_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = NULL, wanted[256];
		size_t size;
		FILE *out = open_memstream(&text, &size);
		struct json_object *o = json_object_new_string(cases[i].text), *again;
		json_print(out, o, JSON_C_TO_STRING_PLAIN);
		fclose(out);
		snprintf(wanted, sizeof wanted, "\"%s\"", cases[i].json);
		EXPECT(!strcmp(text, wanted), "%zu: %s", i, text);
		/* What reads it has what was written, if it was text. */
		again = json_tokener_parse(text);
		EXPECT(again, "%zu", i);
		if (utf8_valid(cases[i].text, strlen(cases[i].text)))
			EXPECT(!strcmp(json_object_get_string(again), cases[i].text), "%zu", i);
		json_object_put(again);
		json_object_put(o);
		free(text);
	}
}

/* A line of the log, however it was put together. */
static void
test_log(void **state)
{
	static char name[] = "/tmp/fupin-shown-XXXXXX";
	int file = mkstemp(name), before = dup(STDERR_FILENO);
	(void)state;
	assert_true(file >= 0 && before >= 0 && !unlink(name));
	for (size_t i = 0; i < COUNT(cases); i++) {
		char line[1024], quoted[LOG_QUOTED_BYTES];
		assert_true(!ftruncate(file, 0) && !lseek(file, 0, SEEK_SET));
		dup2(file, STDERR_FILENO);
		log_line(LOG_ERROR, "x", "name=%s error=%s\nb", cases[i].text, log_quoted(cases[i].text, quoted));
		dup2(before, STDERR_FILENO);
		ssize_t size = pread(file, line, sizeof line - 1, 0);
		EXPECT(size > 0, "%zu", i);
		line[size] = 0;
		EXPECT(strstr(line, cases[i].shown) && utf8_is_plain(strtok(line, "\n")) && !strtok(NULL, "\n"),
		       "%zu: %s", i, line);
	}
	close(file);
	close(before);
}

static void
test_formulas(void **state)
{
	static const char *const like[] = {"=1+1", "+1",  "-1",  "@x",  "\t=1", "\r=1",
	                                   "\n=1", "＝1", "＋1", "－1", "＠x"};
	static const char *const unlike[] = {"", "1-1", "通榆县", "（-1", "–", "＜1"};
	(void)state;
	for (size_t i = 0; i < COUNT(like); i++)
		EXPECT(cell_is_formula_like(like[i]), "%s", like[i]);
	for (size_t i = 0; i < COUNT(unlike); i++)
		EXPECT(!cell_is_formula_like(unlike[i]), "%s", unlike[i]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_streams), cmocka_unit_test(test_long),     cmocka_unit_test(test_json),
	    cmocka_unit_test(test_log),     cmocka_unit_test(test_formulas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
