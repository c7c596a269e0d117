#include "verify_documents.h"

#include "keys/identity.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* A file that a document names is never removed, so no snapshot is needed. */
static const char files_sql[] =
    "SELECT d.county, d.unit, encode(d.digest, 'hex'), string_agg(format('%s version %s', k.code, "
    "d.version), "
    "', ' ORDER BY d.kind, d.version) FROM document d JOIN document_kind k ON k.number = d.kind "
    "GROUP BY d.county, d.unit, d.digest ORDER BY d.county, d.unit, d.digest";
static const char parts_sql[] =
    "SELECT bytes FROM document_part WHERE county = $1 AND unit = $2 AND digest = "
    "decode($3, 'hex') ORDER BY part";

/* Of one file, which is 20 MiB at most; in hex. */
static bool
digest_stored(struct pg_conn *connection, const char *const key[3], char out[2 * DIGEST_BYTES + 1],
              char error[PG_ERROR_BYTES])
{
	crypto_generichash_state state;
	unsigned char digest[DIGEST_BYTES];
	PGresult *r = PQexecParams((PGconn *)connection, parts_sql, 3, NULL, key, NULL, NULL, 1);
	bool good = PQresultStatus(r) == PGRES_TUPLES_OK;
	if (!good)
		snprintf(error, PG_ERROR_BYTES, "%s", PQresultErrorMessage(r));
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	for (int i = 0; good && i < PQntuples(r); i++)
		crypto_generichash_update(&state, (const unsigned char *)PQgetvalue(r, i, 0),
		                          (unsigned long long)PQgetlength(r, i, 0));
	crypto_generichash_final(&state, digest, sizeof digest);
	sodium_bin2hex(out, 2 * DIGEST_BYTES + 1, digest, sizeof digest);
	PQclear(r);
	return good;
}

bool
verify_documents(struct pg_conn *connection, uint64_t *drift, char error[PG_ERROR_BYTES])
{
	struct pg_result *files;
	if (!pg_query(connection, files_sql, 0, NULL, &files, error))
		return false;
	bool good = true;
	for (int i = 0; good && i < PQntuples(files); i++) {
		const char *const key[3] = {PQgetvalue(files, i, 0), PQgetvalue(files, i, 1),
		                            PQgetvalue(files, i, 2)};
		char stored[2 * DIGEST_BYTES + 1];
		good = digest_stored(connection, key, stored, error);
		if (!good || !strcmp(stored, key[2]))
			continue;
		printf("broken: the file of unit %s, %s: it was sent with digest %s, its bytes have %s\n", key[1],
		       PQgetvalue(files, i, 3), key[2], stored);
		++*drift;
	}
	PQclear(files);
	return good;
}
