/* One file of the watched folder: whether it may be taken, whether it is still being written to, and its
 * bytes, read under a lease where the file system gives one. */
#include "base/file_bytes.h"
#include "folder_parts.h"
#include "output/text.h"
#include "sheet/sheet_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long after its last change a file is read: by then a copy in several pieces, or a save with a rename,
 * is complete. Without a lease it is not known whether the file is open elsewhere, and a copy over a bad
 * line may pause for seconds. */
enum { QUIET_MS = 1500, QUIET_UNLEASED_MS = 10000 };

static int64_t
nanoseconds(struct timespec t)
{
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static struct file_mark
mark_of(const struct stat *s)
{
	return (struct file_mark){s->st_size, nanoseconds(s->st_mtim), nanoseconds(s->st_ctim)};
}

bool
file_mark_equal(const struct file_mark *a, const struct file_mark *b)
{
	return a->size == b->size && a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

bool
file_mark_of(int directory, const char *name, struct file_mark *out)
{
	struct stat status;
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW))
		return false;
	*out = mark_of(&status);
	return true;
}

const char *
file_unfit(const struct stat *file, const struct stat *folder)
{
	if (S_ISLNK(file->st_mode))
		return _("a symbolic link, not a file");
	if (S_ISDIR(file->st_mode))
		return _("a folder, not a file");
	if (S_ISFIFO(file->st_mode))
		return _("a pipe, not a file");
	if (S_ISSOCK(file->st_mode))
		return _("a socket, not a file");
	if (!S_ISREG(file->st_mode))
		return _("a device, not a file");
	bool of_group = (folder->st_mode & S_IWGRP) && file->st_gid == folder->st_gid;
	bool others_write = folder->st_mode & (S_IWGRP | S_IWOTH) || file->st_uid != folder->st_uid;
	if (file->st_uid != folder->st_uid && file->st_uid != geteuid() && !of_group)
		return _("it belongs neither to the folder's owner nor to the agent's user");
	if (file->st_nlink > 1 && others_write)
		return _("it has several names (hard links)");
	return NULL;
}

/* A lease is given only while no process has the file open for writing, and a process that opens it for
 * writing then waits. EACCES: the file has another owner; EINVAL: the file system has no leases. */
static bool
may_read(struct folder_file *f, int64_t quiet_ms)
{
	f->leased = !fcntl(f->fd, F_SETLEASE, F_RDLCK);
	return f->leased || (errno != EAGAIN && quiet_ms >= QUIET_UNLEASED_MS);
}

static bool
read_all(struct folder_file *f)
{
	int copy = fcntl(f->fd, F_DUPFD_CLOEXEC, 0); /* of the same open file, so the lease stays */
	FILE *file = copy < 0 ? NULL : fdopen(copy, "r");
	f->bytes = file ? file_read_open(file, SHEET_FILE_BYTES_MAX, &f->size) : NULL;
	int why = errno;
	if (file)
		fclose(file);
	else if (copy >= 0)
		close(copy);
	errno = why;
	return f->bytes;
}

enum file_reading
folder_file_open(int directory, const char *name, const struct file_mark *mark, int64_t quiet_ms,
                 struct folder_file *out, const char **why)
{
	struct stat status, folder;
	*out = (struct folder_file){.fd = -1, .mark = *mark};
	*why = NULL;
	if (quiet_ms < QUIET_MS)
		return FILE_CHANGING;
	out->fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (out->fd < 0)
		return errno == EWOULDBLOCK || errno == ENOENT ? FILE_CHANGING : FILE_FAILED;
	bool good =
	    !fstat(out->fd, &status) && !fstat(directory, &folder) && !(*why = file_unfit(&status, &folder));
	bool busy = good && (!may_read(out, quiet_ms) || !folder_file_same(out, directory, name));
	good = good && !busy && read_all(out);
	busy |= good && !folder_file_same(out, directory, name);
	if (good && !busy)
		return FILE_READ;
	int error = errno;
	folder_file_close(out);
	errno = error;
	return busy ? FILE_CHANGING : FILE_FAILED;
}

bool
folder_file_same(const struct folder_file *f, int directory, const char *name)
{
	struct stat open_one, named;
	if (fstat(f->fd, &open_one) || fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW))
		return false;
	struct file_mark a = mark_of(&open_one), b = mark_of(&named);
	return open_one.st_ino == named.st_ino && file_mark_equal(&a, &f->mark) &&
	       file_mark_equal(&b, &f->mark) && (!f->leased || fcntl(f->fd, F_GETLEASE) == F_RDLCK);
}

void
folder_file_close(struct folder_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->bytes);
	*f = (struct folder_file){.fd = -1};
}
