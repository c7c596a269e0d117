#include "sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

bool
sealed_key(const char *text, struct seal_key *out)
{
	return zmq_z85_decode(out->bytes, text);
}

/* ---------------------------------------------------------------- reading */

static bool
refuse(struct problem *problem, enum problem_code code, const char *detail)
{
	*problem = (struct problem){.code = code, .limit = SEAL_VERSION};
	problem_detail(problem, "%s", detail);
	return false;
}

static bool
read_bytes(const char *path, struct sealed_file *out, struct problem *problem)
{
	struct stat status;
	FILE *file = fopen(path, "re");
	bool good = file && !fstat(fileno(file), &status);
	if (good && !S_ISREG(status.st_mode)) {
		errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
		good = false;
	}
	if (good && status.st_size > SEALED_FILE_BYTES_MAX) {
		errno = EFBIG;
		good = false;
	}
	out->size = good ? (size_t)status.st_size : 0;
	out->bytes = good ? malloc(out->size + 1) : NULL;
	good = out->bytes && fread(out->bytes, 1, out->size, file) == out->size;
	if (!good)
		refuse(problem, PROBLEM_FILE_UNREADABLE, strerror(errno ? errno : EIO));
	if (file)
		fclose(file);
	return good;
}

/* Is it for the centre, and if it comes from there for the office, that this home knows? */
static bool
check_keys(const struct sealed_file *f, const struct home *home, struct problem *problem)
{
	struct seal_key own;
	char text[KEY_TEXT_BYTES], detail[PROBLEM_DETAIL_BYTES];
	zmq_z85_encode(text, f->header.centre.bytes, SEAL_KEY_BYTES);
	if (!sealed_key(home->centre_key, &own) || memcmp(own.bytes, f->header.centre.bytes, SEAL_KEY_BYTES) != 0)
		return refuse(problem, PROBLEM_SEAL_OTHER_CENTRE, text);
	if (f->header.kind != SEAL_ANSWERS)
		return true;
	zmq_z85_encode(text, f->header.office.bytes, SEAL_KEY_BYTES);
	snprintf(detail, sizeof detail, "%s", text);
	return (sealed_key(home->office.public_key, &own) &&
	        !memcmp(own.bytes, f->header.office.bytes, SEAL_KEY_BYTES)) ||
	       refuse(problem, PROBLEM_SEAL_OTHER_OFFICE, detail);
}

/* A file of the other kind. */
static const char *
other_kind(const struct sealed_file *f, enum seal_kind kind)
{
	struct seal_header header;
	enum seal_kind other = kind == SEAL_ANSWERS ? SEAL_REQUESTS : SEAL_ANSWERS;
	if (seal_header_read(f->bytes, f->size, other, &header))
		return "";
	return kind == SEAL_ANSWERS ? ": it holds submissions (内为报送)" : ": it holds answers (内为答复)";
}

bool
sealed_file_read(const char *path, enum seal_kind kind, const struct home *home, struct sealed_file *out,
                 struct problem *problem)
{
	*out = (struct sealed_file){0};
	bool good = read_bytes(path, out, problem);
	if (good) {
		enum problem_code code = seal_file_check(out->bytes, out->size, kind, &out->header);
		good = !code || refuse(problem, code, code == PROBLEM_SEAL_UNREADABLE ? other_kind(out, kind) : "");
		problem->actual = out->header.version;
	}
	good = good && check_keys(out, home, problem);
	if (!good)
		sealed_file_free(out);
	return good;
}

void
sealed_file_free(struct sealed_file *f)
{
	free(f->bytes);
	*f = (struct sealed_file){0};
}

/* ---------------------------------------------------------------- writing */

static void
put(struct sealed_writer *w, const uint8_t *bytes, size_t size)
{
	crypto_generichash_update(&w->digest, bytes, size);
	fwrite(bytes, 1, size, w->file.stream);
}

bool
sealed_writer_open(struct sealed_writer *w, const char *path, const struct seal_header *header)
{
	uint8_t bytes[SEAL_HEADER_BYTES];
	*w = (struct sealed_writer){0};
	if (!whole_file_begin(&w->file, AT_FDCWD, path, 0666))
		return false;
	crypto_generichash_init(&w->digest, NULL, 0, DIGEST_BYTES);
	seal_header_write(header, bytes);
	put(w, bytes, sizeof bytes);
	return true;
}

void
sealed_writer_add(struct sealed_writer *w, const uint8_t *letter, size_t size)
{
	uint8_t length[4];
	seal_length_write(size, length);
	put(w, length, sizeof length);
	if (size)
		put(w, letter, size);
}

bool
sealed_writer_end(struct sealed_writer *w)
{
	uint8_t digest[DIGEST_BYTES];
	crypto_generichash_final(&w->digest, digest, sizeof digest);
	fwrite(digest, 1, sizeof digest, w->file.stream);
	return whole_file_end(&w->file, true);
}

void
sealed_writer_discard(struct sealed_writer *w)
{
	whole_file_discard(&w->file);
}
