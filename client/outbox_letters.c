/* What went into sealed files: so that an answer is taken over once, and by the outbox that asked. */
#include "outbox_internal.h"

static void
bind_letter(sqlite3_stmt *s, const struct submission_id *file, uint32_t number)
{
	sqlite3_bind_blob(s, 1, file->bytes, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, number);
}

bool
outbox_add_letter(struct outbox *o, const struct submission_id *file, uint32_t number, int64_t position)
{
	sqlite3_stmt *s = outbox_prepare(o, "INSERT INTO letter (file, number, position) VALUES (?, ?, ?)");
	if (!s)
		return false;
	bind_letter(s, file, number);
	sqlite3_bind_int64(s, 3, position);
	return outbox_finish(o, s);
}

bool
outbox_find_letter(struct outbox *o, const struct submission_id *file, uint32_t number, int64_t *position,
                   bool *answered)
{
	*position = 0;
	*answered = false;
	sqlite3_stmt *s =
	    outbox_prepare(o, "SELECT position, answered FROM letter WHERE file = ? AND number = ?");
	if (!s)
		return false;
	bind_letter(s, file, number);
	int result = sqlite3_step(s);
	if (result == SQLITE_ROW) {
		*position = sqlite3_column_int64(s, 0);
		*answered = sqlite3_column_int(s, 1) != 0;
	}
	bool good = outbox_note(o, result == SQLITE_ROW || result == SQLITE_DONE);
	sqlite3_finalize(s);
	return good;
}

bool
outbox_set_answered(struct outbox *o, const struct submission_id *file, uint32_t number)
{
	sqlite3_stmt *s = outbox_prepare(o, "UPDATE letter SET answered = 1 WHERE file = ? AND number = ?");
	if (!s)
		return false;
	bind_letter(s, file, number);
	return outbox_finish(o, s);
}
