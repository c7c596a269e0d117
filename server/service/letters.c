/* Submissions that came as letters of sealed files: a letter that was refused stays refused. The refusal is
 * stored in the database before it is sent, and each letter is looked up there before it is read as a
 * submission. Otherwise a copy could be handed in later, when the reason for the refusal is gone and the
 * office has long sent another submission instead. Documents' files are not remembered: alone they have no
 * effect. */
#include "letters.h"

#include "base/clock.h"
#include "codec.h"
#include "field/unit.h"
#include "reply.h"
#include "sealed.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one county, until they expire: each has up to 100 problems. */
enum { REFUSED_COUNTY_MAX = 2000 };

struct letter_job {
	struct job job;
	struct envelope *envelope; /* looked up: its own; of a refusal a copy without anything decoded */
	struct arena arena;        /* of a refusal */
	struct reply carried;      /* the refusal, sealed */
	const uint8_t *answer;     /* the same, as it is kept, and as it was found */
	size_t answer_size;
	bool done, found;
};

/* ---------------------------------------------------------------- the database, in the worker's thread */

struct letter_key {
	char county[16], file[ID_TEXT_BYTES], number[16], digest[2 + DIGEST_TEXT_BYTES];
};

static void
write_key(const struct envelope *e, struct letter_key *out)
{
	char digest[DIGEST_TEXT_BYTES];
	snprintf(out->county, sizeof out->county, "%lld", (long long)unit_county(e->office.unit));
	submission_id_format(&e->sealed->header.file, out->file);
	snprintf(out->number, sizeof out->number, "%u", e->sealed->number);
	snprintf(out->digest, sizeof out->digest, "\\x%s", digest_format(&e->sealed->digest, digest));
}

/* Takes the answer of a row that has one. */
static void
take_answer(struct letter_job *l, const PGresult *result)
{
	const char *hex = PQgetvalue(result, 0, 0);
	size_t size = strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(&l->envelope->arena, size + 1);
	l->found = true;
	l->done = bytes && !sodium_hex2bin(bytes, size, hex, 2 * size, "", &l->answer_size, NULL);
	l->answer = bytes;
}

/* Happens if the role lacks grants of this version, for instance. */
static void
tell_failed(const char *why)
{
	char text[LOG_QUOTED_BYTES];
	log_line(LOG_ERROR, "letter_failed", "error=%s", log_quoted(why, text));
}

static void
find_letter(struct job *job, struct pg_conn *connection, const char *error)
{
	static const char sql[] = "SELECT encode(answer, 'hex') FROM refused_letter WHERE county = $1 AND "
	                          "file = $2 AND number = $3 AND digest = $4";
	struct letter_job *l = (struct letter_job *)job;
	struct letter_key key;
	struct pg_result *result;
	char why[PG_ERROR_BYTES];
	l->done = l->found = false;
	write_key(l->envelope, &key);
	const char *values[] = {key.county, key.file, key.number, key.digest};
	if (!connection || !pg_query(connection, sql, 4, values, &result, why)) {
		tell_failed(connection ? why : error);
		return;
	}
	l->done = true;
	if (PQntuples((PGresult *)result))
		take_answer(l, (PGresult *)result);
	PQclear((PGresult *)result);
}

/* Removes those that have expired. */
static bool
forget_old(struct pg_conn *connection, const struct letter_key *key, int64_t sealed_us,
           char why[PG_ERROR_BYTES])
{
	char since[24];
	struct pg_result *result;
	const char *values[] = {key->county, since};
	snprintf(since, sizeof since, "%lld", (long long)(sealed_us / 1000000));
	bool good = pg_query(
	    connection, "DELETE FROM refused_letter WHERE county = $1 AND sealed_at < to_timestamp($2::bigint)",
	    2, values, &result, why);
	if (good)
		PQclear((PGresult *)result);
	return good;
}

/* The refusal is stored, by this attempt or an earlier one. */
static void
keep_letter(struct job *job, struct pg_conn *connection, const char *error)
{
	static const char sql[] =
	    "WITH kept AS (INSERT INTO refused_letter (county, file, number, digest, sealed_at, answer) "
	    "SELECT $1::integer, $2::uuid, $3::integer, $4::bytea, to_timestamp($5::bigint), decode($6, 'hex') "
	    "WHERE (SELECT count(*) FROM refused_letter WHERE county = $1::integer) < $7::bigint ON CONFLICT DO "
	    "NOTHING "
	    "RETURNING 1) SELECT (SELECT count(*) FROM kept) + (SELECT count(*) FROM refused_letter "
	    "WHERE county = $1::integer AND file = $2::uuid AND number = $3::integer)";
	struct letter_job *l = (struct letter_job *)job;
	const struct sealed *sealed = l->envelope->sealed;
	struct letter_key key;
	struct pg_result *result;
	char why[PG_ERROR_BYTES] = "no memory", time[24], most[16], *hex = malloc(2 * l->answer_size + 1);
	l->done = false;
	write_key(l->envelope, &key);
	snprintf(time, sizeof time, "%lld", (long long)(sealed->header.time_us / 1000000));
	snprintf(most, sizeof most, "%d", REFUSED_COUNTY_MAX);
	if (hex)
		sodium_bin2hex(hex, 2 * l->answer_size + 1, l->answer, l->answer_size);
	const char *values[] = {key.county, key.file, key.number, key.digest, time, hex, most};
	bool good = connection && hex &&
	            forget_old(connection, &key, clock_machine_us() - 2 * SEAL_AGE_MAX_US, why) &&
	            pg_query(connection, sql, 7, values, &result, why);
	free(hex);
	if (!good) {
		tell_failed(connection ? why : error);
		return;
	}
	l->done = strcmp(PQgetvalue((PGresult *)result, 0, 0), "0") != 0;
	PQclear((PGresult *)result);
}

/* ---------------------------------------------------------------- in the loop's thread */

/* A letter is in work between its look-up and its answer. If it came again meanwhile, the answer of the
 * first would not be found. */
struct letter_in_work {
	struct letter_in_work *next;
	struct submission_id file;
	uint32_t number;
};

static struct letter_in_work **
find_in_work(struct service *s, const struct sealed *sealed)
{
	struct letter_in_work **at = &s->letters_in_work;
	while (*at &&
	       ((*at)->number != sealed->number || !submission_id_equal(&(*at)->file, &sealed->header.file)))
		at = &(*at)->next;
	return at;
}

/* False: it is in work, or there is no memory. */
static bool
begin_work(struct service *s, const struct sealed *sealed)
{
	struct letter_in_work **at = find_in_work(s, sealed);
	if (*at || !(*at = calloc(1, sizeof **at)))
		return false;
	(*at)->file = sealed->header.file;
	(*at)->number = sealed->number;
	return true;
}

void
letter_answered(struct service *s, const struct sealed *sealed)
{
	struct letter_in_work **at = find_in_work(s, sealed), *done = *at;
	if (done)
		*at = done->next;
	free(done);
}

void
letters_forget(struct service *s)
{
	while (s->letters_in_work) {
		struct letter_in_work *next = s->letters_in_work->next;
		free(s->letters_in_work);
		s->letters_in_work = next;
	}
}

static void
go_on(struct job *job, void *context)
{
	struct letter_job *l = (struct letter_job *)job;
	struct service *s = context;
	struct envelope *e = l->envelope;
	struct reply reply;
	if (l->done && !l->found) {
		pipeline_take(&s->pipeline, e, clock_wall_us());
		e = NULL;
	} else if (l->done && codec_decode_reply(&e->arena, l->answer, l->answer_size, &reply)) {
		log_line(LOG_INFO, "refused_before", "office=%s letter=%u", e->office.name, e->sealed->number + 1);
		reply.request_id = e->request.id;
		letter_answered(s, e->sealed);
		service_send_sealed(s, e, &reply);
	} else {
		letter_answered(s, e->sealed);
		service_send_later(s, e, PROBLEM_STORE_UNAVAILABLE);
	}
	envelope_destroy(&e);
	free(l);
}

static void
take_letter(struct service *s, struct envelope *e)
{
	struct letter_job *l = calloc(1, sizeof *l);
	if (l && begin_work(s, e->sealed)) {
		l->job = (struct job){.work = find_letter, .finish = go_on};
		l->envelope = e;
		if (worker_post(s->files, &l->job))
			return;
		letter_answered(s, e->sealed);
	}
	free(l);
	service_send_later(s, e, PROBLEM_BUSY);
	envelope_destroy(&e);
}

void
service_take_submission(struct service *s, struct envelope *e)
{
	if (e->sealed)
		take_letter(s, e);
	else
		pipeline_take(&s->pipeline, e, clock_wall_us());
}

static void
give_refusal(struct job *job, void *context)
{
	struct letter_job *l = (struct letter_job *)job;
	struct service *s = context;
	letter_answered(s, l->envelope->sealed);
	if (l->done)
		service_send_plain(s, l->envelope, &l->carried);
	else
		service_send_later(s, l->envelope, PROBLEM_STORE_UNAVAILABLE);
	arena_free(&l->arena);
	free(l);
}

/* Copies what an answer needs of the envelope, for when it is gone. */
static bool
copy_envelope(struct letter_job *l, const struct envelope *from)
{
	struct envelope *e = arena_alloc(&l->arena, sizeof *e);
	struct sealed *sealed = arena_alloc(&l->arena, sizeof *sealed);
	const char *name = arena_string(&l->arena, from->office.name);
	if (!e || !sealed || !name)
		return false;
	*sealed = *from->sealed;
	*e = (struct envelope){.sender = from->sender, .office = from->office, .sealed = sealed};
	memcpy(e->public_key, from->public_key, sizeof e->public_key);
	e->office.name = name;
	e->request.id = from->request.id;
	e->request.kind = REQUEST_SUBMIT;
	l->envelope = e;
	return true;
}

/* The answer in both shapes. */
static bool
make_answer(const struct service *s, const struct envelope *e, const struct reply *reply,
            struct letter_job *l)
{
	struct reply inside = *reply;
	uint8_t *bytes;
	inside.request_id = 0;
	if (!codec_encode_reply(&l->arena, &inside, &bytes, &l->answer_size))
		return false;
	l->answer = bytes;
	return sealed_answer(s, e, reply, &l->arena, &l->carried);
}

void
letter_refuse(struct service *s, const struct envelope *e, const struct reply *reply)
{
	struct letter_job *l = calloc(1, sizeof *l);
	if (l) {
		l->job = (struct job){.work = keep_letter, .finish = give_refusal};
		arena_init(&l->arena, ANSWER_BYTES_MAX);
		if (copy_envelope(l, e) && make_answer(s, e, reply, l) && worker_post(s->files, &l->job))
			return;
		arena_free(&l->arena);
	}
	free(l);
	letter_answered(s, e->sealed);
	service_send_later(s, e, PROBLEM_BUSY);
}
