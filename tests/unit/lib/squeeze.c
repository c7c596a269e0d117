#include "squeeze.h"

#include "case.h"
#include "codec.h"

enum { WAYS = 97, BYTES_MAX = 64 * 1024 * 1024 };

/* One message, whatever it is of. */
struct message {
	const struct request *request;
	const struct submission *submission;
	const struct reply *reply;
};

static bool
encode(struct arena *arena, const struct message *m, uint8_t **bytes, size_t *size)
{
	return m->request      ? codec_encode_request(arena, m->request, bytes, size)
	       : m->submission ? codec_encode_submission(arena, m->submission, bytes, size)
	                       : codec_encode_reply(arena, m->reply, bytes, size);
}

static bool
decode(struct arena *arena, const struct message *m, const uint8_t *bytes, size_t size)
{
	static struct problem_list problems;
	struct request request;
	struct submission submission;
	struct reply reply;
	problem_list_init(&problems);
	return m->request      ? codec_decode_request(arena, bytes, size, &request, &problems)
	       : m->submission ? codec_decode_submission(arena, bytes, size, &submission, &problems)
	                       : codec_decode_reply(arena, bytes, size, &reply);
}

static void
squeeze(const struct message *m)
{
	struct arena whole, small;
	uint8_t *frame, *bytes;
	size_t frame_size, size;
	arena_init(&whole, BYTES_MAX);
	assert_true(encode(&whole, m, &frame, &frame_size));
	size_t needed = whole.bytes_used;
	assert_true(decode(&whole, m, frame, frame_size));
	size_t decoded = whole.bytes_used - needed;
	for (size_t cap = 0; cap < needed; cap += 1 + needed / WAYS) {
		arena_init(&small, cap);
		EXPECT(!encode(&small, m, &bytes, &size), "encoded in %zu bytes of %zu", cap, needed);
		arena_free(&small);
	}
	for (size_t cap = 0; cap < decoded; cap += 1 + decoded / WAYS) {
		arena_init(&small, cap);
		EXPECT(!decode(&small, m, frame, frame_size), "decoded in %zu bytes of %zu", cap, decoded);
		arena_free(&small);
	}
	arena_free(&whole);
}

void
squeeze_request(const struct request *request)
{
	squeeze(&(struct message){.request = request});
}

void
squeeze_submission(const struct submission *submission)
{
	squeeze(&(struct message){.submission = submission});
}

void
squeeze_reply(const struct reply *reply)
{
	squeeze(&(struct message){.reply = reply});
}
