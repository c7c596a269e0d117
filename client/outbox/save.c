#include "save.h"

#include "base/utf8.h"
#include "check/seal.h"
#include "codec.h"

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

/* One line for each row of a part, so that a refusal that comes days later still names its places. */
static char *
places_text(struct arena *arena, const struct draft *d, size_t first, size_t count)
{
	size_t room = 1, used = 0;
	for (size_t i = first; i < first + count; i++)
		room += strlen(place_of_row(d, i)->file) + strlen(place_of_row(d, i)->sheet) + 24;
	char *text = arena_alloc(arena, room);
	for (size_t i = first; text && i < first + count; i++) {
		const struct place *p = place_of_row(d, i);
		used += (size_t)snprintf(text + used, room - used, "%s%s%s:%zu\n", p->file,
		                         *p->sheet ? PLACE_SHEET : "", p->sheet, p->line);
	}
	return text;
}

/* What a part takes of `all` rows of one kind that begin at row `begin` of the draft: how many, from which.
 */
static size_t
overlap(size_t first, size_t count, size_t begin, size_t all, size_t *from)
{
	size_t low = first > begin ? first : begin;
	size_t high = first + count < begin + all ? first + count : begin + all;
	*from = low < high ? low - begin : 0;
	return low < high ? high - low : 0;
}

/* Rows `first` to `first + count` as a submission of their own. */
static struct submission
part_of(const struct submission *s, size_t first, size_t count)
{
	struct submission part = {0};
	size_t from;
	part.report_count = overlap(first, count, 0, s->report_count, &from);
	part.reports = from ? s->reports + from : s->reports; /* none: NULL stays NULL */
	part.entry_count = overlap(first, count, s->report_count, s->entry_count, &from);
	part.entries = from ? s->entries + from : s->entries;
	part.project_count = overlap(first, count, s->report_count + s->entry_count, s->project_count, &from);
	part.projects = from ? s->projects + from : s->projects;
	return part;
}

/* Room in a frame for what stands around a submission: request id, field numbers, lengths; and the seal of
 * one that is carried (common/check/seal.h). */
enum { REQUEST_BYTES = FRAME_BYTES_MAX - SEAL_CONTENT_MAX };

/* One part, as an item of the outbox. What makes it the same as one that is there already is its content
 * without the id. `*fits` false: it is too long for a frame, nothing was saved. */
static bool
save_part(struct outbox *outbox, const struct saving *s, const struct draft *d, size_t first, size_t count,
          const char *files, int64_t time_us, bool *fits)
{
	struct outbox_item item = {.created_us = time_us, .files = files};
	struct submission part = part_of(&d->submission, first, count);
	struct arena arena;
	uint8_t *bytes, *content;
	size_t content_size;
	int64_t position;
	arena_init(&arena, DECODE_BYTES_MAX);
	bool good = codec_encode_submission(&arena, &part, &content, &content_size);
	item.id = part.id = submission_id_new(time_us);
	good = good && codec_encode_submission(&arena, &part, &bytes, &item.size);
	*fits = good && item.size <= FRAME_BYTES_MAX - REQUEST_BYTES;
	item.places = *fits ? places_text(&arena, d, first, count) : NULL;
	if (*fits && item.places) {
		struct digest digest = digest_of(content, content_size);
		item.bytes = bytes;
		item.digest = digest_of(bytes, item.size);
		good = outbox_add(outbox, &item, &digest, &position);
		if (good && s->saved)
			s->saved(s->context, position);
	}
	good = good && (!*fits || item.places);
	arena_free(&arena);
	return good;
}

/* Rows that do not fit into one submission become several, in the order of the rows. */
static bool
save_draft(struct outbox *outbox, struct saving *s, const struct draft *d, const char *files, int64_t time_us)
{
	size_t rows = submission_rows(&d->submission), most = SUBMISSION_ROWS_MAX;
	for (size_t first = 0; first < rows;) {
		size_t left = rows - first, count = left < most ? left : most;
		bool fits;
		if (!save_part(outbox, s, d, first, count, files, time_us, &fits) || (!fits && count == 1))
			return false;
		if (fits) {
			first += count;
			s->parts++;
		} else {
			most = count / 2;
		}
	}
	return true;
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

/* What is not sent of the files. */
static void
take_left(struct saving *s, const struct draft *draft)
{
	s->left_out += draft->left_out_count;
	for (size_t i = 0; i < draft->passed_over_count; i++, s->passed_over++)
		if (s->passed_over < PASSED_NAMES_MAX)
			snprintf(s->passed_names[s->passed_over], SHEET_NAME_BYTES, "%s", draft->passed_over[i].sheet);
	if (draft->dropped_count && !s->dropped) {
		char name[PLACE_NAME_BYTES];
		const struct dropped *first = draft->dropped;
		snprintf(s->dropped_row, sizeof s->dropped_row, "%s:%zu: %s",
		         place_name(&first->place, LANGUAGE_ENGLISH, name), first->place.line, first->names);
	}
	s->dropped += draft->dropped_count;
	for (size_t i = 0; draft->alike_count && !s->alike && i < 2; i++)
		snprintf(s->alike_pair[i], sizeof s->alike_pair[i], "%s", draft->alike[i]);
	s->alike += draft->alike_count;
}

void
saving_tell(const struct saving *s, enum language language, FILE *out)
{
	bool zh = language == LANGUAGE_CHINESE;
	char room[4 * SHEET_NAME_BYTES], row[4 * sizeof s->dropped_row];
	for (size_t i = 0; i < s->passed_over && i < PASSED_NAMES_MAX; i++)
		fprintf(out,
		        zh ? "未读取：工作表“%s”没有已知的列名\n"
		           : "not read: sheet %s, it has no column names that are known\n",
		        utf8_show(s->passed_names[i], UTF8_SAFE, room, sizeof room));
	if (s->passed_over > PASSED_NAMES_MAX)
		fprintf(out, zh ? "未读取：另有 %zu 个工作表\n" : "not read: %zu sheets more\n",
		        s->passed_over - PASSED_NAMES_MAX);
	if (s->dropped)
		fprintf(out,
		        zh ? "更正 %zu 行缺少某些列，原有数据将被清除，例如 %s（“–”表示确需清除）\n"
		           : "corrections: %zu rows have no column for figures, and clear what stood there: %s (a – "
		             "in a cell says so "
		             "on purpose)\n",
		        s->dropped, utf8_show(s->dropped_row, UTF8_SAFE, row, sizeof row));
	if (s->alike)
		fprintf(
		    out,
		    zh ? "凭证号 %s 与 %s 只差大小写或前导零，按不同凭证处理，请核对（共 %zu 处）\n"
		       : "vouchers %s and %s differ in case or zeros alone, and are two: is one meant? (%zu such)\n",
		    utf8_show(s->alike_pair[0], UTF8_SAFE, room, sizeof room),
		    utf8_show(s->alike_pair[1], UTF8_SAFE, row, sizeof row), s->alike);
}

static bool
save_drafts(struct outbox *outbox, struct saving *s, struct draft *drafts, size_t draft_count,
            int64_t time_us)
{
	if (!outbox_begin(outbox))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < draft_count; i++) {
		bool own = s->each && s->count > 1;
		const char *names = own ? s->files[i] : join_names(&drafts[i].arena, s->files, s->count);
		good = names && save_draft(outbox, s, &drafts[i], names, time_us);
		take_left(s, &drafts[i]);
	}
	if (good)
		return outbox_commit(outbox);
	outbox_cancel(outbox);
	return false;
}

static void
read_and_check(struct saving *s, struct draft *drafts, size_t draft_count)
{
	for (size_t i = 0; i < draft_count; i++)
		drafts[i].office = s->office;
	if (s->bytes)
		draft_read_bytes(drafts, s->files[0], s->bytes, s->size, s->catalogue, &s->findings);
	for (size_t i = 0; !s->bytes && i < s->count; i++)
		draft_read(&drafts[draft_count > 1 ? i : 0], s->files[i], s->catalogue, &s->findings);
	/* Rows that could not be read would only bring follow-up problems. */
	for (size_t i = 0; !s->findings.count && i < draft_count; i++)
		draft_check(&drafts[i], s->catalogue, s->today, &s->findings);
	for (size_t i = 0; s->look && !s->findings.count && i < draft_count; i++)
		if (drafts[i].dropped_count && s->look(s->look_context, &drafts[i], &s->findings))
			drafts[i].dropped_count = 0; /* nothing stood there, or it is a finding */
}

void
check_files(struct saving *s, struct draft *draft)
{
	read_and_check(s, draft, 1);
	take_left(s, draft);
}

bool
save_files(struct outbox *outbox, int64_t time_us, struct saving *s)
{
	size_t draft_count = s->each ? s->count : 1;
	struct draft *drafts = calloc(draft_count, sizeof *drafts);
	s->parts = s->left_out = s->passed_over = s->dropped = s->alike = 0;
	if (!drafts)
		return false;
	for (size_t i = 0; i < draft_count; i++)
		draft_init(&drafts[i]);
	read_and_check(s, drafts, draft_count);
	bool good = !s->findings.count && save_drafts(outbox, s, drafts, draft_count, time_us);
	for (size_t i = 0; i < draft_count; i++)
		draft_free(&drafts[i]);
	free(drafts);
	return good;
}
