#include "echo.h"

#include <assert.h>
#include <string.h>

struct encoded {
	struct arena arena;
	uint8_t *bytes;
	size_t size;
};

/* What is decoded may be the largest frame that there is, and is copied twice. */
static void
encoded_begin(struct encoded *e)
{
	*e = (struct encoded){0};
	arena_init(&e->arena, 8 * (size_t)ANSWER_BYTES_MAX);
}

static void
compare(struct encoded *first, struct encoded *second)
{
	assert(first->size == second->size && !memcmp(first->bytes, second->bytes, first->size));
	arena_free(&first->arena);
	arena_free(&second->arena);
}

void
echo_request(const struct request *request)
{
	struct encoded first, second;
	struct request again;
	struct problem_list problems = {0};
	encoded_begin(&first);
	encoded_begin(&second);
	bool good = codec_encode_request(&first.arena, request, &first.bytes, &first.size) &&
	            codec_decode_request(&first.arena, first.bytes, first.size, &again, &problems) &&
	            codec_encode_request(&second.arena, &again, &second.bytes, &second.size);
	assert(good && again.kind == request->kind && again.id == request->id);
	compare(&first, &second);
}

void
echo_submission(const struct submission *submission)
{
	struct encoded first, second;
	struct submission again;
	struct problem_list problems = {0};
	encoded_begin(&first);
	encoded_begin(&second);
	bool good = codec_encode_submission(&first.arena, submission, &first.bytes, &first.size) &&
	            codec_decode_submission(&first.arena, first.bytes, first.size, &again, &problems) &&
	            codec_encode_submission(&second.arena, &again, &second.bytes, &second.size);
	assert(good && submission_rows(&again) == submission_rows(submission));
	compare(&first, &second);
}

/* A code of a newer centre comes as that centre's own sentence, which is not taken apart again. */
static bool
has_newer_code(const struct reply *reply)
{
	if (reply->kind != REPLY_REFUSAL)
		return false;
	bool newer = false;
	for (size_t i = 0; i < reply->refusal.problems->count; i++)
		newer = newer || !problem_name(reply->refusal.problems->items[i].code);
	return newer;
}

void
echo_reply(const struct reply *reply)
{
	struct encoded first, second;
	struct reply again;
	if (reply->kind == REPLY_CATALOGUE)
		return;
	encoded_begin(&first);
	encoded_begin(&second);
	bool good = codec_encode_reply(&first.arena, reply, &first.bytes, &first.size) &&
	            codec_decode_reply(&first.arena, first.bytes, first.size, &again);
	assert(good && again.kind == reply->kind && again.request_id == reply->request_id);
	if (has_newer_code(reply)) {
		arena_free(&first.arena);
		return;
	}
	good = codec_encode_reply(&second.arena, &again, &second.bytes, &second.size);
	assert(good);
	compare(&first, &second);
}

void
echo_catalogue(const struct catalogue *c)
{
	const struct reply reply = {.kind = REPLY_CATALOGUE, .catalogue = {c, {.units = true, .forms = true}, 0}};
	struct encoded e;
	struct catalogue again;
	char error[CATALOGUE_ERROR_BYTES];
	encoded_begin(&e);
	catalogue_init(&again, 8 * (size_t)ANSWER_BYTES_MAX);
	bool good = codec_encode_reply(&e.arena, &reply, &e.bytes, &e.size) &&
	            codec_decode_catalogue(e.bytes, e.size, &again, error);
	assert(good && catalogue_same(c, &again));
	catalogue_free(&again);
	arena_free(&e.arena);
}
