/* Takes over the centre's answers to a sealed file: all are checked, then all changes are made, then the
 * result is printed. */
#include "outbox_sealed.h"

#include "codec.h"
#include "outbox/item_place.h"
#include "outbox/sealed_file.h"

#include <stdlib.h>
#include <string.h>

struct importing {
	struct sending *sending;
	const char *path;
	struct sealed_file file;
	struct seal_key secret;
	uint8_t *room;                            /* as large as the file */
	bool *fresh;                              /* not taken over before, by number */
	bool checked;                             /* all were looked at once */
	size_t old, missing;                      /* letters */
	size_t receipts, refusals, known, absent; /* submissions */
	struct problem problem;
	/* Why a document's file was refused, which says more than that it is missing. */
	int64_t file_position; /* of its submission; 0: none was */
	struct problem_list file_problems;
};

/* An answer, opened: to what, and what. */
struct answer {
	uint32_t number;
	struct outbox_letter letter;
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
	struct outbox *o = m->sending->outbox;
	if (!outbox_find_letter(o, &m->file.header.file, a->number, &a->letter))
		return false;
	if (!a->letter.position) {
		char id[ID_TEXT_BYTES];
		refuse(m, PROBLEM_SEAL_OTHER_OFFICE, a->number);
		problem_detail(&m->problem, "%s", submission_id_format(&m->file.header.file, id));
		return false;
	}
	if (a->letter.answered && !m->checked)
		m->fresh[a->number] = false;
	return outbox_get(o, a->letter.position, &a->item);
}

/* Is the reply one to that letter? */
static bool
fits(struct importing *m, struct answer *a)
{
	const struct receipt *r = &a->reply.receipt;
	bool refusal = a->reply.kind == REPLY_REFUSAL;
	if (a->letter.of_file) {
		if (refusal && m->file_position != a->letter.position) { /* the first says most */
			m->file_position = a->letter.position;
			m->file_problems = *a->reply.refusal.problems;
		}
		return refusal || a->reply.kind == REPLY_UPLOADED;
	}
	if (refusal && m->file_position == a->letter.position)
		a->reply.refusal.problems = &m->file_problems;
	return refusal || (a->reply.kind == REPLY_RECEIPT && submission_id_equal(&r->id, &a->item.id) &&
	                   digest_equal(&r->digest, &a->item.digest));
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
	if (content_size < SEAL_ANSWER_BYTES || memcmp(content, a->letter.digest.bytes, DIGEST_BYTES) != 0)
		return refuse(m, PROBLEM_SEAL_MISPLACED, a->number);
	if (!codec_decode_reply(arena, content + SEAL_ANSWER_BYTES, content_size - SEAL_ANSWER_BYTES, &a->reply))
		return refuse(m, PROBLEM_SEAL_CHANGED, a->number);
	/* What is known already may have been voided since, and is not taken over. */
	return fits(m, a) || !m->fresh[a->number] || refuse(m, PROBLEM_SEAL_MISPLACED, a->number);
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
	bool good = a->letter.of_file ? true
	            : a->reply.kind == REPLY_RECEIPT
	                ? outbox_set_receipt(o, a->item.position, &a->reply.receipt)
	                : outbox_set_refused(o, a->item.position,
	                                     item_problems(&a->item, a->reply.refusal.problems, text));
	return good && outbox_set_answered(o, &m->file.header.file, a->number);
}

static bool
print_answer(struct importing *m, const struct answer *a)
{
	if (a->letter.of_file)
		return true;
	if (a->reply.kind == REPLY_RECEIPT) {
		m->receipts++;
		sending_print_receipt(m->sending, &a->item, &a->reply.receipt);
	} else if (a->item.state != OUTBOX_REFUSED) {
		m->known++; /* it has its receipt, or was dropped, meanwhile */
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
	m->old = m->missing = m->known = m->absent = 0;
	m->file_position = 0;
	for (uint32_t i = 0; good && seal_file_next(m->file.bytes, m->file.size, &at, &letter, &size); i++) {
		struct arena arena;
		struct answer answer = {.number = i};
		if (!size) {
			good = outbox_find_letter(m->sending->outbox, &m->file.header.file, i, &answer.letter);
			m->missing++;
			m->absent += !answer.letter.of_file;
			continue;
		}
		arena_init(&arena, DECODE_BYTES_MAX);
		good = open_answer(m, letter, size, &arena, &answer);
		m->old += !m->fresh[i];
		m->known += !m->fresh[i] && !answer.letter.of_file;
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
		const struct json_member members[] = {{"file", cell_text(m->path)},
		                                      {"receipts", cell_count((int64_t)m->receipts)},
		                                      {"refused", cell_count((int64_t)m->refusals)},
		                                      {"known_before", cell_count((int64_t)m->known)},
		                                      {"missing", cell_count((int64_t)m->absent)}};
		command_print_members_line(m->sending->command, members, sizeof members / sizeof *members);
		return m->refusals ? EXIT_PROBLEMS : EXIT_DONE;
	}
	printf(_("%s: receipts %zu, refused %zu, known before %zu, not handed in yet %zu\n"), m->path,
	       m->receipts, m->refusals, m->known, m->absent);
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
