#include "home.h"

#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

static const char ini_name[] = "fupin.ini", secret_name[] = "office.key_secret", public_name[] = "office.key";

static bool
fail(char error[HOME_ERROR_BYTES], const char *path, const char *what)
{
	snprintf(error, HOME_ERROR_BYTES, "%.300s: %.200s", path, what);
	return false;
}

/* DIR/NAME; false if that is longer than a path can be. */
static bool
join(char out[PATH_MAX], const char *directory, const char *name, char error[HOME_ERROR_BYTES])
{
	int size = snprintf(out, PATH_MAX, "%s/%s", directory, name);
	return size < PATH_MAX || fail(error, directory, "the path is too long");
}

void
home_default(char out[PATH_MAX])
{
	const char *home = getenv("FUPIN_HOME");
	if (home && *home)
		snprintf(out, PATH_MAX, "%s", home);
	else
		snprintf(out, PATH_MAX, "%s/.fupin", getenv("HOME") ? getenv("HOME") : ".");
}

static bool
take_silence(const char *value, struct home *home)
{
	char *end;
	long seconds = strtol(value, &end, 10);
	if (end == value || *end || seconds < SILENCE_SECONDS_LEAST || seconds > SILENCE_SECONDS_MOST)
		return false;
	home->silence_ms = (int)seconds * 1000;
	return true;
}

static int
take_setting(void *data, const char *section, const char *name, const char *value)
{
	struct home *home = data;
	if (strcmp(section, "centre"))
		return 0;
	if (!strcmp(name, "endpoint") && strlen(value) < sizeof home->endpoint)
		snprintf(home->endpoint, sizeof home->endpoint, "%s", value);
	else if (!strcmp(name, "public-key") && key_text_valid(value))
		snprintf(home->centre_key, sizeof home->centre_key, "%s", value);
	else
		return !strcmp(name, "silence") && take_silence(value, home);
	return 1;
}

/* What `given` names, in full. */
static bool
complete(const char *where, const char *given, char out[HOME_ENDPOINT_BYTES], char error[HOME_ERROR_BYTES])
{
	char all[HOME_ENDPOINT_BYTES], why[ENDPOINT_ERROR_BYTES];
	if (!endpoint_list_complete(given, all, sizeof all, why))
		return fail(error, where, why);
	snprintf(out, HOME_ENDPOINT_BYTES, "%s", all);
	return true;
}

/* The message is given whole, as it says what to do. */
static bool
read_key(const char *path, struct key_pair *out, char error[HOME_ERROR_BYTES])
{
	char why[KEYFILE_ERROR_BYTES];
	if (keyfile_read(path, out, why)) {
		if (*out->secret_key)
			return true;
		return fail(error, path, "no secret-key in it");
	}
	snprintf(error, HOME_ERROR_BYTES, "office key: %.490s", why);
	return false;
}

bool
home_read(const char *path, struct home *out, char error[HOME_ERROR_BYTES])
{
	struct home home = {.silence_ms = SILENCE_SECONDS * 1000};
	char ini[PATH_MAX], secret[PATH_MAX], text[64];
	snprintf(home.path, sizeof home.path, "%s", path);
	if (!join(ini, path, ini_name, error) || !join(secret, path, secret_name, error) ||
	    !join(home.outbox, path, "outbox.db", error))
		return false;
	int line = ini_parse(ini, take_setting, &home);
	if (line < 0)
		return fail(error, ini, "cannot be read; make it with: fupin keygen --endpoint … --centre-key …");
	snprintf(text, sizeof text, "line %d is not a setting that fupin knows", line);
	if (line > 0)
		return fail(error, ini, text);
	if (!*home.endpoint || !*home.centre_key)
		return fail(error, ini, "endpoint or public-key of the [centre] is missing");
	if (!complete(ini, home.endpoint, home.endpoint, error))
		return false;
	if (!read_key(secret, &home.office, error))
		return false;
	*out = home;
	return true;
}

static bool
write_ini(const char *directory, const char *endpoint, const char *centre_key, char error[HOME_ERROR_BYTES])
{
	char path[PATH_MAX], why[KEYFILE_ERROR_BYTES], all[HOME_ENDPOINT_BYTES];
	struct key_pair centre = {0};
	if (!complete("centre", endpoint, all, error))
		return false;
	if (key_text_valid(centre_key))
		snprintf(centre.public_key, sizeof centre.public_key, "%s", centre_key);
	else if (!keyfile_read(centre_key, &centre, why))
		return fail(error, "centre key", why);
	if (!join(path, directory, ini_name, error))
		return false;
	/* The limit for silence is the office's own setting, whichever the centre. */
	struct home present = {0};
	(void)ini_parse(path, take_setting, &present);
	struct whole_file file;
	if (!whole_file_begin(&file, AT_FDCWD, path, 0666))
		return fail(error, path, strerror(errno));
	fprintf(file.stream, "[centre]\nendpoint = %s\npublic-key = %s\n", all, centre.public_key);
	if (present.silence_ms)
		fprintf(file.stream, "silence = %d\n", present.silence_ms / 1000);
	return whole_file_end(&file, true) || fail(error, path, strerror(errno));
}

bool
home_create(const char *path, const char *name, const char *endpoint, const char *centre_key,
            struct key_pair *out, char error[HOME_ERROR_BYTES])
{
	char secret[PATH_MAX], public[PATH_MAX], why[KEYFILE_ERROR_BYTES];
	if (!join(secret, path, secret_name, error) || !join(public, path, public_name, error))
		return false;
	if (mkdir(path, 0700) && errno != EEXIST)
		return fail(error, path, strerror(errno));
	if (access(secret, F_OK)) {
		struct key_pair keys;
		if (zmq_curve_keypair(keys.public_key, keys.secret_key))
			return fail(error, "libzmq", "was built without CURVE");
		bool written =
		    keyfile_write(secret, &keys, name, true, why) && keyfile_write(public, &keys, name, false, why);
		sodium_memzero(&keys, sizeof keys);
		if (!written)
			return fail(error, "office key", why);
	}
	if (!read_key(secret, out, error))
		return false;
	return !endpoint || !centre_key || write_ini(path, endpoint, centre_key, error);
}

bool
home_enrol(const char *path, const char *name, const char *endpoint, const char *centre_key,
           struct key_pair *out, char error[HOME_ERROR_BYTES])
{
	struct home present = {0};
	char ini[PATH_MAX];
	if (!join(ini, path, ini_name, error))
		return false;
	/* One that cannot be read is written anew. */
	bool other = !ini_parse(ini, take_setting, &present) && *present.centre_key &&
	             strcmp(present.centre_key, centre_key) != 0;
	if (other)
		return fail(error, ini,
		            "is of another centre than the code: give this one a directory of its own with --home");
	return home_create(path, name, endpoint, centre_key, out, error);
}
