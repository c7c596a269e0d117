#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char z85_characters[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

bool
key_text_valid(const char *key)
{
	return strlen(key) == KEY_TEXT_BYTES - 1 && strspn(key, z85_characters) == KEY_TEXT_BYTES - 1;
}

/* Takes `name = "value"` from a line of ZPL. */
static bool
read_setting(const char *line, const char *name, char out[KEY_TEXT_BYTES])
{
	line += strspn(line, " \t");
	size_t size = strlen(name);
	if (strncmp(line, name, size))
		return false;
	line += size;
	line += strspn(line, " \t");
	if (*line++ != '=')
		return false;
	line += strspn(line, " \t");
	if (*line++ != '"' || strlen(line) < KEY_TEXT_BYTES || line[KEY_TEXT_BYTES - 1] != '"')
		return false;
	memcpy(out, line, KEY_TEXT_BYTES - 1);
	out[KEY_TEXT_BYTES - 1] = 0;
	return key_text_valid(out);
}

bool
keyfile_read(const char *path, struct key_pair *out, char error[KEYFILE_ERROR_BYTES])
{
	struct key_pair keys = {0};
	struct stat status;
	char line[512], buffer[BUFSIZ];
	FILE *file = fopen(path, "re");
	/* Of our own: nothing of a secret key stays behind. */
	if (file)
		setvbuf(file, buffer, _IOFBF, sizeof buffer);
	if (!file || fstat(fileno(file), &status)) {
		snprintf(error, KEYFILE_ERROR_BYTES, "%s: %s", path, strerror(errno));
		if (file)
			fclose(file);
		return false;
	}
	while (fgets(line, sizeof line, file)) {
		read_setting(line, "public-key", keys.public_key);
		read_setting(line, "secret-key", keys.secret_key);
	}
	fclose(file);
	sodium_memzero(line, sizeof line);
	sodium_memzero(buffer, sizeof buffer);
	bool open = *keys.secret_key && (status.st_mode & 077), good = *keys.public_key && !open;
	if (!*keys.public_key)
		snprintf(error, KEYFILE_ERROR_BYTES, "%s: no public-key in it (ZeroMQ certificate)", path);
	else if (open)
		snprintf(
		    error, KEYFILE_ERROR_BYTES,
		    "%s: others can read this secret key; run: chmod 600 '%s' （其他用户可读取此私钥，请运行此命令）",
		    path, path);
	if (good)
		*out = keys;
	sodium_memzero(&keys, sizeof keys);
	return good;
}

static void
sync_directory(const char *path)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "%s", path);
	int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory >= 0) {
		fsync(directory);
		close(directory);
	}
}

bool
keyfile_write(const char *path, const struct key_pair *keys, const char *name, bool secret,
              char error[KEYFILE_ERROR_BYTES])
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!file) {
		snprintf(error, KEYFILE_ERROR_BYTES, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	char buffer[BUFSIZ];
	setvbuf(file, buffer, _IOFBF, sizeof buffer);
	fprintf(file, "# ZeroMQ CURVE %s certificate of fupin\n", secret ? "**Secret**" : "public");
	fprintf(file, "metadata\n    name = \"%s\"\ncurve\n    public-key = \"%s\"\n", name, keys->public_key);
	if (secret)
		fprintf(file, "    secret-key = \"%s\"\n", keys->secret_key);
	bool good = !fflush(file) && !fsync(fileno(file)) && !ferror(file);
	good = !fclose(file) && good;
	sodium_memzero(buffer, sizeof buffer);
	if (!good) {
		snprintf(error, KEYFILE_ERROR_BYTES, "%s: %s", path, strerror(errno));
		unlink(path);
		return false;
	}
	sync_directory(path);
	return true;
}
