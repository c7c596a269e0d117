#include "save.h"

#include "codec.h"
#include "seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct place *
place_of_row(const struct draft *d, size_t row)
{
	size_t reports = d->submission.report_count, entries = d->submission.entry_count;
	return row < reports             ? &d->report_places[row]
	       : row < reports + entries ? &d->entry_places[row - reports]
	                                 : &d->project_places[row - reports - entries];
}

/* One line for each row, so that a refusal that comes days later still names its places. */
static char *
places_text(struct draft *d)
{
	size_t rows = submission_rows(&d->submission), room = 1, used = 0;
	for (size_t i = 0; i < rows; i++)
		room += strlen(place_of_row(d, i)->file) + strlen(place_of_row(d, i)->sheet) + 24;
	char *text = arena_alloc(&d->arena, room);
	for (size_t i = 0; text && i < rows; i++) {
		const struct place *p = place_of_row(d, i);
		used += (size_t)snprintf(text + used, room - used, "%s%s%s:%zu\n", p->file,
		                         *p->sheet ? PLACE_SHEET : "", p->sheet, p->line);
	}
	return text;
}

/* Room in a frame for what stands around a submission: request id, field numbers, lengths; and the seal of
 * one that is carried (common/seal.h). */
enum { REQUEST_BYTES = FRAME_BYTES_MAX - SEAL_CONTENT_MAX };

/* What does not fit into a frame must never get into the outbox: it would stand there for ever. */
static bool
fits(struct draft *d, struct findings *findings)
{
	uint8_t *bytes;
	size_t size;
	struct problem_list problems;
	problems.count = problems.more = 0;
	if (!codec_encode_submission(&d->arena, &d->submission, &bytes, &size))
		return false;
	if (size <= FRAME_BYTES_MAX - REQUEST_BYTES)
		return true;
	struct problem *p = problem_only(&problems, PROBLEM_BYTES_TOO_MANY);
	p->actual = (int64_t)size;
	p->limit = FRAME_BYTES_MAX - REQUEST_BYTES;
	findings_add(findings, d, NULL, &problems);
	return false;
}

static bool
save_draft(struct outbox *outbox, struct draft *d, const char *files, int64_t time_us)
{
	struct outbox_item item = {.id = d->submission.id, .created_us = time_us, .files = files};
	uint8_t *bytes, *content;
	size_t size, content_size;
	int64_t position;
	struct submission anonymous = d->submission;
	memset(&anonymous.id, 0, sizeof anonymous.id);
	item.places = places_text(d);
	if (!files || !item.places || !codec_encode_submission(&d->arena, &d->submission, &bytes, &size) ||
	    !codec_encode_submission(&d->arena, &anonymous, &content, &content_size))
		return false;
	item.bytes = bytes;
	item.size = size;
	item.digest = digest_of(bytes, size);
	struct digest content_digest = digest_of(content, content_size);
	return outbox_add(outbox, &item, &content_digest, &position);
}

static char *
join_names(struct arena *arena, const char *const *files, size_t count)
{
	size_t room = 1, used = 0;
	for (size_t i = 0; i < count; i++)
		room += strlen(files[i]) + 1;
	char *text = arena_alloc(arena, room);
	for (size_t i = 0; text && i < count; i++)
		used += (size_t)snprintf(text + used, room - used, "%s%s", i ? " " : "", files[i]);
	return text;
}

static bool
save_drafts(struct outbox *outbox, struct draft *drafts, size_t draft_count, const char *const *files,
            size_t count, int64_t time_us)
{
	if (!outbox_begin(outbox))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < draft_count; i++) {
		bool own = draft_count == count && count > 1;
		const char *names = own ? files[i] : join_names(&drafts[i].arena, files, count);
		good = save_draft(outbox, &drafts[i], names, time_us);
	}
	return good && outbox_commit(outbox);
}

bool
save_files(struct outbox *outbox, const char *const *files, size_t count, bool each,
           const struct catalogue *catalogue, date today, int64_t time_us, struct findings *findings)
{
	size_t draft_count = each ? count : 1;
	struct draft *drafts = calloc(draft_count, sizeof *drafts);
	if (!drafts)
		return false;
	for (size_t i = 0; i < draft_count; i++)
		draft_init(&drafts[i]);
	for (size_t i = 0; i < count; i++)
		draft_read(&drafts[each ? i : 0], files[i], catalogue, findings);
	/* Rows that could not be read would only bring follow-up problems. */
	for (size_t i = 0; !findings->count && i < draft_count; i++)
		draft_check(&drafts[i], catalogue, today, time_us, findings);
	bool good = !findings->count;
	for (size_t i = 0; good && i < draft_count; i++)
		good = fits(&drafts[i], findings);
	good = good && save_drafts(outbox, drafts, draft_count, files, count, time_us);
	for (size_t i = 0; i < draft_count; i++)
		draft_free(&drafts[i]);
	free(drafts);
	return good;
}
