#include "kept.h"

#include "base/clock.h"
#include "codec.h"
#include "keys/identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file: this head, the two frames, BLAKE2b-256 of all before it. It is read on the machine that wrote it.
 */
struct head {
	char magic[16];
	char centre_key[KEY_TEXT_BYTES], office_key[KEY_TEXT_BYTES]; /* whose words, said to whom */
	int64_t local_us;
	uint64_t welcome_size, catalogue_size;
};

static const char magic[16] = "fupin-kept-1\n";

static bool
find_path(const struct home *home, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/centre.kept", home->path) < PATH_MAX;
}

static struct head
head_for(const struct home *home)
{
	struct head head;
	memset(&head, 0, sizeof head);
	memcpy(head.magic, magic, sizeof magic);
	memcpy(head.centre_key, home->centre_key, sizeof head.centre_key);
	memcpy(head.office_key, home->office.public_key, sizeof head.office_key);
	return head;
}

/* ---------------------------------------------------------------- reading */

/* The whole file; NULL: it is not there, or too large to be ours. */
static uint8_t *
load(const char *path, size_t *size)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *bytes = NULL;
	if (fd >= 0 && !fstat(fd, &status) && status.st_size > 0 && status.st_size <= 2L * ANSWER_BYTES_MAX)
		bytes = malloc((size_t)status.st_size);
	*size = bytes ? (size_t)status.st_size : 0;
	for (size_t got = 0; bytes && got < *size;) {
		ssize_t n = read(fd, bytes + got, *size - got);
		if (n <= 0) {
			free(bytes);
			bytes = NULL;
		} else {
			got += (size_t)n;
		}
	}
	if (fd >= 0)
		close(fd);
	return bytes;
}

/* Is it what keep() wrote for this home? */
static bool
is_whole(const struct home *home, const uint8_t *bytes, size_t size, struct head *out)
{
	struct head wanted = head_for(home);
	if (size < sizeof *out + DIGEST_BYTES)
		return false;
	memcpy(out, bytes, sizeof *out);
	struct digest digest = digest_of(bytes, size - DIGEST_BYTES);
	return !memcmp(out->magic, wanted.magic, sizeof wanted.magic) &&
	       !memcmp(out->centre_key, wanted.centre_key, sizeof wanted.centre_key) &&
	       !memcmp(out->office_key, wanted.office_key, sizeof wanted.office_key) &&
	       out->welcome_size <= size && out->catalogue_size <= size &&
	       sizeof *out + out->welcome_size + out->catalogue_size + DIGEST_BYTES == size &&
	       !memcmp(digest.bytes, bytes + size - DIGEST_BYTES, DIGEST_BYTES);
}

static bool
decode(struct kept *kept, const struct head *head, const uint8_t *frames, struct catalogue *out)
{
	struct reply reply;
	char error[CATALOGUE_ERROR_BYTES];
	if (!codec_decode_reply(&kept->arena, frames, head->welcome_size, &reply) || reply.kind != REPLY_WELCOME)
		return false;
	kept->welcome = reply.welcome;
	kept->local_us = head->local_us;
	return codec_decode_catalogue(frames + head->welcome_size, head->catalogue_size, out, error);
}

struct kept *
kept_read(const struct home *home, struct catalogue *out)
{
	char path[PATH_MAX];
	struct head head;
	size_t size = 0;
	uint8_t *bytes = find_path(home, path) ? load(path, &size) : NULL;
	struct kept *kept = bytes && is_whole(home, bytes, size, &head) ? calloc(1, sizeof *kept) : NULL;
	if (kept) {
		arena_init(&kept->arena, ANSWER_BYTES_MAX);
		if (!decode(kept, &head, bytes + sizeof head, out))
			kept_free(&kept);
	}
	free(bytes);
	return kept;
}

void
kept_free(struct kept **kept)
{
	if (!*kept)
		return;
	arena_free(&(*kept)->arena);
	free(*kept);
	*kept = NULL;
}

int64_t
kept_centre_time(const struct kept *kept, int64_t local_us)
{
	int64_t passed = local_us - kept->local_us;
	return kept->welcome.time_us + (passed > 0 ? passed : 0);
}

/* ---------------------------------------------------------------- writing */

static bool
write_all(int fd, const void *bytes, size_t size)
{
	for (size_t put = 0; put < size;) {
		ssize_t n = write(fd, (const char *)bytes + put, size - put);
		if (n < 0)
			return false;
		put += (size_t)n;
	}
	return true;
}

/* Under another name first; it takes the old one's place when it is whole. */
static void
replace(const char *path, const uint8_t *bytes, size_t size)
{
	char temporary[PATH_MAX];
	if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
		return;
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return;
	/* A file that a power cut left incomplete is recognised by its digest and fetched again, so waiting for
	 * the disk is not worth it. */
	bool good = write_all(fd, bytes, size);
	good = !close(fd) && good && !rename(temporary, path);
	if (!good)
		unlink(temporary);
}

struct bytes {
	const uint8_t *at;
	size_t size;
};

/* If it cannot be kept, that only matters at the next start without a network. */
static void
keep(const struct home *home, int64_t local_us, struct bytes welcome, struct bytes catalogue)
{
	char path[PATH_MAX];
	struct head head = head_for(home);
	size_t size = sizeof head + welcome.size + catalogue.size;
	uint8_t *bytes = malloc(size + DIGEST_BYTES);
	head.local_us = local_us;
	head.welcome_size = welcome.size;
	head.catalogue_size = catalogue.size;
	if (bytes && find_path(home, path)) {
		memcpy(bytes, &head, sizeof head);
		memcpy(bytes + sizeof head, welcome.at, welcome.size);
		memcpy(bytes + sizeof head + welcome.size, catalogue.at, catalogue.size);
		struct digest digest = digest_of(bytes, size);
		memcpy(bytes + size, digest.bytes, DIGEST_BYTES);
		replace(path, bytes, size + DIGEST_BYTES);
	}
	free(bytes);
}

enum session_failure
kept_fetch(const struct home *home, struct session *session, int timeout_ms, struct catalogue *out)
{
	static const struct as_of now = {0};
	enum session_failure failure = session_catalogue(session, timeout_ms, true, true, &now, out);
	if (!failure)
		kept_write(home, session);
	return failure;
}

void
kept_write(const struct home *home, struct session *session)
{
	struct bytes welcome, catalogue;
	catalogue.at = session_frame(session, &catalogue.size);
	welcome.at = session_welcome_frame(session, &welcome.size);
	keep(home, clock_wall_us(), welcome, catalogue);
}
