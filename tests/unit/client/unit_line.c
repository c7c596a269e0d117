/* The two ends of a line: an office's session and a centre's gate, over CURVE in one process. Who is
 * admitted, what a frame says of its sender, answers of every size, what is asked again; and what the office
 * keeps of it. */
#include "case.h"
#include "plan.h"

#include "codec.h"
#include "requests/gate.h"
#include "session/kept.h"
#include "session/standing.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

enum { PATIENCE_MS = 20000, COUNTIES = 500, LARGE = UNREAD_OFFICE_MAX / 2 };

static struct home home;
static char directory[] = "/tmp/fupin-line-XXXXXX";

/* The centre, in a thread of its own. */
static struct centre {
	pthread_t thread;
	struct key_pair keys;
	struct gate *gate;
	atomic_bool stop, admits, store_ready, is_older;
	atomic_int busy;                   /* so many questions are told to come again */
	_Atomic enum problem_code refusal; /* by this code */
	_Atomic uint32_t protocol;
	/* Of the last frame. */
	char public_key[KEY_TEXT_BYTES];
	_Atomic uint64_t request_id;
	atomic_bool whole;
	atomic_uint frames;
} centre;
static struct key_item other_keys[KEYS_LISTED_MAX + 1];

/* ---------------------------------------------------------------- the centre */

static enum gate_admitted
admits(void *context, const char *public_key)
{
	(void)context;
	bool known = atomic_load(&centre.admits) && !strcmp(public_key, home.office.public_key);
	return known ? GATE_OFFICE : GATE_NOBODY;
}

static void
make_answer(const struct request *request, struct problem_list *problems, struct reply *out)
{
	*out = (struct reply){.request_id = request->id};
	problem_list_init(problems);
	if (request->kind != REQUEST_HELLO && atomic_load(&centre.busy) > 0) {
		atomic_fetch_sub(&centre.busy, 1);
		problem_only(problems, centre.refusal);
		out->kind = REPLY_REFUSAL;
		out->refusal = (struct refusal){problems, 5};
		return;
	}
	switch (request->kind) {
	case REQUEST_HELLO:
		out->kind = REPLY_WELCOME;
		out->welcome = (struct welcome){.protocol = centre.protocol,
		                                .protocol_oldest = 1,
		                                .software = "test",
		                                .time_us = 1000,
		                                .principal = "省办",
		                                .role = ROLE_PROVINCE,
		                                .unit = PROVINCE,
		                                .plan = "p",
		                                .title_zh = "",
		                                .title_en = "",
		                                .label = ""};
		break;
	case REQUEST_CATALOGUE:
		out->kind = REPLY_CATALOGUE;
		out->catalogue = (struct catalogue_answer){&plan, request->catalogue, PROVINCE};
		break;
	case REQUEST_REPORTS:
		out->kind = REPLY_REPORTS;
		out->reports.label = "";
		break;
	case REQUEST_COMPLETENESS:
		out->kind = REPLY_COMPLETENESS;
		out->completeness.label = "";
		break;
	case REQUEST_KEYS:
		out->kind = REPLY_KEYS;
		out->keys = (struct key_list){COUNT(other_keys), other_keys, false};
		if (centre.is_older) {
			problem_only(problems, PROBLEM_REQUEST_UNKNOWN);
			out->kind = REPLY_REFUSAL;
			out->refusal = (struct refusal){problems, 0};
		}
		break;
	case REQUEST_STATUS: /* an answer of another kind than anybody asks for */
		out->kind = REPLY_RELOADED;
		break;
	default:
		out->kind = REPLY_PONG;
		out->pong = (struct pong){.time_us = 7, .waiting = 3, .store_ready = centre.store_ready};
	}
}

static void
answer(const struct frame *frame)
{
	struct problem_list problems;
	struct request request;
	struct reply reply;
	struct arena arena;
	uint8_t *bytes;
	size_t size;
	problem_list_init(&problems);
	memcpy(centre.public_key, frame->public_key, sizeof centre.public_key);
	centre.whole = frame->whole;
	centre.frames++;
	arena_init(&arena, ANSWER_BYTES_MAX);
	if (frame->whole && codec_decode_request(&arena, frame->bytes, frame->size, &request, &problems)) {
		centre.request_id = request.id;
		make_answer(&request, &problems, &reply);
		assert_true(codec_encode_reply(&arena, &reply, &bytes, &size));
		gate_send(centre.gate, &frame->sender, frame->public_key, bytes, size);
	}
	arena_free(&arena);
}

static void *
serve(void *unused)
{
	(void)unused;
	while (!atomic_load(&centre.stop)) {
		struct frame frame;
		zmq_pollitem_t items[] = {{.socket = gate_socket(centre.gate), .events = ZMQ_POLLIN},
		                          {.socket = gate_zap_socket(centre.gate), .events = ZMQ_POLLIN}};
		zmq_poll(items, 2, 10);
		gate_authenticate(centre.gate);
		while (gate_receive(centre.gate, &frame))
			answer(&frame);
	}
	return NULL;
}

static int
begin(void **state)
{
	char error[GATE_ERROR_BYTES];
	(void)state;
	home = (struct home){.silence_ms = SILENCE_SECONDS * 1000};
	atomic_store(&centre.stop, false);
	atomic_store(&centre.busy, 0);
	atomic_store(&centre.frames, 0);
	atomic_store(&centre.admits, true);
	centre.protocol = PROTOCOL_VERSION;
	if (zmq_curve_keypair(centre.keys.public_key, centre.keys.secret_key) ||
	    zmq_curve_keypair(home.office.public_key, home.office.secret_key))
		return -1;
	centre.gate = gate_open("tcp://127.0.0.1:*", NULL, &centre.keys, admits, NULL, error);
	if (!centre.gate)
		return -1;
	snprintf(home.path, sizeof home.path, "%s", directory);
	snprintf(home.endpoint, sizeof home.endpoint, "%s", gate_endpoint(centre.gate));
	strcpy(home.centre_key, centre.keys.public_key);
	return pthread_create(&centre.thread, NULL, serve, NULL);
}

static int
end(void **state)
{
	(void)state;
	atomic_store(&centre.stop, true);
	pthread_join(centre.thread, NULL);
	gate_close(&centre.gate);
	return 0;
}

static struct session *
open_session(void)
{
	char error[HOME_ERROR_BYTES];
	struct session *s = session_open(&home, error);
	assert_non_null(s);
	return s;
}

/* ---------------------------------------------------------------- the line */

/* A welcome, an answer, an id for each question, and whose key it was. */
static void
test_ask(void **state)
{
	struct session *s = open_session();
	struct request ping = {.kind = REQUEST_PING};
	struct reply reply;
	(void)state;
	assert_int_equal(session_hello(s, PATIENCE_MS), SESSION_OK);
	assert_true(session_welcome(s)->unit == PROVINCE && !strcmp(session_welcome(s)->principal, "省办"));
	uint64_t last = 0;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(session_ask(s, &ping, REPLY_PONG, PATIENCE_MS, &reply), SESSION_OK);
		assert_true(reply.pong.time_us == 7 && reply.pong.waiting == 3 && ping.id > last);
		assert_true(centre.request_id == ping.id && centre.whole);
		assert_string_equal(centre.public_key, home.office.public_key);
		last = ping.id;
	}
	struct request status = {.kind = REQUEST_STATUS, .status = submission_id_new(1)};
	assert_int_equal(session_ask(s, &status, REPLY_STATUS, PATIENCE_MS, &reply), SESSION_BROKEN);
	assert_non_null(strstr(session_error(s), "another kind"));
	session_close(&s);
	assert_null(s);
	session_close(&s); /* twice is fine */
}

/* Several in flight, in order, without waiting for each. */
static void
test_many(void **state)
{
	enum { MANY = 20 };
	struct session *s = open_session();
	struct request requests[MANY];
	(void)state;
	for (int i = 0; i < MANY; i++) {
		requests[i] = (struct request){.kind = REQUEST_PING};
		assert_int_equal(session_send(s, &requests[i]), SESSION_OK);
	}
	for (int i = 0; i < MANY; i++) {
		struct reply reply;
		assert_int_equal(session_take(s, PATIENCE_MS, &reply), SESSION_OK);
		assert_true(reply.request_id == requests[i].id);
	}
	struct reply none;
	assert_int_equal(session_take(s, 0, &none), SESSION_NO_ANSWER);
	assert_non_null(strstr(session_error(s), "does not answer"));
	unsigned epoch = session_epoch(s);
	assert_true(session_reconnect(s) && session_epoch(s) != epoch && !session_connected(s));
	assert_int_equal(session_ask(s, &requests[0], REPLY_PONG, PATIENCE_MS, &none), SESSION_OK);
	session_close(&s);
}

/* Refused: told so at once; asked patiently: again and again, while the centre says when and time is left. */
static void
test_patience(void **state)
{
	struct session *s = open_session();
	struct request ping = {.kind = REQUEST_PING};
	struct reply reply;
	(void)state;
	centre.refusal = PROBLEM_BUSY;
	atomic_store(&centre.busy, 1);
	assert_int_equal(session_ask(s, &ping, REPLY_PONG, PATIENCE_MS, &reply), SESSION_REFUSED);
	assert_int_equal(session_refusal(s)->problems->items[0].code, PROBLEM_BUSY);
	atomic_store(&centre.busy, 3);
	unsigned frames = centre.frames;
	assert_int_equal(session_ask_patiently(s, &ping, REPLY_PONG, PATIENCE_MS, &reply), SESSION_OK);
	assert_true(centre.frames == frames + 4);
	atomic_store(&centre.busy, 1000000);
	/* Its time ends while it waits, or while it asks. */
	enum session_failure failure = session_ask_patiently(s, &ping, REPLY_PONG, 40, &reply);
	assert_true(failure == SESSION_REFUSED || failure == SESSION_NO_ANSWER);
	atomic_store(&centre.busy, 0);
	session_close(&s);
}

/* Of several centres the next one is asked when one cannot store, or is not there. */
static void
test_next_centre(void **state)
{
	struct request ping = {.kind = REQUEST_PING};
	struct reply reply;
	char one[HOME_ENDPOINT_BYTES / 2 - 8];
	(void)state;
	snprintf(one, sizeof one, "%.100s", home.endpoint);
	snprintf(home.endpoint, sizeof home.endpoint, "tcp://127.0.0.1:1, %s", one);
	struct session *s = open_session();
	assert_int_equal(session_centres(s), 2);
	assert_int_equal(session_ask(s, &ping, REPLY_PONG, PATIENCE_MS, &reply), SESSION_OK);
	session_close(&s);
	snprintf(home.endpoint, sizeof home.endpoint, "%s\t%s", one, one);
	s = open_session();
	centre.refusal = PROBLEM_STORE_UNAVAILABLE;
	atomic_store(&centre.busy, 1);
	unsigned epoch = session_epoch(s);
	assert_int_equal(session_ask_patiently(s, &ping, REPLY_PONG, PATIENCE_MS, &reply), SESSION_OK);
	assert_true(session_epoch(s) != epoch);
	session_close(&s);
	/* A ninth is not passed over without a word. */
	struct home many = home;
	*many.endpoint = 0;
	for (int i = 0; i < 9; i++)
		strcat(many.endpoint, "tcp://127.0.0.1:1 ");
	char error[HOME_ERROR_BYTES];
	assert_null(session_open(&many, error));
	assert_non_null(strstr(error, "one too many"));
}

/* A key that is not admitted is told so; and a centre of another version is none. */
static void
test_turned_away(void **state)
{
	(void)state;
	atomic_store(&centre.admits, false);
	struct session *s = open_session();
	assert_int_equal(session_hello(s, PATIENCE_MS), SESSION_NOT_ADMITTED);
	assert_non_null(strstr(session_error(s), home.office.public_key));
	assert_true(!session_connected(s) && !centre.frames);
	session_close(&s);
	atomic_store(&centre.admits, true);
	for (int i = 0; i < 2; i++) {
		centre.protocol = i ? PROTOCOL_VERSION + 1 : 0;
		s = open_session();
		assert_int_equal(session_hello(s, PATIENCE_MS), SESSION_BROKEN);
		assert_non_null(strstr(session_error(s), "another version"));
		session_close(&s);
	}
}

/* It wakes for whatever is ready first. */
static void
test_wait(void **state)
{
	struct session *s = open_session();
	struct request ping = {.kind = REQUEST_PING};
	struct reply reply;
	int ends[2];
	(void)state;
	assert_int_equal(session_ask(s, &ping, REPLY_PONG, PATIENCE_MS, &reply), SESSION_OK);
	assert_int_equal(pipe(ends), 0);
	struct pollfd other = {.fd = ends[0]};
	session_wait(s, &other, 1, 0);
	assert_int_equal(other.revents, 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(session_wait(s, &other, 1, PATIENCE_MS), SESSION_OK);
	assert_int_equal(other.revents, POLLIN);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(session_send(s, &ping), SESSION_OK);
	assert_int_equal(session_wait(s, NULL, 0, PATIENCE_MS), SESSION_OK);
	assert_int_equal(session_take(s, 0, &reply), SESSION_OK);
	session_close(&s);
}

/* How long silence may last: longer for more bytes, twice as long each time, and no longer than a bound. */
static void
test_silence(void **state)
{
	char error[HOME_ERROR_BYTES];
	struct home patient = {.endpoint = "tcp://127.0.0.1:1", .silence_ms = 7000};
	(void)state;
	assert_int_equal(zmq_curve_keypair(patient.centre_key, patient.office.secret_key), 0);
	assert_int_equal(zmq_curve_keypair(patient.office.public_key, patient.office.secret_key), 0);
	struct session *s = session_open(&patient, error);
	assert_non_null(s);
	int64_t first = session_silence_us(s, 0, 0), most = session_silence_us(s, 60, 0);
	assert_true(first == 7000000 && session_silence_us(s, 1, 0) == 2 * first &&
	            session_silence_us(s, 2, 0) == 4 * first);
	assert_true(session_silence_us(s, 0, 1024 * 1024) > first && most >= 4 * first);
	assert_true(session_silence_us(s, 61, 0) == most && session_silence_us(s, 0, (size_t)1 << 31) == most);
	session_close(&s);
}

/* An office asks how it stands, over the line. */
static void
test_standing(void **state)
{
	static struct standing standing;
	struct session *s = open_session();
	(void)state;
	assert_int_equal(session_hello(s, PATIENCE_MS), SESSION_OK);
	standing.overdue = 9;
	assert_int_equal(standing_fetch(s, PATIENCE_MS, &plan, &standing), SESSION_OK);
	assert_true(standing.time_us == 7 && !standing.overdue && !standing.returned_count &&
	            !standing.store_ready);
	assert_true(centre.frames >= 4);
	assert_true(!standing.key_count && !standing.keys_more); /* only a database knows */
	session_close(&s);
}

/* Who else speaks for the unit: more than there is room for, and a centre that cannot tell. */
static void
test_standing_keys(void **state)
{
	static struct standing standing;
	struct session *s = open_session();
	(void)state;
	for (size_t i = 0; i < COUNT(other_keys); i++)
		other_keys[i] = (struct key_item){"县办二", "key", 5, 6, "admin", "file", 7, 8, 9};
	centre.store_ready = true;
	assert_int_equal(session_hello(s, PATIENCE_MS), SESSION_OK);
	assert_int_equal(standing_fetch(s, PATIENCE_MS, &plan, &standing), SESSION_OK);
	assert_true(standing.store_ready && standing.key_count == KEYS_LISTED_MAX && standing.keys_more);
	const struct standing_key *k = &standing.keys[KEYS_LISTED_MAX - 1];
	assert_true(!strcmp(k->name, "县办二") && !strcmp(k->public_key, "key"));
	assert_true(!strcmp(k->admitted_by, "admin") && !strcmp(k->ended_by, "file"));
	assert_true(k->admitted_us == 5 && k->ended_us == 6 && k->sent == 7 && k->last_seq == 8 &&
	            k->last_us == 9);
	centre.is_older = true;
	assert_int_equal(standing_fetch(s, PATIENCE_MS, &plan, &standing), SESSION_OK);
	assert_true(standing.store_ready && !standing.key_count && !standing.keys_more);
	session_close(&s);
}

/* ---------------------------------------------------------------- what a gate holds back */

/* Long answers that an office does not read are counted, and no more than so many are sent; short ones go. */
static void
test_unread(void **state)
{
	static uint8_t bytes[LARGE];
	static const char stranger[KEY_TEXT_BYTES] = "somebody else, who has a key of 40 chars";
	struct sender nobody = {5, {9, 9, 9, 9, 9}};
	struct session *s = open_session();
	struct request ping = {.kind = REQUEST_PING};
	struct reply reply;
	(void)state;
	assert_int_equal(session_ask(s, &ping, REPLY_PONG, PATIENCE_MS, &reply), SESSION_OK);
	/* From here on the test is the centre. */
	atomic_store(&centre.stop, true);
	pthread_join(centre.thread, NULL);
	assert_int_equal(gate_send(centre.gate, &nobody, stranger, bytes, 10), GATE_GONE);
	assert_int_equal(gate_send(centre.gate, &nobody, stranger, bytes, sizeof bytes), GATE_GONE);
	assert_int_equal(session_send(s, &ping), SESSION_OK);
	struct frame frame;
	zmq_pollitem_t item = {.socket = gate_socket(centre.gate), .events = ZMQ_POLLIN};
	assert_int_equal(zmq_poll(&item, 1, PATIENCE_MS), 1);
	assert_true(gate_receive(centre.gate, &frame) && !gate_receive(centre.gate, &(struct frame){0}));
	enum gate_sent sent = GATE_SENT;
	int count = 0;
	for (; count < 200 && sent == GATE_SENT; count++)
		sent = gate_send(centre.gate, &frame.sender, home.office.public_key, bytes, sizeof bytes);
	EXPECT(sent == GATE_UNREAD && count > 2, "%d after %d", (int)sent, count);
	assert_int_equal(gate_send(centre.gate, &frame.sender, home.office.public_key, bytes, LONG_ANSWER_BYTES),
	                 GATE_SENT);
	assert_int_equal(gate_connections(centre.gate), 1);
	session_close(&s);
	atomic_store(&centre.stop, false);
	assert_int_equal(pthread_create(&centre.thread, NULL, serve, NULL), 0);
}

/* ---------------------------------------------------------------- kept */

static void
kept_path(char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/centre.kept", directory);
}

/* Units and forms as of the last time, with who the office is; of this centre and this key alone, and whole.
 */
static void
test_kept(void **state)
{
	char path[PATH_MAX];
	struct catalogue fetched, kept_plan;
	struct kept *kept;
	(void)state;
	kept_path(path);
	catalogue_init(&kept_plan, CATALOGUE_BYTES_MAX);
	assert_null(kept_read(&home, &kept_plan)); /* nothing is kept yet */
	struct session *s = open_session();
	assert_int_equal(session_hello(s, PATIENCE_MS), SESSION_OK);
	catalogue_init(&fetched, CATALOGUE_BYTES_MAX);
	assert_int_equal(kept_fetch(&home, s, PATIENCE_MS, &fetched), SESSION_OK);
	assert_int_equal(fetched.unit_count, plan.unit_count);
	kept = kept_read(&home, &kept_plan);
	assert_non_null(kept);
	assert_true(kept_plan.unit_count == plan.unit_count && catalogue_same(&kept_plan, &fetched));
	assert_true(kept->welcome.unit == PROVINCE && !strcmp(kept->welcome.principal, "省办"));
	assert_true(kept_centre_time(kept, kept->local_us) == 1000 &&
	            kept_centre_time(kept, kept->local_us + 5) == 1005 &&
	            kept_centre_time(kept, kept->local_us - 5) == 1000);
	kept_free(&kept);
	kept_free(&kept); /* twice is fine */
	catalogue_free(&kept_plan);

	struct home others[2] = {home, home};
	strcpy(others[0].centre_key, home.office.public_key);
	strcpy(others[1].office.public_key, centre.keys.public_key);
	for (size_t i = 0; i < COUNT(others); i++) {
		catalogue_init(&kept_plan, CATALOGUE_BYTES_MAX);
		EXPECT(!kept_read(&others[i], &kept_plan), "home %zu", i);
		catalogue_free(&kept_plan);
	}
	/* One byte changed, or cut off. */
	FILE *file = fopen(path, "r+e");
	assert_true(file && !fseek(file, 0, SEEK_END));
	long size = ftell(file);
	for (long at = 0; at < size; at += size / 12) {
		fseek(file, at, SEEK_SET);
		int byte = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(byte ^ 1, file);
		fflush(file);
		catalogue_init(&kept_plan, CATALOGUE_BYTES_MAX);
		EXPECT(!kept_read(&home, &kept_plan), "byte %ld", at);
		catalogue_free(&kept_plan);
		fseek(file, at, SEEK_SET);
		fputc(byte, file);
		fflush(file);
	}
	fclose(file);
	assert_int_equal(truncate(path, size - 1), 0);
	catalogue_init(&kept_plan, CATALOGUE_BYTES_MAX);
	assert_null(kept_read(&home, &kept_plan));
	assert_true(!truncate(path, 5) && !kept_read(&home, &kept_plan));
	kept_write(&home, s); /* the session's last words are no catalogue only if nothing was asked since */
	kept = kept_read(&home, &kept_plan);
	assert_non_null(kept);
	kept_free(&kept);
	catalogue_free(&kept_plan);
	catalogue_free(&fetched);
	session_close(&s);
	unlink(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

static int
begin_all(void **state)
{
	(void)state;
	plan_make_wide(&plan, COUNTIES);
	return mkdtemp(directory) ? 0 : -1;
}

static int
end_all(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return rmdir(directory);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_ask),         TEST(test_many),     TEST(test_patience),      TEST(test_next_centre),
	    TEST(test_turned_away), TEST(test_wait),     TEST(test_silence),       TEST(test_unread),
	    TEST(test_kept),        TEST(test_standing), TEST(test_standing_keys),
	};
	return cmocka_run_group_tests(tests, begin_all, end_all);
}
