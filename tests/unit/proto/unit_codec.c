/* The codec's own rules, and packets as data files, most of them malformed, each with the outcome it must
 * have. That what goes in comes out again is in unit_codec_round, both sides of every limit in
 * unit_codec_limits.
 *
 * A vector is a text file: a comment line; then what it is decoded as and what comes of it, which is
 * "ok …" or the problem's name (several with | between); then hexadecimal bytes, where 3*1200 stands for
 * 120012001200. To add one, put a file into vectors/. */
#include "case.h"
#include "made.h"
#include "plan.h"
#include "squeeze.h"

#include "codec.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_ROOM = 512, OUTCOME_ROOM = 128, CATALOGUE_BYTES = 4 * 1024 * 1024 };

static struct problem_list problems;

static const char *const request_names[REQUEST_KINDS] = {"none",
                                                         "hello",
                                                         "submit",
                                                         "total",
                                                         "status",
                                                         "catalogue",
                                                         "ping",
                                                         "reload",
                                                         "watch",
                                                         "ack",
                                                         "unwatch",
                                                         [REQUEST_BALANCES] = "balances",
                                                         [REQUEST_ENTRIES] = "entries",
                                                         [REQUEST_TRACE] = "trace",
                                                         [REQUEST_PROJECTS] = "projects",
                                                         [REQUEST_CARRY] = "carry",
                                                         [REQUEST_ENROL] = "enrol",
                                                         [REQUEST_INVITE] = "invite",
                                                         [REQUEST_ENROLMENTS] = "enrolments",
                                                         [REQUEST_DECIDE] = "decide",
                                                         [REQUEST_OFFICES] = "offices",
                                                         [REQUEST_KEYS] = "keys"};
static const char *const reply_names[] = {"none",
                                          "refusal",
                                          "welcome",
                                          "receipt",
                                          "total",
                                          "status",
                                          "catalogue",
                                          "pong",
                                          "reloaded",
                                          "push",
                                          "unwatched",
                                          [REPLY_PROJECTS] = "projects",
                                          [REPLY_CARRIED] = "carried",
                                          [REPLY_ENROLMENT] = "enrolment",
                                          [REPLY_ENROLMENTS] = "enrolments",
                                          [REPLY_OFFICES] = "offices",
                                          [REPLY_DECIDED] = "decided",
                                          [REPLY_KEYS] = "keys"};

/* ---------------------------------------------------------------- vectors */

struct vector {
	char name[256], what[16], expected[OUTCOME_ROOM];
	uint8_t *bytes;
	size_t size;
};

static void
append(struct vector *v, const char *hex, size_t digits, unsigned long times)
{
	size_t size = digits / 2;
	uint8_t *more = realloc(v->bytes, v->size + size * times + 1);
	EXPECT(more && digits % 2 == 0, "%s: %s", v->name, hex);
	v->bytes = more;
	for (unsigned long i = 0; i < times; i++) {
		size_t got = 0;
		EXPECT(!sodium_hex2bin(v->bytes + v->size, size, hex, digits, NULL, &got, NULL) && got == size,
		       "%s: %s", v->name, hex);
		v->size += size;
	}
}

static void
read_vector(const char *name, struct vector *v)
{
	char path[2048], line[LINE_ROOM];
	snprintf(path, sizeof path, "%s/%s", VECTORS, name);
	*v = (struct vector){0};
	snprintf(v->name, sizeof v->name, "%s", name);
	FILE *file = fopen(path, "re");
	EXPECT(file, "%s", path);
	EXPECT(fgets(line, sizeof line, file) && *line == '#', "%s: no comment line", name);
	EXPECT(fgets(line, sizeof line, file) && sscanf(line, "%15[a-z]: %127[^\n]", v->what, v->expected) == 2,
	       "%s: no outcome", name);
	append(v, "", 0, 0);
	while (fgets(line, sizeof line, file)) {
		char *hex = line;
		unsigned long times = 1;
		line[strcspn(line, "\n")] = 0;
		if (strchr(line, '*'))
			times = strtoul(line, &hex, 10);
		hex += *hex == '*';
		append(v, hex, strlen(hex), times);
	}
	fclose(file);
}

/* "ok submit", "ok 1+0", "MALFORMED" or "refused". */
static void
decode(struct arena *arena, const char *what, const uint8_t *bytes, size_t size, char out[OUTCOME_ROOM])
{
	struct request request;
	struct submission s;
	struct reply reply;
	problem_list_init(&problems);
	if (!strcmp(what, "request")) {
		if (codec_decode_request(arena, bytes, size, &request, &problems))
			snprintf(out, OUTCOME_ROOM, "ok %s", request_names[request.kind]);
		else
			snprintf(out, OUTCOME_ROOM, "%s", problem_name(problems.items[0].code));
	} else if (!strcmp(what, "submission")) {
		if (codec_decode_submission(arena, bytes, size, &s, &problems))
			snprintf(out, OUTCOME_ROOM, "ok %zu+%zu", s.report_count, s.entry_count);
		else
			snprintf(out, OUTCOME_ROOM, "%s", problem_name(problems.items[0].code));
	} else {
		assert_string_equal(what, "reply");
		bool good = codec_decode_reply(arena, bytes, size, &reply);
		snprintf(out, OUTCOME_ROOM, "%s%s", good ? "ok " : "refused", good ? reply_names[reply.kind] : "");
	}
	/* Refused means exactly one problem, of the whole request. */
	bool good = !strncmp(out, "ok ", 3) || !strcmp(what, "reply");
	EXPECT(problems.count == !good, "%s: %zu problems", what, problems.count);
	EXPECT(good || problems.items[0].subject == SUBJECT_REQUEST, "%s", what);
}

/* Is `outcome` one of those in "A|B"? */
static bool
is_expected(const char *expected, const char *outcome)
{
	size_t size = strlen(outcome);
	for (const char *at = expected; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
		if (!strncmp(at, outcome, size) && (!at[size] || at[size] == '|'))
			return true;
	return false;
}

static void
test_vectors(void **state)
{
	struct dirent **names;
	size_t wrong = 0, refused = 0, files = 0;
	int count = scandir(VECTORS, &names, NULL, alphasort);
	(void)state;
	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		struct vector v;
		struct arena arena;
		char outcome[OUTCOME_ROOM];
		if (*names[i]->d_name != '.') {
			read_vector(names[i]->d_name, &v);
			arena_init(&arena, DECODE_BYTES_MAX);
			decode(&arena, v.what, v.bytes, v.size, outcome);
			if (!is_expected(v.expected, outcome) || arena.bytes_used > DECODE_BYTES_MAX) {
				print_error("case: %s is %s, not %s\n", v.name, outcome, v.expected);
				wrong++;
			}
			assert_true(v.size <= FRAME_BYTES_MAX);
			files++;
			refused += strncmp(outcome, "ok ", 3) != 0;
			arena_free(&arena);
			free(v.bytes);
		}
		free(names[i]);
	}
	free(names);
	assert_true(files >= 150 && refused > files / 2);
	assert_int_equal(wrong, 0);
}

/* ---------------------------------------------------------------- submissions */

/* Some rows of each kind. */
static struct submission
a_submission(struct arena *arena)
{
	struct submission s = {.voided = true};
	for (uint64_t seed = 2013; s.voided || !s.report_count || !s.entry_count || !s.project_count; seed++) {
		struct maker maker = {.arena = arena, .dice = {seed}, .how = MADE_ANY};
		s = (struct submission){.voided = false};
		made_submission(&maker, &s);
	}
	return s;
}

/* Every proper prefix is refused, or is another message; none reads behind its end. */
static void
test_prefixes(void **state)
{
	struct arena arena, own;
	struct submission s, out;
	uint8_t *bytes, *again;
	size_t size, again_size, refused = 0;
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	arena_init(&own, DECODE_BYTES_MAX);
	s = a_submission(&own);
	assert_true(codec_encode_submission(&own, &s, &bytes, &size));
	for (size_t cut = 0; cut < size; cut++) {
		uint8_t *copy = malloc(cut ? cut : 1); /* of exact size, for the sanitizer */
		assert_non_null(copy);
		memcpy(copy, bytes, cut);
		problems.count = 0;
		arena_reset(&arena);
		if (codec_decode_submission(&arena, copy, cut, &out, &problems)) {
			assert_true(codec_encode_submission(&arena, &out, &again, &again_size));
			EXPECT(again_size == cut && submission_rows(&out) < submission_rows(&s), "%zu of %zu bytes", cut,
			       size);
		} else {
			assert_int_equal(problems.count, 1);
			refused++;
		}
		free(copy);
	}
	/* Only a cut between two rows is a message. */
	assert_int_equal(size - refused, submission_rows(&s));
	arena_free(&arena);
	arena_free(&own);
}

/* The largest submission of ours fits into a frame and decodes with room to spare. */
static void
test_largest(void **state)
{
	enum { VALUES = 40, DECODE_BYTES = 8 * 1024 * 1024 };
	static struct report reports[SUBMISSION_ROWS_MAX];
	static uint32_t indicators[VALUES];
	static int64_t values[VALUES];
	struct arena arena, own;
	struct submission out, s = {submission_id_new(1), SUBMISSION_ROWS_MAX, 0, reports, NULL};
	uint8_t *bytes;
	size_t size;
	(void)state;
	for (uint32_t i = 0; i < VALUES; i++) {
		indicators[i] = i + 1;
		values[i] = 800000; /* 8,000.00: three bytes */
	}
	for (size_t i = 0; i < SUBMISSION_ROWS_MAX; i++)
		reports[i] = (struct report){VILLAGE, 201304, 1, 1, 0, VALUES, indicators, values, 0};
	arena_init(&own, 2 * DECODE_BYTES_MAX);
	assert_true(codec_encode_submission(&own, &s, &bytes, &size));
	assert_true(size <= FRAME_BYTES_MAX);
	_Static_assert((int)DECODE_BYTES_MAX >= (int)DECODE_BYTES, "honest frames decode within the cap");
	arena_init(&arena, DECODE_BYTES); /* what bounds.h says it takes at most */
	problems.count = 0;
	assert_true(codec_decode_submission(&arena, bytes, size, &out, &problems));
	assert_int_equal(out.report_count, SUBMISSION_ROWS_MAX);
	arena_free(&arena);
	arena_init(&arena, 1000); /* an arena that is too small is TOO_LARGE, not MALFORMED */
	assert_false(codec_decode_submission(&arena, bytes, size, &out, &problems));
	assert_int_equal(problems.items[0].code, PROBLEM_TOO_LARGE);
	arena_free(&arena);
	arena_free(&own);
}

/* ---------------------------------------------------------------- requests */

static void
test_not_encoded(void **state)
{
	const struct request none = {.id = 9}, hello = {.id = 1, .kind = REQUEST_HELLO, .hello = {1, "fupin"}};
	struct arena arena;
	uint8_t *bytes;
	size_t size;
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	assert_false(codec_encode_request(&arena, &none, &bytes, &size));
	arena_free(&arena);
	arena_init(&arena, 4);
	assert_false(codec_encode_request(&arena, &hello, &bytes, &size));
	arena_free(&arena);
}

/* A refusal can name the request it answers whenever the frame was readable at all. */
static void
test_request_id_kept(void **state)
{
	static const uint8_t unknown_body[] = {0x08, 0x2A, 0x9A, 0x06, 0x00};           /* field 99 */
	static const uint8_t bad_level[] = {0x08, 0x2A, 0x22, 0x02, 0x20, 0x06};        /* by: 6 */
	static const uint8_t unreadable[] = {0x08, 0x2A, 0x1A, 0x0A};                   /* cut off */
	static const uint8_t unknown_field[] = {0x08, 0x2A, 0x3A, 0x00, 0x98, 0x06, 0}; /* beside a ping */
	static const struct {
		const uint8_t *bytes;
		size_t size;
		uint64_t id;
		enum problem_code code;
	} cases[] = {
	    {unknown_body, sizeof unknown_body, 42, PROBLEM_REQUEST_UNKNOWN},
	    {bad_level, sizeof bad_level, 42, PROBLEM_MALFORMED},
	    {unknown_field, sizeof unknown_field, 42, PROBLEM_FIELD_UNKNOWN},
	    {unreadable, sizeof unreadable, 0, PROBLEM_MALFORMED},
	};
	struct arena arena;
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request out = {.id = 77};
		problems.count = 0;
		EXPECT(!codec_decode_request(&arena, cases[i].bytes, cases[i].size, &out, &problems), "row %zu", i);
		EXPECT(out.id == cases[i].id, "row %zu: id %" PRIu64, i, out.id);
		EXPECT(problems.items[0].code == cases[i].code, "row %zu", i);
	}
	arena_free(&arena);
}

/* ---------------------------------------------------------------- replies */

static struct arena reply_arena;

static struct reply
round_trip(const struct reply *reply)
{
	struct reply out;
	uint8_t *bytes;
	size_t size;
	arena_free(&reply_arena);
	arena_init(&reply_arena, ANSWER_BYTES_MAX);
	EXPECT(codec_encode_reply(&reply_arena, reply, &bytes, &size), "kind %d", (int)reply->kind);
	EXPECT(codec_decode_reply(&reply_arena, bytes, size, &out), "kind %d", (int)reply->kind);
	squeeze_reply(reply);
	assert_true(out.request_id == reply->request_id);
	assert_int_equal(out.kind, reply->kind);
	return out;
}

static void
test_refusal(void **state)
{
	static struct problem_list list;
	struct reply reply = {.request_id = 3, .kind = REPLY_REFUSAL, .refusal = {&list, 5000}}, out;
	uint8_t *bytes;
	size_t size;
	(void)state;
	problem_list_init(&list);
	for (size_t i = 0; i < PROBLEMS_MAX; i++) {
		struct problem *p = problem_add(&list, PROBLEM_PART_EXCEEDS_WHOLE, SUBJECT_ENTRY, i, "industry_fund");
		p->limit = INT64_MIN;
		p->actual = INT64_MAX;
		p->decimals = 4;
		problem_detail(p, "补助到村资金 %zu", i);
	}
	list.more = 17;
	out = round_trip(&reply);
	assert_int_equal(out.refusal.retry_after_ms, 5000);
	assert_int_equal(out.refusal.problems->count, PROBLEMS_MAX);
	assert_int_equal(out.refusal.problems->more, 17);
	for (size_t i = 0; i < PROBLEMS_MAX; i++) {
		const struct problem *a = &list.items[i], *b = &out.refusal.problems->items[i];
		assert_true(a->code == b->code && a->subject == b->subject && a->index == b->index);
		assert_true(a->limit == b->limit && a->actual == b->actual && a->decimals == b->decimals);
		assert_string_equal(a->column, b->column);
		assert_string_equal(a->detail, b->detail);
	}
	list.count = 0; /* a refusal without a reason cannot be sent */
	assert_false(codec_encode_reply(&reply_arena, &reply, &bytes, &size));
	arena_free(&reply_arena);
}

/* A code of a newer centre keeps its own sentence. */
static void
test_newer_code(void **state)
{
	static const uint8_t bytes[] = "\x08\x07\x12\x0F\x0A\x0D\x08\xE7\x07\x4A\x08"
	                               "too late";
	struct reply out;
	char text[PROBLEM_TEXT_BYTES];
	(void)state;
	arena_init(&reply_arena, DECODE_BYTES_MAX);
	assert_true(codec_decode_reply(&reply_arena, bytes, sizeof bytes - 1, &out));
	assert_int_equal(out.refusal.problems->items[0].code, 999);
	assert_string_equal(problem_text(&out.refusal.problems->items[0], LANGUAGE_CHINESE, text),
	                    "problem 999: too late");
	arena_free(&reply_arena);
}

/* The plan of a project is the last of its steps that is one. */
static void
test_project_plan(void **state)
{
	struct project_row steps[] = {{.step = PROJECT_REGISTER}, {.step = PROJECT_ACCEPTANCE}};
	const struct project_item items[] = {{.step_count = COUNT(steps), .steps = steps}, {.step_count = 0}};
	(void)state;
	assert_ptr_equal(project_plan(&items[0]), &steps[0]);
	assert_null(project_plan(&items[1]));
}

/* No answer, a step that comes from a later one. */
static void
test_not_replies(void **state)
{
	const struct fund_entry entry = {.kind = FUND_RAISED};
	struct trace_step steps[] = {{.item.entry = entry}, {.item.entry = entry, .from = 1}};
	struct reply out, none = {.request_id = 32}, trace = {.request_id = 33, .kind = REPLY_TRACE};
	uint8_t *bytes;
	size_t size;
	(void)state;
	arena_init(&reply_arena, ANSWER_BYTES_MAX);
	assert_false(codec_encode_reply(&reply_arena, &none, &bytes, &size));
	assert_false(codec_decode_reply(&reply_arena, (const uint8_t *)"\x08\x07", 2, &out)); /* an id alone */
	trace.trace.steps = steps;
	trace.trace.count = COUNT(steps);
	for (uint32_t from = 1; from <= 2; from++) {
		steps[1].from = from;
		assert_true(codec_encode_reply(&reply_arena, &trace, &bytes, &size));
		assert_int_equal(codec_decode_reply(&reply_arena, bytes, size, &out), from == 1);
	}
	arena_free(&reply_arena);
}

/* A push is of the rules or of a total: one that holds both has no rows that anybody could follow. */
static void
test_push_of_both(void **state)
{
	static const uint8_t bytes[] = {0x08, 1, 0x52, 8, 0x1A, 2, 0x08, 22, 0x22, 2, 0x10, 5};
	struct reply reply;
	(void)state;
	arena_init(&reply_arena, ANSWER_BYTES_MAX);
	assert_true(codec_decode_reply(&reply_arena, bytes, sizeof bytes, &reply));
	assert_true(reply.kind == REPLY_PUSH && reply.push.of_rules && reply.push.more_turns == 5);
	assert_int_equal(reply.push.unit_count, 0);
	arena_free(&reply_arena);
}

/* ---------------------------------------------------------------- the catalogue */

static bool
catalogue_round_trip(bool units, bool forms, unit_code top, struct catalogue *out)
{
	struct reply reply = {.kind = REPLY_CATALOGUE, .catalogue = {&plan, {units, forms}, top}};
	char error[CATALOGUE_ERROR_BYTES] = "";
	uint8_t *bytes;
	size_t size;
	arena_init(&reply_arena, ANSWER_BYTES_MAX);
	catalogue_init(out, CATALOGUE_BYTES);
	bool good = codec_encode_reply(&reply_arena, &reply, &bytes, &size) &&
	            codec_decode_catalogue(bytes, size, out, error);
	EXPECT(good, "%s", error);
	arena_free(&reply_arena); /* the catalogue stands on its own */
	return good;
}

/* A whole plan, and what catalogue_finish() makes of it. */
static void
test_catalogue_whole(void **state)
{
	struct plan_rule rules[] = {{1, "kept_back", "滞留", "Kept back", "四(二)", "SELECT 1",
	                             1U << UNIT_COUNTY | 1U << UNIT_VILLAGE, RULE_RED, RULE_DAYS, true, 30, 0},
	                            {2, "share", "比例", "Share", "", "SELECT 2", 1U << UNIT_PROVINCE, RULE_AMBER,
	                             RULE_PERCENT, false, 7000, 20131231}};
	struct catalogue c;
	(void)state;
	plan.books_closed = 20121231;
	plan.plan_rules = rules;
	plan.plan_rule_count = COUNT(rules);
	catalogue_round_trip(true, true, PROVINCE, &c);
	assert_true(made_same(&shape_catalogue, &plan, &c));
	assert_true(c.plan_rule_count == COUNT(rules) && c.document_kind_count == 2);
	for (size_t i = 0; i < COUNT(rules); i++)
		assert_string_equal(c.plan_rules[i].sql, ""); /* it stays at the centre */
	for (size_t i = 0; i < c.version_count; i++)
		for (size_t k = 0; k < c.versions[i].field_count; k++) {
			const struct form_field *x = &c.versions[i].fields[k], *y = &plan.versions[i].fields[k];
			assert_true(x->whole == y->whole && x->definition->number == y->indicator);
		}
	catalogue_free(&c);
	catalogue_round_trip(false, true, PROVINCE, &c);
	assert_int_equal(c.unit_count + c.group_count, 0);
	assert_int_equal(c.books_closed, 20121231);
	assert_int_equal(c.form_count, plan.form_count);
	assert_int_equal(c.target_count, plan.target_count);
	catalogue_free(&c);
	plan.books_closed = 0;
	plan.plan_rule_count = 0;
}

/* An office gets its own units and those above, for their names; no neighbour's. */
static void
test_catalogue_scope(void **state)
{
	static const unit_code expected[] = {PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE, VILLAGE_OTHER};
	struct catalogue c;
	(void)state;
	catalogue_round_trip(true, true, COUNTY, &c);
	assert_int_equal(c.unit_count, COUNT(expected));
	for (size_t i = 0; i < c.unit_count; i++) {
		const struct unit *original = catalogue_unit(&plan, expected[i]);
		assert_true(c.units[i].code == expected[i] && c.units[i].level == original->level);
		assert_string_equal(c.units[i].name, original->name);
		assert_string_equal(c.units[i].basis, original->basis);
	}
	assert_int_equal(c.target_count, 3); /* those of the province, and its own */
	catalogue_free(&c);
	catalogue_round_trip(true, false, COUNTY, &c);
	assert_int_equal(c.form_count + c.indicator_count + c.source_count + c.target_count, 0);
	catalogue_free(&c);
}

static void
test_catalogue_refused(void **state)
{
	static const uint8_t pong[] = {0x08, 0x07, 0x42, 0x00};
	static const uint8_t unit_twice[] = {0x3A, 0x0C, 0x32, 0x04, 0x08, 0x16, 0x10,
	                                     0x01, 0x32, 0x04, 0x08, 0x16, 0x10, 0x01};
	static const uint8_t unit_level_9[] = {0x3A, 0x06, 0x32, 0x04, 0x08, 0x16, 0x10, 0x09};
	static const uint8_t target_without_value[] = {0x3A, 0x04, 0x62, 0x02, 0x08, 0x16};
	static const uint8_t decimals_2_32[] = {0x3A, 0x15, 0x3A, 0x04, 0x08, 0x01, 0x18, 0x01,
	                                        0x4A, 0x0D, 0x08, 0x01, 0x10, 0x01, 0x40, 0xFF,
	                                        0xFF, 0xFF, 0xFF, 0x0F, 0x48, 0x01, 0x12};
	static const struct {
		const uint8_t *bytes;
		size_t size;
	} cases[] = {
	    {pong, sizeof pong},
	    {pong, 0},
	    {pong, 3},
	    {unit_twice, sizeof unit_twice},
	    {unit_level_9, sizeof unit_level_9},
	    {target_without_value, sizeof target_without_value},
	    {decimals_2_32, sizeof decimals_2_32},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct catalogue c;
		char error[CATALOGUE_ERROR_BYTES] = "";
		catalogue_init(&c, CATALOGUE_BYTES);
		EXPECT(!codec_decode_catalogue(cases[i].bytes, cases[i].size, &c, error), "row %zu", i);
		EXPECT(*error, "row %zu", i);
		catalogue_free(&c);
	}
}

/* ---------------------------------------------------------------- noise */

/* Good packets with a few bytes changed, cut and doubled: anything may come of it but a crash. */
static void
test_noise(void **state)
{
	enum { ROUNDS = 20000, SIZE_MAX_HERE = 8192 };
	static const char *const whats[] = {"request", "submission", "reply"};
	static uint8_t noisy[SIZE_MAX_HERE];
	struct reply reply = {.kind = REPLY_CATALOGUE, .catalogue = {&plan, {true, true}, PROVINCE}};
	struct submission s;
	struct arena own, arena;
	uint8_t *bytes[2];
	size_t sizes[2];
	uint64_t random = 2013;
	(void)state;
	arena_init(&own, DECODE_BYTES_MAX);
	arena_init(&arena, DECODE_BYTES_MAX);
	s = a_submission(&own);
	assert_true(codec_encode_submission(&own, &s, &bytes[0], &sizes[0]));
	assert_true(codec_encode_reply(&own, &reply, &bytes[1], &sizes[1]));
	for (int round = 0; round < ROUNDS; round++) {
		int which = round % 2;
		size_t size = sizes[which];
		char outcome[OUTCOME_ROOM], error[CATALOGUE_ERROR_BYTES];
		assert_true(size <= sizeof noisy);
		memcpy(noisy, bytes[which], size);
		for (int i = 0; i < 3; i++) {
			random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			noisy[(random >> 33) % size] = (uint8_t)(random >> 25);
		}
		if (round % 5 == 0)
			size = (random >> 40) % size;
		arena_reset(&arena);
		decode(&arena, whats[round % 3], noisy, size, outcome);
		if (which) {
			struct catalogue c;
			catalogue_init(&c, CATALOGUE_BYTES);
			bool good = codec_decode_catalogue(noisy, size, &c, error);
			assert_true(good || *error);
			catalogue_free(&c);
		}
	}
	arena_free(&arena);
	arena_free(&own);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),           cmocka_unit_test(test_prefixes),
	    cmocka_unit_test(test_largest),           cmocka_unit_test(test_not_encoded),
	    cmocka_unit_test(test_request_id_kept),   cmocka_unit_test(test_refusal),
	    cmocka_unit_test(test_newer_code),        cmocka_unit_test(test_project_plan),
	    cmocka_unit_test(test_not_replies),       cmocka_unit_test(test_push_of_both),
	    cmocka_unit_test(test_catalogue_whole),   cmocka_unit_test(test_catalogue_scope),
	    cmocka_unit_test(test_catalogue_refused), cmocka_unit_test(test_noise),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
