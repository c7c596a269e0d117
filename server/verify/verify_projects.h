/* Part of fupind verify: compares the money of projects, as SQL computes it, with what the centre answers. */
#ifndef FUPIN_SERVER_VERIFY_PROJECTS_H
#define FUPIN_SERVER_VERIFY_PROJECTS_H

#include "postgres/pg.h"
#include "reply.h"

#include <stdbool.h>

/* The source of answers. */
typedef bool (*projects_asker)(void *context, const struct project_query *query, struct arena *arena,
                               struct project_answer *out);

/* Compares all projects of a province, as of one commit, and prints what differs; *drift counts it, *compared
 * the projects' sources. False: `error` says why it could not be done. */
bool verify_projects(struct pg_conn *connection, unit_code province, projects_asker ask, void *context,
                     uint64_t *compared, uint64_t *drift, char error[PG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
