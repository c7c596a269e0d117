/* The office's own files: its home, and sealed files; what was written is read, and what is wrong with one is
 * said. */
#include "case.h"

#include "outbox/sealed_file.h"
#include "session/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

enum { PATH_BYTES = 64 };

static char directory[] = "/tmp/fupin-office-XXXXXX";
static char office_path[PATH_BYTES], ini[PATH_BYTES], sealed[PATH_BYTES];
static struct key_pair centre, other_centre;
static char error[HOME_ERROR_BYTES];

static int
begin(void **state)
{
	(void)state;
	if (!mkdtemp(directory) || zmq_curve_keypair(centre.public_key, centre.secret_key) ||
	    zmq_curve_keypair(other_centre.public_key, other_centre.secret_key))
		return -1;
	snprintf(office_path, sizeof office_path, "%s/office", directory);
	snprintf(ini, sizeof ini, "%s/office/fupin.ini", directory);
	snprintf(sealed, sizeof sealed, "%s/to.sealed", directory);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	return rmdir(directory);
}

static void
write_text(const char *path, const void *text, size_t size)
{
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	fclose(file);
}

static void
clear(void)
{
	static const char *const names[] = {"fupin.ini", "office.key", "office.key_secret"};
	for (size_t i = 0; i < COUNT(names); i++) {
		char path[PATH_BYTES + 24];
		snprintf(path, sizeof path, "%s/%s", office_path, names[i]);
		unlink(path);
	}
	rmdir(office_path);
	unlink(sealed);
}

/* ---------------------------------------------------------------- home */

static void
test_home(void **state)
{
	struct key_pair made, again;
	struct home home;
	struct stat status;
	(void)state;
	assert_false(home_read(office_path, &home, error));
	assert_non_null(strstr(error, "fupin keygen"));
	EXPECT(home_create(office_path, "county", NULL, NULL, &made, error), "%s", error);
	assert_true(stat(ini, &status) && errno == ENOENT); /* keys alone */
	EXPECT(home_create(office_path, "county", "tcp://centre:7513", centre.public_key, &again, error), "%s",
	       error);
	assert_string_equal(made.secret_key, again.secret_key); /* never over an existing one */
	EXPECT(home_read(office_path, &home, error), "%s", error);
	assert_string_equal(home.endpoint, "tcp://centre:7513");
	assert_string_equal(home.centre_key, centre.public_key);
	assert_string_equal(home.office.public_key, made.public_key);
	assert_string_equal(home.office.secret_key, made.secret_key);
	assert_true(!strncmp(home.outbox, office_path, strlen(office_path)) && strstr(home.outbox, "/outbox.db"));
	assert_true(!stat(office_path, &status) && (status.st_mode & 0777) == 0700);
	/* The secret part is for nobody else's eyes, the public one for the centre's. */
	char secret[PATH_BYTES + 24], public[PATH_BYTES + 24];
	snprintf(secret, sizeof secret, "%s/office.key_secret", office_path);
	snprintf(public, sizeof public, "%s/office.key", office_path);
	assert_true(!stat(secret, &status) && (status.st_mode & 0777) == 0600);
	struct key_pair shown;
	char why[KEYFILE_ERROR_BYTES];
	assert_true(keyfile_read(public, &shown, why) && !*shown.secret_key);
	assert_string_equal(shown.public_key, made.public_key);
	/* By the centre's public certificate, too; not by a file that is none. */
	assert_true(home_create(office_path, "county", "tcp://x:1", public, &again, error));
	assert_true(home_read(office_path, &home, error) && !strcmp(home.centre_key, made.public_key));
	assert_false(home_create(office_path, "county", "tcp://x:1", "nothing", &again, error));
	assert_non_null(strstr(error, "centre key"));
	/* A secret file without its secret. */
	assert_true(!unlink(secret) && !rename(public, secret));
	assert_false(home_read(office_path, &home, error));
	assert_true(strstr(error, "no secret-key") || strstr(error, "office key"));
	clear();
}

static void
test_ini(void **state)
{
	static const struct {
		const char *text, *error; /* error NULL: it is good; KEY: the centre's */
		int silence_s;            /* 0: the usual */
	} rows[] = {
	    {"[centre]\nendpoint = tcp://a:1\npublic-key = KEY\n", NULL},
	    {"; a comment\n[centre]\npublic-key=KEY\nendpoint=tcp://a:1\n", NULL},
	    {"[centre]\nendpoint = tcp://a:1\npublic-key = KEYx\n", "line 3 is not a setting"},
	    {"[centre]\nendpoint = tcp://a:1\n\nkey = KEY\n", "line 4 is not a setting"},
	    {"[other]\nendpoint = tcp://a:1\npublic-key = KEY\n", "line 2 is not a setting"},
	    {"[centre]\nsilence = 1\nendpoint = tcp://a:1\npublic-key = KEY\n", NULL, 1},
	    {"[centre]\nsilence = 300\nendpoint = tcp://a:1\npublic-key = KEY\n", NULL, 300},
	    {"[centre]\nsilence = 0\nendpoint = tcp://a:1\npublic-key = KEY\n", "line 2 is not a setting"},
	    {"[centre]\nsilence = 301\nendpoint = tcp://a:1\npublic-key = KEY\n", "line 2 is not a setting"},
	    {"[centre]\nsilence = 5s\nendpoint = tcp://a:1\npublic-key = KEY\n", "line 2 is not a setting"},
	    {"[centre]\nsilence =\nendpoint = tcp://a:1\npublic-key = KEY\n", "line 2 is not a setting"},
	    {"[centre]\npublic-key = KEY\n", "endpoint or public-key"},
	    {"[centre]\nendpoint = tcp://a:1\n", "endpoint or public-key"},
	};
	struct key_pair made;
	(void)state;
	assert_true(home_create(office_path, "county", NULL, NULL, &made, error));
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[300];
		struct home home = {0};
		const char *key = strstr(rows[i].text, "KEY");
		snprintf(text, sizeof text, "%.*s%s%s", (int)(key ? key - rows[i].text : (long)strlen(rows[i].text)),
		         rows[i].text, key ? centre.public_key : "", key ? key + 3 : "");
		write_text(ini, text, strlen(text));
		bool good = home_read(office_path, &home, error);
		EXPECT(good == !rows[i].error && (good || strstr(error, rows[i].error)), "row %zu: %s", i, error);
		EXPECT(good || !*home.endpoint, "row %zu: half of it", i);
		int silence_s = rows[i].silence_s ? rows[i].silence_s : SILENCE_SECONDS;
		EXPECT(!good || home.silence_ms == silence_s * 1000, "row %zu: %d ms", i, home.silence_ms);
	}
	clear();
}

/* An enrolment goes into a new home, or into one of the same centre. */
static void
test_enrol(void **state)
{
	struct key_pair made;
	struct home home;
	(void)state;
	assert_true(home_enrol(office_path, "county", "tcp://a:1", centre.public_key, &made, error));
	assert_true(home_enrol(office_path, "county", "tcp://b:1", centre.public_key, &made, error));
	assert_true(home_read(office_path, &home, error) && !strcmp(home.endpoint, "tcp://b:1"));
	assert_false(home_enrol(office_path, "county", "tcp://c:1", other_centre.public_key, &made, error));
	assert_non_null(strstr(error, "is of another centre"));
	/* How long the office bears silence stays its own. */
	FILE *file = fopen(ini, "ae");
	assert_true(file && fputs("silence = 9\n", file) >= 0 && !fclose(file));
	assert_true(home_enrol(office_path, "county", "tcp://b:1", centre.public_key, &made, error));
	assert_true(home_read(office_path, &home, error) && home.silence_ms == 9000);
	assert_true(home_read(office_path, &home, error) && !strcmp(home.endpoint, "tcp://b:1"));
	write_text(ini, "rubbish\n", 8);
	assert_true(home_enrol(office_path, "county", "tcp://c:1", other_centre.public_key, &made, error));
	assert_true(home_read(office_path, &home, error) && !strcmp(home.endpoint, "tcp://c:1"));
	clear();
}

/* ---------------------------------------------------------------- sealed files */

static void
make_home(struct home *home, struct seal_header *header)
{
	*home = (struct home){0};
	assert_int_equal(zmq_curve_keypair(home->office.public_key, home->office.secret_key), 0);
	strcpy(home->centre_key, centre.public_key);
	*header = (struct seal_header){.kind = SEAL_REQUESTS,
	                               .file = submission_id_new(INT64_C(1370390400000000)),
	                               .time_us = 7,
	                               .count = 2};
	assert_true(sealed_key(home->office.public_key, &header->office));
	assert_true(sealed_key(centre.public_key, &header->centre));
	assert_false(sealed_key("not Z85", &header->centre));
	assert_true(sealed_key(centre.public_key, &header->centre));
}

/* Two letters, the second one empty in answers. */
static void
write_sealed(const struct seal_header *header)
{
	static const uint8_t letter[SEAL_BYTES + 10] = {1, 2, 3};
	static struct sealed_writer w;
	unlink(sealed);
	assert_true(sealed_writer_open(&w, sealed, header));
	assert_int_equal(access(sealed, F_OK), -1); /* it has its name when it is whole */
	sealed_writer_add(&w, letter, sizeof letter);
	sealed_writer_add(&w, letter, header->kind == SEAL_ANSWERS ? 0 : sizeof letter);
	assert_true(sealed_writer_end(&w));
	assert_int_equal(access(w.file.temporary, F_OK), -1);
	sealed_writer_discard(&w); /* it is done */
	assert_int_equal(access(sealed, F_OK), 0);
}

static void
test_sealed(void **state)
{
	static const struct {
		enum seal_kind written, read;
		bool other_centre, other_office;
		enum problem_code code;
		const char *detail;
	} rows[] = {
	    {SEAL_REQUESTS, SEAL_REQUESTS, false, false, 0, ""},
	    {SEAL_ANSWERS, SEAL_ANSWERS, false, false, 0, ""},
	    {SEAL_REQUESTS, SEAL_REQUESTS, false, true, 0, ""}, /* whose it is, is asked of answers alone */
	    {SEAL_ANSWERS, SEAL_ANSWERS, false, true, PROBLEM_SEAL_OTHER_OFFICE, NULL},
	    {SEAL_REQUESTS, SEAL_REQUESTS, true, false, PROBLEM_SEAL_OTHER_CENTRE, NULL},
	    {SEAL_ANSWERS, SEAL_ANSWERS, true, false, PROBLEM_SEAL_OTHER_CENTRE, NULL},
	    {SEAL_REQUESTS, SEAL_ANSWERS, false, false, PROBLEM_SEAL_UNREADABLE, "it holds submissions"},
	    {SEAL_ANSWERS, SEAL_REQUESTS, false, false, PROBLEM_SEAL_UNREADABLE, "it holds answers"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct home home, stranger;
		struct seal_header header, ignored;
		struct sealed_file file;
		struct problem problem = {0};
		make_home(&stranger, &ignored);
		make_home(&home, &header);
		header.kind = rows[i].written;
		write_sealed(&header);
		if (rows[i].other_centre)
			strcpy(home.centre_key, other_centre.public_key);
		if (rows[i].other_office)
			home.office = stranger.office;
		bool good = sealed_file_read(sealed, rows[i].read, &home, &file, &problem);
		EXPECT(good == !rows[i].code && problem.code == rows[i].code, "row %zu: %d", i, (int)problem.code);
		if (good)
			EXPECT(file.header.count == 2 && file.header.time_us == 7 && file.size > SEAL_HEADER_BYTES,
			       "row %zu", i);
		else
			EXPECT(!file.bytes && problem.limit == SEAL_VERSION, "row %zu", i);
		EXPECT(good || !rows[i].detail || strstr(problem.detail, rows[i].detail), "row %zu: %s", i,
		       problem.detail);
		/* Whose it is, is told by the key that stands in it. */
		if (rows[i].code == PROBLEM_SEAL_OTHER_CENTRE)
			EXPECT(!strcmp(problem.detail, centre.public_key), "row %zu: %s", i, problem.detail);
		sealed_file_free(&file);
		unlink(sealed);
	}
}

/* What cannot be read is told as the system tells it; what is no sealed file is told, too. */
static void
test_unreadable(void **state)
{
	struct home home;
	struct seal_header header;
	struct sealed_file file;
	struct problem problem = {0};
	(void)state;
	make_home(&home, &header);
	assert_false(sealed_file_read(sealed, SEAL_REQUESTS, &home, &file, &problem));
	assert_true(problem.code == PROBLEM_FILE_UNREADABLE && !strcmp(problem.detail, strerror(ENOENT)));
	assert_false(sealed_file_read(directory, SEAL_REQUESTS, &home, &file, &problem));
	assert_true(problem.code == PROBLEM_FILE_UNREADABLE && !strcmp(problem.detail, strerror(EISDIR)));
	write_text(sealed, "a,b\n", 4);
	assert_false(sealed_file_read(sealed, SEAL_REQUESTS, &home, &file, &problem));
	assert_true(problem.code == PROBLEM_SEAL_UNREADABLE && !*problem.detail);
	write_sealed(&header);
	assert_true(sealed_file_read(sealed, SEAL_REQUESTS, &home, &file, &problem));
	size_t size = file.size;
	uint8_t *bytes = file.bytes;
	bytes[SEAL_HEADER_BYTES + 20] ^= 1;
	write_text(sealed, bytes, size);
	struct sealed_file damaged;
	assert_false(sealed_file_read(sealed, SEAL_REQUESTS, &home, &damaged, &problem));
	assert_int_equal(problem.code, PROBLEM_SEAL_DAMAGED);
	write_text(sealed, bytes, size - 1);
	assert_false(sealed_file_read(sealed, SEAL_REQUESTS, &home, &damaged, &problem));
	assert_int_equal(problem.code, PROBLEM_SEAL_CUT_OFF);
	sealed_file_free(&file);
	unlink(sealed);
}

/* Nothing stays of what was not finished, or could not be. */
static void
test_unfinished(void **state)
{
	static struct sealed_writer w;
	static char longest[PATH_MAX + 10];
	struct home home;
	struct seal_header header;
	char nowhere[PATH_BYTES + 10];
	(void)state;
	make_home(&home, &header);
	assert_true(sealed_writer_open(&w, sealed, &header));
	sealed_writer_discard(&w);
	sealed_writer_discard(&w); /* twice is fine */
	assert_true(access(sealed, F_OK) && access(w.file.temporary, F_OK));
	snprintf(nowhere, sizeof nowhere, "%s/none/x", directory);
	assert_true(!sealed_writer_open(&w, nowhere, &header) && errno == ENOENT);
	memset(longest, 'x', sizeof longest - 1);
	assert_true(!sealed_writer_open(&w, longest, &header) && errno == ENAMETOOLONG);
	longest[PATH_MAX - 4] = 0; /* the name fits, that of the part does not */
	assert_true(!sealed_writer_open(&w, longest, &header) && errno == ENAMETOOLONG);
	/* The place is taken by a directory. */
	assert_true(sealed_writer_open(&w, sealed, &header) && !mkdir(sealed, 0700));
	assert_false(sealed_writer_end(&w));
	assert_true(errno == EISDIR && access(w.file.temporary, F_OK));
	rmdir(sealed);
}

/* What has the name is replaced itself, never what it links to; and only if that was asked for. */
static void
test_whole_file(void **state)
{
	char link_name[PATH_BYTES + 10], target[PATH_BYTES + 10], bytes[8] = "";
	struct stat status;
	struct whole_file f;
	(void)state;
	snprintf(link_name, sizeof link_name, "%s/link", directory);
	snprintf(target, sizeof target, "%s/target", directory);
	assert_true(whole_file_write(AT_FDCWD, target, 0600, "old", 3, false));
	assert_int_equal(symlink(target, link_name), 0);
	assert_true(!whole_file_write(AT_FDCWD, link_name, 0666, "new", 3, false) && errno == EEXIST);
	assert_true(whole_file_write(AT_FDCWD, link_name, 0666, "new", 3, true));
	assert_true(!lstat(link_name, &status) && S_ISREG(status.st_mode) && status.st_size == 3);
	FILE *file = fopen(target, "re");
	assert_true(file && fread(bytes, 1, sizeof bytes - 1, file) == 3 && !strcmp(bytes, "old"));
	fclose(file);
	/* Nothing stays of what was discarded, or could not be named. */
	assert_true(whole_file_begin(&f, AT_FDCWD, target, 0666) && !access(f.temporary, F_OK));
	whole_file_discard(&f);
	assert_true(access(f.temporary, F_OK));
	assert_true(whole_file_begin(&f, AT_FDCWD, target, 0666));
	assert_true(!whole_file_end(&f, false) && errno == EEXIST && access(f.temporary, F_OK));
	assert_true(!unlink(link_name) && !unlink(target));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_home),       cmocka_unit_test(test_ini),
	    cmocka_unit_test(test_enrol),      cmocka_unit_test(test_sealed),
	    cmocka_unit_test(test_unreadable), cmocka_unit_test(test_unfinished),
	    cmocka_unit_test(test_whole_file),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
