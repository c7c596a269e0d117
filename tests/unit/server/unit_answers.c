/* Questions and their answers: which kind each question is answered with, as of what moment, and what is
 * refused. What is in the answers is each room's own business and test. */
#include "centre.h"

#include "service/jobs.h"
#include "service/question_kinds.h"

#include <string.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static const struct office province = {.name = "省办", .role = ROLE_PROVINCE, .unit = PROVINCE};
static const struct office prefecture = {.name = "市办", .role = ROLE_PREFECTURE, .unit = PREFECTURE};
static const struct as_of moment = {.seq = 17, .time_us = 1234567};

static void
answer_view(const struct view *view, const struct request *request, struct arena *arena,
            struct problem_list *problems, struct reply *out)
{
	question_answer(handling_of(request->kind), view, request, arena, problems, out);
}

/* As of now. */
static void
answer(const struct request *request, struct arena *arena, struct problem_list *problems, struct reply *out)
{
	const struct view view = {
	    .holdings = &p.holdings, .as_of = p.as_of, .now_us = start_us, .office = &province, .pipeline = &p};
	answer_view(&view, request, arena, problems, out);
}

/* Where each question says what it is asked as of, and about whom; NULL: it does not. */
static void
fill(struct request *r, unit_code unit, struct as_of **as_of)
{
	unit_code *about = NULL;
	*as_of = NULL;
	switch (r->kind) {
	case REQUEST_TOTAL:
	case REQUEST_WATCH:
		r->total.from = 201301;
		r->total.to = 201312;
		about = &r->total.unit;
		*as_of = &r->total.as_of;
		break;
	case REQUEST_REPORTS:
		r->reports.from = 201301;
		r->reports.to = 201312;
		about = &r->reports.unit;
		*as_of = &r->reports.as_of;
		break;
	case REQUEST_COMPLETENESS:
		r->completeness.from = 201301;
		r->completeness.to = 201312;
		about = &r->completeness.unit;
		*as_of = &r->completeness.as_of;
		break;
	case REQUEST_APPRAISAL:
		r->appraisal.to = 201312;
		about = &r->appraisal.unit;
		*as_of = &r->appraisal.as_of;
		break;
	case REQUEST_COMPLIANCE:
	case REQUEST_WATCH_COMPLIANCE:
		about = &r->compliance.unit;
		*as_of = &r->compliance.as_of;
		break;
	case REQUEST_BALANCES:
		about = &r->balances.unit;
		*as_of = &r->balances.as_of;
		break;
	case REQUEST_ENTRIES:
		about = &r->entries.unit;
		*as_of = &r->entries.as_of;
		break;
	case REQUEST_TRACE:
		strcpy(r->trace.voucher, "v");
		about = &r->trace.unit;
		*as_of = &r->trace.as_of;
		break;
	case REQUEST_PROJECTS:
		about = &r->projects.unit;
		*as_of = &r->projects.as_of;
		break;
	case REQUEST_TARGETS:
		r->targets.year = 2013;
		about = &r->targets.unit;
		*as_of = &r->targets.as_of;
		break;
	case REQUEST_DOCUMENTS:
		about = &r->documents.unit;
		*as_of = &r->documents.as_of;
		break;
	case REQUEST_CATALOGUE:
		*as_of = &r->catalogue.as_of;
		break;
	default:
		break;
	}
	if (about)
		*about = unit;
}

static const struct {
	enum request_kind question;
	enum reply_kind answer;
} kinds[] = {
    {REQUEST_TOTAL, REPLY_TOTAL},
    {REQUEST_WATCH, REPLY_TOTAL},
    {REQUEST_REPORTS, REPLY_REPORTS},
    {REQUEST_COMPLETENESS, REPLY_COMPLETENESS},
    {REQUEST_APPRAISAL, REPLY_APPRAISAL},
    {REQUEST_COMPLIANCE, REPLY_COMPLIANCE},
    {REQUEST_WATCH_COMPLIANCE, REPLY_COMPLIANCE},
    {REQUEST_BALANCES, REPLY_BALANCES},
    {REQUEST_ENTRIES, REPLY_ENTRIES},
    {REQUEST_TRACE, REPLY_TRACE},
    {REQUEST_PROJECTS, REPLY_PROJECTS},
    {REQUEST_TARGETS, REPLY_TARGETS},
    {REQUEST_DOCUMENTS, REPLY_DOCUMENTS},
    {REQUEST_CATALOGUE, REPLY_CATALOGUE},
};

/* As of which commit, with which label, at what time: of those that say so. */
static const struct as_of *
said_as_of(const struct reply *r, const char **label, int64_t *time_us)
{
	*label = "";
	*time_us = 0;
	switch (r->kind) {
#define SAYS(KIND, field)                                                                                    \
	case KIND:                                                                                               \
		*label = r->field.label;                                                                             \
		return &r->field.as_of
		SAYS(REPLY_REPORTS, reports);
		SAYS(REPLY_COMPLETENESS, completeness);
		SAYS(REPLY_COMPLIANCE, compliance);
		SAYS(REPLY_BALANCES, balances);
		SAYS(REPLY_ENTRIES, entries);
		SAYS(REPLY_TRACE, trace);
		SAYS(REPLY_DOCUMENTS, documents);
#undef SAYS
#define SAYS(KIND, field)                                                                                    \
	case KIND:                                                                                               \
		*label = r->field.label;                                                                             \
		*time_us = r->field.time_us;                                                                         \
		return &r->field.as_of
		SAYS(REPLY_TOTAL, total);
		SAYS(REPLY_APPRAISAL, appraisal);
		SAYS(REPLY_PROJECTS, projects);
		SAYS(REPLY_TARGETS, targets);
#undef SAYS
	default:
		return NULL;
	}
}

/* With less memory than the answer takes it is a refusal, wherever it runs out. */
static void
squeeze_answer(const struct view *view, const struct request *request, size_t needed)
{
	for (size_t cap = 0; cap < needed; cap += 1 + needed / 60) {
		struct problem_list problems = {0};
		struct arena arena;
		struct reply reply;
		arena_init(&arena, cap);
		answer_view(view, request, &arena, &problems, &reply);
		EXPECT(reply.kind == REPLY_REFUSAL && problems.count, "question %d in %zu bytes of %zu: %d",
		       (int)request->kind, cap, needed, (int)reply.kind);
		arena_free(&arena);
	}
}

static void
test_kinds(void **state)
{
	const struct view view = {&p.holdings, moment, start_us, &prefecture};
	(void)state;
	send_entry(1, COUNTY, FUND_RAISED, "v", 100);
	send_entry(2, COUNTY, FUND_SPENT, "w", 40);
	send_report(3, COUNTY, 1, 0);
	send_report(4, COUNTY, 2, 0);
	go_on();
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct request request = {.id = 70 + i, .kind = kinds[i].question};
		struct problem_list problems = {0};
		struct as_of *as_of;
		struct arena arena;
		struct reply reply;
		const char *label;
		int64_t time_us;
		arena_init(&arena, ARENA_BYTES);
		fill(&request, COUNTY, &as_of);
		answer_view(&view, &request, &arena, &problems, &reply);
		EXPECT(reply.kind == kinds[i].answer && reply.request_id == 70 + i && !problems.count, "row %zu: %s",
		       i, problems.count ? problem_name(problems.items[0].code) : "another kind");
		const struct as_of *said = said_as_of(&reply, &label, &time_us);
		EXPECT(!said || (said->seq == moment.seq && said->time_us == moment.time_us), "row %zu", i);
		EXPECT(!said || !strcmp(label, "测试数据"), "row %zu: %s", i, label);
		EXPECT(!time_us || time_us == start_us, "row %zu", i);
		if (reply.kind == REPLY_CATALOGUE)
			EXPECT(reply.catalogue.top == PREFECTURE && reply.catalogue.catalogue == p.holdings.catalogue,
			       "row %zu", i);
		if (reply.kind == REPLY_TOTAL || reply.kind == REPLY_TARGETS)
			EXPECT(time_us == start_us, "row %zu: when is not said", i);
		size_t needed = arena.bytes_used;
		arena_free(&arena);
		squeeze_answer(&view, &request, needed);
	}
}

/* A unit that is not there, and an arena that is too small, are refused whatever is asked. */
static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		for (int small = 0; small < 2; small++) {
			const struct view view = {&p.holdings, moment, start_us, &province};
			struct request request = {.id = 1, .kind = kinds[i].question};
			struct problem_list problems = {0};
			struct as_of *as_of;
			struct arena arena;
			struct reply reply;
			arena_init(&arena, small ? 1 : ARENA_BYTES);
			fill(&request, small ? COUNTY : 220899, &as_of);
			answer_view(&view, &request, &arena, &problems, &reply);
			bool catalogue = kinds[i].question == REQUEST_CATALOGUE && !small;
			EXPECT((reply.kind == REPLY_REFUSAL) == !catalogue, "row %zu small %d", i, small);
			EXPECT(catalogue ||
			           (reply.refusal.problems == &problems && problems.count && reply.request_id == 1),
			       "row %zu small %d", i, small);
			EXPECT(!small || problems.items[0].code == PROBLEM_TOO_LARGE, "row %zu", i);
			arena_free(&arena);
		}
}

/* What is asked as of now has neither a number nor a time. */
static void
test_as_of(void **state)
{
	static const struct as_of rows[] = {{0, 0}, {5, 0}, {0, 5}, {5, 6}};
	(void)state;
	for (int kind = REQUEST_NONE; kind < REQUEST_KINDS; kind++)
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct request request = {.kind = (enum request_kind)kind};
			struct as_of *place;
			fill(&request, COUNTY, &place);
			if (place)
				*place = rows[i];
			const struct as_of *found = question_as_of(handling_of(request.kind), &request);
			EXPECT(found == (i ? place : NULL), "kind %d row %zu", kind, i);
		}
}

static void
test_hello(void **state)
{
	static const struct {
		uint32_t protocol, answered; /* 0: refused */
	} rows[] = {{PROTOCOL_VERSION, PROTOCOL_VERSION},
	            {PROTOCOL_VERSION + 1, PROTOCOL_VERSION},
	            {PROTOCOL_VERSION_OLDEST, PROTOCOL_VERSION_OLDEST},
	            {PROTOCOL_VERSION_OLDEST - 1, 0}};
	(void)state;
	p.as_of = moment;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct request request = {.id = 3, .kind = REQUEST_HELLO, .hello = {.protocol = rows[i].protocol}};
		struct problem_list problems = {0};
		struct reply reply;
		answer(&request, NULL, &problems, &reply);
		EXPECT(reply.request_id == 3, "row %zu", i);
		if (!rows[i].answered) {
			EXPECT(reply.kind == REPLY_REFUSAL && reply.refusal.problems == &problems, "row %zu", i);
			EXPECT(problems.items[0].code == PROBLEM_VERSION_UNSUPPORTED &&
			           problems.items[0].actual == (int64_t)rows[i].protocol &&
			           problems.items[0].limit == PROTOCOL_VERSION_OLDEST,
			       "row %zu", i);
			continue;
		}
		const struct welcome *w = &reply.welcome;
		EXPECT(reply.kind == REPLY_WELCOME && w->protocol == rows[i].answered &&
		           w->protocol_oldest == PROTOCOL_VERSION_OLDEST,
		       "row %zu", i);
		EXPECT(w->time_us == start_us && w->as_of.seq == moment.seq && w->unit == PROVINCE &&
		           w->role == ROLE_PROVINCE && !strcmp(w->principal, "省办") && !strcmp(w->plan, "test-2013"),
		       "row %zu", i);
	}
}

/* A ping says how far the centre is, how much waits, and whether it can write. */
static void
test_ping(void **state)
{
	const struct request request = {.id = 4, .kind = REQUEST_PING};
	struct problem_list problems = {0};
	struct reply reply;
	(void)state;
	send_many(1, COUNTY, 3);
	answer(&request, NULL, &problems, &reply);
	assert_true(reply.kind == REPLY_PONG && reply.pong.waiting == 3 && reply.pong.store_ready &&
	            reply.pong.time_us == start_us && !reply.pong.as_of.seq);
	go_on();
	fake_break();
	assert_true(pipeline_event(&p, journal_step(p.journal, INT64_C(1) << 40)));
	answer(&request, NULL, &problems, &reply);
	assert_true(!reply.pong.waiting && !reply.pong.store_ready && reply.pong.as_of.seq == 3);
}

/* Each kind that arrives has somebody who takes it; who answers from memory says as of when. */
static void
test_rows(void **state)
{
	(void)state;
	for (int kind = REQUEST_NONE + 1; kind < REQUEST_KINDS; kind++) {
		const struct request_handling *how = handling_of((enum request_kind)kind);
		EXPECT(!how->take == (kind == REQUEST_CARRY), "kind %d", kind);
		EXPECT(!how->as_of || how->answer, "kind %d", kind);
		EXPECT(!how->ask || (!how->as_of && !how->at_once), "kind %d", kind);
		EXPECT(how->action < ACTIONS, "kind %d", kind);
	}
	assert_true(handling_of(REQUEST_NONE)->action == ACTIONS &&
	            handling_of(REQUEST_KINDS)->action == ACTIONS);
}

static void
test_unknown(void **state)
{
	const struct request request = {.id = 4, .kind = REQUEST_KINDS};
	struct problem_list problems = {0};
	struct arena arena;
	struct reply reply;
	(void)state;
	arena_init(&arena, ARENA_BYTES);
	answer(&request, &arena, &problems, &reply);
	assert_true(reply.kind == REPLY_REFUSAL && problems.items[0].code == PROBLEM_REQUEST_UNKNOWN &&
	            problems.items[0].limit == PROTOCOL_VERSION);
	arena_free(&arena);
}

/* Of a submission an office is told what is its own. */
static void
test_status(void **state)
{
	static const struct {
		bool found, same_id;
		unit_code recorded;
		enum submission_state state;
	} rows[] = {
	    {true, true, COUNTY, SUBMISSION_COMMITTED},     {false, true, COUNTY, SUBMISSION_UNKNOWN},
	    {true, false, COUNTY, SUBMISSION_UNKNOWN},      {true, true, 222401, SUBMISSION_UNKNOWN},
	    {true, true, PREFECTURE, SUBMISSION_COMMITTED}, {true, true, PROVINCE, SUBMISSION_UNKNOWN},
	};
	const struct office office = {.name = "x", .role = ROLE_PREFECTURE, .unit = PREFECTURE};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct submission_id id = id_of(5);
		struct recorded recorded = {.receipt = {.id = id_of(rows[i].same_id ? 5 : 6), .seq = 9},
		                            .office = rows[i].recorded};
		struct reply reply = {.request_id = 8};
		status_answer(&office, &id, rows[i].found ? &recorded : NULL, &reply);
		EXPECT(reply.kind == REPLY_STATUS && reply.status.state == rows[i].state &&
		           submission_id_equal(&reply.status.id, &id),
		       "row %zu", i);
		EXPECT(reply.status.receipt.seq == (rows[i].state == SUBMISSION_COMMITTED ? 9 : 0), "row %zu", i);
	}
}

/* Targets of a unit, then of those right below it, of one year. */
static void
test_targets(void **state)
{
	static const struct target_part parts[] = {
	    {PROVINCE, 2014, HOUSEHOLDS, FUND_KIND_NONE, 5, 0, "明年"},
	    {PREFECTURE, 2013, HOUSEHOLDS, FUND_KIND_NONE, 200000, 0, "分"},
	    {COUNTY, 2013, HOUSEHOLDS, FUND_KIND_NONE, 150000, 0, "县"},
	    {VILLAGE, 2013, HOUSEHOLDS, FUND_KIND_NONE, 7, 0, "村"},
	};
	static const struct {
		unit_code unit;
		int year;
		size_t count;
		struct {
			unit_code unit;
			int64_t value;
		} items[4];
	} rows[] = {
	    {PROVINCE, 2013, 4, {{22, 300000}, {22, INT64_C(57000000000)}, {2208, 200000}, {2224, 0}}},
	    {PROVINCE, 2014, 1, {{22, 5}}},
	    {PREFECTURE, 2013, 3, {{2208, 200000}, {COUNTY, 150000}, {COUNTY, 5000000}}},
	    {VILLAGE, 2013, 1, {{VILLAGE, 7}}},
	    {222401, 2013, 0, {{0, 0}}},
	};
	const struct view view = {&p.holdings, moment, start_us, &province};
	(void)state;
	for (size_t i = 0; i < COUNT(parts); i++)
		assert_true(holdings_take_target(&p.holdings, &parts[i], 1, 1));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct request request = {.kind = REQUEST_TARGETS,
		                          .targets = {.unit = rows[i].unit, .year = rows[i].year}};
		struct problem_list problems = {0};
		struct arena arena;
		struct reply reply;
		bool used[4] = {false};
		arena_init(&arena, ARENA_BYTES);
		answer_view(&view, &request, &arena, &problems, &reply);
		EXPECT(reply.kind == REPLY_TARGETS && reply.targets.count == rows[i].count, "row %zu: %zu", i,
		       reply.targets.count);
		for (size_t k = 0; k < rows[i].count; k++) {
			const struct target_item *item = &reply.targets.items[k];
			size_t at = 0;
			while (at < rows[i].count && (used[at] || rows[i].items[at].unit != item->unit ||
			                              rows[i].items[at].value != item->target.value))
				at++;
			EXPECT(at < rows[i].count && item->target.year == rows[i].year && item->note, "row %zu item %zu",
			       i, k);
			used[at] = true;
			EXPECT(!k || item->unit >= reply.targets.items[k - 1].unit || item[-1].unit == rows[i].unit,
			       "row %zu item %zu: order", i, k);
		}
		arena_free(&arena);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, centre_begin, centre_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {TEST(test_kinds), TEST(test_refused), TEST(test_as_of),
	                                          TEST(test_hello), TEST(test_ping),    TEST(test_unknown),
	                                          TEST(test_rows),  TEST(test_status),  TEST(test_targets)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
