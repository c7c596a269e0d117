/* fuzz_seeds DIR: what the code itself writes, for fuzz_sealed to begin with. */
#include "codec.h"
#include "seeds.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LETTERS = 3, ROOM = 8192 };

static const char *directory;

static void
write_seed(const char *name, char kind, const uint8_t *bytes, size_t size)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "we");
	if (!file || fputc(kind, file) == EOF || fwrite(bytes, 1, size, file) != size || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static size_t
make_request(struct arena *arena, uint8_t **bytes)
{
	static const uint32_t indicators[] = {1, 2};
	static const int64_t values[] = {77, -1};
	struct report report = {.unit = 220122,
	                        .period = 201304,
	                        .form = 1,
	                        .form_version = 1,
	                        .value_count = 2,
	                        .indicators = indicators,
	                        .values = values};
	struct submission s = {
	    .id = submission_id_new(INT64_C(1370390400000000)), .report_count = 1, .reports = &report};
	size_t size = 0;
	struct request request = {.kind = REQUEST_SUBMIT};
	uint8_t *inside;
	bool good = codec_encode_submission(arena, &s, &inside, &request.submit.size);
	request.submit.bytes = inside;
	good = good && codec_encode_request(arena, &request, bytes, &size);
	assert(good);
	return size;
}

static size_t
make_file(const struct seal_header *h, const struct seal_key *secret, const uint8_t *content, size_t size,
          uint8_t out[ROOM])
{
	size_t at = SEAL_HEADER_BYTES;
	seal_header_write(h, out);
	for (uint32_t i = 0; i < LETTERS; i++) {
		seal_length_write(size + SEAL_BYTES, out + at);
		bool good = seal_close(h, i, content, size, secret, out + at + 4);
		assert(good);
		at += 4 + size + SEAL_BYTES;
	}
	struct digest digest = digest_of(out, at);
	memcpy(out + at, digest.bytes, DIGEST_BYTES);
	return at + DIGEST_BYTES;
}

int
main(int argc, char **argv)
{
	if (argc != 2 || sodium_init() < 0)
		return 2;
	directory = argv[1];
	mkdir(directory, 0755);
	struct pair office = seed_pair(SEED_OFFICE), centre = seed_pair(SEED_CENTRE);
	struct seal_header h = {.kind = SEAL_REQUESTS,
	                        .office = office.public_key,
	                        .centre = centre.public_key,
	                        .file = submission_id_new(INT64_C(1370390400000000)),
	                        .count = LETTERS};
	struct arena arena;
	uint8_t file[ROOM], *request, *reply;
	arena_init(&arena, DECODE_BYTES_MAX);
	size_t size = make_request(&arena, &request), reply_size = 0;
	struct reply receipt = {.kind = REPLY_RECEIPT, .receipt = {.seq = 812}};
	bool good = codec_encode_reply(&arena, &receipt, &reply, &reply_size);
	assert(good);
	size_t file_size = make_file(&h, &office.secret, request, size, file);
	write_seed("file", 0, file, file_size);
	write_seed("mended", 1, file, file_size);
	memmove(file + SEAL_HEADER_BYTES, file + SEAL_HEADER_BYTES + 4,
	        size + SEAL_BYTES); /* header, first letter */
	write_seed("letter", 2, file, SEAL_HEADER_BYTES + size + SEAL_BYTES);
	write_seed("request", 3, request, size);
	write_seed("reply", 4, reply, reply_size);
	h.kind = SEAL_ANSWERS;
	file_size = make_file(&h, &centre.secret, reply, reply_size, file);
	write_seed("answers", 1, file, file_size);
	arena_free(&arena);
	return 0;
}
