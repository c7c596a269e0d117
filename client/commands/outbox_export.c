/* Writes what waits, with its documents' files, as letters of a sealed file. The letters are made twice:
 * first to note each in the outbox before there is a file that could be carried, then to seal them. */
#include "outbox_sealed.h"

#include "base/clock.h"
#include "base/grow.h"
#include "codec.h"
#include "outbox/item_place.h"
#include "outbox/sealed_file.h"
#include "session/upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct exporting {
	struct sending *sending;
	int64_t *positions; /* of what goes out */
	size_t count, room;
	struct outbox_letter *letters;
	size_t letter_count, letter_room;
	uint64_t bytes;
	bool documents;              /* those with documents are collected: after all others */
	bool full;                   /* one did not fit any more */
	size_t left_out, left_later; /* for a reason that was printed; for the next file */
	unit_code unit;              /* of the first row */
	bool failed;                 /* no memory */
	/* The second time: */
	struct seal_header header;
	struct seal_key secret;
	struct sealed_writer writer;
	uint8_t *sealed; /* room for one */
	size_t written;
};

/* ---------------------------------------------------------------- the letters of a submission */

typedef bool take_letter(struct exporting *x, const struct outbox_letter *letter, const uint8_t *content,
                         size_t size);

static bool
make_letter(struct exporting *x, const struct outbox_item *item, struct request *request, take_letter *take)
{
	struct arena arena;
	uint8_t *bytes;
	size_t size;
	arena_init(&arena, 2 * FRAME_BYTES_MAX);
	bool good = codec_encode_request(&arena, request, &bytes, &size) && size <= SEAL_CONTENT_MAX;
	if (good) {
		const struct outbox_letter letter = {.position = item->position,
		                                     .of_file = request->kind == REQUEST_UPLOAD,
		                                     .digest = digest_of(bytes, size)};
		good = take(x, &letter, bytes, size);
	}
	arena_free(&arena);
	return good;
}

/* False with `problems`: its file is not there, or not the same any more. */
static bool
make_file_letters(struct exporting *x, const struct outbox_item *item, const struct document *document,
                  size_t row, take_letter *take, struct problem_list *problems)
{
	char path[PATH_MAX];
	uint8_t *bytes;
	struct request request = upload_request(document, NULL, 0);
	if (!item_document_path(item, row, path)) {
		problem_only(problems, PROBLEM_FILE_CHANGED); /* a record that is none of ours */
		return false;
	}
	if (!upload_read_document(path, document, &bytes, problems))
		return false;
	bool good = make_letter(x, item, &request, take);
	for (uint64_t offset = 0; good && offset < document->size; offset += DOCUMENT_PART_BYTES) {
		request = upload_request(document, bytes, offset);
		good = make_letter(x, item, &request, take);
	}
	free(bytes);
	return good;
}

/* Its documents' files, then itself. */
static bool
make_letters(struct exporting *x, const struct outbox_item *item, const struct submission *s,
             take_letter *take, struct problem_list *problems)
{
	struct request request = {.kind = REQUEST_SUBMIT, .submit = {.bytes = item->bytes, .size = item->size}};
	bool good = true;
	for (size_t i = 0; good && i < s->document_count; i++)
		good = make_file_letters(x, item, &s->documents[i], i, take, problems);
	return good && make_letter(x, item, &request, take);
}

/* ---------------------------------------------------------------- what goes out */

static bool
note_letter(struct exporting *x, const struct outbox_letter *letter, const uint8_t *content, size_t size)
{
	(void)content;
	if (!grow(&x->letters, &x->letter_room, x->letter_count + 1, sizeof *x->letters)) {
		x->failed = true;
		return false;
	}
	x->letters[x->letter_count++] = *letter;
	x->bytes += size + SEAL_BYTES + 4;
	return true;
}

static unit_code
first_unit(const struct submission *s)
{
	return s->report_count      ? s->reports[0].unit
	       : s->entry_count     ? s->entries[0].unit
	       : s->project_count   ? s->projects[0].unit
	       : s->review_count    ? s->reviews[0].unit
	       : s->target_count    ? s->targets[0].unit
	       : s->extension_count ? s->extensions[0].unit
	       : s->document_count  ? s->documents[0].unit
	                            : 0;
}

static void
leave_out(struct exporting *x, const struct outbox_item *item, const struct problem_list *problems)
{
	char text[PROBLEM_TEXT_BYTES];
	x->left_out++;
	fprintf(stderr, _("fupin: %s: left out: %s\n"), item->files,
	        problems->count ? problem_text(&problems->items[0], x->sending->command->language, text)
	                        : _("too large for a sealed file, it goes over the network only"));
}

static bool
fits(const struct exporting *x)
{
	return x->letter_count <= SEAL_LETTERS_MAX &&
	       x->bytes + SEAL_HEADER_BYTES + DIGEST_BYTES <= (uint64_t)SEALED_FILE_BYTES_MAX;
}

/* Its letters are noted, or nothing of it is. */
static void
add(struct exporting *x, const struct outbox_item *item, const struct submission *s)
{
	struct problem_list problems;
	size_t letters = x->letter_count;
	uint64_t bytes = x->bytes;
	problem_list_init(&problems);
	if (!grow(&x->positions, &x->room, x->count + 1, sizeof *x->positions)) {
		x->failed = true;
		return;
	}
	bool made = item->size <= SEAL_SUBMISSION_MAX && make_letters(x, item, s, note_letter, &problems);
	if (made && fits(x)) {
		x->positions[x->count++] = item->position;
		x->unit = x->unit ? x->unit : unit_county(first_unit(s));
		return;
	}
	x->letter_count = letters;
	x->bytes = bytes;
	x->full = made;
	x->left_later += made;
	if (!made && !x->failed)
		leave_out(x, item, &problems);
}

static void
collect(void *context, const struct outbox_item *item)
{
	struct exporting *x = context;
	struct submission s;
	struct arena arena;
	if (x->failed)
		return;
	item_decode(&arena, item, &s);
	if ((s.document_count > 0) == x->documents) {
		if (x->full)
			x->left_later++; /* what comes behind may build on what did not fit */
		else
			add(x, item, &s);
	}
	arena_free(&arena);
}

/* As on the line, a long file holds up nothing else. */
static bool
collect_all(struct exporting *x)
{
	struct outbox *o = x->sending->outbox;
	bool good = outbox_each(o, OUTBOX_WAITING, SEAL_LETTERS_MAX, collect, x);
	x->documents = true;
	good = good && outbox_each(o, OUTBOX_WAITING, SEAL_LETTERS_MAX, collect, x) && !x->failed;
	errno = x->failed ? ENOMEM : errno;
	return good;
}

/* ---------------------------------------------------------------- the file */

/* fupin-220822-20130605-0badcafe.sealed: the id's last eight digits, as its first ones are only a time. */
static bool
name_file(const struct exporting *x, const char *directory, char out[PATH_MAX])
{
	char id[ID_TEXT_BYTES], day[16], unit[24] = "office";
	date_format(date_of_time(x->header.time_us), day);
	submission_id_format(&x->header.file, id);
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
note_letters(struct exporting *x)
{
	struct outbox *o = x->sending->outbox;
	bool good = outbox_begin(o);
	for (size_t i = 0; good && i < x->letter_count; i++)
		good = outbox_add_letter(o, &x->header.file, (uint32_t)i, &x->letters[i]);
	if (!good)
		outbox_cancel(o);
	return good && outbox_commit(o);
}

static bool
write_letter(struct exporting *x, const struct outbox_letter *letter, const uint8_t *content, size_t size)
{
	if (x->written == x->letter_count || !digest_equal(&letter->digest, &x->letters[x->written].digest) ||
	    !seal_close(&x->header, (uint32_t)x->written, content, size, &x->secret, x->sealed))
		return false;
	x->written++;
	sealed_writer_add(&x->writer, x->sealed, size + SEAL_BYTES);
	return true;
}

static bool
write_letters(struct exporting *x)
{
	bool good = x->sealed && sealed_key(x->sending->command->home.office.secret_key, &x->secret);
	for (size_t i = 0; good && i < x->count; i++) {
		struct outbox_item item;
		struct submission s;
		struct arena arena;
		struct problem_list ignored;
		problem_list_init(&ignored);
		if (!outbox_get(x->sending->outbox, x->positions[i], &item))
			return false;
		item_decode(&arena, &item, &s);
		good = make_letters(x, &item, &s, write_letter, &ignored);
		arena_free(&arena);
	}
	/* A document that was changed just now. */
	errno = good ? 0 : EBUSY;
	return good && x->written == x->letter_count;
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

static void
print_done(const struct exporting *x, const char *path)
{
	if (x->sending->command->format == FORMAT_JSON) {
		const struct json_member members[] = {{"file", cell_text(path)},
		                                      {"submissions", cell_count((int64_t)x->count)},
		                                      {"letters", cell_count((int64_t)x->letter_count)},
		                                      {"left_out", cell_count((int64_t)x->left_out)},
		                                      {"left_for_next", cell_count((int64_t)x->left_later)}};
		command_print_members_line(x->sending->command, members, sizeof members / sizeof *members);
		return;
	}
	printf(_("%zu submissions sealed for the centre: %s\n"
	         "They wait on. Have fupin carry hand it in, and bring %s.receipts back to fupin outbox "
	         "import\n"),
	       x->count, path, path);
	if (x->left_later)
		printf(_("%zu more wait: this file is full (512 MiB). Export again when its receipts are there\n"),
		       x->left_later);
}

static int
write_file(struct exporting *x, const char *directory)
{
	struct sending *s = x->sending;
	const struct command *c = s->command;
	char path[PATH_MAX] = "";
	int64_t now_us = clock_wall_us();
	x->header =
	    (struct seal_header){.kind = SEAL_REQUESTS, .time_us = now_us, .count = (uint32_t)x->letter_count};
	x->header.file = submission_id_new(now_us);
	if (!sealed_key(c->home.office.public_key, &x->header.office) ||
	    !sealed_key(c->home.centre_key, &x->header.centre) || !name_file(x, directory, path) ||
	    !sealed_writer_open(&x->writer, path, &x->header))
		return fail(s, *path ? path : directory);
	if (!note_letters(x) || !write_letters(x)) {
		int reason = errno;
		sealed_writer_discard(&x->writer);
		errno = reason;
		return fail(s, path);
	}
	if (!sealed_writer_end(&x->writer))
		return fail(s, path);
	print_done(x, path);
	return EXIT_DONE;
}

int
outbox_export(struct sending *s, const char *directory)
{
	struct exporting x = {.sending = s, .sealed = malloc(FRAME_BYTES_MAX)};
	int status = EXIT_FAILED_INSIDE;
	if (!collect_all(&x)) {
		fail(s, directory);
	} else if (!x.count) {
		puts(_("nothing waits that could be exported"));
		status = EXIT_DONE;
	} else {
		status = write_file(&x, directory);
	}
	sodium_memzero(&x.secret, sizeof x.secret);
	free(x.positions);
	free(x.letters);
	free(x.sealed);
	return status;
}
