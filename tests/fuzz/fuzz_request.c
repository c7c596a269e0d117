/* Whatever offices send to a centre: answered, and nothing else happens. An input is frames in a row
 * (frames.h); each goes the centre's own way, from service_take_frame() through the pipeline or the questions
 * to a reply, over a small plan (small_plan.h), with fakes for the socket and the database (fake_centre.h).
 * What is understood comes back the same (echo.h); what the centre answers its client understands.
 *
 * The first byte of an input says when it begins, the first of a frame who sends it and what else
 * (offices.h). */
#include "target.h"

#include "base/clock.h"
#include "codec.h"
#include "echo.h"
#include "fake_centre.h"
#include "frames.h"
#include "offices.h"
#include "service/admitted.h"
#include "service/jobs.h"
#include "service/past.h"
#include "service/questions.h"
#include "service/send.h"
#include "service/service.h"
#include "show.h"
#include "small_plan.h"
#include "wire_mutator.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

extern const ProtobufCMessageDescriptor fupin__v1__request__descriptor;
const struct wire_form wire_form = {&fupin__v1__request__descriptor, 1};

enum { STEPS_MAX = 1000, SECONDS_PER_DAY = 86400 };

static struct options options = {.clock = "2013-05-03T09:00"};
/* What stays the same from input to input: all but the state. */
static struct service s;
static struct principal principals[OFFICES + 1];
static struct pair centre, offices[OFFICES + 1]; /* the last one is nobody's: a guest */
static size_t asked, answers;                    /* frames, and replies to them */

/* ---------------------------------------------------------------- once */

static void
make_key(const struct pair *pair, char public_key[KEY_TEXT_BYTES], char secret_key[KEY_TEXT_BYTES])
{
	zmq_z85_encode(public_key, pair->public_key.bytes, SEAL_KEY_BYTES);
	if (secret_key)
		zmq_z85_encode(secret_key, pair->secret.bytes, SEAL_KEY_BYTES);
}

static void
make_offices(void)
{
	static const struct principal known[OFFICES] = {
	    [OFFICE_PROVINCE] = {"province", ROLE_PROVINCE, 22, ""},
	    [OFFICE_PREFECTURE] = {"prefecture-2208", ROLE_PREFECTURE, 2208, ""},
	    [OFFICE_COUNTY] = {"county-220821", ROLE_COUNTY, 220821, ""},
	    [OFFICE_COUNTY_OTHER] = {"county-220881", ROLE_COUNTY, 220881, ""},
	    [OFFICE_ADMIN] = {"admin", ROLE_ADMIN, 22, ""},
	};
	for (uint8_t i = 0; i <= OFFICES; i++)
		offices[i] = seed_pair((uint8_t)(SEED_OFFICES + i));
	for (size_t i = 0; i < OFFICES; i++) {
		principals[i] = known[i];
		make_key(&offices[i], principals[i].public_key, NULL);
	}
	principals_sort(principals, OFFICES);
	s.admitted.principals = principals;
	s.admitted.count = OFFICES;
	centre = seed_pair(SEED_CENTRE);
	make_key(&centre, s.home.centre.public_key, s.home.centre.secret_key);
}

/* For whoever looks into an input: FUPIN_FUZZ_SHOW=1 in the environment. */
static void
print_answer(const struct reply *reply)
{
	char text[PROBLEM_TEXT_BYTES];
	fprintf(stderr, "answer: kind %d\n", (int)reply->kind);
	for (size_t i = 0; reply->kind == REPLY_REFUSAL && i < reply->refusal.problems->count; i++)
		fprintf(stderr, "  %s: %s\n", problem_name(reply->refusal.problems->items[i].code),
		        problem_text(&reply->refusal.problems->items[i], LANGUAGE_ENGLISH, text));
}

/* Every answer is one that a client of this version understands. */
static void
take_answer(void *context, const struct sender *to, const char *public_key, const uint8_t *bytes, size_t size)
{
	struct arena arena;
	struct reply reply;
	(void)context, (void)to, (void)public_key;
	arena_init(&arena, ANSWER_BYTES_MAX * (size_t)4);
	bool good = codec_decode_reply(&arena, bytes, size, &reply);
	assert(good);
	if (getenv("FUPIN_FUZZ_SHOW"))
		print_answer(&reply);
	show_reply(&reply);
	echo_reply(&reply);
	if (reply.kind == REPLY_CATALOGUE) {
		struct catalogue c;
		char error[CATALOGUE_ERROR_BYTES];
		catalogue_init(&c, PLAN_BYTES_MAX);
		/* One without units or forms may lack what the rest refers to. */
		if (codec_decode_catalogue(bytes, size, &c, error))
			echo_catalogue(&c);
		catalogue_free(&c);
	}
	answers += reply.kind != REPLY_PUSH;
	arena_free(&arena);
}

/* The files of documents are always there. */
static bool
find_files(void *context, struct envelope *e)
{
	const struct problem_list none = {0};
	(void)context;
	pipeline_found_files(&s.pipeline, e, &none);
	return true;
}

static void
begin(void)
{
	static struct plan_errors errors;
	struct part_text texts[SMALL_PLAN_FILES];
	small_plan_texts(texts);
	const struct plan_source source = small_plan_source(texts);
	log_set_level((enum log_level)(LOG_ERROR + 1));
	int sodium = sodium_init();
	plan_init(&s.plan);
	bool good = plan_read_from(&source, &s.plan, &errors);
	for (size_t i = 0; i < errors.count; i++)
		fprintf(stderr, "%s\n", errors.items[i]);
	assert(sodium >= 0 && good);
	make_offices();
	s.options = &options;
	arena_init(&s.reply_arena, ANSWER_BYTES_MAX * 4UL);
	s.gate = fake_gate(take_answer, NULL);
}

/* ---------------------------------------------------------------- a centre without a past */

static void
open_centre(void)
{
	pipeline_init(&s.pipeline);
	s.pipeline.reply = service_send;
	s.pipeline.ask_database = service_ask_database;
	s.pipeline.find_files = find_files;
	s.pipeline.admits = service_admits_submission;
	s.pipeline.context = &s;
	s.pipeline.journal = journal_create(NULL);
	bool good = holdings_create(&s.plan.catalogue, &s.pipeline.holdings);
	s.worker = worker_start(NULL);
	s.files = worker_start(NULL);
	s.door_worker = worker_start(NULL);
	s.watches = watches_create();
	assert(good && s.watches);
	s.admitted.door.enrols = (struct bucket){0};
	s.asked.due_us = s.reloading.due_us = s.file_desk.sweep_due_us = 0;
	good = service_open_past(&s);
	assert(good);
}

static void
close_centre(void)
{
	worker_stop(&s.worker, &s);
	worker_stop(&s.files, &s);
	worker_stop(&s.door_worker, &s);
	service_forget_past(&s);
	watches_destroy(&s.watches);
	compliance_destroy(&s.compliance);
	pipeline_free(&s.pipeline);
	queues_free(&s.asked.queues);
	s.asked.queues = (struct queues){0};
	envelope_pool_free(&s.envelopes);
	journal_destroy(&s.pipeline.journal);
	holdings_destroy(&s.pipeline.holdings);
}

/* How units stand to the rules is looked at only once somebody asks: SQLite takes longer than all the rest.
 */
static void
judge(void)
{
	if (s.compliance)
		return;
	s.compliance = compliance_create(&s.pipeline.holdings);
	assert(s.compliance);
	watches_follow_rules(s.watches, s.compliance);
}

/* Turns of the loop until nothing is left to do, which comes to pass. */
static void
settle(void)
{
	bool busy = true;
	for (int step = 0; busy; step++) {
		assert(step < STEPS_MAX);
		enum journal_event event = journal_step(s.pipeline.journal, 0);
		bool good = pipeline_event(&s.pipeline, event) && pipeline_settle(&s.pipeline, SIZE_MAX) &&
		            pipeline_write(&s.pipeline);
		assert(good);
		service_answer(&s);
		worker_finish(s.worker, &s);
		worker_finish(s.files, &s);
		worker_finish(s.door_worker, &s);
		busy = event || pipeline_waiting(&s.pipeline) || s.asked.queues.count ||
		       !journal_is_idle(s.pipeline.journal) || s.reloading.waiting;
	}
	if (s.compliance)
		service_push(&s);
	assert(answers <= asked);
}

/* ---------------------------------------------------------------- frames */

static void
happen(int before)
{
	static const int64_t steps[FRAME_BEFORE + 1] = {[BEFORE_HOUR] = 3600,
	                                                [BEFORE_DAY] = SECONDS_PER_DAY,
	                                                [BEFORE_MONTH] = 31 * SECONDS_PER_DAY,
	                                                [BEFORE_CLOCK_SET_BACK] = -3 * SECONDS_PER_DAY};
	clock_set_wall_us(clock_wall_us() + steps[before] * 1000000);
	/* A constraint, which the careful way follows; a disk that is full. */
	if (before == BEFORE_REFUSED || before == BEFORE_FULL)
		fake_journal_refuse(s.pipeline.journal, before == BEFORE_FULL ? "53100" : "23505");
	fake_journal_connect(s.pipeline.journal, before != BEFORE_AWAY);
}

/* What is understood comes back the same. */
static void
echo_frame(const struct one_frame *frame)
{
	struct arena arena;
	struct request request;
	struct submission submission;
	struct problem_list problems = {0};
	arena_init(&arena, DECODE_BYTES_MAX);
	if (codec_decode_request(&arena, frame->bytes, frame->size, &request, &problems)) {
		echo_request(&request);
		if (request.kind == REQUEST_WATCH || request.kind == REQUEST_COMPLIANCE ||
		    request.kind == REQUEST_WATCH_COMPLIANCE)
			judge();
		if (request.kind == REQUEST_SUBMIT &&
		    codec_decode_submission(&arena, request.submit.bytes, request.submit.size, &submission,
		                            &problems))
			echo_submission(&submission);
	} else {
		assert(problems.count);
	}
	arena_free(&arena);
}

static void
hand_in(size_t office, const uint8_t *bytes, size_t size)
{
	struct frame frame = {.sender = {.size = 5, .id = {1, 2, 3, 4, (uint8_t)office}},
	                      .whole = true,
	                      .bytes = bytes,
	                      .size = size};
	make_key(&offices[office], frame.public_key, NULL);
	service_take_frame(&s, &frame);
	asked++;
}

/* As a letter of its own file, brought by the next office. */
static void
carry(size_t office, const struct one_frame *frame)
{
	struct arena arena;
	struct seal_header header = {.kind = SEAL_REQUESTS,
	                             .office = offices[office].public_key,
	                             .centre = centre.public_key,
	                             .file = submission_id_new(clock_wall_us()),
	                             .count = 1};
	uint8_t head[SEAL_HEADER_BYTES], *letter, *bytes;
	size_t size;
	arena_init(&arena, DECODE_BYTES_MAX);
	letter = arena_alloc(&arena, frame->size + SEAL_BYTES);
	seal_header_write(&header, head);
	bool good = letter && seal_close(&header, 0, frame->bytes, frame->size, &offices[office].secret, letter);
	const struct request request = {
	    .id = 7, .kind = REQUEST_CARRY, .carry = {head, sizeof head, 0, letter, frame->size + SEAL_BYTES}};
	good = good && codec_encode_request(&arena, &request, &bytes, &size);
	assert(good);
	hand_in((office + 1) % OFFICES, bytes, size);
	arena_free(&arena);
}

static void
take_frame(const struct one_frame *frame)
{
	size_t office = (frame->what & FRAME_OFFICE) % (OFFICES + 1);
	happen(frame->what >> FRAME_BEFORE_SHIFT & FRAME_BEFORE);
	echo_frame(frame);
	if (frame->what & FRAME_SEALED && office < OFFICES)
		carry(office, frame);
	else
		hand_in(office, frame->bytes, frame->size);
	fake_journal_connect(s.pipeline.journal, true);
	if (!(frame->what & FRAME_TOGETHER))
		settle();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* In 2013, on the 3rd of a month, at nine. */
	static const int64_t first = INT64_C(1357174800), month = 30 * SECONDS_PER_DAY;
	struct one_frame frame;
	if (!s.gate)
		begin();
	if (!size)
		return 0;
	clock_set_wall_us((first + data[0] % 16 * month) * 1000000);
	asked = answers = 0;
	open_centre();
	for (struct frames frames = {data + 1, size - 1}; frames_next(&frames, &frame);)
		take_frame(&frame);
	settle();
	close_centre();
	return 0;
}
