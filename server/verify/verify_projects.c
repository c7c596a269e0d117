#include "verify_projects.h"

#include "base/grow.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 10, PAGE_BYTES_MAX = 128 * 1024 * 1024, LINE_BYTES = 256, LINES_SHOWN_MAX = 20 };

/* What each project has of each source, a line each: owner, code, source, then granted, under the grant, on
 * hand, spent. */
struct lines {
	size_t count, room;
	char (*items)[LINE_BYTES];
};

/* The rules of the ledger once more: an entry's project is what it names; of a withdrawal the grant's; a
 * reversal undoes what it refers to. "code@unit" is a project that another unit of the place registered. */
static const char project_sql[] =
    "WITH e AS (SELECT x.county, x.unit, x.voucher, x.kind, x.source, x.refers, x.amount_fen, "
    "  coalesce(x.project, CASE WHEN x.kind = 9 THEN g.project END) AS project, "
    "  CASE x.kind WHEN 9 THEN g.counterparty WHEN 4 THEN x.counterparty ELSE x.unit END AS whose "
    "  FROM fund_entry x LEFT JOIN fund_entry g ON x.kind = 9 AND (g.county, g.unit, g.voucher) = (x.county, "
    "  x.unit, x.refers) WHERE x.seq <= $1), "
    "booked AS (SELECT whose, project, kind, source, amount_fen AS fen FROM e WHERE kind <> 10 "
    "  UNION ALL SELECT o.whose, o.project, o.kind, o.source, -r.amount_fen FROM e r JOIN e o "
    "  ON (o.county, o.unit, o.voucher) = (r.county, r.unit, r.refers) WHERE r.kind = 10), "
    "sums AS (SELECT coalesce(nullif(split_part(project, '@', 2), '')::bigint, whose) AS owner, "
    "  split_part(project, '@', 1) AS project, source, "
    "  coalesce(sum(fen) FILTER (WHERE kind = 4), 0) - coalesce(sum(fen) FILTER (WHERE kind = 9), 0) AS "
    "granted, "
    "  coalesce(sum(fen) FILTER (WHERE kind = 7), 0) AS claimed, "
    "  coalesce(sum(fen) FILTER (WHERE kind = 5), 0) AS spent "
    "  FROM booked WHERE project IS NOT NULL GROUP BY 1, 2, 3) "
    "SELECT format('%s %s %s %s %s %s %s', owner, project, source, granted, granted - claimed, claimed - "
    "spent, "
    "spent) FROM sums WHERE granted <> 0 OR claimed <> 0 OR spent <> 0";

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* NULL: no memory. */
static char *
add_line(struct lines *l)
{
	if (!grow(&l->items, &l->room, l->count + 1, sizeof *l->items))
		return NULL;
	return l->items[l->count++];
}

static bool
add_item(struct lines *l, const struct project_item *item)
{
	for (size_t i = 0; i < item->money_count; i++) {
		const struct project_money *m = &item->money[i];
		if (!m->granted_fen && !m->under_grant_fen && !m->on_hand_fen && !m->spent_fen)
			continue;
		char *line = add_line(l);
		if (!line)
			return false;
		snprintf(line, LINE_BYTES, "%" PRId64 " %.*s %u %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		         item->owner, (int)project_name_of(item->code).length, item->code, m->source, m->granted_fen,
		         m->under_grant_fen, m->on_hand_fen, m->spent_fen);
	}
	return true;
}

/* All pages. *same becomes false if the centre went on meanwhile. */
static bool
list_shown(projects_asker ask, void *context, unit_code province, struct lines *out, uint64_t *seq,
           bool *same)
{
	struct project_query query = {.unit = province};
	bool good = true;
	*same = true;
	*seq = out->count = 0;
	do {
		struct arena arena;
		struct project_answer answer = {0};
		arena_init(&arena, PAGE_BYTES_MAX);
		good = ask(context, &query, &arena, &answer);
		for (size_t i = 0; good && i < answer.count; i++)
			good = add_item(out, &answer.items[i]);
		*same = *same && (!query.after.unit || answer.as_of.seq == *seq);
		*seq = answer.as_of.seq;
		query.after = answer.next;
		arena_free(&arena);
	} while (good && *same && query.after.unit);
	return good;
}

static bool
list_expected(struct pg_conn *connection, uint64_t seq, unit_code province, struct lines *out, char *error)
{
	char text[24];
	const char *values[] = {text};
	struct pg_result *r;
	snprintf(text, sizeof text, "%" PRIu64, seq);
	if (!pg_query(connection, project_sql, 1, values, &r, error))
		return false;
	bool good = true;
	for (int row = 0; good && row < PQntuples(r); row++) {
		if (!unit_within(strtoll(PQgetvalue(r, row, 0), NULL, 10), province))
			continue;
		char *line = add_line(out);
		good = line;
		if (line)
			snprintf(line, LINE_BYTES, "%s", PQgetvalue(r, row, 0));
	}
	PQclear(r);
	if (!good)
		snprintf(error, PG_ERROR_BYTES, "out of memory");
	return good;
}

/* Each line that only one of them has. */
static uint64_t
print_differences(struct lines *journal, struct lines *shown)
{
	uint64_t drift = 0;
	size_t j = 0, s = 0;
	if (journal->count)
		qsort(journal->items, journal->count, sizeof *journal->items, by_text);
	if (shown->count)
		qsort(shown->items, shown->count, sizeof *shown->items, by_text);
	while (j < journal->count || s < shown->count) {
		int order = j == journal->count ? 1
		            : s == shown->count ? -1
		                                : strcmp(journal->items[j], shown->items[s]);
		if (order && drift++ < LINES_SHOWN_MAX)
			printf("drift: project %s: only %s\n", order < 0 ? journal->items[j] : shown->items[s],
			       order < 0 ? "in the journal" : "at the centre");
		j += order <= 0;
		s += order >= 0;
	}
	return drift;
}

bool
verify_projects(struct pg_conn *connection, unit_code province, projects_asker ask, void *context,
                uint64_t *compared, uint64_t *drift, char error[PG_ERROR_BYTES])
{
	struct lines shown = {0}, journal = {0};
	uint64_t seq = 0;
	bool same = false, good = true;
	for (int attempt = 0; good && !same && attempt < ATTEMPTS; attempt++)
		good = list_shown(ask, context, province, &shown, &seq, &same);
	good = good && (!same || list_expected(connection, seq, province, &journal, error));
	if (good && same) {
		*drift += print_differences(&journal, &shown);
		*compared += shown.count;
	}
	free(shown.items);
	free(journal.items);
	return good;
}
