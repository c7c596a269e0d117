/* Whatever bytes stand in a sealed file, in a letter, or inside one: refused or taken, and nothing else
 * happens. The first byte says what the rest is. */
#include "target.h"

#include "codec.h"
#include "seeds.h"

#include <stdlib.h>

static struct pair office, centre;

static void
open_all(const uint8_t *bytes, size_t size, const struct seal_header *h, const struct seal_key *secret)
{
	const uint8_t *letter, *content;
	size_t at = 0, letter_size, content_size;
	uint32_t number = 0;
	uint8_t *room = malloc(size);
	assert(room);
	for (; seal_file_next(bytes, size, &at, &letter, &letter_size); number++) {
		assert(letter >= bytes && letter + letter_size <= bytes + size - DIGEST_BYTES);
		if (!seal_open(h, number, letter, letter_size, secret, room, &content, &content_size))
			assert(content >= room && content + content_size <= room + letter_size);
	}
	assert(number == h->count);
	free(room);
}

/* As it is, and with a digest that fits: else hardly anything would get beyond it. */
static void
try_file(const uint8_t *data, size_t size)
{
	struct seal_header h;
	if (!seal_file_check(data, size, SEAL_REQUESTS, &h))
		open_all(data, size, &h, &centre.secret);
	if (!seal_file_check(data, size, SEAL_ANSWERS, &h))
		open_all(data, size, &h, &office.secret);
}

static void
try_mended_file(const uint8_t *data, size_t size)
{
	if (size < DIGEST_BYTES)
		return;
	uint8_t *copy = malloc(size);
	assert(copy);
	memcpy(copy, data, size);
	struct digest digest = digest_of(copy, size - DIGEST_BYTES);
	memcpy(copy + size - DIGEST_BYTES, digest.bytes, DIGEST_BYTES);
	try_file(copy, size);
	free(copy);
}

static void
try_letter(const uint8_t *data, size_t size)
{
	struct seal_header h;
	const uint8_t *content;
	size_t content_size;
	uint8_t *room = malloc(size + 1);
	assert(room);
	if (size >= SEAL_HEADER_BYTES && !seal_header_read(data, SEAL_HEADER_BYTES, SEAL_REQUESTS, &h) &&
	    !seal_open(&h, 0, data + SEAL_HEADER_BYTES, size - SEAL_HEADER_BYTES, &centre.secret, room, &content,
	               &content_size))
		assert(content_size <= size);
	free(room);
}

static void
try_inside(const uint8_t *data, size_t size, bool answer)
{
	static struct problem_list problems;
	struct arena arena;
	struct submission s;
	struct request request;
	struct reply reply;
	problem_list_init(&problems);
	arena_init(&arena, DECODE_BYTES_MAX);
	bool good = answer ? codec_decode_reply(&arena, data, size, &reply)
	                   : codec_decode_request(&arena, data, size, &request, &problems);
	if (good && !answer && request.kind == REQUEST_SUBMIT)
		good = codec_decode_submission(&arena, request.submit.bytes, request.submit.size, &s, &problems);
	(void)good;
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!office.secret.bytes[0] && !office.secret.bytes[1]) {
		assert(sodium_init() >= 0);
		office = seed_pair(SEED_OFFICE);
		centre = seed_pair(SEED_CENTRE);
	}
	if (!size)
		return 0;
	switch (data[0] % 5) {
	case 0:
		try_file(data + 1, size - 1);
		break;
	case 1:
		try_mended_file(data + 1, size - 1);
		break;
	case 2:
		try_letter(data + 1, size - 1);
		break;
	default:
		try_inside(data + 1, size - 1, data[0] % 5 == 4);
	}
	return 0;
}
