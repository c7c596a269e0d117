#include "outbox_sealed.h"

#include "clock.h"
#include "codec.h"
#include "finding_json.h"
#include "item_place.h"
#include "sealed_file.h"

#include <errno.h>
#include <json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- export */

enum { POSITIONS_FIRST = 64 };

struct exporting {
	struct sending *sending;
	int64_t *positions;
	size_t count, room, documents, too_large;
	uint64_t bytes;
	unit_code unit; /* of the first row */
	bool failed;
};

static unit_code
first_unit(const struct submission *s)
{
	return s->report_count      ? s->reports[0].unit
	       : s->entry_count     ? s->entries[0].unit
	       : s->project_count   ? s->projects[0].unit
	       : s->review_count    ? s->reviews[0].unit
	       : s->target_count    ? s->targets[0].unit
	       : s->extension_count ? s->extensions[0].unit
	                            : 0;
}

/* What can go in a letter: a document's file does not, and a submission that is as large as a frame. */
static bool
can_travel(struct exporting *x, const struct outbox_item *item)
{
	struct arena arena;
	struct submission s = {0};
	struct problem_list ignored;
	ignored.count = ignored.more = 0;
	arena_init(&arena, DECODE_BYTES_MAX);
	bool good = codec_decode_submission(&arena, item->bytes, item->size, &s, &ignored);
	bool documents = good && s.document_count;
	if (good && !documents && !x->unit)
		x->unit = unit_county(first_unit(&s));
	arena_free(&arena);
	x->documents += documents;
	x->too_large += !documents && item->size > SEAL_CONTENT_MAX;
	return !documents && item->size <= SEAL_CONTENT_MAX;
}

static void
collect(void *context, const struct outbox_item *item)
{
	struct exporting *x = context;
	if (x->failed || !can_travel(x, item))
		return;
	if (x->count == x->room) {
		size_t room = x->room ? 2 * x->room : POSITIONS_FIRST;
		int64_t *more = realloc(x->positions, room * sizeof *more);
		if (!more) {
			x->failed = true;
			return;
		}
		x->positions = more;
		x->room = room;
	}
	x->positions[x->count++] = item->position;
	x->bytes += item->size + SEAL_BYTES + 4;
}

/* fupin-220822-20130605-0badcafe.sealed: the id's last eight digits, as its first ones are only a time. */
static bool
name_file(const struct exporting *x, const struct seal_header *h, const char *directory, char out[PATH_MAX])
{
	char id[ID_TEXT_BYTES], day[16], unit[24] = "office";
	date_format(date_of_time(h->time_us), day);
	submission_id_format(&h->file, id);
	if (x->unit)
		snprintf(unit, sizeof unit, "%lld", (long long)x->unit);
	int size = snprintf(out, PATH_MAX, "%s/fupin-%s-%.4s%.2s%.2s-%s.sealed", directory, unit, day, day + 5,
	                    day + 8, id + ID_TEXT_BYTES - 1 - 8);
	if (size < PATH_MAX)
		return true;
	errno = ENAMETOOLONG;
	return false;
}

/* Which letter is which, in the outbox before it is in the file. */
static bool
note_letters(struct exporting *x, const struct seal_header *h)
{
	struct outbox *o = x->sending->outbox;
	bool good = outbox_begin(o);
	for (size_t i = 0; good && i < x->count; i++)
		good = outbox_add_letter(o, &h->file, (uint32_t)i, x->positions[i]);
	if (!good)
		outbox_cancel(o);
	return good && outbox_commit(o);
}

static bool
write_letters(struct exporting *x, const struct seal_header *h, struct sealed_writer *w)
{
	struct seal_key secret;
	struct outbox_item item;
	uint8_t *letter = malloc(FRAME_BYTES_MAX);
	bool good = letter && sealed_key(x->sending->command->home.office.secret_key, &secret);
	for (size_t i = 0; good && i < x->count; i++) {
		good = outbox_get(x->sending->outbox, x->positions[i], &item) && item.size <= SEAL_CONTENT_MAX &&
		       seal_close(h, (uint32_t)i, item.bytes, item.size, &secret, letter);
		if (good)
			sealed_writer_add(w, letter, item.size + SEAL_BYTES);
	}
	free(letter);
	sodium_memzero(&secret, sizeof secret);
	return good;
}

static int
fail(const struct sending *s, const char *path)
{
	const char *error = outbox_error(s->outbox);
	if (*error)
		fprintf(stderr, "fupin: %s\n", error);
	else
		fprintf(stderr, "fupin: %s: %s\n", path, strerror(errno));
	return EXIT_FAILED_INSIDE;
}

static int
write_file(struct exporting *x, const char *directory)
{
	struct sending *s = x->sending;
	const struct command *c = s->command;
	struct sealed_writer writer;
	char path[PATH_MAX] = "";
	int64_t now_us = clock_wall_us();
	struct seal_header h = {.kind = SEAL_SUBMISSIONS, .time_us = now_us, .count = (uint32_t)x->count};
	h.file = submission_id_new(now_us);
	if (!sealed_key(c->home.office.public_key, &h.office) || !sealed_key(c->home.centre_key, &h.centre) ||
	    !name_file(x, &h, directory, path) || !sealed_writer_open(&writer, path, &h))
		return fail(s, *path ? path : directory);
	if (!note_letters(x, &h) || !write_letters(x, &h, &writer)) {
		sealed_writer_discard(&writer);
		return fail(s, path);
	}
	if (!sealed_writer_end(&writer))
		return fail(s, path);
	if (s->command->format == FORMAT_JSON) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "file", json_object_new_string(path));
		json_object_object_add(o, "submissions", json_object_new_int64((int64_t)x->count));
		json_line(o);
		return EXIT_DONE;
	}
	printf(_("%zu submissions sealed for the centre: %s\n"
	         "They wait on. Have fupin carry hand it in, and bring %s.receipts back to fupin outbox "
	         "import\n"),
	       x->count, path, path);
	return EXIT_DONE;
}

static void
print_left_out(const struct exporting *x)
{
	if (x->documents)
		fprintf(stderr, _("fupin: %zu with documents left out: their files go over the network only\n"),
		        x->documents);
	if (x->too_large)
		fprintf(stderr,
		        _("fupin: %zu left out: too large for a sealed file, they go over the network only\n"),
		        x->too_large);
}

int
outbox_export(struct sending *s, const char *directory)
{
	struct exporting x = {.sending = s};
	int status = EXIT_FAILED_INSIDE;
	if (!outbox_each(s->outbox, OUTBOX_WAITING, SEAL_LETTERS_MAX, collect, &x) || x.failed) {
		fail(s, directory);
	} else if (x.bytes + SEAL_HEADER_BYTES + DIGEST_BYTES > (uint64_t)SEALED_FILE_BYTES_MAX) {
		fputs(_("fupin: more waits than one sealed file holds (512 MiB)\n"), stderr);
	} else if (!x.count) {
		puts(_("nothing waits that could be exported"));
		status = EXIT_DONE;
	} else {
		status = write_file(&x, directory);
	}
	print_left_out(&x);
	free(x.positions);
	return status;
}

/* ---------------------------------------------------------------- import: check all, change all, print */

struct importing {
	struct sending *sending;
	const char *path;
	struct sealed_file file;
	struct seal_key secret;
	uint8_t *room; /* as large as the file */
	bool *fresh;   /* not taken over before, by number */
	bool checked;  /* all were looked at once */
	size_t receipts, refusals, old, missing;
	struct problem problem;
};

/* An answer, opened: to what, and what. */
struct answer {
	uint32_t number;
	struct outbox_item item;
	struct reply reply;
};

static bool
refuse(struct importing *m, enum problem_code code, uint32_t number)
{
	m->problem = (struct problem){.code = code, .actual = (int64_t)number + 1, .limit = SEAL_VERSION};
	return false;
}

/* Is it ours to take over? False: `problem`; without one the outbox failed. */
static bool
find_item(struct importing *m, struct answer *a)
{
	int64_t position;
	bool answered;
	struct outbox *o = m->sending->outbox;
	if (!outbox_find_letter(o, &m->file.header.file, a->number, &position, &answered))
		return false;
	if (!position) {
		char id[ID_TEXT_BYTES];
		refuse(m, PROBLEM_SEAL_OTHER_OFFICE, a->number);
		problem_detail(&m->problem, "%s", submission_id_format(&m->file.header.file, id));
		return false;
	}
	if (answered && !m->checked)
		m->fresh[a->number] = false;
	return outbox_get(o, position, &a->item);
}

/* Opens a letter and compares it with what was sent. */
static bool
open_answer(struct importing *m, const uint8_t *letter, size_t size, struct arena *arena, struct answer *a)
{
	const uint8_t *content;
	size_t content_size;
	enum problem_code code =
	    seal_open(&m->file.header, a->number, letter, size, &m->secret, m->room, &content, &content_size);
	if (code)
		return refuse(m, code, a->number);
	if (!find_item(m, a))
		return false;
	if (content_size < SEAL_ANSWER_BYTES || memcmp(content, a->item.digest.bytes, DIGEST_BYTES) != 0)
		return refuse(m, PROBLEM_SEAL_MISPLACED, a->number);
	if (!codec_decode_reply(arena, content + SEAL_ANSWER_BYTES, content_size - SEAL_ANSWER_BYTES, &a->reply))
		return refuse(m, PROBLEM_SEAL_CHANGED, a->number);
	const struct receipt *r = &a->reply.receipt;
	bool receipt = a->reply.kind == REPLY_RECEIPT && submission_id_equal(&r->id, &a->item.id) &&
	               digest_equal(&r->digest, &a->item.digest);
	return receipt || a->reply.kind == REPLY_REFUSAL || refuse(m, PROBLEM_SEAL_MISPLACED, a->number);
}

static bool
take_nothing(struct importing *m, const struct answer *a)
{
	(void)m;
	(void)a;
	return true;
}

static bool
take_over(struct importing *m, const struct answer *a)
{
	char text[ITEM_PROBLEMS_BYTES];
	struct outbox *o = m->sending->outbox;
	bool good = a->reply.kind == REPLY_RECEIPT
	                ? outbox_set_receipt(o, a->item.position, &a->reply.receipt)
	                : outbox_set_refused(o, a->item.position,
	                                     item_problems(&a->item, a->reply.refusal.problems, text));
	return good && outbox_set_answered(o, &m->file.header.file, a->number);
}

static bool
print_answer(struct importing *m, const struct answer *a)
{
	if (a->reply.kind == REPLY_RECEIPT) {
		m->receipts++;
		sending_print_receipt(m->sending, &a->item, &a->reply.receipt);
	} else if (a->item.state != OUTBOX_REFUSED) {
		m->old++; /* it has its receipt, or was dropped, meanwhile */
	} else {
		m->refusals++;
		sending_print_refusal(m->sending, &a->item, &a->reply.refusal);
	}
	return true;
}

/* `take` gets those that were not taken over before. */
static bool
each_answer(struct importing *m, bool (*take)(struct importing *m, const struct answer *a))
{
	const uint8_t *letter;
	size_t at = 0, size;
	bool good = true;
	m->old = m->missing = 0;
	for (uint32_t i = 0; good && seal_file_next(m->file.bytes, m->file.size, &at, &letter, &size); i++) {
		struct arena arena;
		struct answer answer = {.number = i};
		if (!size) {
			m->missing++;
			continue;
		}
		arena_init(&arena, DECODE_BYTES_MAX);
		good = open_answer(m, letter, size, &arena, &answer);
		m->old += !m->fresh[i];
		good = good && (!m->fresh[i] || take(m, &answer));
		arena_free(&arena);
	}
	return good;
}

static bool
apply(struct importing *m)
{
	struct outbox *o = m->sending->outbox;
	size_t count = m->file.header.count;
	m->room = malloc(m->file.size);
	m->fresh = malloc(count * sizeof *m->fresh);
	if (!m->room || !m->fresh || !sealed_key(m->sending->command->home.office.secret_key, &m->secret))
		return false;
	memset(m->fresh, true, count);
	if (!outbox_begin(o) || !each_answer(m, take_nothing))
		return false;
	if (m->old + m->missing == count)
		return m->old ? refuse(m, PROBLEM_SEAL_REPLAYED, 0) : true;
	m->checked = true;
	return each_answer(m, take_over);
}

static int
explain(const struct importing *m)
{
	const struct command *c = m->sending->command;
	char text[PROBLEM_TEXT_BYTES];
	if (!m->problem.code) {
		const char *error = outbox_error(m->sending->outbox);
		fprintf(stderr, "fupin: %s\n", *error ? error : "no memory");
		return EXIT_FAILED_INSIDE;
	}
	fprintf(stderr, _("fupin outbox import: %s: %s; nothing was changed\n"), m->path,
	        problem_text(&m->problem, c->language, text));
	return EXIT_PROBLEMS;
}

static int
finish(struct importing *m)
{
	if (!each_answer(m, print_answer))
		return explain(m);
	if (m->sending->command->format == FORMAT_JSON) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "file", json_object_new_string(m->path));
		json_object_object_add(o, "receipts", json_object_new_int64((int64_t)m->receipts));
		json_object_object_add(o, "refused", json_object_new_int64((int64_t)m->refusals));
		json_object_object_add(o, "known_before", json_object_new_int64((int64_t)m->old));
		json_object_object_add(o, "missing", json_object_new_int64((int64_t)m->missing));
		json_line(o);
		return m->refusals ? EXIT_PROBLEMS : EXIT_DONE;
	}
	printf(_("%s: receipts %zu, refused %zu, known before %zu, not handed in yet %zu\n"), m->path,
	       m->receipts, m->refusals, m->old, m->missing);
	return m->refusals ? EXIT_PROBLEMS : EXIT_DONE;
}

int
outbox_import(struct sending *s, const char *path)
{
	struct importing m = {.sending = s, .path = path};
	int status;
	if (!sealed_file_read(path, SEAL_ANSWERS, &s->command->home, &m.file, &m.problem)) {
		status = explain(&m);
	} else if (!apply(&m)) {
		outbox_cancel(s->outbox);
		status = explain(&m);
	} else {
		status = outbox_commit(s->outbox) ? finish(&m) : explain(&m);
	}
	sodium_memzero(&m.secret, sizeof m.secret);
	free(m.room);
	free(m.fresh);
	sealed_file_free(&m.file);
	return status;
}
