#include "document_store.h"

#include "postgres/pg_params.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_RESULT = 0, BINARY_RESULT = 1 };
#define US_PER_DAY (INT64_C(86400) * 1000000)

/* ---------------------------------------------------------------- statements */

/* $1, $2 and $3 of every statement about a file. */
static void
file_params(struct pg_params *p, unit_code unit, const struct digest *digest)
{
	*p = (struct pg_params){0};
	pg_add_number(p, unit_county(unit));
	pg_add_number(p, unit);
	pg_add_bytes(p, digest->bytes, DIGEST_BYTES);
}

static bool
store_problem(struct problem_list *problems, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	enum problem_code code = sqlstate ? pg_problem(sqlstate) : PROBLEM_STORE_UNAVAILABLE;
	problem_detail(problem_only(problems, code), "%s", sqlstate ? sqlstate : "");
	return false;
}

/* NULL: `problems` says why. Cleared by the caller. */
static PGresult *
run(struct pg_conn *connection, const char *sql, const struct pg_params *p, int format,
    struct problem_list *problems)
{
	PGresult *result = PQexecParams((PGconn *)connection, sql, p ? (int)p->count : 0, NULL,
	                                p ? p->values : NULL, p ? p->sizes : NULL, p ? p->formats : NULL, format);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return result;
	store_problem(problems, result);
	PQclear(result);
	return NULL;
}

/* The same where no rows are expected; *rows (may be NULL): how many were touched. */
static bool
change(struct pg_conn *connection, const char *sql, const struct pg_params *p, uint64_t *rows,
       struct problem_list *problems)
{
	PGresult *result = run(connection, sql, p, TEXT_RESULT, problems);
	if (result && rows)
		*rows = strtoull(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return result;
}

static bool
begin(struct pg_conn *connection, struct problem_list *problems)
{
	return change(connection, "BEGIN", NULL, NULL, problems) &&
	       change(connection, "SET LOCAL synchronous_commit = off", NULL, NULL, problems);
}

/* Commits what was done, also where the answer is a refusal that took something away. */
static bool
finish(struct pg_conn *connection, bool good, bool keep, struct problem_list *problems)
{
	struct problem_list ignored;
	problem_list_init(&ignored);
	bool ended =
	    change(connection, good || keep ? "COMMIT" : "ROLLBACK", NULL, NULL, good ? problems : &ignored);
	return good && ended;
}

static bool
refuse(struct problem_list *problems, enum problem_code code, const char *detail)
{
	problem_detail(problem_only(problems, code), "%s", detail);
	return false;
}

/* ---------------------------------------------------------------- a file's state */

struct file {
	bool known, whole;
	uint64_t size, received;
	enum file_type type;
};

/* And holds it until the transaction's end; the journal, which names files that are whole, does not wait for
 * that. */
static bool
find_file(struct pg_conn *connection, const struct upload *u, struct file *out, struct problem_list *problems)
{
	static const char sql[] =
	    "SELECT size, type, received, whole FROM document_file WHERE county = $1 AND unit = "
	    "$2 AND digest = $3 FOR NO KEY UPDATE";
	struct pg_params p;
	file_params(&p, u->unit, &u->digest);
	PGresult *r = run(connection, sql, &p, TEXT_RESULT, problems);
	*out = (struct file){.known = r && PQntuples(r) == 1};
	if (out->known) {
		out->size = strtoull(PQgetvalue(r, 0, 0), NULL, 10);
		out->type = (enum file_type)strtol(PQgetvalue(r, 0, 1), NULL, 10);
		out->received = strtoull(PQgetvalue(r, 0, 2), NULL, 10);
		out->whole = *PQgetvalue(r, 0, 3) == 't';
	}
	PQclear(r);
	return r;
}

static bool
forget_file(struct pg_conn *connection, const struct upload *u, struct problem_list *problems)
{
	struct pg_params p;
	file_params(&p, u->unit, &u->digest);
	return change(connection, "DELETE FROM document_file WHERE county = $1 AND unit = $2 AND digest = $3", &p,
	              NULL, problems);
}

/* ---------------------------------------------------------------- parts */

static bool
load_part(struct pg_conn *connection, unit_code unit, const struct digest *digest, uint64_t part,
          PGresult **out, struct problem_list *problems)
{
	static const char sql[] =
	    "SELECT bytes FROM document_part WHERE county = $1 AND unit = $2 AND digest = $3 AND part = $4";
	struct pg_params p;
	file_params(&p, unit, digest);
	pg_add_number(&p, (int64_t)part);
	*out = run(connection, sql, &p, BINARY_RESULT, problems);
	if (!*out || PQntuples(*out) == 1)
		return *out;
	PQclear(*out);
	return refuse(problems, PROBLEM_STORE_FAILED, "a part is not there");
}

/* What is there already has to be the same. */
static bool
compare_part(struct pg_conn *connection, const struct upload *u, struct problem_list *problems)
{
	PGresult *r;
	if (!load_part(connection, u->unit, &u->digest, u->offset / DOCUMENT_PART_BYTES, &r, problems))
		return false;
	bool same =
	    (size_t)PQgetlength(r, 0, 0) == u->part_size && !memcmp(PQgetvalue(r, 0, 0), u->part, u->part_size);
	PQclear(r);
	return same || refuse(problems, PROBLEM_FILE_PART_INVALID,
	                      "other bytes than those received before (与已收到的内容不同)");
}

static bool
store_part(struct pg_conn *connection, const struct upload *u, int64_t now_us, struct file *file,
           struct problem_list *problems)
{
	static const char insert[] =
	    "INSERT INTO document_part (county, unit, digest, part, bytes) VALUES ($1, $2, $3, $4, $5)";
	static const char update[] =
	    "UPDATE document_file SET received = $4, continued_at = to_timestamp($5::numeric / "
	    "1000000) WHERE county = $1 AND unit = $2 AND digest = $3";
	struct pg_params part, state;
	file_params(&part, u->unit, &u->digest);
	file_params(&state, u->unit, &u->digest);
	pg_add_number(&part, (int64_t)(u->offset / DOCUMENT_PART_BYTES));
	pg_add_bytes(&part, u->part, u->part_size);
	pg_add_number(&state, (int64_t)(u->offset + u->part_size));
	pg_add_number(&state, now_us);
	if (!change(connection, insert, &part, NULL, problems) ||
	    !change(connection, update, &state, NULL, problems))
		return false;
	file->received = u->offset + u->part_size;
	return true;
}

/* A part that comes too early is not kept; the answer says where to go on. */
static bool
take_part(struct pg_conn *connection, const struct upload *u, int64_t now_us, struct file *file,
          struct problem_list *problems)
{
	if (!file->known)
		return refuse(problems, PROBLEM_FILE_MISSING, "it was not offered (尚未登记)");
	if (file->size != u->size || file->type != u->type)
		return refuse(problems, PROBLEM_FILE_PART_INVALID,
		              "size or type is not that of the offer (与登记不符)");
	if (u->offset < file->received)
		return compare_part(connection, u, problems);
	return u->offset > file->received || store_part(connection, u, now_us, file, problems);
}

/* ---------------------------------------------------------------- offers */

/* One number of a statement without rows that vary. */
static bool
ask_number(struct pg_conn *connection, const char *sql, const struct pg_params *p, int64_t *out,
           struct problem_list *problems)
{
	PGresult *result = run(connection, sql, p, TEXT_RESULT, problems);
	if (result)
		*out = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return result;
}

/* A county's share is of the files that are no documents yet; the whole, of the bytes of those under way.
 * Several fupind may pass it by a file each: what they count at the same moment. */
static bool
check_room(struct pg_conn *connection, const struct upload *u, struct problem_list *problems)
{
	static const char own_sql[] = "SELECT count(*) FROM document_file f WHERE county = $1 AND NOT EXISTS "
	                              "(SELECT 1 FROM document d WHERE "
	                              "d.county = f.county AND d.unit = f.unit AND d.digest = f.digest)";
	static const char all_sql[] = "SELECT coalesce(sum(size), 0)::bigint FROM document_file WHERE NOT whole";
	struct pg_params p = {0};
	int64_t own, all;
	pg_add_number(&p, unit_county(u->unit));
	if (!ask_number(connection, own_sql, &p, &own, problems) ||
	    !ask_number(connection, all_sql, NULL, &all, problems))
		return false;
	if (own < UPLOADS_COUNTY_MAX && all + (int64_t)u->size <= UPLOAD_BYTES_MAX)
		return true;
	problem_only(problems, PROBLEM_UPLOADS_TOO_MANY)->limit = UPLOADS_COUNTY_MAX;
	return false;
}

/* Where the same office began it elsewhere at the same moment, that one counts. */
static bool
begin_file(struct pg_conn *connection, const struct upload *u, int64_t now_us, struct file *file,
           struct problem_list *problems)
{
	static const char sql[] = "INSERT INTO document_file (county, unit, digest, size, type, received, "
	                          "continued_at) VALUES ($1, $2, $3, "
	                          "$4, $5, 0, to_timestamp($6::numeric / 1000000)) ON CONFLICT DO NOTHING";
	struct pg_params p;
	file_params(&p, u->unit, &u->digest);
	pg_add_number(&p, (int64_t)u->size);
	pg_add_number(&p, u->type);
	pg_add_number(&p, now_us);
	return check_room(connection, u, problems) && change(connection, sql, &p, NULL, problems) &&
	       find_file(connection, u, file, problems);
}

/* Offered anew, with another size or type: what came so far was for nothing. */
static bool
begin_again(struct pg_conn *connection, const struct upload *u, int64_t now_us, struct file *file,
            struct problem_list *problems)
{
	return forget_file(connection, u, problems) && begin_file(connection, u, now_us, file, problems);
}

static bool
touch_file(struct pg_conn *connection, const struct upload *u, int64_t now_us, struct problem_list *problems)
{
	static const char sql[] =
	    "UPDATE document_file SET continued_at = to_timestamp($4::numeric / 1000000) WHERE "
	    "county = $1 AND unit = $2 AND digest = $3";
	struct pg_params p;
	file_params(&p, u->unit, &u->digest);
	pg_add_number(&p, now_us);
	return change(connection, sql, &p, NULL, problems);
}

static bool
take_offer(struct pg_conn *connection, const struct upload *u, int64_t now_us, struct file *file,
           struct problem_list *problems)
{
	if (!file->known)
		return begin_file(connection, u, now_us, file, problems);
	if (file->whole && file->size != u->size)
		return refuse(problems, PROBLEM_FILE_DIGEST_WRONG, "");
	if (file->whole && file->type != u->type)
		return refuse(problems, PROBLEM_FILE_TYPE_WRONG, file_type_name(u->type));
	if (file->size != u->size || file->type != u->type)
		return begin_again(connection, u, now_us, file, problems);
	return touch_file(connection, u, now_us, problems);
}

/* ---------------------------------------------------------------- sealing */

static bool
load_file(struct pg_conn *connection, const struct upload *u, uint8_t *out, struct problem_list *problems)
{
	for (uint64_t at = 0; at < u->size;) {
		PGresult *r;
		if (!load_part(connection, u->unit, &u->digest, at / DOCUMENT_PART_BYTES, &r, problems))
			return false;
		size_t size = (size_t)PQgetlength(r, 0, 0), left = (size_t)(u->size - at);
		bool fits = size && size <= left;
		if (fits)
			memcpy(out + at, PQgetvalue(r, 0, 0), size);
		PQclear(r);
		if (!fits)
			return refuse(problems, PROBLEM_STORE_FAILED, "a part has another size");
		at += size;
	}
	return true;
}

/* Are the bytes what was told? *wrong: they are not, and are to be thrown away. */
static bool
check_bytes(const struct upload *u, const uint8_t *all, bool *wrong, struct problem_list *problems)
{
	struct digest digest = digest_of(all, (size_t)u->size);
	*wrong = true;
	if (!digest_equal(&digest, &u->digest))
		return refuse(problems, PROBLEM_FILE_DIGEST_WRONG, "");
	if (file_type_of(all, (size_t)u->size) != u->type)
		return refuse(problems, PROBLEM_FILE_TYPE_WRONG, file_type_name(u->type));
	*wrong = false;
	return true;
}

/* All bytes are there. */
static bool
seal(struct pg_conn *connection, const struct upload *u, struct file *file, bool *keep,
     struct problem_list *problems)
{
	static const char sql[] =
	    "UPDATE document_file SET whole = true WHERE county = $1 AND unit = $2 AND digest = $3";
	struct pg_params p;
	bool wrong = false;
	uint8_t *all = malloc((size_t)u->size);
	file_params(&p, u->unit, &u->digest);
	if (!all)
		return refuse(problems, PROBLEM_BUSY, "");
	bool good = load_file(connection, u, all, problems) && check_bytes(u, all, &wrong, problems);
	free(all);
	if (wrong) {
		struct problem_list ignored;
		problem_list_init(&ignored);
		*keep = forget_file(connection, u, &ignored);
	}
	file->whole = good && change(connection, "SET LOCAL synchronous_commit = on", NULL, NULL, problems) &&
	              change(connection, sql, &p, NULL, problems);
	return file->whole;
}

bool
document_store_upload(struct pg_conn *connection, const struct upload *u, int64_t now_us,
                      struct uploaded *out, uint64_t *thrown, struct problem_list *problems)
{
	struct file file, before;
	bool keep = false;
	*thrown = 0;
	if (!begin(connection, problems))
		return finish(connection, false, false, problems);
	bool good = find_file(connection, u, &file, problems);
	before = file;
	good = good && (u->part_size ? take_part(connection, u, now_us, &file, problems)
	                             : take_offer(connection, u, now_us, &file, problems));
	if (good && file.received < before.received)
		*thrown = before.received;
	if (good && !file.whole && file.received == file.size)
		good = seal(connection, u, &file, &keep, problems);
	if (keep)
		*thrown = u->size;
	good = finish(connection, good, keep, problems);
	if (good)
		*out = (struct uploaded){.digest = u->digest, .received = file.received, .whole = file.whole};
	return good;
}

/* ---------------------------------------------------------------- looking */

bool
document_store_has(struct pg_conn *connection, const struct submission *s, int64_t now_us,
                   struct problem_list *problems)
{
	static const char sql[] =
	    "UPDATE document_file SET continued_at = to_timestamp($6::numeric / 1000000) WHERE "
	    "county = $1 AND unit = $2 AND digest = $3 AND size = $4 AND type = $5 AND whole";
	bool good = begin(connection, problems);
	for (size_t i = 0; good && i < s->document_count; i++) {
		const struct document *d = &s->documents[i];
		struct pg_params p;
		uint64_t rows;
		file_params(&p, d->unit, &d->digest);
		pg_add_number(&p, (int64_t)d->size);
		pg_add_number(&p, d->type);
		pg_add_number(&p, now_us);
		good = change(connection, sql, &p, &rows, problems);
		if (good && !rows) {
			problem_detail(problem_add(problems, PROBLEM_FILE_MISSING, SUBJECT_DOCUMENT, i, "digest"), "%s",
			               d->name);
		}
	}
	good = good && !problems->count;
	return finish(connection, good, false, problems);
}

bool
document_store_part(struct pg_conn *connection, struct arena *arena, struct file_part *out,
                    struct problem_list *problems)
{
	PGresult *r;
	const struct document_item *d = &out->document;
	if (!load_part(connection, d->key.unit, &d->digest, out->offset / DOCUMENT_PART_BYTES, &r, problems))
		return false;
	out->part_size = (size_t)PQgetlength(r, 0, 0);
	out->part = (const uint8_t *)arena_text(arena, PQgetvalue(r, 0, 0), out->part_size);
	PQclear(r);
	return out->part || refuse(problems, PROBLEM_BUSY, "");
}

bool
document_store_sweep(struct pg_conn *connection, int64_t now_us, uint64_t *files,
                     struct problem_list *problems)
{
	static const char sql[] =
	    "DELETE FROM document_file f WHERE continued_at < to_timestamp($1::numeric / 1000000) AND NOT EXISTS "
	    "(SELECT "
	    "1 FROM document d WHERE d.county = f.county AND d.unit = f.unit AND d.digest = f.digest)";
	struct pg_params p = {0};
	pg_add_number(&p, now_us - UPLOAD_DAYS_MAX * US_PER_DAY);
	return change(connection, sql, &p, files, problems);
}
