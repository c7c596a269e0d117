/* Sends a reply over a line: encoded, or as a refusal if that is not possible; a key that was revoked
 * meanwhile gets no answer. */
#include "reply.h"

#include "admitted.h"
#include "codec.h"

enum { UNREAD_RETRY_MS = 1000 }; /* an office that reads nothing asks again */

/* A reply that does not fit into a frame becomes a refusal, so that the client does not wait for it. */
static bool
encode_reply(struct arena *arena, const struct reply *reply, uint8_t **bytes, size_t *size)
{
	arena_reset(arena);
	if (codec_encode_reply(arena, reply, bytes, size) && *size <= ANSWER_BYTES_MAX)
		return true;
	struct problem_list problems;
	struct reply refusal = {.request_id = reply->request_id, .kind = REPLY_REFUSAL};
	problem_list_init(&problems);
	problem_only(&problems, PROBLEM_TOO_LARGE);
	refusal.refusal.problems = &problems;
	arena_reset(arena);
	return codec_encode_reply(arena, &refusal, bytes, size);
}

enum gate_sent
service_give(struct service *s, const struct sender *to, const char *public_key, const struct reply *reply)
{
	uint8_t *bytes;
	size_t size;
	if (encode_reply(&s->reply_arena, reply, &bytes, &size))
		return gate_send(s->gate, to, public_key, bytes, size);
	service_fail("reply_failed", "a reply could not be encoded");
	return GATE_GONE;
}

static const char *
office_name(const struct envelope *envelope)
{
	return envelope->office.name ? envelope->office.name : "unknown";
}

void
service_log_refused(struct service *s, const struct envelope *envelope, enum problem_code code)
{
	log_line(log_bounded(&s->pipeline.refused, LOG_INFO, "refused"), "refused", "office=%s code=%s",
	         office_name(envelope), problem_name(code));
}

void
service_refuse_plain(struct service *s, const struct envelope *envelope, const struct problem_list *problems,
                     uint32_t retry_after_ms)
{
	struct reply reply = {.request_id = envelope->request.id, .kind = REPLY_REFUSAL};
	reply.refusal = (struct refusal){problems, retry_after_ms};
	service_log_refused(s, envelope, problems->items[0].code);
	service_give(s, &envelope->sender, envelope->public_key, &reply);
}

void
service_send_plain(struct service *s, const struct envelope *envelope, const struct reply *reply)
{
	/* The key was revoked while its question waited: it is told that and nothing else. It may still be told
	 * that something it sent is on disk. */
	bool harmless = reply->kind == REPLY_REFUSAL || reply->kind == REPLY_RECEIPT ||
	                envelope->request.kind == REQUEST_ENROL;
	if (!harmless && !service_admits(s, envelope->public_key)) {
		struct problem_list problems;
		service_turn_away(s, envelope->public_key, &problems);
		service_refuse_plain(s, envelope, &problems, 0);
		return;
	}
	enum gate_sent sent = service_give(s, &envelope->sender, envelope->public_key, reply);
	if (sent == GATE_UNREAD) {
		struct problem_list problems;
		problem_list_init(&problems);
		problem_only(&problems, PROBLEM_BUSY);
		service_refuse_plain(s, envelope, &problems, UNREAD_RETRY_MS);
	} else if (sent != GATE_SENT) {
		log_line(LOG_DEBUG, "reply_dropped", "office=%s", office_name(envelope));
	}
}

void
service_send_later(struct service *s, const struct envelope *envelope, enum problem_code code)
{
	struct problem_list problems;
	problem_list_init(&problems);
	problem_only(&problems, code);
	service_refuse_plain(s, envelope, &problems, UNREAD_RETRY_MS);
}
