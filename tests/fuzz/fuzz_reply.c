/* Whatever a centre sends: understood or not, and nothing else happens. An input is frames in a row
 * (frames.h), as a client that follows a total reads them: what is understood is shown and comes back the
 * same (echo.h), a catalogue takes the place of the one before, a total begins to be followed and pushes move
 * it on. */
#include "target.h"

#include "echo.h"
#include "frames.h"
#include "session/follow.h"
#include "show.h"
#include "wire_mutator.h"

#include <string.h>

extern const ProtobufCMessageDescriptor fupin__v1__reply__descriptor;
const struct wire_form wire_form = {&fupin__v1__reply__descriptor, 0};

struct client {
	struct arena arena; /* the last reply's */
	struct follow follow;
	bool follows;
};

static void
take_catalogue(const struct one_frame *frame)
{
	struct catalogue c;
	char error[CATALOGUE_ERROR_BYTES] = "";
	catalogue_init(&c, ANSWER_BYTES_MAX);
	if (codec_decode_catalogue(frame->bytes, frame->size, &c, error))
		echo_catalogue(&c);
	else
		assert(*error && strlen(error) < sizeof error);
	catalogue_free(&c);
}

static void
follow(struct client *c, const struct reply *reply)
{
	if (reply->kind == REPLY_TOTAL && reply->total.unit_count) {
		c->follows = follow_begin(&c->follow, &reply->total);
		assert(c->follows);
	} else if (reply->kind == REPLY_PUSH && c->follows && !reply->push.of_rules) {
		uint64_t before = c->follow.state.as_of.seq;
		enum follow_result result = follow_push(&c->follow, &reply->push);
		assert(result != FOLLOW_NO_MEMORY && c->follow.state.as_of.seq >= before);
	}
}

static void
take_frame(struct client *c, const struct one_frame *frame)
{
	struct reply reply;
	arena_reset(&c->arena);
	if (!codec_decode_reply(&c->arena, frame->bytes, frame->size, &reply))
		return;
	show_reply(&reply);
	echo_reply(&reply);
	if (reply.kind == REPLY_CATALOGUE)
		take_catalogue(frame);
	follow(c, &reply);
}

/* What is followed outlives the replies that it came from. */
static void
show_followed(const struct client *c)
{
	const struct reply state = {.kind = REPLY_TOTAL, .total = c->follow.state};
	if (!c->follows)
		return;
	show_reply(&state);
	echo_reply(&state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frames frames = {data, size};
	struct one_frame frame;
	struct client client = {0};
	arena_init(&client.arena, ANSWER_BYTES_MAX);
	follow_init(&client.follow);
	while (frames_next(&frames, &frame))
		take_frame(&client, &frame);
	arena_free(&client.arena);
	show_followed(&client);
	follow_free(&client.follow);
	return 0;
}
