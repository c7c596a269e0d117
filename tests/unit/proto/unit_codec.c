/* The codec: what goes in comes out again; and packets as data files, most of them malformed, each with
 * the outcome it must have.
 *
 * A vector is a text file: a comment line; then what it is decoded as and what comes of it, which is
 * "ok …" or the problem's name (several with | between); then hexadecimal bytes, where 3*1200 stands for
 * 120012001200. To add one, put a file into vectors/. */
#include "case.h"
#include "plan.h"

#include "codec.h"
#include "squeeze.h"

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

static const uint32_t three_indicators[] = {3, 1, 2};
static const int64_t three_values[] = {INT64_MIN, INT64_MAX, 0};

static const struct report some_reports[] = {
    {VILLAGE, 201304, 1, 1, 0, 3, three_indicators, three_values, 0},
    {VILLAGE_OTHER, 209912, UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, NULL, NULL, 0, "原因"},
    {INT64_MAX, INT32_MAX, 1, 2, 3, 1, three_indicators, three_values, 0},
    {-1, -1, 0, 0, 0, 0, NULL, NULL, 0},
};

static const struct fund_entry some_entries[] = {
    {FUND_RAISED, COUNTY, "凭证-1", 20130415, 1, 0, 0, INT64_MAX, "", "", "", ""},
    {FUND_SPENT, VILLAGE, "", 0, 9999, UINT32_MAX, INT64_MAX, INT64_MIN, "摘要", "", "吉财农〔2013〕1号",
     "P-1"},
    {FUND_REVERSED, VILLAGE, "2", 20130416, 1, 0, 0, 1, "错记", "凭证-1", "", "项目"},
    {FUND_KIND_NONE, 0, "", -1, 0, 0, 0, 0, "", "", "", ""},
};

static const struct extension some_extensions[] = {
    {VILLAGE, 201304, 2, DEADLINE_CORRECTIONS, INT64_MAX, "洪灾", 0},
    {-1, -1, UINT32_MAX, DEADLINE_NONE, INT64_MIN, "", UINT32_MAX},
};

static const struct review some_reviews[] = {
    {VILLAGE, 201304, 2, UINT32_MAX, UINT32_MAX, DECISION_RETURN, RETURN_OTHER, "退回"},
    {0, 0, 0, 0, 0, DECISION_NONE, RETURN_REASON_NONE, ""},
};

static const struct target_part some_targets[] = {
    {VILLAGE, 2013, 9999, FUND_KIND_NONE, INT64_MAX, UINT32_MAX, "分解"},
    {0, 0, 0, FUND_RAISED, INT64_MIN, 0, ""},
};

static const struct document some_documents[] = {
    {COUNTY, 1, UINT32_MAX, FILE_TIFF, UINT64_MAX, {{1, 2, 3}}, "方案.pdf", "修订"},
    {-1, UINT32_MAX, 0, FILE_TYPE_NONE, 0, {{0}}, "", ""},
};

static const struct project_budget some_budgets[] = {{1, INT64_MAX}, {UINT32_MAX, -1}};
static const uint32_t some_items[] = {1, 32, UINT32_MAX};
static const struct project_row some_projects[] = {
    {.unit = VILLAGE,
     .code = "产业-1",
     .step = PROJECT_REGISTER,
     .occurred = 20130415,
     .document = "批复",
     .note = "",
     .replaces = UINT32_MAX,
     .name = "养殖小区",
     .kind = 9999,
     .leader = COUNTY,
     .begins = 20130501,
     .ends = 20131031,
     .budget_count = COUNT(some_budgets),
     .budgets = some_budgets},
    {.unit = INT64_MAX,
     .code = "2",
     .step = PROJECT_ACCEPTANCE,
     .occurred = INT32_MAX,
     .document = "",
     .note = "路基沉降",
     .name = "",
     .system = SYSTEM_CONTRACT,
     .percent = UINT32_MAX,
     .acceptor = 22,
     .passed = true,
     .met_count = COUNT(some_items),
     .met = some_items,
     .again_by = 20131231},
    {.unit = -1, .code = "", .document = "", .note = "", .name = ""},
};

static struct submission
a_submission(void)
{
	return (struct submission){
	    .id = submission_id_new(INT64_C(1365955200000000)),
	    .report_count = COUNT(some_reports),
	    .entry_count = COUNT(some_entries),
	    .reports = (struct report *)(uintptr_t)some_reports,
	    .entries = (struct fund_entry *)(uintptr_t)some_entries,
	    .extension_count = COUNT(some_extensions),
	    .extensions = (struct extension *)(uintptr_t)some_extensions,
	    .review_count = COUNT(some_reviews),
	    .reviews = (struct review *)(uintptr_t)some_reviews,
	    .target_count = COUNT(some_targets),
	    .targets = (struct target_part *)(uintptr_t)some_targets,
	    .document_count = COUNT(some_documents),
	    .documents = (struct document *)(uintptr_t)some_documents,
	    .project_count = COUNT(some_projects),
	    .projects = (struct project_row *)(uintptr_t)some_projects,
	};
}

static void
same_report(const struct report *a, const struct report *b)
{
	assert_true(a->unit == b->unit && a->period == b->period && a->form == b->form);
	assert_true(a->form_version == b->form_version && a->replaces == b->replaces);
	assert_int_equal(a->value_count, b->value_count);
	assert_string_equal(a->reason ? a->reason : "", b->reason ? b->reason : "");
	if (a->value_count) {
		assert_memory_equal(a->indicators, b->indicators, a->value_count * sizeof *a->indicators);
		assert_memory_equal(a->values, b->values, a->value_count * sizeof *a->values);
	}
}

static void
same_entry(const struct fund_entry *a, const struct fund_entry *b)
{
	assert_true(a->kind == b->kind && a->unit == b->unit && a->occurred == b->occurred);
	assert_true(a->source == b->source && a->use == b->use && a->counterparty == b->counterparty);
	assert_true(a->amount_fen == b->amount_fen);
	assert_string_equal(a->voucher, b->voucher);
	assert_string_equal(a->note, b->note);
	assert_string_equal(a->refers, b->refers);
	assert_string_equal(a->document, b->document);
	assert_string_equal(a->project, b->project);
}

static void
same_project(const struct project_row *a, const struct project_row *b)
{
	assert_true(a->unit == b->unit && a->step == b->step && a->occurred == b->occurred);
	assert_string_equal(a->code, b->code);
	assert_string_equal(a->document, b->document);
	assert_string_equal(a->note, b->note);
	assert_string_equal(a->name, b->name);
	assert_true(a->replaces == b->replaces && a->kind == b->kind && a->leader == b->leader);
	assert_true(a->begins == b->begins && a->ends == b->ends && a->system == b->system);
	assert_true(a->percent == b->percent && a->acceptor == b->acceptor && a->passed == b->passed);
	assert_true(a->again_by == b->again_by && a->budget_count == b->budget_count);
	assert_int_equal(a->met_count, b->met_count);
	for (size_t i = 0; i < a->budget_count; i++)
		assert_true(a->budgets[i].source == b->budgets[i].source &&
		            a->budgets[i].amount_fen == b->budgets[i].amount_fen);
	for (size_t i = 0; i < a->met_count; i++)
		assert_int_equal(a->met[i], b->met[i]);
}

static void
same_extension(const struct extension *a, const struct extension *b)
{
	assert_true(a->unit == b->unit && a->period == b->period && a->form == b->form);
	assert_true(a->event == b->event && a->until == b->until && a->document == b->document);
	assert_string_equal(a->reason, b->reason);
}

static void
same_review(const struct review *a, const struct review *b)
{
	assert_true(a->unit == b->unit && a->period == b->period && a->form == b->form);
	assert_true(a->revision == b->revision && a->step == b->step);
	assert_true(a->decision == b->decision && a->reason == b->reason);
	assert_string_equal(a->text, b->text);
}

static void
test_submission(void **state)
{
	struct arena arena;
	struct submission s = a_submission(), out;
	uint8_t *bytes, *again;
	size_t size, again_size;
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	problems.count = 0;
	assert_true(codec_encode_submission(&arena, &s, &bytes, &size));
	squeeze_submission(&s);
	assert_true(codec_decode_submission(&arena, bytes, size, &out, &problems));
	assert_true(submission_id_equal(&out.id, &s.id));
	assert_int_equal(out.report_count, s.report_count);
	assert_int_equal(out.entry_count, s.entry_count);
	assert_int_equal(submission_rows(&out), submission_rows(&s));
	for (size_t i = 0; i < s.extension_count; i++)
		same_extension(&out.extensions[i], &s.extensions[i]);
	for (size_t i = 0; i < s.review_count; i++)
		same_review(&out.reviews[i], &s.reviews[i]);
	for (size_t i = 0; i < s.target_count; i++) {
		const struct target_part *a = &out.targets[i], *b = &s.targets[i];
		assert_true(a->unit == b->unit && a->year == b->year && a->indicator == b->indicator &&
		            a->fund == b->fund);
		assert_true(a->value == b->value && a->replaces == b->replaces);
		assert_string_equal(a->note, b->note);
	}
	assert_int_equal(out.project_count, s.project_count);
	for (size_t i = 0; i < out.project_count; i++)
		same_project(&out.projects[i], &s.projects[i]);
	for (size_t i = 0; i < s.document_count; i++) {
		const struct document *a = &out.documents[i], *b = &s.documents[i];
		assert_true(a->unit == b->unit && a->kind == b->kind && a->replaces == b->replaces);
		assert_true(a->type == b->type && a->size == b->size && digest_equal(&a->digest, &b->digest));
		assert_string_equal(a->name, b->name);
		assert_string_equal(a->note, b->note);
	}
	for (size_t i = 0; i < s.report_count; i++)
		same_report(&out.reports[i], &s.reports[i]);
	for (size_t i = 0; i < s.entry_count; i++)
		same_entry(&out.entries[i], &s.entries[i]);
	/* The same content gives the same bytes: digests of content rely on it. */
	assert_true(codec_encode_submission(&arena, &out, &again, &again_size));
	assert_int_equal(size, again_size);
	assert_memory_equal(bytes, again, size);
	s.report_count = s.entry_count = s.extension_count = s.review_count = s.target_count = s.document_count =
	    s.project_count = 0;
	assert_true(codec_encode_submission(&arena, &s, &bytes, &size));
	assert_true(codec_decode_submission(&arena, bytes, size, &out, &problems));
	assert_int_equal(submission_rows(&out), 0);
	arena_free(&arena);
}

/* Every proper prefix is refused, or is another message; none reads behind its end. */
static void
test_prefixes(void **state)
{
	struct arena arena, own;
	struct submission s = a_submission(), out;
	uint8_t *bytes, *again;
	size_t size, again_size, refused = 0;
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	arena_init(&own, DECODE_BYTES_MAX);
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

#define LONGEST_VOUCHER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const enum review_state two_states[] = {REVIEW_TAKEN, REVIEW_SENT};

static void
same_report_query(const struct report_query *a, const struct report_query *b)
{
	assert_true(a->unit == b->unit && a->from == b->from && a->to == b->to);
	assert_true(a->values == b->values && a->limit == b->limit);
	assert_true(a->as_of.seq == b->as_of.seq && a->as_of.time_us == b->as_of.time_us);
	assert_true(a->after.unit == b->after.unit && a->after.form == b->after.form &&
	            a->after.period == b->after.period);
	assert_true(a->form_count == b->form_count && a->state_count == b->state_count);
	for (size_t i = 0; i < a->form_count; i++)
		assert_int_equal(a->forms[i], b->forms[i]);
	for (size_t i = 0; i < a->state_count; i++)
		assert_int_equal(a->states[i], b->states[i]);
}

static void
same_completeness_query(const struct completeness_query *a, const struct completeness_query *b)
{
	assert_true(a->unit == b->unit && a->from == b->from && a->to == b->to && a->by == b->by);
	assert_true(a->whole == b->whole && a->missing == b->missing && a->late == b->late);
	assert_true(a->limit == b->limit && a->form_count == b->form_count);
	assert_true(a->as_of.seq == b->as_of.seq && a->as_of.time_us == b->as_of.time_us);
	for (size_t i = 0; i < a->form_count; i++)
		assert_int_equal(a->forms[i], b->forms[i]);
}

static void
same_document_query(const struct document_query *a, const struct document_query *b)
{
	assert_true(a->unit == b->unit && a->versions == b->versions && a->missing == b->missing);
	assert_true(a->limit == b->limit && a->after.unit == b->after.unit && a->after.kind == b->after.kind);
	assert_true(a->after.version == b->after.version && a->as_of.time_us == b->as_of.time_us);
	assert_int_equal(a->kind_count, b->kind_count);
	for (size_t i = 0; i < a->kind_count; i++)
		assert_int_equal(a->kinds[i], b->kinds[i]);
}

static bool
same_as_of(const struct as_of *a, const struct as_of *b)
{
	return a->seq == b->seq && a->time_us == b->time_us;
}

static void
same_request(const struct request *a, const struct request *b)
{
	assert_true(a->id == b->id);
	assert_int_equal(a->kind, b->kind);
	switch (a->kind) {
	case REQUEST_HELLO:
		assert_int_equal(a->hello.protocol, b->hello.protocol);
		assert_string_equal(a->hello.software, b->hello.software);
		break;
	case REQUEST_SUBMIT:
		assert_int_equal(a->submit.size, b->submit.size);
		assert_memory_equal(a->submit.bytes, b->submit.bytes, a->submit.size);
		break;
	case REQUEST_TOTAL:
	case REQUEST_WATCH:
		assert_true(a->total.whole == b->total.whole);
		assert_true(a->total.unit == b->total.unit && a->total.funds == b->total.funds);
		assert_true(a->total.from == b->total.from && a->total.to == b->total.to);
		assert_true(a->total.by == b->total.by);
		assert_true(a->total.as_of.seq == b->total.as_of.seq &&
		            a->total.as_of.time_us == b->total.as_of.time_us);
		assert_int_equal(a->total.indicator_count, b->total.indicator_count);
		if (a->total.indicator_count)
			assert_memory_equal(a->total.indicators, b->total.indicators,
			                    a->total.indicator_count * sizeof *a->total.indicators);
		break;
	case REQUEST_ACK:
		assert_true(a->ack.watch == b->ack.watch && a->ack.seq == b->ack.seq);
		break;
	case REQUEST_UNWATCH:
		assert_true(a->unwatch == b->unwatch);
		break;
	case REQUEST_COMPLETENESS:
		same_completeness_query(&a->completeness, &b->completeness);
		break;
	case REQUEST_HISTORY:
		assert_true(a->history.unit == b->history.unit && a->history.form == b->history.form &&
		            a->history.period == b->history.period);
		break;
	case REQUEST_APPRAISAL:
		assert_true(a->appraisal.unit == b->appraisal.unit && a->appraisal.to == b->appraisal.to &&
		            a->appraisal.by == b->appraisal.by && a->appraisal.whole == b->appraisal.whole &&
		            a->appraisal.as_of.time_us == b->appraisal.as_of.time_us);
		break;
	case REQUEST_TARGETS:
		assert_true(a->targets.unit == b->targets.unit && a->targets.year == b->targets.year &&
		            a->targets.as_of.seq == b->targets.as_of.seq);
		break;
	case REQUEST_UPLOAD:
		assert_true(a->upload.unit == b->upload.unit && digest_equal(&a->upload.digest, &b->upload.digest));
		assert_true(a->upload.size == b->upload.size && a->upload.type == b->upload.type);
		assert_true(a->upload.offset == b->upload.offset && a->upload.part_size == b->upload.part_size);
		assert_true(!a->upload.part_size || !memcmp(a->upload.part, b->upload.part, a->upload.part_size));
		break;
	case REQUEST_DOCUMENTS:
		same_document_query(&a->documents, &b->documents);
		break;
	case REQUEST_FILE:
		assert_true(a->file.key.unit == b->file.key.unit && a->file.key.kind == b->file.key.kind);
		assert_true(a->file.key.version == b->file.key.version && a->file.offset == b->file.offset);
		break;
	case REQUEST_BALANCES:
		assert_true(a->balances.unit == b->balances.unit && a->balances.by == b->balances.by);
		assert_true(a->balances.whole == b->balances.whole && a->balances.own == b->balances.own);
		assert_true(a->balances.ages == b->balances.ages &&
		            same_as_of(&a->balances.as_of, &b->balances.as_of));
		break;
	case REQUEST_ENTRIES:
		assert_true(a->entries.unit == b->entries.unit && a->entries.own == b->entries.own);
		assert_true(a->entries.in_transit == b->entries.in_transit && a->entries.source == b->entries.source);
		assert_true(a->entries.limit == b->entries.limit && a->entries.after_seq == b->entries.after_seq);
		assert_true(a->entries.after_line == b->entries.after_line);
		assert_true(same_as_of(&a->entries.as_of, &b->entries.as_of));
		assert_string_equal(a->entries.voucher, b->entries.voucher);
		break;
	case REQUEST_PROJECTS:
		assert_true(a->projects.unit == b->projects.unit && a->projects.own == b->projects.own);
		assert_true(a->projects.states == b->projects.states && a->projects.limit == b->projects.limit);
		assert_true(a->projects.after.unit == b->projects.after.unit);
		assert_string_equal(a->projects.code, b->projects.code);
		assert_string_equal(a->projects.after.code, b->projects.after.code);
		assert_true(a->projects.as_of.seq == b->projects.as_of.seq &&
		            a->projects.as_of.time_us == b->projects.as_of.time_us);
		break;
	case REQUEST_TRACE:
		assert_true(a->trace.unit == b->trace.unit && a->trace.forward == b->trace.forward);
		assert_true(same_as_of(&a->trace.as_of, &b->trace.as_of));
		assert_string_equal(a->trace.voucher, b->trace.voucher);
		break;
	case REQUEST_COMPLIANCE:
	case REQUEST_WATCH_COMPLIANCE:
		assert_true(a->compliance.unit == b->compliance.unit && a->compliance.by == b->compliance.by);
		assert_true(a->compliance.limit == b->compliance.limit &&
		            a->compliance.after.rule == b->compliance.after.rule &&
		            a->compliance.after.unit == b->compliance.after.unit);
		assert_true(same_as_of(&a->compliance.as_of, &b->compliance.as_of));
		assert_true(a->compliance.rule_count == b->compliance.rule_count &&
		            a->compliance.state_count == b->compliance.state_count);
		for (size_t i = 0; i < a->compliance.rule_count; i++)
			assert_true(a->compliance.rules[i] == b->compliance.rules[i]);
		for (size_t i = 0; i < a->compliance.state_count; i++)
			assert_true(a->compliance.states[i] == b->compliance.states[i]);
		break;
	case REQUEST_CARRY:
		assert_true(a->carry.number == b->carry.number && a->carry.header_size == b->carry.header_size);
		assert_memory_equal(a->carry.header, b->carry.header, a->carry.header_size);
		assert_int_equal(a->carry.size, b->carry.size);
		assert_memory_equal(a->carry.letter, b->carry.letter, a->carry.size);
		break;
	case REQUEST_SET_CLOCK:
		assert_true(a->clock_us == b->clock_us);
		break;
	case REQUEST_REPORTS:
		same_report_query(&a->reports, &b->reports);
		break;
	case REQUEST_STATUS:
		assert_true(submission_id_equal(&a->status, &b->status));
		break;
	case REQUEST_CATALOGUE:
		assert_true(a->catalogue.units == b->catalogue.units && a->catalogue.forms == b->catalogue.forms &&
		            a->catalogue.as_of.seq == b->catalogue.as_of.seq &&
		            a->catalogue.as_of.time_us == b->catalogue.as_of.time_us);
		break;
	default:
		break;
	}
}

static const enum rule_state rule_states[] = {RULE_RED, RULE_NOT_JUDGED};

static void
test_requests(void **state)
{
	const struct request cases[] = {
	    {.id = 1, .kind = REQUEST_HELLO, .hello = {PROTOCOL_VERSION, "fupin 0.1"}},
	    {.id = 0, .kind = REQUEST_HELLO, .hello = {0, ""}},
	    {.id = UINT64_MAX, .kind = REQUEST_SUBMIT, .submit = {(const uint8_t *)"\0\1\2", 3}},
	    {.id = 2,
	     .kind = REQUEST_TOTAL,
	     .total = {22, 201301, 201312, UNIT_COUNTY, 3, three_indicators, true, false}},
	    {.id = 3, .kind = REQUEST_TOTAL, .total = {220821, 201304, 201304, UNIT_NONE, 0, NULL, false, true}},
	    {.id = 4, .kind = REQUEST_STATUS, .status = submission_id_new(5)},
	    {.id = 5, .kind = REQUEST_CATALOGUE, .catalogue = {true, false}},
	    {.id = 6, .kind = REQUEST_CATALOGUE, .catalogue = {false, true, {UINT64_MAX, 3}}},
	    {.id = 7, .kind = REQUEST_PING},
	    {.id = 8, .kind = REQUEST_RELOAD},
	    {.id = 9,
	     .kind = REQUEST_CARRY,
	     .carry = {(const uint8_t *)"head\0er", 7, UINT32_MAX, (const uint8_t *)"\0letter", 7}},
	    {.id = 9,
	     .kind = REQUEST_WATCH,
	     .total = {22, 201301, 201312, UNIT_COUNTY, 3, three_indicators, false, true}},
	    {.id = 10, .kind = REQUEST_ACK, .ack = {9, UINT64_MAX}},
	    {.id = 11, .kind = REQUEST_UNWATCH, .unwatch = UINT64_MAX},
	    {.id = 15,
	     .kind = REQUEST_COMPLETENESS,
	     .completeness =
	         {22, 201301, 201312, 3, three_indicators, UNIT_VILLAGE, true, true, false, 7, {5, 0}}},
	    {.id = 16,
	     .kind = REQUEST_COMPLETENESS,
	     .completeness = {2201, .late = true, .as_of = {0, INT64_MAX}}},
	    {.id = 17, .kind = REQUEST_HISTORY, .history = {VILLAGE, 2, 201304}},
	    {.id = 20, .kind = REQUEST_APPRAISAL, .appraisal = {22, 201306, UNIT_COUNTY, true, {0, 9}}},
	    {.id = 19, .kind = REQUEST_TARGETS, .targets = {22, 2013, {7, 8}}},
	    {.id = 18, .kind = REQUEST_TOTAL, .total = {.unit = 22, .as_of = {UINT64_MAX, 1}}},
	    {.id = 12, .kind = REQUEST_SET_CLOCK, .clock_us = INT64_MIN},
	    {.id = 13,
	     .kind = REQUEST_REPORTS,
	     .reports = {22, 201301, 201312, 3, 2, three_indicators, two_states, true, 9, {VILLAGE, 2, 201304}}},
	    {.id = 20, .kind = REQUEST_UPLOAD, .upload = {COUNTY, {{1}}, UINT64_MAX, FILE_PDF, 0, NULL, 0}},
	    {.id = 21,
	     .kind = REQUEST_UPLOAD,
	     .upload = {-1, {{255}}, 0, FILE_TIFF, UINT64_MAX, (const uint8_t *)"\0\1", 2}},
	    {.id = 22,
	     .kind = REQUEST_DOCUMENTS,
	     .documents = {22, 3, three_indicators, true, false, 7, {VILLAGE, 1, UINT32_MAX}, {0, 9}}},
	    {.id = 23, .kind = REQUEST_DOCUMENTS, .documents = {VILLAGE, .missing = true}},
	    {.id = 24, .kind = REQUEST_FILE, .file = {{COUNTY, 1, UINT32_MAX}, UINT64_MAX}},
	    {.id = 25,
	     .kind = REQUEST_BALANCES,
	     .balances = {22, UNIT_VILLAGE, true, false, true, {UINT64_MAX, INT64_MAX}}},
	    {.id = 26, .kind = REQUEST_BALANCES, .balances = {.unit = -1, .own = true, .as_of = {0, 1}}},
	    {.id = 27,
	     .kind = REQUEST_ENTRIES,
	     .entries = {COUNTY, true, false, UINT32_MAX, "凭证-1", 7, UINT64_MAX, UINT32_MAX, {9, 0}, true}},
	    {.id = 28, .kind = REQUEST_ENTRIES, .entries = {.unit = 22, .in_transit = true}},
	    {.id = 29, .kind = REQUEST_TRACE, .trace = {VILLAGE, LONGEST_VOUCHER, true, {0, INT64_MAX}}},
	    {.id = 30, .kind = REQUEST_TRACE, .trace = {.unit = 22}},
	    {.id = 31,
	     .kind = REQUEST_COMPLIANCE,
	     .compliance =
	         {VILLAGE, UNIT_VILLAGE, 3, 2, three_indicators, rule_states, 7, {8, VILLAGE}, {9, 10}}},
	    {.id = 32, .kind = REQUEST_COMPLIANCE, .compliance = {.unit = 22}},
	    {.id = 33,
	     .kind = REQUEST_WATCH_COMPLIANCE,
	     .compliance = {.unit = 22, .rule_count = 1, .rules = three_indicators}},
	    {.id = 34,
	     .kind = REQUEST_PROJECTS,
	     .projects = {VILLAGE,
	                  true,
	                  LONGEST_VOUCHER,
	                  1U << PROJECT_PLANNED | 1U << PROJECT_DROPPED,
	                  UINT32_MAX,
	                  {COUNTY, LONGEST_VOUCHER},
	                  {0, INT64_MAX}}},
	    {.id = 35, .kind = REQUEST_PROJECTS, .projects = {.unit = 22}},
	    {.id = 36, .kind = REQUEST_KEYS},
	    {.id = 14, .kind = REQUEST_REPORTS, .reports = {VILLAGE, 0, 0, 0, 0, NULL, NULL, false, 0, {0}}},
	};
	struct arena arena;
	uint8_t *bytes;
	size_t size;
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request out;
		problems.count = 0;
		EXPECT(codec_encode_request(&arena, &cases[i], &bytes, &size), "row %zu", i);
		EXPECT(codec_decode_request(&arena, bytes, size, &out, &problems), "row %zu", i);
		same_request(&cases[i], &out);
		squeeze_request(&cases[i]);
	}
	struct request none = {.id = 9};
	assert_false(codec_encode_request(&arena, &none, &bytes, &size));
	arena_free(&arena);
	arena_init(&arena, 4);
	assert_false(codec_encode_request(&arena, &cases[0], &bytes, &size));
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
same_receipt(const struct receipt *a, const struct receipt *b)
{
	assert_true(submission_id_equal(&a->id, &b->id) && digest_equal(&a->digest, &b->digest));
	assert_true(a->seq == b->seq && a->time_us == b->time_us);
	assert_true(a->report_count == b->report_count && a->entry_count == b->entry_count);
}

static void
test_receipt_and_status(void **state)
{
	struct receipt receipt = {submission_id_new(5), digest_of("x", 1), UINT64_MAX, INT64_MAX, 5000, 4999};
	struct reply reply = {.request_id = 1, .kind = REPLY_RECEIPT, .receipt = receipt}, out;
	(void)state;
	out = round_trip(&reply);
	same_receipt(&out.receipt, &receipt);
	for (int i = SUBMISSION_UNKNOWN; i <= SUBMISSION_COMMITTED; i++) {
		struct submission_status status = {receipt.id, (enum submission_state)i, receipt};
		reply = (struct reply){.request_id = 2, .kind = REPLY_STATUS, .status = status};
		out = round_trip(&reply);
		assert_int_equal(out.status.state, i);
		assert_true(submission_id_equal(&out.status.id, &receipt.id));
		if (i == SUBMISSION_COMMITTED)
			same_receipt(&out.status.receipt, &receipt);
	}
	arena_free(&reply_arena);
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

static void
test_welcome_and_pong(void **state)
{
	struct welcome w = {1,        1,           "fupind",        -5,        {5000, 1572864, 64, 100},
	                    "镇赉县", ROLE_COUNTY, 220821,          "jilin",   "方案",
	                    "Plan",   "",          {UINT64_MAX, 7}, "5e2bb7c0"};
	struct reply reply = {.request_id = 4, .kind = REPLY_WELCOME, .welcome = w}, out;
	(void)state;
	out = round_trip(&reply);
	const struct welcome *o = &out.welcome;
	assert_true(o->protocol == 1 && o->protocol_oldest == 1 && o->time_us == -5 && o->role == ROLE_COUNTY);
	assert_true(o->unit == 220821 && o->as_of.seq == UINT64_MAX && o->as_of.time_us == 7);
	assert_memory_equal(&o->limits, &w.limits, sizeof w.limits);
	assert_string_equal(o->software, "fupind");
	assert_string_equal(o->principal, "镇赉县");
	assert_string_equal(o->plan, "jilin");
	assert_string_equal(o->title_zh, "方案");
	assert_string_equal(o->title_en, "Plan");
	assert_string_equal(o->label, "");
	assert_string_equal(o->history, "5e2bb7c0");
	reply = (struct reply){.request_id = 5, .kind = REPLY_PONG, .pong = {9, {8, 7}, 6, true, "5e2b"}};
	out = round_trip(&reply);
	assert_true(out.pong.time_us == 9 && out.pong.as_of.seq == 8 && out.pong.as_of.time_us == 7);
	assert_true(out.pong.waiting == 6 && out.pong.store_ready);
	assert_string_equal(out.pong.history, "5e2b");
	reply = (struct reply){.request_id = 6, .kind = REPLY_RELOADED, .reloaded = 71};
	out = round_trip(&reply);
	assert_int_equal(out.reloaded, 71);
	const struct carried carried = {
	    (const uint8_t *)"\0sealed", 7, submission_id_new(1), UINT64_MAX, true, true};
	reply = (struct reply){.request_id = 7, .kind = REPLY_CARRIED, .carried = carried};
	out = round_trip(&reply);
	assert_true(out.carried.size == 7 && !memcmp(out.carried.answer, carried.answer, 7) &&
	            out.carried.again && out.carried.taken);
	assert_true(out.carried.seq == UINT64_MAX && submission_id_equal(&out.carried.id, &carried.id));
	reply.carried =
	    (struct carried){(const uint8_t *)"", 0, {{0}}, 0, false, false}; /* it could not be read */
	out = round_trip(&reply);
	assert_true(!out.carried.seq && !out.carried.again && !out.carried.taken &&
	            !submission_id_valid(&out.carried.id));
	arena_free(&reply_arena);
}

static void
test_total(void **state)
{
	uint32_t indicators[] = {1, 9999}, reported[] = {0, UINT32_MAX};
	int64_t values[] = {INT64_MIN, INT64_MAX};
	struct fund_total funds[] = {{FUND_RAISED, 1, 0, UNIT_COUNTY, INT64_MAX, 3},
	                             {FUND_SPENT, 2, 9999, UNIT_VILLAGE, -1, UINT32_MAX}};
	struct target_value targets[] = {{2013,
	                                  1,
	                                  FUND_KIND_NONE,
	                                  300000,
	                                  7,
	                                  201306,
	                                  -8,
	                                  500,
	                                  {9, INT64_MAX, FORECAST_BY_TREND, 3, INT64_MIN},
	                                  4,
	                                  11},
	                                 {2013, 0, FUND_RAISED, 5, 0, 0, 0, 0, {0}, 0, 0}};
	int64_t approved[] = {INT64_MAX, -7};
	uint32_t approved_reported[] = {UINT32_MAX, 1};
	struct unit_total units[] = {
	    {22, 2, indicators, values, reported, 2, funds, 2, targets, approved, approved_reported},
	    {.unit = 2208}};
	struct reply reply = {.request_id = 7, .kind = REPLY_TOTAL, .total = {{17, 18}, 19, "测试", 2, units}},
	             out;
	(void)state;
	out = round_trip(&reply);
	assert_true(out.total.as_of.seq == 17 && out.total.as_of.time_us == 18 && out.total.time_us == 19);
	assert_string_equal(out.total.label, "测试");
	assert_int_equal(out.total.unit_count, 2);
	const struct unit_total *a = &out.total.units[0], *b = &out.total.units[1];
	assert_true(a->unit == 22 && b->unit == 2208);
	assert_true(a->indicator_count == 2 && a->fund_count == 2 && a->target_count == 2);
	assert_true(b->indicator_count == 0 && b->fund_count == 0 && b->target_count == 0);
	assert_memory_equal(a->indicators, indicators, sizeof indicators);
	assert_memory_equal(a->values, values, sizeof values);
	assert_memory_equal(a->reported, reported, sizeof reported);
	assert_memory_equal(a->approved, approved, sizeof approved);
	assert_memory_equal(a->approved_reported, approved_reported, sizeof approved_reported);
	for (size_t i = 0; i < 2; i++) {
		const struct fund_total *f = &a->funds[i];
		const struct target_value *t = &a->targets[i];
		assert_true(f->kind == funds[i].kind && f->source == funds[i].source && f->use == funds[i].use);
		assert_true(f->level == funds[i].level && f->amount_fen == funds[i].amount_fen);
		assert_true(f->entries == funds[i].entries);
		assert_true(t->year == targets[i].year && t->indicator == targets[i].indicator);
		assert_true(t->fund == targets[i].fund && t->value == targets[i].value);
		assert_true(t->revision == targets[i].revision && t->pace_period == targets[i].pace_period);
		assert_true(t->reached == targets[i].reached && t->expected_share == targets[i].expected_share);
		assert_true(t->part_count == targets[i].part_count && t->parts == targets[i].parts);
		assert_true(t->pace.expected == targets[i].pace.expected &&
		            t->pace.forecast == targets[i].pace.forecast);
		assert_true(t->pace.method == targets[i].pace.method && t->pace.trend == targets[i].pace.trend &&
		            t->pace.trend_months == targets[i].pace.trend_months);
	}
	arena_free(&reply_arena);
}

static void
test_reports(void **state)
{
	uint32_t indicators[] = {7, 9999};
	int64_t values[] = {INT64_MIN, INT64_MAX};
	struct report_item items[] = {
	    {{VILLAGE, 2, 201304},
	     1,
	     UINT32_MAX,
	     REVIEW_RETURNED,
	     3,
	     2,
	     RETURN_NO_EVIDENCE,
	     "缺依据",
	     INT64_MAX,
	     2,
	     indicators,
	     values},
	    {{COUNTY, 1, 201312}, 2, 1, REVIEW_SENT, 0, 0, RETURN_REASON_NONE, "", 0, 0, NULL, NULL},
	};
	struct reply out, reply = {.request_id = 8,
	                           .kind = REPLY_REPORTS,
	                           .reports = {{17, 18}, "测试", 2, items, {COUNTY, 1, 201312}}};
	(void)state;
	out = round_trip(&reply);
	assert_true(out.reports.as_of.seq == 17 && out.reports.as_of.time_us == 18 && out.reports.count == 2);
	assert_true(out.reports.next.unit == COUNTY && out.reports.next.form == 1 &&
	            out.reports.next.period == 201312);
	for (size_t i = 0; i < COUNT(items); i++) {
		const struct report_item *a = &out.reports.items[i], *b = &items[i];
		assert_true(a->key.unit == b->key.unit && a->key.form == b->key.form &&
		            a->key.period == b->key.period);
		assert_true(a->version == b->version && a->revision == b->revision && a->state == b->state);
		assert_true(a->step == b->step && a->approved == b->approved && a->reason == b->reason);
		assert_true(a->first_time == b->first_time && a->value_count == b->value_count);
		assert_string_equal(a->text, b->text);
		for (size_t k = 0; k < a->value_count; k++)
			assert_true(a->indicators[k] == indicators[k] && a->values[k] == values[k]);
	}
	arena_free(&reply_arena);
}

static void
test_completeness_and_history(void **state)
{
	struct completeness_row rows[] = {{22, 1, 2, 3, 4, 5, 6, 7, 8, 9, INT64_MAX, 11}, {.unit = 2208}};
	struct duty duties[] = {{{VILLAGE, 2, 201304}, 1, 2, 3}};
	uint32_t indicators[] = {7};
	int64_t values[] = {INT64_MIN};
	struct history_event events[] = {
	    {1, 2, "county", 3, 4, DECISION_NONE, RETURN_REASON_NONE, DEADLINE_NONE, 0, VILLAGE, "原因", 1,
	     indicators, values},
	    {5, 6, "prefecture", 3, 0, DECISION_RETURN, RETURN_OTHER, DEADLINE_NONE, 0, VILLAGE, "退回", 0, NULL,
	     NULL},
	    {7, 8, "province", 0, 0, DECISION_NONE, RETURN_REASON_NONE, DEADLINE_DUE, INT64_MAX, 22, "", 0, NULL,
	     NULL},
	};
	struct reply out, reply = {.request_id = 8, .kind = REPLY_COMPLETENESS};
	(void)state;
	reply.completeness = (struct completeness_answer){{17, 18}, "测试", 19, 2, 1, rows, duties, 20};
	out = round_trip(&reply);
	assert_true(out.completeness.as_of.seq == 17 && out.completeness.time_us == 19 &&
	            out.completeness.more == 20);
	assert_true(out.completeness.row_count == 2 && out.completeness.duty_count == 1);
	assert_memory_equal(out.completeness.rows, rows, sizeof rows);
	assert_true(out.completeness.duties[0].key.unit == VILLAGE && out.completeness.duties[0].due == 1 &&
	            out.completeness.duties[0].closed == 2 && out.completeness.duties[0].first_time == 3);
	arena_free(&reply_arena);
	reply = (struct reply){.request_id = 9, .kind = REPLY_HISTORY};
	reply.history = (struct history_answer){{17, 18}, "测试", {VILLAGE, 2, 201304}, COUNT(events), events};
	out = round_trip(&reply);
	assert_true(out.history.count == COUNT(events) && out.history.key.unit == VILLAGE &&
	            out.history.as_of.seq == 17);
	for (size_t i = 0; i < COUNT(events); i++) {
		const struct history_event *a = &out.history.events[i], *b = &events[i];
		assert_true(a->seq == b->seq && a->time_us == b->time_us && a->revision == b->revision);
		assert_true(a->version == b->version && a->decision == b->decision && a->reason == b->reason);
		assert_true(a->event == b->event && a->until == b->until && a->unit == b->unit);
		assert_string_equal(a->principal, b->principal);
		assert_string_equal(a->text, b->text);
		assert_int_equal(a->value_count, b->value_count);
		assert_true(!b->value_count || (a->indicators[0] == 7 && a->values[0] == INT64_MIN));
	}
	arena_free(&reply_arena);
}

static void
same_item(const struct document_item *a, const struct document_item *b)
{
	assert_true(a->key.unit == b->key.unit && a->key.kind == b->key.kind && a->key.version == b->key.version);
	assert_true(a->due == b->due && a->first_time == b->first_time && a->time == b->time && a->seq == b->seq);
	assert_true(a->type == b->type && a->size == b->size && digest_equal(&a->digest, &b->digest));
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->note, b->note);
}

static void
test_documents(void **state)
{
	struct document_item items[] = {
	    {{COUNTY, 1, UINT32_MAX}, 1, 2, INT64_MAX, UINT64_MAX, FILE_OFD, 20, {{7}}, "方案.ofd", "修订"},
	    {{220881, 2, 0}, 5, 0, 0, 0, FILE_TYPE_NONE, 0, {{0}}, "", ""},
	};
	struct uploaded uploaded = {{{9}}, UINT64_MAX, true};
	struct reply out, reply = {.request_id = 8, .kind = REPLY_UPLOADED, .uploaded = uploaded};
	(void)state;
	out = round_trip(&reply);
	assert_true(digest_equal(&out.uploaded.digest, &uploaded.digest) && out.uploaded.whole);
	assert_true(out.uploaded.received == UINT64_MAX);
	reply = (struct reply){.request_id = 9, .kind = REPLY_DOCUMENTS};
	reply.documents = (struct document_answer){{17, 18}, "测试", 19, COUNT(items), items, {220881, 2, 3}};
	out = round_trip(&reply);
	assert_true(out.documents.as_of.seq == 17 && out.documents.time_us == 19 && out.documents.count == 2);
	assert_true(out.documents.next.unit == 220881 && out.documents.next.kind == 2 &&
	            out.documents.next.version == 3);
	assert_string_equal(out.documents.label, "测试");
	for (size_t i = 0; i < COUNT(items); i++)
		same_item(&out.documents.items[i], &items[i]);
	reply = (struct reply){.request_id = 10, .kind = REPLY_FILE};
	reply.file = (struct file_part){items[0], 262144, (const uint8_t *)"\0\1\2", 3};
	out = round_trip(&reply);
	same_item(&out.file.document, &items[0]);
	assert_true(out.file.offset == 262144 && out.file.part_size == 3 && !memcmp(out.file.part, "\0\1\2", 3));
	arena_free(&reply_arena);
}

static void
same_entry_item(const struct entry_item *a, const struct entry_item *b)
{
	same_entry(&a->entry, &b->entry);
	assert_true(a->seq == b->seq && a->line == b->line && a->recorded == b->recorded);
	assert_true(a->open_fen == b->open_fen && a->age_days == b->age_days);
}

static void
test_balances(void **state)
{
	struct balance first[] = {{1, FUND_STATE_RAISED, INT64_MAX, false, {0}},
	                          {1, FUND_STATE_ON_HAND, 10, true, {1, 2, 3, INT64_MAX}},
	                          {UINT32_MAX, FUND_STATE_REPAID, -1, false, {0}}};
	struct unit_balance units[] = {{VILLAGE, COUNT(first), first}, {22, 0, NULL}};
	struct reply out, reply = {.request_id = 11, .kind = REPLY_BALANCES};
	(void)state;
	reply.balances = (struct balance_answer){{17, 18}, "测试", 19, COUNT(units), units};
	out = round_trip(&reply);
	assert_true(out.balances.as_of.seq == 17 && out.balances.as_of.time_us == 18);
	assert_true(out.balances.time_us == 19 && out.balances.unit_count == 2);
	assert_string_equal(out.balances.label, "测试");
	assert_true(out.balances.units[0].unit == VILLAGE && out.balances.units[0].count == COUNT(first));
	assert_true(out.balances.units[1].unit == 22 && !out.balances.units[1].count);
	for (size_t i = 0; i < COUNT(first); i++) {
		const struct balance *a = &out.balances.units[0].balances[i], *b = &first[i];
		assert_true(a->source == b->source && a->state == b->state && a->amount_fen == b->amount_fen);
		assert_true(a->has_ages == b->has_ages);
		assert_memory_equal(a->by_age_fen, b->by_age_fen, sizeof a->by_age_fen);
	}
	for (int wrong = 0; wrong < 2; wrong++) { /* states that no office knows */
		struct reply bad = reply;
		uint8_t *bytes;
		size_t size;
		first[2].state = wrong ? FUND_STATES : FUND_STATE_NONE;
		assert_true(codec_encode_reply(&reply_arena, &bad, &bytes, &size));
		assert_false(codec_decode_reply(&reply_arena, bytes, size, &out));
	}
	arena_free(&reply_arena);
}

static void
test_projects(void **state)
{
	struct project_money money[] = {{1, INT64_MAX, 1, 2, 3, INT64_MIN}, {UINT32_MAX, 0, 0, 0, 0, 0}};
	struct project_item items[] = {
	    {VILLAGE, "产业-1", PROJECT_COMPLETED, UINT32_MAX, COUNTY, 99, 2, some_projects, COUNT(money), money,
	     20131130, true, VILLAGE + 1},
	    {-1, "", PROJECT_PLANNED, 0, 0, 0, 0, NULL, 0, NULL, 0, false},
	};
	struct reply out, reply = {.request_id = 14, .kind = REPLY_PROJECTS};
	uint8_t *bytes;
	size_t size;
	(void)state;
	reply.projects = (struct project_answer){{17, 18}, "测试", 19, COUNT(items), items, {22, "末"}};
	out = round_trip(&reply);
	const struct project_answer *p = &out.projects;
	assert_true(p->as_of.seq == 17 && p->as_of.time_us == 18 && p->time_us == 19 && p->count == COUNT(items));
	assert_string_equal(p->label, "测试");
	assert_true(p->next.unit == 22 && !strcmp(p->next.code, "末"));
	assert_true(p->items[0].unit == VILLAGE && p->items[0].state == PROJECT_COMPLETED);
	assert_true(p->items[0].revision == UINT32_MAX && p->items[0].acceptor == COUNTY);
	assert_true(p->items[0].percent == 99 && p->items[0].due == 20131130 && p->items[0].overdue);
	assert_true(p->items[0].owner == VILLAGE + 1 && p->items[1].owner == 0);
	assert_true(p->items[0].step_count == 2 && p->items[0].money_count == 2 && !p->items[1].overdue);
	assert_string_equal(p->items[0].code, "产业-1");
	for (size_t i = 0; i < 2; i++)
		same_project(&p->items[0].steps[i], &some_projects[i]);
	assert_ptr_equal(project_plan(&p->items[0]), &p->items[0].steps[0]);
	assert_null(project_plan(&p->items[1]));
	for (size_t i = 0; i < COUNT(money); i++) {
		const struct project_money *a = &p->items[0].money[i], *b = &money[i];
		assert_true(a->source == b->source && a->budget_fen == b->budget_fen);
		assert_true(a->granted_fen == b->granted_fen && a->under_grant_fen == b->under_grant_fen);
		assert_true(a->on_hand_fen == b->on_hand_fen && a->spent_fen == b->spent_fen);
	}
	items[1].state = PROJECT_STATES; /* that no office knows */
	assert_true(codec_encode_reply(&reply_arena, &reply, &bytes, &size));
	assert_false(codec_decode_reply(&reply_arena, bytes, size, &out));
	arena_free(&reply_arena);
}

static void
test_entries_and_trace(void **state)
{
	struct entry_item items[] = {
	    {some_entries[0], 1, 0, INT64_MIN, INT64_MAX, UINT32_MAX},
	    {some_entries[1], UINT64_MAX, UINT32_MAX, INT64_MAX, INT64_MIN, 0},
	    {some_entries[2], 3, 4, 5, 0, 6},
	};
	struct trace_step steps[] = {{items[0], 0, INT64_MAX}, {items[1], 0, 1}, {items[2], 1, INT64_MIN}};
	struct reply out, reply = {.request_id = 12, .kind = REPLY_ENTRIES};
	uint8_t *bytes;
	size_t size;
	(void)state;
	reply.entries = (struct entry_answer){{17, 18}, "测试", 19, COUNT(items), items, UINT64_MAX, UINT32_MAX};
	out = round_trip(&reply);
	assert_true(out.entries.as_of.seq == 17 && out.entries.as_of.time_us == 18);
	assert_true(out.entries.time_us == 19 && out.entries.count == COUNT(items));
	assert_true(out.entries.next_seq == UINT64_MAX && out.entries.next_line == UINT32_MAX);
	assert_string_equal(out.entries.label, "测试");
	for (size_t i = 0; i < COUNT(items); i++)
		same_entry_item(&out.entries.items[i], &items[i]);
	items[0].entry.kind = FUND_KINDS; /* a kind that no office knows */
	assert_true(codec_encode_reply(&reply_arena, &reply, &bytes, &size));
	assert_false(codec_decode_reply(&reply_arena, bytes, size, &out));
	reply = (struct reply){.request_id = 13, .kind = REPLY_TRACE};
	reply.trace = (struct trace_answer){{17, 18}, "测试", COUNT(steps), steps, true};
	out = round_trip(&reply);
	assert_true(out.trace.as_of.seq == 17 && out.trace.as_of.time_us == 18 && out.trace.more);
	assert_int_equal(out.trace.count, COUNT(steps));
	for (size_t i = 0; i < COUNT(steps); i++) {
		assert_true(out.trace.steps[i].from == steps[i].from);
		assert_true(out.trace.steps[i].amount_fen == steps[i].amount_fen);
		same_entry_item(&out.trace.steps[i].item, &steps[i].item);
	}
	steps[1].from = 2; /* no step comes from a later one */
	assert_true(codec_encode_reply(&reply_arena, &reply, &bytes, &size));
	assert_false(codec_decode_reply(&reply_arena, bytes, size, &out));
	arena_free(&reply_arena);
}

static void
test_compliance(void **state)
{
	struct rule_figure figures[] = {{"granted_fen", true, INT64_MIN, ""},
	                                {"first_spent", true, 0, "2013-04-15"},
	                                {"drawn_fen", false, 0, ""}};
	struct finding_item items[] = {
	    {{1, VILLAGE}, RULE_RED, INT64_MIN, INT64_MAX, INT64_MAX, 20131231, COUNT(figures), figures, ""},
	    {{9999, 22}, RULE_NOT_JUDGED, 0, 1, 0, 0, 0, NULL, "太慢"}};
	struct rule_turn turns[] = {{{1, VILLAGE}, RULE_GREEN, RULE_RED}, {{2, 22}, RULE_SILENT, RULE_AMBER}};
	struct reply out, reply = {.request_id = 14, .kind = REPLY_COMPLIANCE};
	(void)state;
	reply.compliance = (struct compliance_answer){{17, 18},     "测试", 19,        {0, 1, 0, UINT32_MAX, 2},
	                                              COUNT(items), items,  {9999, 22}};
	out = round_trip(&reply);
	assert_true(out.compliance.as_of.seq == 17 && out.compliance.as_of.time_us == 18);
	assert_true(out.compliance.time_us == 19 && out.compliance.count == COUNT(items));
	assert_true(out.compliance.next.rule == 9999 && out.compliance.next.unit == 22);
	assert_string_equal(out.compliance.label, "测试");
	assert_memory_equal(out.compliance.states, reply.compliance.states, sizeof out.compliance.states);
	for (size_t i = 0; i < COUNT(items); i++) {
		const struct finding_item *a = &out.compliance.items[i], *b = &items[i];
		assert_true(a->key.rule == b->key.rule && a->key.unit == b->key.unit && a->state == b->state);
		assert_true(a->measured == b->measured && a->required == b->required && a->due == b->due);
		assert_true(a->shortfall_fen == b->shortfall_fen && a->figure_count == b->figure_count);
		assert_string_equal(a->reason, b->reason);
	}
	for (size_t i = 0; i < COUNT(figures); i++) {
		const struct rule_figure *a = &out.compliance.items[0].figures[i];
		assert_true(a->known == figures[i].known && a->number == figures[i].number);
		assert_string_equal(a->name, figures[i].name);
		assert_string_equal(a->text, figures[i].text);
	}
	reply = (struct reply){.request_id = 15, .kind = REPLY_PUSH};
	reply.push = (struct push){.as_of = {20, 21},
	                           .since_seq = 19,
	                           .of_rules = true,
	                           .turn_count = COUNT(turns),
	                           .turns = turns,
	                           .more_turns = 3,
	                           .states = {0, 4, 5, 6, 7}};
	out = round_trip(&reply);
	assert_true(out.push.of_rules && out.push.since_seq == 19 && out.push.more_turns == 3);
	assert_memory_equal(out.push.states, reply.push.states, sizeof out.push.states);
	assert_int_equal(out.push.turn_count, COUNT(turns));
	for (size_t i = 0; i < COUNT(turns); i++) {
		const struct rule_turn *a = &out.push.turns[i], *b = &turns[i];
		assert_true(a->key.rule == b->key.rule && a->key.unit == b->key.unit);
		assert_true(a->from == b->from && a->to == b->to);
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

static void
test_targets_and_appraisal(void **state)
{
	struct target_item items[] = {
	    {COUNTY,
	     {2013, 7, FUND_KIND_NONE, INT64_MAX, 2, 201304, -5, 333, {1, 2, FORECAST_BY_SHARE, 0, 0}, 3, 9},
	     "分解"},
	    {PROVINCE, {2014, 0, FUND_SPENT, 0, 0, 0, 0, 0, {0}, 0, 0}, ""}};
	struct appraisal_part parts[] = {{1, INT64_MIN, INT64_MAX, 3000}, {UINT32_MAX, 0, -1, UINT32_MAX}};
	struct appraisal_row rows[] = {{COUNTY, 2, parts, 70, 9999}, {PROVINCE, 0, NULL, 0, 0}};
	struct reply reply = {.request_id = 30, .kind = REPLY_TARGETS, .targets = {{1, 2}, 3, "测试", 2, items}},
	             out;
	(void)state;
	out = round_trip(&reply);
	assert_true(out.targets.as_of.seq == 1 && out.targets.as_of.time_us == 2 && out.targets.time_us == 3);
	assert_true(!strcmp(out.targets.label, "测试") && out.targets.count == 2);
	for (size_t i = 0; i < 2; i++) {
		const struct target_item *a = &out.targets.items[i], *b = &items[i];
		EXPECT(a->unit == b->unit && !strcmp(a->note, b->note) && a->target.year == b->target.year &&
		           a->target.indicator == b->target.indicator && a->target.fund == b->target.fund &&
		           a->target.value == b->target.value && a->target.revision == b->target.revision &&
		           a->target.parts == b->target.parts && a->target.part_count == b->target.part_count &&
		           a->target.pace.forecast == b->target.pace.forecast,
		       "target %zu", i);
	}
	reply = (struct reply){
	    .request_id = 31, .kind = REPLY_APPRAISAL, .appraisal = {{4, 5}, .label = "x", .time_us = 6}};
	reply.appraisal.count = COUNT(rows);
	reply.appraisal.rows = rows;
	out = round_trip(&reply);
	assert_true(out.appraisal.as_of.seq == 4 && out.appraisal.time_us == 6 &&
	            !strcmp(out.appraisal.label, "x") && out.appraisal.count == 2);
	for (size_t i = 0; i < 2; i++) {
		const struct appraisal_row *a = &out.appraisal.rows[i];
		EXPECT(a->unit == rows[i].unit && a->count == rows[i].count && a->weight == rows[i].weight &&
		           a->score == rows[i].score,
		       "row %zu", i);
		for (size_t k = 0; k < a->count; k++)
			EXPECT(a->parts[k].item == parts[k].item && a->parts[k].numerator == parts[k].numerator &&
			           a->parts[k].denominator == parts[k].denominator &&
			           a->parts[k].points == parts[k].points,
			       "row %zu part %zu", i, k);
	}
	reply = (struct reply){.request_id = 32, .kind = REPLY_UNWATCHED};
	round_trip(&reply);
	reply.kind = REPLY_NONE; /* no answer */
	uint8_t *bytes;
	size_t size;
	assert_false(codec_encode_reply(&reply_arena, &reply, &bytes, &size));
	assert_false(codec_decode_reply(&reply_arena, (const uint8_t *)"\x08\x07", 2, &out)); /* an id alone */
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

static void
test_catalogue_forms(void **state)
{
	struct catalogue c;
	(void)state;
	catalogue_round_trip(true, true, PROVINCE, &c);
	assert_string_equal(c.plan, plan.plan);
	assert_string_equal(c.title_zh, plan.title_zh);
	assert_string_equal(c.title_en, plan.title_en);
	assert_string_equal(c.source, plan.source);
	assert_string_equal(c.label, plan.label);
	assert_int_equal(c.unit_count, plan.unit_count);
	assert_int_equal(c.form_count, plan.form_count);
	assert_int_equal(c.version_count, plan.version_count);
	assert_int_equal(c.indicator_count, plan.indicator_count);
	assert_int_equal(c.document_kind_count, 2);
	for (size_t i = 0; i < c.document_kind_count; i++) {
		const struct document_kind *a = &c.document_kinds[i], *b = &plan.document_kinds[i];
		assert_true(a->number == b->number && a->level == b->level && a->due_date == b->due_date);
		assert_true(a->minute == b->minute && a->due == b->due);
		assert_string_equal(a->code, b->code);
		assert_string_equal(a->name_zh, b->name_zh);
		assert_string_equal(a->name_en, b->name_en);
		assert_string_equal(a->notice, b->notice);
	}
	for (size_t i = 0; i < c.form_count; i++) {
		assert_true(c.forms[i].number == plan.forms[i].number && c.forms[i].level == plan.forms[i].level);
		assert_string_equal(c.forms[i].code, plan.forms[i].code);
		assert_string_equal(c.forms[i].name_zh, plan.forms[i].name_zh);
		assert_string_equal(c.forms[i].name_en, plan.forms[i].name_en);
	}
	for (size_t i = 0; i < c.version_count; i++) {
		const struct form_version *a = &c.versions[i], *b = &plan.versions[i];
		assert_true(a->form == b->form && a->version == b->version);
		assert_true(a->first == b->first && a->last == b->last && a->field_count == b->field_count);
		for (size_t k = 0; k < a->field_count; k++) {
			const struct form_field *x = &a->fields[k], *y = &b->fields[k];
			assert_true(x->indicator == y->indicator && x->required == y->required);
			assert_true(x->minimum == y->minimum && x->maximum == y->maximum && x->part_of == y->part_of);
			assert_true(x->whole == y->whole && x->definition->number == y->indicator);
		}
	}
	catalogue_free(&c);
}

static void
same_terms(const struct fund_term *a, const struct fund_term *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_true(a[i].number == b[i].number && a[i].special == b[i].special && a[i].loan == b[i].loan);
		assert_int_equal(a[i].permitted_count, b[i].permitted_count);
		for (size_t k = 0; k < a[i].permitted_count; k++)
			assert_int_equal(a[i].permitted[k], b[i].permitted[k]);
		assert_string_equal(a[i].code, b[i].code);
		assert_string_equal(a[i].name_zh, b[i].name_zh);
		assert_string_equal(a[i].name_en, b[i].name_en);
		assert_string_equal(a[i].notice, b[i].notice);
	}
}

static void
test_catalogue_terms(void **state)
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
	catalogue_round_trip(false, true, PROVINCE, &c);
	plan.plan_rule_count = 0;
	assert_int_equal(c.plan_rule_count, COUNT(rules));
	for (size_t i = 0; i < COUNT(rules); i++) {
		const struct plan_rule *a = &c.plan_rules[i], *b = &rules[i];
		assert_true(a->number == b->number && a->levels == b->levels && a->severity == b->severity);
		assert_true(a->measure == b->measure && a->at_most == b->at_most && a->due == b->due);
		assert_true(a->threshold == b->threshold);
		assert_string_equal(a->code, b->code);
		assert_string_equal(a->name_zh, b->name_zh);
		assert_string_equal(a->name_en, b->name_en);
		assert_string_equal(a->notice, b->notice);
		assert_string_equal(a->sql, ""); /* it stays at the centre */
	}
	plan.books_closed = 0;
	assert_int_equal(c.books_closed, 20121231);
	assert_int_equal(c.unit_count, 0);
	for (size_t i = 0; i < c.indicator_count; i++) {
		const struct indicator *a = &c.indicators[i], *b = &plan.indicators[i];
		assert_true(a->number == b->number && a->form == b->form && a->decimals == b->decimals);
		assert_true(a->kind == b->kind);
		assert_string_equal(a->code, b->code);
		assert_string_equal(a->name_zh, b->name_zh);
		assert_string_equal(a->name_en, b->name_en);
		assert_string_equal(a->measure_zh, b->measure_zh);
		assert_string_equal(a->measure_en, b->measure_en);
		assert_string_equal(a->project, b->project);
		assert_string_equal(a->notice, b->notice);
	}
	assert_true(c.source_count == plan.source_count && c.use_count == plan.use_count);
	same_terms(c.sources, plan.sources, c.source_count);
	same_terms(c.uses, plan.uses, c.use_count);
	assert_int_equal(c.target_count, plan.target_count);
	for (size_t i = 0; i < c.target_count; i++) {
		const struct target *a = &c.targets[i], *b = &plan.targets[i];
		assert_true(a->unit == b->unit && a->year == b->year && a->indicator == b->indicator);
		assert_true(a->fund == b->fund && a->value == b->value);
		assert_string_equal(a->notice, b->notice);
	}
	catalogue_free(&c);
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
	struct submission s = a_submission();
	struct arena own, arena;
	uint8_t *bytes[2];
	size_t sizes[2];
	uint64_t random = 2013;
	(void)state;
	arena_init(&own, DECODE_BYTES_MAX);
	arena_init(&arena, DECODE_BYTES_MAX);
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

/* Nothing of a key is lost on the way, and none is as well. */
static void
test_keys(void **state)
{
	struct key_item items[] = {
	    {"县办二", "key", 1, 0, "admin", "", UINT64_MAX, UINT64_MAX - 1, INT64_MAX},
	    {"b", "other", 0, 2, "", "file", 0, 0, 0},
	};
	struct reply out, reply = {.request_id = 3, .kind = REPLY_KEYS, .keys = {COUNT(items), items, true}};
	(void)state;
	out = round_trip(&reply);
	assert_true(out.keys.count == COUNT(items) && out.keys.more);
	for (size_t i = 0; i < COUNT(items); i++) {
		const struct key_item *got = &out.keys.items[i];
		assert_string_equal(got->name, items[i].name);
		assert_string_equal(got->public_key, items[i].public_key);
		assert_string_equal(got->admitted_by, items[i].admitted_by);
		assert_string_equal(got->ended_by, items[i].ended_by);
		assert_true(got->admitted_us == items[i].admitted_us && got->ended_us == items[i].ended_us);
		assert_true(got->sent == items[i].sent && got->last_seq == items[i].last_seq &&
		            got->last_us == items[i].last_us);
	}
	reply = (struct reply){.request_id = 4, .kind = REPLY_KEYS};
	out = round_trip(&reply);
	assert_true(!out.keys.count && !out.keys.more);
	arena_free(&reply_arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_push_of_both),
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_submission),
	    cmocka_unit_test(test_prefixes),
	    cmocka_unit_test(test_largest),
	    cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_request_id_kept),
	    cmocka_unit_test(test_receipt_and_status),
	    cmocka_unit_test(test_refusal),
	    cmocka_unit_test(test_newer_code),
	    cmocka_unit_test(test_welcome_and_pong),
	    cmocka_unit_test(test_total),
	    cmocka_unit_test(test_reports),
	    cmocka_unit_test(test_completeness_and_history),
	    cmocka_unit_test(test_documents),
	    cmocka_unit_test(test_balances),
	    cmocka_unit_test(test_projects),
	    cmocka_unit_test(test_entries_and_trace),
	    cmocka_unit_test(test_compliance),
	    cmocka_unit_test(test_targets_and_appraisal),
	    cmocka_unit_test(test_catalogue_forms),
	    cmocka_unit_test(test_catalogue_terms),
	    cmocka_unit_test(test_catalogue_scope),
	    cmocka_unit_test(test_catalogue_refused),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_noise),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, plan_setup, plan_teardown);
}
