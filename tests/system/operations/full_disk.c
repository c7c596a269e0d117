/* Preloaded into PostgreSQL by test_outage.py: a full disk without one.
 *
 * While the file $FULL_DISK exists, writing to (or making room in) a regular file whose path contains that
 * file's first line fails with ENOSPC, as it does when the disk is full. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* By system call: nothing here comes back into what is replaced below. */
static int
is_full(int fd)
{
	const char *flag = getenv("FULL_DISK");
	char wanted[256] = "", link[64], path[4096] = "";
	struct stat status;
	int saved = errno, full = 0;
	int file = flag ? (int)syscall(SYS_openat, AT_FDCWD, flag, O_RDONLY) : -1;
	if (file >= 0) {
		ssize_t size = read(file, wanted, sizeof wanted - 1);
		close(file);
		wanted[size > 0 ? strcspn(wanted, "\n") : 0] = 0;
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		full = *wanted && !fstat(fd, &status) && S_ISREG(status.st_mode) &&
		       readlink(link, path, sizeof path - 1) > 0 && strstr(path, wanted);
	}
	errno = full ? ENOSPC : saved;
	return full;
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

ssize_t
write(int fd, const void *bytes, size_t size)
{
	return is_full(fd) ? -1 : NEXT(ssize_t(*)(int, const void *, size_t), "write")(fd, bytes, size);
}

ssize_t
pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	return is_full(fd) ? -1
	                   : NEXT(ssize_t(*)(int, const void *, size_t, off_t), "pwrite")(fd, bytes, size, at);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
	return is_full(fd)
	           ? -1
	           : NEXT(ssize_t(*)(int, const void *, size_t, off64_t), "pwrite64")(fd, bytes, size, at);
}

ssize_t
pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
	return is_full(fd)
	           ? -1
	           : NEXT(ssize_t(*)(int, const struct iovec *, int, off_t), "pwritev")(fd, parts, count, at);
}

ssize_t
pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
	return is_full(fd)
	           ? -1
	           : NEXT(ssize_t(*)(int, const struct iovec *, int, off64_t), "pwritev64")(fd, parts, count, at);
}

int
posix_fallocate(int fd, off_t at, off_t size)
{
	return is_full(fd) ? ENOSPC : NEXT(int (*)(int, off_t, off_t), "posix_fallocate")(fd, at, size);
}

int
posix_fallocate64(int fd, off64_t at, off64_t size)
{
	return is_full(fd) ? ENOSPC : NEXT(int (*)(int, off64_t, off64_t), "posix_fallocate64")(fd, at, size);
}
