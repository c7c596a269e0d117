#include "save_own.h"

#include "base/clock.h"
#include "check/check.h"
#include "codec.h"
#include "session/upload.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Within a transaction. `content`: the digest by which the same submission is recognised. */
static bool
add(struct outbox *outbox, const struct submission *submission, struct outbox_item *item,
    const uint8_t *bytes, size_t size, const struct digest *content, int64_t *position)
{
	item->id = submission->id;
	item->digest = digest_of(bytes, size);
	item->created_us = clock_wall_us();
	item->bytes = bytes;
	item->size = size;
	return outbox_add(outbox, item, content ? content : &item->digest, position);
}

/* Ends a transaction: with all that was added, or (`good` false) with nothing. */
static bool
end(struct outbox *outbox, bool good)
{
	if (!good)
		outbox_cancel(outbox);
	return good && outbox_commit(outbox);
}

static bool
add_own(struct outbox *outbox, const struct submission *rows, const char *what, int64_t *position)
{
	struct submission submission = *rows;
	struct arena arena;
	struct outbox_item item = {.files = what, .places = ""};
	uint8_t *bytes;
	size_t size;
	submission.id = submission_id_new(clock_wall_us());
	arena_init(&arena, DECODE_BYTES_MAX);
	bool good = codec_encode_submission(&arena, &submission, &bytes, &size) &&
	            add(outbox, &submission, &item, bytes, size, NULL, position);
	arena_free(&arena);
	return good;
}

/* How many of `count` rows are in the part that begins at row `at`. */
static size_t
rows_of_part(size_t count, size_t at)
{
	size_t left = count > at ? count - at : 0;
	return left < SUBMISSION_ROWS_MAX ? left : SUBMISSION_ROWS_MAX;
}

bool
save_own(struct outbox *outbox, const struct submission *whole, const char *what,
         void (*saved)(void *context, int64_t position), void *context)
{
	size_t rows = whole->review_count > whole->extension_count ? whole->review_count : whole->extension_count;
	bool good = outbox_begin(outbox);
	for (size_t at = 0; good && (!at || at < rows); at += SUBMISSION_ROWS_MAX) {
		struct submission part = *whole;
		int64_t position;
		part.review_count = rows_of_part(whole->review_count, at);
		part.extension_count = rows_of_part(whole->extension_count, at);
		part.reviews = part.review_count ? whole->reviews + at : NULL;
		part.extensions = part.extension_count ? whole->extensions + at : NULL;
		part.target_count = at ? 0 : whole->target_count; /* they belong together, and are never parted */
		good = add_own(outbox, &part, what, &position);
		if (good && saved)
			saved(context, position);
	}
	return end(outbox, good);
}

bool
save_document(struct outbox *outbox, struct document *document, const char *path, const char *what,
              int64_t *position)
{
	struct submission submission = {.document_count = 1, .documents = document};
	char places[PATH_MAX + 8];
	struct outbox_item item = {.files = what, .places = places};
	struct arena arena;
	uint8_t *bytes, *content;
	size_t size, content_size;
	snprintf(places, sizeof places, "%s:0\n", path);
	arena_init(&arena, DECODE_BYTES_MAX);
	bool good = codec_encode_submission(&arena, &submission, &content, &content_size);
	submission.id = submission_id_new(clock_wall_us());
	good = good && codec_encode_submission(&arena, &submission, &bytes, &size);
	if (good) {
		struct digest digest = digest_of(content, content_size);
		good = outbox_begin(outbox) &&
		       end(outbox, add(outbox, &submission, &item, bytes, size, &digest, position));
	}
	arena_free(&arena);
	return good;
}

/* What stands in the file says what it is. */
bool
describe_document(const struct catalogue *catalogue, const char *file, struct document_room *room,
                  struct document *out, struct problem_list *problems)
{
	uint8_t *bytes;
	size_t size;
	char copy[PATH_MAX];
	if (!upload_read(file, &bytes, &size, problems))
		return false;
	snprintf(copy, sizeof copy, "%s", file);
	snprintf(room->name, sizeof room->name, "%s", basename(copy));
	out->type = file_type_of(bytes, size);
	out->size = size;
	out->digest = digest_of(bytes, size);
	out->name = room->name;
	free(bytes);
	if (!realpath(file, room->path) || strchr(room->path, '\n')) {
		problem_detail(problem_only(problems, PROBLEM_FILE_UNREADABLE), "%s", "its path cannot be kept");
		return false;
	}
	return check_document(catalogue, out, 0, problems);
}
