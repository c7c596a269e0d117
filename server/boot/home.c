#include "home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static bool
fail(char error[HOME_ERROR_BYTES], const char *path, const char *what)
{
	snprintf(error, HOME_ERROR_BYTES, "%.300s: %.180s", path, what);
	return false;
}

static bool
is_empty(const char *path)
{
	DIR *directory = opendir(path);
	bool empty = directory;
	for (const struct dirent *entry; empty && (entry = readdir(directory));)
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (directory)
		closedir(directory);
	return empty;
}

/* Gives an empty directory to the user; one with something in it has to be the user's already. */
static bool
hand_over(const char *path, const struct passwd *user, char error[HOME_ERROR_BYTES])
{
	struct stat status;
	char what[160];
	if (lstat(path, &status))
		return fail(error, path, strerror(errno));
	if (status.st_uid == user->pw_uid)
		return true;
	if (S_ISDIR(status.st_mode) && is_empty(path) && !lchown(path, user->pw_uid, user->pw_gid))
		return true;
	snprintf(what, sizeof what, "belongs to another user; for fupind to run as %.40s: chown -R %.40s it",
	         user->pw_name, user->pw_name);
	return fail(error, path, what);
}

/* Becomes the user permanently: there is no way back to root. */
static bool
become(const char *path, const char *name, char error[HOME_ERROR_BYTES])
{
	const struct passwd *user = getpwnam(name);
	if (!user || !user->pw_uid)
		return fail(
		    error, name,
		    "not an unprivileged user; started as root, fupind becomes the one that --user NAME says");
	if (!hand_over(path, user, error))
		return false;
	/* libpq looks for certificates and passwords in HOME, and root's is closed to the user. */
	if (setenv("HOME", user->pw_dir, 1) || setenv("USER", name, 1) || setenv("LOGNAME", name, 1))
		return fail(error, name, strerror(errno));
	if (initgroups(name, user->pw_gid) || setgid(user->pw_gid) || setuid(user->pw_uid))
		return fail(error, name, strerror(errno));
	if (access(path, R_OK | W_OK | X_OK)) {
		char what[160];
		snprintf(what, sizeof what, "user %.60s cannot get there; choose another --data or --user", name);
		return fail(error, path, what);
	}
	return true;
}

static bool
make_keys(const char *directory, const char *name, bool with_public, struct key_pair *out,
          char error[HOME_ERROR_BYTES])
{
	char secret[PATH_MAX + 32], public[PATH_MAX + 32], why[KEYFILE_ERROR_BYTES];
	snprintf(secret, sizeof secret, "%s/%s.key_secret", directory, name);
	snprintf(public, sizeof public, "%s/%s.key", directory, name);
	if (access(secret, F_OK)) {
		struct key_pair keys;
		if (zmq_curve_keypair(keys.public_key, keys.secret_key))
			return fail(error, "libzmq", "was built without CURVE");
		bool written = keyfile_write(secret, &keys, name, true, why);
		sodium_memzero(&keys, sizeof keys);
		if (!written)
			return fail(error, directory, why);
	}
	if (!keyfile_read(secret, out, why)) {
		snprintf(error, HOME_ERROR_BYTES, "%.500s", why); /* whole: it says what to do */
		return false;
	}
	if (!*out->secret_key)
		return fail(error, secret, "no secret-key in it");
	if (with_public && access(public, F_OK) && !keyfile_write(public, out, name, false, why))
		return fail(error, directory, why);
	return true;
}

bool
home_open(const struct options *options, struct home *out, char error[HOME_ERROR_BYTES])
{
	struct home home = {.lock = -1};
	/* verify only reads, and makes nothing: a mistyped directory stays an error. */
	bool may_make = options->command != COMMAND_VERIFY;
	if (may_make && mkdir(options->data, 0700) && errno != EEXIST)
		return fail(error, options->data, strerror(errno));
	if (!realpath(options->data, home.path))
		return fail(error, options->data, strerror(errno));
	char keys[PATH_MAX + 24];
	snprintf(keys, sizeof keys, "%s/centre.key_secret", home.path);
	if (!may_make && access(keys, F_OK))
		return fail(error, keys, strerror(errno));
	if (strchr(home.path, ','))
		return fail(error, home.path, "a path with a comma cannot be told to libpq: choose another --data");
	if (geteuid() == 0 && !become(home.path, options->user, error))
		return false;
	/* The folder that fupind was started in may be closed to its new user, and PostgreSQL looks at it. */
	if (chdir(home.path))
		return fail(error, home.path, strerror(errno));
	char run[PATH_MAX + 8];
	snprintf(run, sizeof run, "%s/run", home.path);
	if (mkdir(run, 0700) && errno != EEXIST)
		return fail(error, run, strerror(errno));
	int size = snprintf(home.local_endpoint, sizeof home.local_endpoint, "ipc://%s/fupind.sock", run);
	if (size >= 100)
		return fail(error, home.path,
		            "this path is too long for a Unix socket in it: choose a shorter --data");
	if (!make_keys(home.path, "centre", true, &home.centre, error) ||
	    !make_keys(home.path, "local", false, &home.local, error)) {
		home_close(&home);
		return false;
	}
	*out = home;
	home_close(&home);
	return true;
}

void
home_close(struct home *home)
{
	sodium_memzero(home->centre.secret_key, sizeof home->centre.secret_key);
	sodium_memzero(home->local.secret_key, sizeof home->local.secret_key);
}

enum { LOCK_STEP_MS = 50, SERVED_WAIT_MS = 3000, OTHER_WAIT_MS = 60000 };

static const char role_serve = 'S', role_other = 'O';

/* The lock file holds one letter: what its holder does. */
static bool
is_served(int lock)
{
	char role = 0;
	return pread(lock, &role, 1, 0) == 1 && role == role_serve;
}

enum home_lock
home_lock(struct home *home, bool serving, char error[HOME_ERROR_BYTES])
{
	char path[PATH_MAX + 16];
	const struct timespec step = {.tv_nsec = LOCK_STEP_MS * 1000000L};
	snprintf(path, sizeof path, "%s/fupind.lock", home->path);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		return fail(error, path, strerror(errno)), HOME_FAILED;
	for (int waited = 0; flock(lock, LOCK_EX | LOCK_NB); waited += LOCK_STEP_MS) {
		bool served = is_served(lock);
		if (served && (!serving || waited >= SERVED_WAIT_MS)) {
			close(lock);
			return fail(error, home->path, "another fupind serves this data directory"), HOME_SERVED;
		}
		if (waited >= OTHER_WAIT_MS) {
			close(lock);
			return fail(error, home->path, "another fupind command works in this data directory"),
			       HOME_FAILED;
		}
		nanosleep(&step, NULL);
	}
	if (pwrite(lock, serving ? &role_serve : &role_other, 1, 0) != 1) {
		fail(error, path, strerror(errno));
		close(lock);
		return HOME_FAILED;
	}
	home->lock = lock;
	return HOME_LOCKED;
}
