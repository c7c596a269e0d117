#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES_MAX = 100 };

static bool
fail(int why)
{
	errno = why;
	return false;
}

/* "DIR/.fupin-0badcafe": short, so that it fits wherever the name itself does. */
static bool
choose_temporary(struct whole_file *f)
{
	char directory[PATH_MAX];
	snprintf(directory, sizeof directory, "%s", f->path);
	int size = snprintf(f->temporary, sizeof f->temporary, "%s/.fupin-%08x", dirname(directory),
	                    (unsigned)randombytes_random());
	return size < (int)sizeof f->temporary || fail(ENAMETOOLONG);
}

bool
whole_file_begin(struct whole_file *f, int at, const char *path, mode_t mode)
{
	*f = (struct whole_file){.at = at};
	int fd = -1;
	struct stat status;
	if (snprintf(f->path, sizeof f->path, "%s", path) >= (int)sizeof f->path ||
	    (fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW) && errno == ENAMETOOLONG))
		return fail(ENAMETOOLONG); /* known now, not when all is written */
	for (int i = 0; fd < 0 && i < TRIES_MAX; i++) {
		if (!choose_temporary(f))
			return false;
		fd = openat(at, f->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			return false;
	}
	f->stream = fd < 0 ? NULL : fdopen(fd, "w+");
	if (f->stream)
		return true;
	int why = errno;
	if (fd >= 0) {
		close(fd);
		unlinkat(at, f->temporary, 0);
	}
	return fail(why);
}

bool
file_move_beside(int from_at, const char *from, int to_at, const char *to)
{
	struct stat status;
	if (!renameat2(from_at, from, to_at, to, RENAME_NOREPLACE))
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* A file system that cannot say so; some know no second name either. */
	if (!linkat(from_at, from, to_at, to, 0))
		return !unlinkat(from_at, from, 0);
	if (errno == EEXIST)
		return false;
	if (!fstatat(to_at, to, &status, AT_SYMLINK_NOFOLLOW))
		return fail(EEXIST);
	return !renameat(from_at, from, to_at, to);
}

/* The name is on disk, too. Not every file system has something to say to a directory's fsync. */
static bool
sync_directory(const struct whole_file *f)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "%s", f->path);
	int directory = openat(f->at, dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return errno == EACCES; /* one that may be written alone */
	bool good = !fsync(directory) || errno == EINVAL || errno == ENOTSUP;
	int why = errno;
	close(directory);
	return good || fail(why);
}

static bool
give_name(struct whole_file *f, bool replaces)
{
	return replaces ? !renameat(f->at, f->temporary, f->at, f->path)
	                : file_move_beside(f->at, f->temporary, f->at, f->path);
}

bool
whole_file_end(struct whole_file *f, bool replaces)
{
	errno = 0;
	bool good = !fflush(f->stream) && !ferror(f->stream) && !fsync(fileno(f->stream));
	int why = errno ? errno : EIO;
	if (fclose(f->stream) && good) {
		why = errno;
		good = false;
	}
	f->stream = NULL;
	if (good && (!give_name(f, replaces) || !sync_directory(f))) {
		why = errno;
		good = false;
	}
	if (good)
		return true;
	unlinkat(f->at, f->temporary, 0);
	return fail(why);
}

void
whole_file_discard(struct whole_file *f)
{
	if (!f->stream)
		return;
	fclose(f->stream);
	f->stream = NULL;
	unlinkat(f->at, f->temporary, 0);
}

bool
whole_file_write(int at, const char *path, mode_t mode, const void *bytes, size_t size, bool replaces)
{
	struct whole_file f;
	if (!whole_file_begin(&f, at, path, mode))
		return false;
	fwrite(bytes, 1, size, f.stream);
	return whole_file_end(&f, replaces);
}
