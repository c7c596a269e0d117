/* Records what went into sealed files, so that an answer is taken over once, and only by the outbox that
 * sent the request. */
#include "outbox_internal.h"

#include <string.h>

static void
bind_letter(sqlite3_stmt *s, const struct submission_id *file, uint32_t number)
{
	sqlite3_bind_blob(s, 1, file->bytes, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, number);
}

bool
outbox_add_letter(struct outbox *o, const struct submission_id *file, uint32_t number,
                  const struct outbox_letter *letter)
{
	sqlite3_stmt *s = outbox_prepare(
	    o, "INSERT INTO sealed_letter (file, number, position, of_file, digest) VALUES (?, ?, ?, ?, ?)");
	if (!s)
		return false;
	bind_letter(s, file, number);
	sqlite3_bind_int64(s, 3, letter->position);
	sqlite3_bind_int(s, 4, letter->of_file);
	sqlite3_bind_blob(s, 5, letter->digest.bytes, DIGEST_BYTES, SQLITE_STATIC);
	return outbox_finish(o, s);
}

bool
outbox_find_letter(struct outbox *o, const struct submission_id *file, uint32_t number,
                   struct outbox_letter *out)
{
	*out = (struct outbox_letter){0};
	sqlite3_stmt *s = outbox_prepare(
	    o, "SELECT position, of_file, answered, digest FROM sealed_letter WHERE file = ? AND number = ?");
	if (!s)
		return false;
	bind_letter(s, file, number);
	int result = sqlite3_step(s);
	if (result == SQLITE_ROW && sqlite3_column_bytes(s, 3) == DIGEST_BYTES) {
		out->position = sqlite3_column_int64(s, 0);
		out->of_file = sqlite3_column_int(s, 1) != 0;
		out->answered = sqlite3_column_int(s, 2) != 0;
		memcpy(out->digest.bytes, sqlite3_column_blob(s, 3), DIGEST_BYTES);
	}
	bool good = outbox_note(o, result == SQLITE_ROW || result == SQLITE_DONE);
	sqlite3_finalize(s);
	return good;
}

bool
outbox_set_answered(struct outbox *o, const struct submission_id *file, uint32_t number)
{
	sqlite3_stmt *s =
	    outbox_prepare(o, "UPDATE sealed_letter SET answered = 1 WHERE file = ? AND number = ?");
	if (!s)
		return false;
	bind_letter(s, file, number);
	return outbox_finish(o, s);
}

/* ---------------------------------------------------------------- voided */

static bool
run(struct outbox *o, const char *sql, int64_t position)
{
	sqlite3_stmt *s = outbox_prepare(o, sql);
	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, position);
	return outbox_finish(o, s);
}

bool
outbox_void(struct outbox *o, int64_t position, const void *bytes, size_t size)
{
	struct digest digest = digest_of(bytes, size);
	if (!run(o,
	         "INSERT OR IGNORE INTO voided (position, digest, content, files, bytes) "
	         "SELECT position, digest, content, files, bytes FROM submission WHERE position = ?",
	         position) ||
	    !run(o, "UPDATE sealed_letter SET answered = 1 WHERE position = ?", position))
		return false;
	sqlite3_stmt *s = outbox_prepare(
	    o, "UPDATE submission SET state = 0, problems = NULL, digest = ?2, content = ?2, bytes = ?3, files = "
	       "(SELECT files FROM voided WHERE position = ?1) || ' (void)' WHERE position = ?1 AND state IN (2, "
	       "3)");
	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, position);
	sqlite3_bind_blob(s, 2, digest.bytes, DIGEST_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob64(s, 3, bytes, size, SQLITE_STATIC);
	return outbox_finish(o, s);
}

bool
outbox_unvoid(struct outbox *o, int64_t position)
{
	return run(o,
	           "UPDATE submission SET (digest, content, files, bytes) = (SELECT v.digest, v.content, "
	           "v.files, "
	           "v.bytes FROM voided v WHERE v.position = ?1) WHERE position = ?1 AND position IN (SELECT "
	           "position FROM voided)",
	           position) &&
	       run(o, "DELETE FROM voided WHERE position = ?", position);
}
