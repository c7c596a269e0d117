/* fuzz_seeds DIR: what the code itself writes, and the packet vectors of the unit tests, for the corpora of
 * fuzz_sealed, fuzz_request, fuzz_reply and fuzz_plan to begin with: DIR/NAME/…. Those of fuzz_sheet:
 * fuzz_sheet_seeds. */
#include "codec.h"
#include "frames.h"
#include "offices.h"
#include "small_plan.h"

#include <assert.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LETTERS = 3, ROOM = 64 * 1024, MAY = 4 /* months after the first, in fuzz_request */ };

static const char *directory;

static void
write_seed(const char *target, const char *name, const char *begin, size_t begin_size, const uint8_t *bytes,
           size_t size)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", directory, target);
	mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/%s/%s", directory, target, name);
	FILE *file = fopen(path, "we");
	if (!file || fwrite(begin, 1, begin_size, file) != begin_size || fwrite(bytes, 1, size, file) != size ||
	    fclose(file)) {
		perror(path);
		exit(1);
	}
}

/* ---------------------------------------------------------------- sealed files */

static void
write_sealed(const char *name, char kind, const uint8_t *bytes, size_t size)
{
	write_seed("sealed", name, &kind, 1, bytes, size);
}

static size_t
encode_request(struct arena *arena, const struct request *request, uint8_t **bytes)
{
	size_t size = 0;
	bool good = codec_encode_request(arena, request, bytes, &size);
	assert(good);
	return size;
}

static size_t
encode_submission(struct arena *arena, struct submission *s, uint8_t **bytes)
{
	static int64_t moment = INT64_C(1370390400000000);
	struct request request = {.id = 1, .kind = REQUEST_SUBMIT};
	uint8_t *inside;
	s->id = submission_id_new(moment++);
	bool good = codec_encode_submission(arena, s, &inside, &request.submit.size);
	assert(good);
	request.submit.bytes = inside;
	return encode_request(arena, &request, bytes);
}

static const uint32_t figures[] = {2, 3, 1};
static const int64_t values[] = {7700, 40, 100};

#define REPORT(when, old, count)                                                                             \
	{                                                                                                        \
		.unit = 220821103204, .period = (when), .form = 1, .form_version = 1, .replaces = (old),             \
		.value_count = (count), .indicators = figures, .values = values, .reason = (old) ? "mended" : ""     \
	}

static size_t
make_file(const struct seal_header *h, const struct seal_key *secret, const uint8_t *content, size_t size,
          uint8_t out[ROOM])
{
	size_t at = SEAL_HEADER_BYTES;
	seal_header_write(h, out);
	for (uint32_t i = 0; i < LETTERS; i++) {
		seal_length_write(size + SEAL_BYTES, out + at);
		bool good = seal_close(h, i, content, size, secret, out + at + 4);
		assert(good);
		at += 4 + size + SEAL_BYTES;
	}
	struct digest digest = digest_of(out, at);
	memcpy(out + at, digest.bytes, DIGEST_BYTES);
	return at + DIGEST_BYTES;
}

static void
make_sealed(struct arena *arena)
{
	struct pair office = seed_pair(SEED_OFFICE), centre = seed_pair(SEED_CENTRE);
	struct seal_header h = {.kind = SEAL_REQUESTS,
	                        .office = office.public_key,
	                        .centre = centre.public_key,
	                        .file = submission_id_new(INT64_C(1370390400000000)),
	                        .count = LETTERS};
	static uint8_t file[ROOM];
	uint8_t *request, *reply;
	struct report report = REPORT(201304, 0, 2);
	struct submission s = {.report_count = 1, .reports = &report};
	size_t size = encode_submission(arena, &s, &request), reply_size = 0;
	struct reply receipt = {.kind = REPLY_RECEIPT, .receipt = {.seq = 812}};
	bool good = codec_encode_reply(arena, &receipt, &reply, &reply_size);
	assert(good);
	size_t file_size = make_file(&h, &office.secret, request, size, file);
	write_sealed("file", 0, file, file_size);
	write_sealed("mended", 1, file, file_size);
	/* header, first letter */
	memmove(file + SEAL_HEADER_BYTES, file + SEAL_HEADER_BYTES + 4, size + SEAL_BYTES);
	write_sealed("letter", 2, file, SEAL_HEADER_BYTES + size + SEAL_BYTES);
	write_sealed("request", 3, request, size);
	write_sealed("reply", 4, reply, reply_size);
	h.kind = SEAL_ANSWERS;
	file_size = make_file(&h, &centre.secret, reply, reply_size, file);
	write_sealed("answers", 1, file, file_size);
}

/* ---------------------------------------------------------------- packet vectors */

/* The bytes of a vector (unit_codec.c has the format); 0: it is not of `kind`. */
static size_t
read_vector(const char *name, const char *kind, uint8_t out[ROOM])
{
	static char line[ROOM];
	char path[PATH_MAX];
	size_t size = 0;
	snprintf(path, sizeof path, "%s/%s", VECTORS, name);
	FILE *file = fopen(path, "re");
	bool good = file && fgets(line, sizeof line, file) && fgets(line, sizeof line, file) &&
	            !strncmp(line, kind, strlen(kind));
	while (good && fgets(line, sizeof line, file)) {
		size_t used;
		line[strcspn(line, "\n")] = 0;
		/* A line that is to be repeated makes a frame too large to be worth keeping. */
		if (strchr(line, '*') ||
		    sodium_hex2bin(out + size, ROOM / 2 - size, line, strlen(line), NULL, &used, NULL))
			good = false;
		size += good ? used : 0;
	}
	if (file)
		fclose(file);
	return good ? size : 0;
}

/* Each alone: a request from a county in May, a submission inside one. */
static void
take_vector(struct arena *arena, const char *name)
{
	static uint8_t bytes[ROOM], frames[2 * ROOM];
	static const char may[] = {MAY};
	size_t size;
	if ((size = read_vector(name, "request", bytes)))
		write_seed("request", name, may, 1, frames, frames_put(frames, 0, OFFICE_COUNTY, bytes, size));
	if ((size = read_vector(name, "submission", bytes))) {
		const struct request request = {.kind = REQUEST_SUBMIT, .submit = {bytes, size}};
		uint8_t *frame;
		size = encode_request(arena, &request, &frame);
		write_seed("request", name, may, 1, frames, frames_put(frames, 0, OFFICE_COUNTY, frame, size));
	}
	if ((size = read_vector(name, "reply", bytes)) || (size = read_vector(name, "push", bytes)))
		write_seed("reply", name, "", 0, frames, frames_put(frames, 0, 0, bytes, size));
}

static void
take_vectors(struct arena *arena)
{
	DIR *vectors = opendir(VECTORS);
	assert(vectors);
	for (const struct dirent *entry; (entry = readdir(vectors));)
		if (*entry->d_name != '.')
			take_vector(arena, entry->d_name);
	closedir(vectors);
}

/* ---------------------------------------------------------------- a year at a centre */

static uint8_t story[2 * ROOM];
static size_t story_size;

static void
tell(uint8_t what, const uint8_t *bytes, size_t size)
{
	story_size = frames_put(story, story_size, what, bytes, size);
}

static void
tell_request(struct arena *arena, uint8_t what, const struct request *request)
{
	uint8_t *bytes;
	size_t size = encode_request(arena, request, &bytes);
	tell(what, bytes, size);
}

static void
tell_submission(struct arena *arena, uint8_t what, struct submission s)
{
	uint8_t *bytes;
	size_t size = encode_submission(arena, &s, &bytes);
	tell(what, bytes, size);
}

static void
end_story(const char *name)
{
	static const char may[] = {MAY};
	write_seed("request", name, may, 1, story, story_size);
	story_size = 0;
}

static void
tell_reports(struct arena *arena)
{
	struct report reports[] = {REPORT(201304, 0, 2), REPORT(201303, 0, 3)};
	struct report again[] = {REPORT(201304, 1, 3)};
	struct review pass[] = {{220821103204, 201304, 1, 1, 0, DECISION_PASS, RETURN_REASON_NONE, ""}};
	struct review back[] = {{220821103204, 201304, 1, 1, 1, DECISION_RETURN, RETURN_WRONG_FIGURE, "look"}};
	struct extension later[] = {{.unit = 220821,
	                             .period = 201304,
	                             .form = 1,
	                             .event = DEADLINE_CLOSED,
	                             .until = INT64_C(1380000000),
	                             .reason = "a flood"}};
	tell_submission(arena, OFFICE_COUNTY, (struct submission){.report_count = 2, .reports = reports});
	tell_submission(arena, OFFICE_PREFECTURE, (struct submission){.review_count = 1, .reviews = pass});
	tell_submission(arena, OFFICE_PROVINCE, (struct submission){.review_count = 1, .reviews = back});
	tell_submission(arena, OFFICE_PREFECTURE, (struct submission){.extension_count = 1, .extensions = later});
	tell_submission(arena, OFFICE_COUNTY | FRAME_SEALED,
	                (struct submission){.report_count = 1, .reports = again});
}

#define ENTRY(of, id, what, other, fen, from, used)                                                          \
	{                                                                                                        \
		.kind = (what), .unit = (of), .voucher = (id), .occurred = 20130415, .source = 1, .use = (used),     \
		.counterparty = (other), .amount_fen = (fen), .refers = (from), .note = "", .document = "",          \
		.project = ""                                                                                        \
	}

static void
tell_funds(struct arena *arena)
{
	struct fund_entry above[] = {ENTRY(22, "P-1", FUND_RAISED, 0, 1000000, "", 0),
	                             ENTRY(22, "P-2", FUND_SENT_DOWN, 220821, 600000, "", 0)};
	struct fund_entry county[] = {
	    ENTRY(220821, "C-1", FUND_RECEIVED, 22, 600000, "P-2", 0),
	    ENTRY(220821, "C-2", FUND_GRANTED, 220821103204, 400000, "", 1),
	    ENTRY(220821103204, "V-1", FUND_REIMBURSED, 0, 300000, "", 0),
	    ENTRY(220821103204, "V-2", FUND_SPENT, 0, 200000, "", 1),
	    ENTRY(220821, "C-3", FUND_WITHDRAWN, 220821103204, 50000, "", 0),
	    ENTRY(220821, "C-4", FUND_ALLOCATED, 220821103205, 10000, "", 0),
	    ENTRY(220821, "C-5", FUND_SPENT, 0, 5000, "", 2),
	};
	struct fund_entry undone[] = {ENTRY(220821, "C-6", FUND_REVERSED, 0, 5000, "C-5", 0)};
	county[4].refers = "C-2";
	undone[0].note = "a mistake";
	tell_submission(arena, OFFICE_PROVINCE, (struct submission){.entry_count = 2, .entries = above});
	for (size_t i = 0; i < sizeof county / sizeof *county; i++)
		tell_submission(arena, OFFICE_COUNTY, (struct submission){.entry_count = 1, .entries = &county[i]});
	tell_submission(arena, OFFICE_COUNTY, (struct submission){.entry_count = 1, .entries = undone});
}

#define STEP(kind, day)                                                                                      \
	.unit = 220821103204, .code = "R-1", .step = (kind), .occurred = (day), .document = "paper", .note = "", \
	.name = ""

static void
tell_projects(struct arena *arena)
{
	static const struct project_budget budgets[] = {{1, 300000}};
	static const uint32_t met[] = {1, 2};
	struct project_row rows[] = {
	    {STEP(PROJECT_REGISTER, 20130301), .kind = 2, .leader = 220821, .begins = 20130501, .ends = 20131031,
	     .budget_count = 1, .budgets = budgets},
	    {STEP(PROJECT_NOTICE, 20130310)},
	    {STEP(PROJECT_SYSTEM, 20130311), .system = SYSTEM_LEGAL_PERSON},
	    {STEP(PROJECT_SYSTEM, 20130311), .system = SYSTEM_TENDERING},
	    {STEP(PROJECT_SYSTEM, 20130311), .system = SYSTEM_SUPERVISION},
	    {STEP(PROJECT_SYSTEM, 20130311), .system = SYSTEM_CONTRACT},
	    {STEP(PROJECT_START, 20130401)},
	    {STEP(PROJECT_PROGRESS, 20130415), .percent = 40},
	    {STEP(PROJECT_FINISH, 20130420)},
	    {STEP(PROJECT_NOTICE_AFTER, 20130421)},
	    {STEP(PROJECT_NAME_ACCEPTOR, 20130422), .acceptor = 220821},
	    {STEP(PROJECT_ACCEPTANCE, 20130423), .passed = true, .met_count = 2, .met = met},
	};
	rows[0].name = "a hall";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		tell_submission(arena, OFFICE_COUNTY, (struct submission){.project_count = 1, .projects = &rows[i]});
}

static void
tell_others(struct arena *arena)
{
	struct target_part targets[] = {
	    {.unit = 2208, .year = 2013, .indicator = 3, .value = 200000, .note = ""},
	    {.unit = 2224, .year = 2013, .indicator = 3, .value = 100000, .note = ""}};
	struct document document = {
	    .unit = 220821, .kind = 1, .type = FILE_PDF, .size = 1000, .name = "plan.pdf", .note = ""};
	tell_submission(arena, OFFICE_PROVINCE, (struct submission){.target_count = 2, .targets = targets});
	tell_submission(arena, OFFICE_COUNTY, (struct submission){.document_count = 1, .documents = &document});
	struct extension far = {.unit = 220821,
	                        .period = 201304,
	                        .form = 1,
	                        .event = DEADLINE_DUE,
	                        .until = INT64_C(1) << 62,
	                        .reason = "far"};
	tell_submission(arena, OFFICE_PREFECTURE, (struct submission){.extension_count = 1, .extensions = &far});
}

/* One question of each kind that is answered from memory, about a county. */
static void
ask_all(struct arena *arena, uint8_t what)
{
	const struct request questions[] = {
	    {.id = 1, .kind = REQUEST_HELLO, .hello = {1, "seeds"}},
	    {.id = 2, .kind = REQUEST_PING},
	    {.id = 3,
	     .kind = REQUEST_TOTAL,
	     .total = {.unit = 220821,
	               .from = 201301,
	               .to = 201312,
	               .by = UNIT_VILLAGE,
	               .funds = true,
	               .whole = true}},
	    {.id = 4,
	     .kind = REQUEST_WATCH,
	     .total = {.unit = 220821, .from = 201301, .to = 201312, .by = UNIT_TOWNSHIP, .whole = true}},
	    {.id = 5, .kind = REQUEST_CATALOGUE, .catalogue = {.units = true, .forms = true}},
	    {.id = 6,
	     .kind = REQUEST_REPORTS,
	     .reports = {.unit = 220821, .from = 201301, .to = 201312, .values = true, .limit = 10}},
	    {.id = 7,
	     .kind = REQUEST_COMPLETENESS,
	     .completeness = {.unit = 220821,
	                      .from = 201301,
	                      .to = 201312,
	                      .by = UNIT_VILLAGE,
	                      .whole = true,
	                      .missing = true,
	                      .late = true,
	                      .limit = 10}},
	    {.id = 8, .kind = REQUEST_TARGETS, .targets = {.unit = 220821, .year = 2013}},
	    {.id = 9, .kind = REQUEST_APPRAISAL, .appraisal = {.unit = 220821, .to = 201306, .whole = true}},
	    {.id = 10,
	     .kind = REQUEST_DOCUMENTS,
	     .documents = {.unit = 220821, .versions = true, .missing = true, .limit = 10}},
	    {.id = 11,
	     .kind = REQUEST_BALANCES,
	     .balances = {.unit = 220821, .by = UNIT_VILLAGE, .whole = true, .ages = true}},
	    {.id = 12, .kind = REQUEST_ENTRIES, .entries = {.unit = 220821, .limit = 10}},
	    {.id = 13, .kind = REQUEST_TRACE, .trace = {.unit = 220821, .voucher = "C-1", .forward = true}},
	    {.id = 14, .kind = REQUEST_COMPLIANCE, .compliance = {.unit = 220821, .limit = 10}},
	    {.id = 15, .kind = REQUEST_PROJECTS, .projects = {.unit = 220821, .limit = 10}},
	    {.id = 16, .kind = REQUEST_WATCH_COMPLIANCE, .compliance = {.unit = 220821}},
	    {.id = 17, .kind = REQUEST_ACK, .ack = {4, 3}},
	    {.id = 18, .kind = REQUEST_UNWATCH, .unwatch = 4},
	    {.id = 19, .kind = REQUEST_STATUS, .status = {{1, 2, 3}}},
	    {.id = 20, .kind = REQUEST_HISTORY, .history = {220821103204, 1, 201304}},
	    {.id = 23, .kind = REQUEST_KEYS},
	    {.id = 21, .kind = REQUEST_FILE, .file = {.key = {220821, 1, 1}}},
	    {.id = 22,
	     .kind = REQUEST_TOTAL,
	     .total = {.unit = 220821, .from = 201301, .to = 201312, .as_of = {1, 0}, .group = "key-county"}},
	};
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		tell_request(arena, what, &questions[i]);
}

static void
make_stories(struct arena *arena)
{
	static void (*const tells[])(struct arena *) = {tell_reports, tell_funds, tell_projects, tell_others};
	static const char *const names[] = {"reports", "funds", "projects", "others"};
	for (size_t i = 0; i < sizeof tells / sizeof *tells; i++) {
		tells[i](arena);
		ask_all(arena, OFFICE_COUNTY);
		end_story(names[i]);
	}
	ask_all(arena, OFFICE_PROVINCE | BEFORE_DAY << FRAME_BEFORE_SHIFT);
	end_story("questions");
}

/* ---------------------------------------------------------------- plans, and what a client gets of one */

static void
make_plans(void)
{
	struct part_text texts[SMALL_PLAN_FILES];
	static uint8_t text[ROOM];
	char name[16];
	small_plan_texts(texts);
	for (size_t i = 0; i < SMALL_PLAN_FILES; i++) {
		snprintf(name, sizeof name, "file-%c", small_plan_letters[i]);
		text[0] = (uint8_t)small_plan_letters[i];
		memcpy(text + 1, texts[i].bytes, texts[i].size);
		write_seed("plan", name, "", 0, text, texts[i].size + 1);
	}
}

static void
make_catalogue_reply(struct arena *arena)
{
	static struct plan_errors errors;
	static uint8_t frames[2 * ROOM];
	struct part_text texts[SMALL_PLAN_FILES];
	struct plan plan;
	uint8_t *bytes;
	size_t size = 0;
	small_plan_texts(texts);
	const struct plan_source source = small_plan_source(texts);
	plan_init(&plan);
	const struct reply reply = {.kind = REPLY_CATALOGUE,
	                            .catalogue = {&plan.catalogue, {.units = true, .forms = true}, 0}};
	bool good = plan_read_from(&source, &plan, &errors) && codec_encode_reply(arena, &reply, &bytes, &size);
	assert(good && size < ROOM);
	write_seed("reply", "catalogue", "", 0, frames, frames_put(frames, 0, 0, bytes, size));
	plan_free(&plan);
}

int
main(int argc, char **argv)
{
	struct arena arena;
	if (argc != 2 || sodium_init() < 0)
		return 2;
	directory = argv[1];
	mkdir(directory, 0755);
	arena_init(&arena, DECODE_BYTES_MAX);
	make_sealed(&arena);
	take_vectors(&arena);
	make_stories(&arena);
	make_plans();
	make_catalogue_reply(&arena);
	arena_free(&arena);
	return 0;
}
