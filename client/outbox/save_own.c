#include "save_own.h"

#include "base/clock.h"
#include "check/check.h"
#include "codec.h"
#include "session/upload.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `content`: the digest by which the same submission is recognised. */
static bool
save(struct outbox *outbox, const struct submission *submission, struct outbox_item *item,
     const uint8_t *bytes, size_t size, const struct digest *content, int64_t *position)
{
	item->id = submission->id;
	item->digest = digest_of(bytes, size);
	item->created_us = clock_wall_us();
	item->bytes = bytes;
	item->size = size;
	return outbox_begin(outbox) && outbox_add(outbox, item, content ? content : &item->digest, position) &&
	       outbox_commit(outbox);
}

bool
save_own(struct outbox *outbox, struct submission *submission, const char *what, int64_t *position)
{
	struct arena arena;
	struct outbox_item item = {.files = what, .places = ""};
	uint8_t *bytes;
	size_t size;
	submission->id = submission_id_new(clock_wall_us());
	arena_init(&arena, DECODE_BYTES_MAX);
	bool good = codec_encode_submission(&arena, submission, &bytes, &size) &&
	            save(outbox, submission, &item, bytes, size, NULL, position);
	arena_free(&arena);
	return good;
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
		good = save(outbox, &submission, &item, bytes, size, &digest, position);
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
