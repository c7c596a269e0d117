/* Letters of sealed files: a request that an office sealed for the centre and that another office carried.
 * It is opened here, and is then handled as that office's own Submit or Upload, except that the answer goes
 * back sealed, by way of the carrier. If it cannot be opened, the refusal is for the carrier. */
#include "sealed.h"

#include "base/clock.h"
#include "codec.h"
#include "reply.h"

#include <sodium.h>
#include <string.h>
#include <zmq.h>

static bool
key_from_text(const char *text, struct seal_key *out)
{
	return zmq_z85_decode(out->bytes, text);
}

static void
key_to_text(const struct seal_key *key, char out[KEY_TEXT_BYTES])
{
	zmq_z85_encode(out, key->bytes, sizeof key->bytes);
}

/* Which office sealed it, as the principals are now? */
static enum problem_code
find_writer(const struct service *s, const struct seal_header *header, struct envelope *e,
            char key[KEY_TEXT_BYTES])
{
	struct seal_key own;
	key_to_text(&header->centre, key);
	if (!key_from_text(s->home.centre.public_key, &own) ||
	    memcmp(own.bytes, header->centre.bytes, sizeof own.bytes) != 0)
		return PROBLEM_SEAL_OTHER_CENTRE;
	key_to_text(&header->office, key);
	const struct principal *p = principal_by_key(s->admitted.principals, s->admitted.count, key);
	const char *name = p ? arena_string(&e->arena, p->name) : NULL;
	if (!p)
		return PROBLEM_SEAL_FOREIGN;
	e->office = (struct office){.name = name ? name : "", .role = p->role, .unit = p->unit};
	return PROBLEM_NONE;
}

/* Then the envelope's office is the writer's; `content` is what the letter holds. */
static enum problem_code
open_letter(const struct service *s, struct envelope *e, struct seal_header *header, char key[KEY_TEXT_BYTES],
            struct submit *content)
{
	const struct carry carry = e->request.carry;
	struct seal_key secret;
	if (carry.header_size != SEAL_HEADER_BYTES)
		return PROBLEM_SEAL_UNREADABLE;
	enum problem_code code = seal_header_read(carry.header, carry.header_size, SEAL_REQUESTS, header);
	if (!code)
		code = find_writer(s, header, e, key);
	if (code)
		return code;
	int64_t now_us = clock_machine_us();
	if (header->time_us < now_us - SEAL_AGE_MAX_US ||
	    header->time_us > now_us + SEAL_DAYS_AHEAD * SEAL_DAY_US)
		return PROBLEM_SEAL_EXPIRED;
	if (carry.number >= header->count)
		return PROBLEM_SEAL_MISPLACED;
	struct sealed *sealed = arena_alloc(&e->arena, sizeof *sealed);
	uint8_t *room = arena_alloc(&e->arena, carry.size + 1);
	if (!sealed || !room)
		return PROBLEM_TOO_LARGE;
	if (!key_from_text(s->home.centre.secret_key, &secret))
		return PROBLEM_SEAL_CHANGED;
	code = seal_open(header, carry.number, carry.letter, carry.size, &secret, room, &content->bytes,
	                 &content->size);
	sodium_memzero(&secret, sizeof secret);
	if (code)
		return code;
	*sealed = (struct sealed){*header, carry.number, digest_of(content->bytes, content->size)};
	e->sealed = sealed;
	return PROBLEM_NONE;
}

/* What the content asks for; from here on a refusal is for the office, sealed. */
static bool
read_content(struct envelope *e, const struct submit *content, struct problem_list *problems)
{
	uint64_t id = e->request.id;
	bool good = codec_decode_request(&e->arena, content->bytes, content->size, &e->request, problems);
	e->request.id = id; /* the carrier's */
	if (!good)
		return false;
	if (e->request.kind == REQUEST_SUBMIT || e->request.kind == REQUEST_UPLOAD)
		return true;
	struct problem *p = problem_only(problems, PROBLEM_REQUEST_UNKNOWN);
	p->limit = PROTOCOL_VERSION;
	problem_detail(p, "%s", "a letter has a submit or an upload");
	return false;
}

static void
tell_age(const struct seal_header *header, struct problem *p)
{
	char day[11];
	int64_t seconds = header->time_us / 1000000; /* it may be any number */
	seconds = seconds < 0 ? 0 : seconds > TIME_MAX ? TIME_MAX : seconds;
	date_format(date_of_time(seconds * 1000000), day);
	p->actual = seconds;
	p->limit = SEAL_DAYS_MAX;
	problem_detail(p, "%s", day);
}

bool
sealed_open(const struct service *s, struct envelope *e, struct problem_list *problems)
{
	struct seal_header header = {0};
	char key[KEY_TEXT_BYTES] = "";
	const struct office carrier = e->office;
	uint32_t number = e->request.carry.number;
	struct submit content = {NULL, 0};
	enum problem_code code = open_letter(s, e, &header, key, &content);
	if (!code) {
		log_line(LOG_DEBUG, "carried", "office=%s by=%s letter=%u of=%u", e->office.name, carrier.name,
		         number + 1, header.count);
		return read_content(e, &content, problems);
	}
	e->office = carrier;
	struct problem *p = problem_only(problems, code);
	p->actual = code == PROBLEM_SEAL_VERSION ? header.version : (int64_t)number + 1;
	p->limit = SEAL_VERSION;
	problem_detail(p, "%s", code == PROBLEM_SEAL_OTHER_CENTRE || code == PROBLEM_SEAL_FOREIGN ? key : "");
	if (code == PROBLEM_SEAL_EXPIRED)
		tell_age(&header, p);
	return false;
}

/* The digest and the Reply, in front of each other. */
static bool
answer_content(const struct envelope *e, const struct reply *answer, struct arena *arena, uint8_t **out,
               size_t *size)
{
	struct reply inside = *answer;
	uint8_t *bytes;
	size_t count;
	inside.request_id = 0;
	if (!codec_encode_reply(arena, &inside, &bytes, &count))
		return false;
	*size = SEAL_ANSWER_BYTES + count;
	*out = arena_alloc(arena, *size);
	if (!*out)
		return false;
	memcpy(*out, e->sealed->digest.bytes, DIGEST_BYTES);
	memcpy(*out + SEAL_ANSWER_BYTES, bytes, count);
	return true;
}

bool
sealed_answer(const struct service *s, const struct envelope *e, const struct reply *answer,
              struct arena *arena, struct reply *out)
{
	struct seal_header header = e->sealed->header;
	struct seal_key secret;
	uint8_t *content, *letter;
	size_t size;
	header.kind = SEAL_ANSWERS;
	if (!answer_content(e, answer, arena, &content, &size))
		return false;
	letter = arena_alloc(arena, size + SEAL_BYTES);
	bool closed = letter && key_from_text(s->home.centre.secret_key, &secret) &&
	              seal_close(&header, e->sealed->number, content, size, &secret, letter);
	sodium_memzero(&secret, sizeof secret);
	if (!closed)
		return false;
	bool receipt = answer->kind == REPLY_RECEIPT;
	*out = (struct reply){.request_id = answer->request_id, .kind = REPLY_CARRIED};
	out->carried = (struct carried){
	    .answer = letter,
	    .size = size + SEAL_BYTES,
	    .id = e->submission.id,
	    .seq = receipt ? answer->receipt.seq : 0,
	    .again = receipt && e->again,
	    .taken = answer->kind != REPLY_REFUSAL,
	};
	return true;
}

void
service_send_sealed(struct service *s, const struct envelope *envelope, const struct reply *reply)
{
	struct arena arena;
	struct reply carried;
	arena_init(&arena, ANSWER_BYTES_MAX);
	if (sealed_answer(s, envelope, reply, &arena, &carried))
		service_send_plain(s, envelope, &carried);
	else
		service_send_later(s, envelope, PROBLEM_BUSY);
	arena_free(&arena);
}
