#include "verify.h"

#include "base/log.h"
#include "boot/store.h"
#include "codec.h"
#include "journal/replay.h"
#include "query/projects_answer.h"
#include "verify_documents.h"
#include "verify_internal.h"
#include "verify_projects.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { ANSWER_WAIT_MS = 10000, DRIFT_LINES_MAX = 20 };

/* ---------------------------------------------------------------- asking */

static bool
connect_centre(struct verify *v, const struct home *home)
{
	int linger = 0, wait = ANSWER_WAIT_MS;
	v->context = zmq_ctx_new();
	v->socket = v->context ? zmq_socket(v->context, ZMQ_DEALER) : NULL;
	return v->socket && !zmq_setsockopt(v->socket, ZMQ_LINGER, &linger, sizeof linger) &&
	       !zmq_setsockopt(v->socket, ZMQ_RCVTIMEO, &wait, sizeof wait) &&
	       !zmq_setsockopt(v->socket, ZMQ_CURVE_SERVERKEY, home->centre.public_key, KEY_TEXT_BYTES) &&
	       !zmq_setsockopt(v->socket, ZMQ_CURVE_PUBLICKEY, home->local.public_key, KEY_TEXT_BYTES) &&
	       !zmq_setsockopt(v->socket, ZMQ_CURVE_SECRETKEY, home->local.secret_key, KEY_TEXT_BYTES) &&
	       !zmq_connect(v->socket, home->local_endpoint);
}

static void
disconnect_centre(struct verify *v)
{
	if (v->socket)
		zmq_close(v->socket);
	if (v->context)
		zmq_ctx_term(v->context);
	v->socket = v->context = NULL;
}

bool
verify_exchange(struct verify *v, const struct request *request, enum reply_kind kind, struct arena *arena,
                struct reply *reply)
{
	uint8_t *bytes;
	size_t size;
	zmq_msg_t message;
	zmq_msg_init(&message);
	bool good = codec_encode_request(arena, request, &bytes, &size) &&
	            zmq_send(v->socket, bytes, size, 0) >= 0 && zmq_msg_recv(&message, v->socket, 0) >= 0 &&
	            codec_decode_reply(arena, zmq_msg_data(&message), zmq_msg_size(&message), reply) &&
	            reply->kind == kind;
	zmq_msg_close(&message);
	if (!good)
		snprintf(v->error, sizeof v->error, "the centre does not answer");
	return good;
}

static bool
ask(struct verify *v, const struct total_query *query, struct arena *arena, struct total_answer *out)
{
	struct problem_list problems = {0};
	if (v->socket) {
		struct request request = {.kind = REQUEST_TOTAL, .total = *query};
		struct reply reply;
		bool good = verify_exchange(v, &request, REPLY_TOTAL, arena, &reply);
		if (good)
			*out = reply.total;
		return good;
	}
	*out = (struct total_answer){.as_of = v->replayed};
	return totals_answer(v->holdings.totals, query, arena, out, &problems);
}

/* ---------------------------------------------------------------- what SQL says */

/* Sums by county first, then by the three levels: most rows are gone by then. Digits of a unit code at a
 * level: 2, 4, 6. Reports come from counties and below. */
#define ROLLED_UP(table)                                                                                     \
	"l.level, c.period, left(c.county, 2 * l.level)::bigint, 0, c.indicator, 0, 0, sum(c.sum)::bigint, "     \
	"sum(c.count)::bigint FROM (SELECT period, left(unit::text, 6) AS county, indicator, sum(v), count(*) "  \
	"FROM " table " GROUP BY 1, 2, 3) AS c, generate_series(1, 3) AS l(level) GROUP BY 1, 2, 3, 5"

/* The current report of each unit, period and form, or the approved one. */
#define CURRENT                                                                                              \
	"WITH RECURSIVE chosen AS (SELECT DISTINCT ON (county, period, unit, form) * FROM report WHERE seq <= "  \
	"$1 "                                                                                                    \
	"  ORDER BY county, period, unit, form, revision DESC), "
#define APPROVED                                                                                             \
	"WITH RECURSIVE decided AS (SELECT * FROM review WHERE seq <= $1), passed AS (SELECT DISTINCT ON "       \
	"(county, "                                                                                              \
	"period, "                                                                                               \
	"  unit, form) * FROM decided WHERE decision IN (1, 3) ORDER BY county, period, unit, form, step "       \
	"DESC), "                                                                                                \
	"chosen AS (SELECT r.* FROM report r JOIN passed p USING (county, period, unit, form, revision) WHERE "  \
	"  NOT EXISTS (SELECT 1 FROM decided b WHERE (b.county, b.period, b.unit, b.form, b.revision) = "        \
	"  (p.county, p.period, p.unit, p.form, p.revision) AND b.decision = 2 AND b.step > p.step)), "
/* What was reported, and what is counted from it. */
#define VALUES_OF(kind)                                                                                      \
	"reported AS (SELECT c.unit, c.period, ff.indicator, c.\"values\"[ff.position] AS v FROM chosen c "      \
	"  JOIN form_field ff USING (form, version) JOIN indicator i ON i.number = ff.indicator "                \
	"  WHERE i.kind = '" kind "' AND c.\"values\"[ff.position] IS NOT NULL), "                               \
	"value AS (SELECT * FROM reported UNION ALL SELECT r.unit, r.period, i.number, "                         \
	"  (r.v >= i.at_least)::integer::bigint FROM reported r JOIN indicator i ON i.counts = r.indicator)"

#define FLOW VALUES_OF("flow") " SELECT " ROLLED_UP("value")

/* Codes of one place: each has the only forerunner of the next. */
#define PLACES                                                                                               \
	", follows AS (SELECT successor, min(code) AS code FROM unit WHERE successor IS NOT NULL GROUP BY 1 "    \
	"  HAVING count(*) = 1), "                                                                               \
	"place AS (SELECT code AS root, code FROM unit WHERE code NOT IN (SELECT successor FROM follows) "       \
	"  UNION ALL SELECT p.root, o.successor FROM place p JOIN follows o USING (code))"

/* For each month: what each place last reported up to then, under the code that it has in that month. */
#define STOCK                                                                                                \
	VALUES_OF("stock")                                                                                       \
	PLACES                                                                                                   \
	", month AS (SELECT DISTINCT to_char(m, 'YYYYMM')::integer AS period FROM form_version, "                \
	"  generate_series(to_date(first_period::text, 'YYYYMM'), to_date(last_period::text, 'YYYYMM'), "        \
	"  interval '1 month') AS m), "                                                                          \
	"latest AS (SELECT DISTINCT ON (m.period, p.root, v.indicator) m.period, p.root, v.indicator, v.v "      \
	"  FROM value v JOIN place p ON p.code = v.unit JOIN month m ON v.period <= m.period "                   \
	"  ORDER BY m.period, p.root, v.indicator, v.period DESC), "                                             \
	"standing AS (SELECT l.period, u.code AS unit, l.indicator, l.v FROM latest l JOIN place p USING "       \
	"(root) "                                                                                                \
	"  JOIN unit u ON u.code = p.code AND l.period >= coalesce(u.first_period, 0) "                          \
	"  AND l.period <= coalesce(u.last_period, 999912)) "                                                    \
	"SELECT " ROLLED_UP("standing")

/* Each entry under its own kind, what is withdrawn with the grant's use; what is undone counts less of its
 * kind. */
static const char fund_sql[] =
    "WITH e AS (SELECT e.*, CASE e.kind WHEN 9 THEN g.use ELSE e.use END AS named_use FROM fund_entry e "
    "  LEFT JOIN fund_entry g ON e.kind = 9 AND (g.county, g.unit, g.voucher) = (e.county, e.unit, e.refers) "
    "  WHERE e.seq <= $1), "
    "counted AS (SELECT unit, kind, source, named_use AS use, amount_fen, 1 AS n, occurred FROM e "
    "  UNION ALL SELECT r.unit, o.kind, r.source, o.named_use, -r.amount_fen, 0, r.occurred FROM e r JOIN e "
    "o "
    "  ON (o.county, o.unit, o.voucher) = (r.county, r.unit, r.refers) WHERE r.kind = 10) "
    "SELECT l.level, to_char(e.occurred, 'YYYYMM')::integer, left(e.unit::text, 2 * l.level)::bigint, "
    "e.kind, e.source, coalesce(e.use, 0), "
    "(CASE length(e.unit::text) WHEN 2 THEN 1 WHEN 4 THEN 2 WHEN 6 THEN 3 WHEN 9 THEN 4 ELSE 5 END), "
    "sum(e.amount_fen), sum(e.n) FROM counted e, generate_series(1, 3) AS l(level) "
    "WHERE length(e.unit::text) >= 2 * l.level GROUP BY 1, 2, 3, 4, 5, 6, 7";

/* Accounts, anew from the entries: which kind moves what (at the other unit?) from and to which state, as
 * PROTOCOL.md says it. Columns as above: level is ACCOUNT, kind the state. */
static const char account_sql[] =
    "WITH RECURSIVE move (kind, other, state, sign) AS (VALUES (1, false, 1, 1), (1, false, 3, 1), "
    "  (6, false, 3, -1), (6, false, 4, 1), (2, false, 3, -1), (2, false, 5, 1), (8, false, 3, -1), "
    "  (8, false, 5, 1), (3, true, 5, -1), (3, true, 8, 1), (3, false, 2, 1), (3, false, 3, 1), "
    "  (4, false, 3, -1), (4, false, 8, 1), (4, true, 2, 1), (4, true, 6, 1), (9, true, 6, -1), "
    "  (9, true, 2, -1), (9, false, 8, -1), (9, false, 3, 1), (7, false, 6, -1), (7, false, 3, 1), "
    "  (5, false, 3, -1), (5, false, 7, 1), (11, false, 9, 1)), "
    "e AS (SELECT * FROM fund_entry WHERE seq <= $1), "
    "booked AS (SELECT unit, counterparty, kind, source, refers, amount_fen FROM e WHERE kind <> 10 "
    "  UNION ALL SELECT o.unit, o.counterparty, o.kind, o.source, o.refers, -r.amount_fen FROM e r JOIN e o "
    "  ON (o.county, o.unit, o.voucher) = (r.county, r.unit, r.refers) WHERE r.kind = 10), "
    "follows AS (SELECT code, code AS last FROM unit WHERE successor IS NULL "
    "  UNION ALL SELECT u.code, f.last FROM unit u JOIN follows f ON u.successor = f.code), "
    "moved AS (SELECT CASE WHEN m.other THEN b.counterparty ELSE b.unit END AS unit, b.source, "
    "  CASE WHEN b.kind = 2 AND b.refers IS NOT NULL AND m.state = 3 THEN 4 ELSE m.state END AS state, "
    "  m.sign * b.amount_fen AS fen FROM booked b JOIN move m USING (kind)) "
    "SELECT -1, 0, f.last, m.state, m.source, 0, 0, sum(m.fen), 0 FROM moved m JOIN follows f ON f.code = "
    "m.unit "
    "GROUP BY f.last, m.state, m.source HAVING sum(m.fen) <> 0";

static int
compare_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_place(const void *a, const void *b)
{
	const struct expected *x = a, *y = b;
	int64_t pairs[][2] = {{x->level, y->level},      {x->period, y->period}, {x->unit, y->unit},
	                      {x->kind, y->kind},        {x->source, y->source}, {x->use, y->use},
	                      {x->recorder, y->recorder}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		int order = compare_number(pairs[i][0], pairs[i][1]);
		if (order)
			return order;
	}
	return 0;
}

/* `kind`: of totals of indicators; for funds SQL says it. */
static bool
add_expected(struct verify *v, const char *sql, uint64_t seq, int kind)
{
	char text[24];
	const char *values[] = {text};
	struct pg_result *r;
	snprintf(text, sizeof text, "%" PRIu64, seq);
	if (!pg_query(v->connection, sql, 1, values, &r, v->error))
		return false;
	size_t rows = (size_t)PQntuples(r);
	struct expected *more = realloc(v->expected, (v->expected_count + rows + 1) * sizeof *more);
	for (size_t i = 0; more && i < rows; i++) {
		int64_t n[9];
		for (int column = 0; column < 9; column++)
			n[column] = strtoll(PQgetvalue(r, (int)i, column), NULL, 10);
		more[v->expected_count++] =
		    (struct expected){(int)n[0], (period)n[1], n[2], kind ? kind : (int)n[3], (int)n[4], (int)n[5],
		                      (int)n[6], n[7],         n[8]};
	}
	PQclear(r);
	if (more)
		v->expected = more;
	return more;
}

bool
verify_expect(struct verify *v, uint64_t seq)
{
	if (v->expected && v->seq == seq)
		return true;
	/* Nothing is known of the size of what WITH makes: loops within loops would take hours. */
	if (!pg_run(v->connection, "SET enable_nestloop = off", v->error))
		return false;
	free(v->expected);
	v->expected = NULL;
	v->expected_count = 0;
	v->seq = seq;
	if (!add_expected(v, CURRENT FLOW, seq, 0) || !add_expected(v, CURRENT STOCK, seq, 0) ||
	    !add_expected(v, APPROVED FLOW, seq, OF_APPROVED) ||
	    !add_expected(v, APPROVED STOCK, seq, OF_APPROVED) || !add_expected(v, fund_sql, seq, 0) ||
	    !add_expected(v, account_sql, seq, 0))
		return false;
	qsort(v->expected, v->expected_count, sizeof *v->expected, by_place);
	return true;
}

/* ---------------------------------------------------------------- comparing */

void
verify_compare(struct verify *v, const struct expected *answered)
{
	const struct expected *found =
	    v->expected_count ? bsearch(answered, v->expected, v->expected_count, sizeof *answered, by_place)
	                      : NULL;
	int64_t sum = found ? found->sum : 0, count = found ? found->count : 0;
	v->compared++;
	if (sum == answered->sum && count == answered->count)
		return;
	v->drift++;
	if (v->drift <= DRIFT_LINES_MAX)
		printf("drift: unit %" PRId64
		       " period %d kind %d source/indicator %d use %d: the centre says %" PRId64 " from %" PRId64
		       ", the journal %" PRId64 " from %" PRId64 "\n",
		       answered->unit, answered->period, answered->kind, answered->source, answered->use,
		       answered->sum, answered->count, sum, count);
}

/* Every cell of an answer against SQL; and the other way round: SQL must know no more cells than the
 * answer showed. */
static void
compare_answer(struct verify *v, int level, period when, const struct total_answer *answer,
               unit_code province)
{
	size_t shown = 0, known = 0;
	for (size_t u = 0; u < answer->unit_count; u++) {
		const struct unit_total *unit = &answer->units[u];
		for (size_t i = 0; i < unit->indicator_count; i++) {
			struct expected cell = {level,
			                        when,
			                        unit->unit,
			                        0,
			                        (int)unit->indicators[i],
			                        0,
			                        0,
			                        unit->values[i],
			                        unit->reported[i]};
			verify_compare(v, &cell);
			shown += unit->reported[i] > 0;
			cell.kind = OF_APPROVED;
			cell.sum = unit->approved[i];
			cell.count = unit->approved_reported[i];
			verify_compare(v, &cell);
			shown += cell.count > 0;
		}
		for (size_t i = 0; i < unit->fund_count; i++) {
			const struct fund_total *f = &unit->funds[i];
			struct expected cell = {level,       when,          unit->unit,    (int)f->kind, (int)f->source,
			                        (int)f->use, (int)f->level, f->amount_fen, f->entries};
			verify_compare(v, &cell);
			shown++;
		}
	}
	for (size_t i = 0; i < v->expected_count; i++)
		known += v->expected[i].level == level && v->expected[i].period == when &&
		         unit_within(v->expected[i].unit, province);
	if (known > shown) {
		v->drift += known - shown;
		printf("drift: period %d level %s: the journal has %zu totals that the centre does not show\n", when,
		       unit_level_name((enum unit_level)level), known - shown);
	}
}

static bool
verify_place(struct verify *v, unit_code province, int level, period when)
{
	struct arena arena;
	struct total_answer answer;
	struct total_query query = {
	    .unit = province, .from = when, .to = when, .by = (enum unit_level)level, .funds = true};
	arena_init(&arena, ANSWER_BYTES_MAX * 4UL);
	bool good = ask(v, &query, &arena, &answer) && verify_expect(v, answer.as_of.seq);
	if (good)
		compare_answer(v, level, when, &answer, province);
	arena_free(&arena);
	return good;
}

/* Every month of the plan, and every month in which money moved. */
static bool
verify_totals(struct verify *v)
{
	struct pg_result *r;
	if (!pg_query(v->connection,
	              "SELECT DISTINCT to_char(m, 'YYYYMM') FROM form_version, "
	              "generate_series(to_date(first_period::text, 'YYYYMM'), to_date(last_period::text, "
	              "'YYYYMM'), interval '1 month') AS m UNION SELECT DISTINCT to_char(occurred, 'YYYYMM') "
	              "FROM fund_entry ORDER BY 1",
	              0, NULL, &r, v->error))
		return false;
	bool good = true;
	for (int row = 0; good && row < PQntuples(r); row++)
		for (size_t i = 0; good && i < v->catalogue->unit_count; i++)
			for (int level = UNIT_PROVINCE; good && level <= UNIT_COUNTY; level++)
				if (v->catalogue->units[i].level == UNIT_PROVINCE)
					good = verify_place(v, v->catalogue->units[i].code, level,
					                    (period)strtol(PQgetvalue(r, row, 0), NULL, 10));
	PQclear(r);
	return good;
}

/* ---------------------------------------------------------------- projects, and the journal itself */

static bool
ask_projects(void *context, const struct project_query *query, struct arena *arena,
             struct project_answer *out)
{
	struct verify *v = context;
	struct problem_list problems = {0};
	if (v->socket) {
		struct request request = {.kind = REQUEST_PROJECTS, .projects = *query};
		struct reply reply;
		bool good = verify_exchange(v, &request, REPLY_PROJECTS, arena, &reply);
		if (good)
			*out = reply.projects;
		return good;
	}
	*out = (struct project_answer){.as_of = v->replayed};
	return projects_list(&v->holdings, query, arena, out, &problems);
}

static bool
verify_all_projects(struct verify *v)
{
	bool good = true;
	for (size_t i = 0; good && i < v->catalogue->unit_count; i++)
		if (v->catalogue->units[i].level == UNIT_PROVINCE)
			good = verify_projects(v->connection, v->catalogue->units[i].code, ask_projects, v, &v->compared,
			                       &v->drift, v->error);
	return good;
}

/* What must hold within the journal itself. */
static const struct {
	const char *what, *sql;
} invariants[] = {
    {"commit sequence numbers run from 1 without gaps",
     "SELECT count(*) FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM submission) s WHERE seq "
     "<> n"},
    {"the head is the last commit",
     "SELECT count(*) FROM journal_head WHERE seq <> (SELECT coalesce(max(seq), 0) FROM submission)"},
    {"a submission id stands once", "SELECT count(*) - count(DISTINCT id) FROM submission"},
    {"each submission has as many reports as it says",
     "SELECT count(*) FROM submission s LEFT JOIN (SELECT seq, count(*) AS n FROM report GROUP BY seq) r "
     "USING (seq) WHERE s.report_count <> coalesce(r.n, 0)"},
    {"each submission has as many fund entries as it says",
     "SELECT count(*) FROM submission s LEFT JOIN (SELECT seq, count(*) AS n FROM fund_entry GROUP BY seq) e "
     "USING (seq) WHERE s.entry_count <> coalesce(e.n, 0)"},
    {"each submission has as many other rows as it says",
     "SELECT count(*) FROM submission s LEFT JOIN (SELECT seq, count(*) AS n FROM (SELECT seq FROM extension "
     "UNION ALL SELECT seq FROM review UNION ALL SELECT seq FROM target_part UNION ALL SELECT seq FROM "
     "document UNION ALL SELECT seq FROM project_step) x GROUP BY seq) o USING (seq) "
     "WHERE s.other_count <> coalesce(o.n, "
     "0)"},
    {"decisions on a report run from 1 without gaps, in the order of commits",
     "SELECT count(*) FROM (SELECT step, seq, row_number() OVER w AS n, lag(seq) OVER w AS before FROM "
     "review "
     "WINDOW w AS (PARTITION BY county, unit, period, form ORDER BY step)) r WHERE step <> n OR before > "
     "seq"},
    {"a decision is about a report that was there",
     "SELECT count(*) FROM review v LEFT JOIN report r USING (county, period, unit, form, revision) "
     "WHERE r.seq IS NULL OR r.seq >= v.seq"},
    {"a fund entry refers to one of before it", "SELECT count(*) FROM fund_entry e LEFT JOIN fund_entry o ON "
                                                "o.voucher = e.refers AND o.unit = CASE e.kind "
                                                "WHEN 3 THEN e.counterparty ELSE e.unit END WHERE e.refers "
                                                "IS NOT NULL AND (o.seq IS NULL OR (o.seq, o.line) "
                                                ">= (e.seq, e.line))"},
    {"no row without its submission",
     "SELECT count(*) FROM (SELECT seq FROM report UNION SELECT seq FROM fund_entry UNION SELECT seq FROM "
     "extension UNION SELECT seq FROM review UNION SELECT seq FROM target_part UNION SELECT seq FROM "
     "document UNION SELECT seq FROM project_step) x "
     "LEFT JOIN submission s USING (seq) WHERE s.seq IS NULL"},
    {"revisions of a report run from 1 without gaps, in the order of commits",
     "SELECT count(*) FROM (SELECT revision, seq, row_number() OVER w AS n, lag(seq) OVER w AS before FROM "
     "report WINDOW w AS (PARTITION BY county, unit, period, form ORDER BY revision)) r "
     "WHERE revision <> n OR before >= seq"},
    {"versions of a document run from 1 without gaps, in the order of commits",
     "SELECT count(*) FROM (SELECT version, seq, row_number() OVER w AS n, lag(seq) OVER w AS before FROM "
     "document WINDOW w AS (PARTITION BY county, unit, kind ORDER BY version)) d "
     "WHERE version <> n OR before >= seq"},
    {"registrations of a project run from 1 without gaps, in the order of commits",
     "SELECT count(*) FROM (SELECT revision, seq, row_number() OVER w AS n, lag(seq) OVER w AS before FROM "
     "project_step WHERE step = 1 WINDOW w AS (PARTITION BY county, unit, code ORDER BY revision)) p "
     "WHERE revision <> n OR before > seq"},
    {"no claim on a project is paid before its public notice",
     "SELECT count(*) FROM fund_entry e WHERE e.kind = 7 AND e.project IS NOT NULL AND NOT EXISTS (SELECT 1 "
     "FROM project_step p WHERE p.code = split_part(e.project, '@', 1) AND p.unit = "
     "coalesce(nullif(split_part(e.project, '@', 2), '')::bigint, e.unit) AND p.step = 2 AND p.seq <= e.seq "
     "AND p.occurred <= e.occurred)"},
    {"a file has as many bytes as it says",
     "SELECT count(*) FROM document_file f LEFT JOIN (SELECT county, unit, digest, sum(length(bytes)) AS n "
     "FROM document_part GROUP BY 1, 2, 3) p USING (county, unit, digest) WHERE f.received <> coalesce(p.n, "
     "0)"},
};

static bool
verify_invariants(struct verify *v)
{
	for (size_t i = 0; i < sizeof invariants / sizeof *invariants; i++) {
		int64_t broken;
		if (!pg_number(v->connection, invariants[i].sql, &broken, v->error))
			return false;
		if (broken) {
			printf("broken: %s: %" PRId64 " rows\n", invariants[i].what, broken);
			v->drift += (uint64_t)broken;
		}
	}
	return true;
}

static bool
replay_here(struct verify *v)
{
	/* One snapshot for all of it, as a centre elsewhere may be writing. */
	if (!holdings_create(v->catalogue, &v->holdings) ||
	    !pg_run(v->connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", v->error))
		return false;
	struct replay replay = {.holdings = &v->holdings};
	bool good = replay_all(&replay, v->connection);
	replay_free(&replay);
	if (!good)
		snprintf(v->error, sizeof v->error, "%s", replay.error);
	v->replayed = replay.as_of;
	return good;
}

static bool
verify_all(struct verify *v, const struct home *home)
{
	/* Does a centre serve this directory? Then its lock is taken. */
	bool running = home->lock < 0;
	bool good = (running ? connect_centre(v, home) : replay_here(v)) && verify_invariants(v) &&
	            verify_totals(v) && verify_accounts(v) && verify_all_projects(v) &&
	            verify_documents(v->connection, &v->drift, v->error);
	if (good)
		printf("%s seq=%" PRIu64 " totals=%" PRIu64 " drift=%" PRIu64 "\n",
		       running ? "verified the running centre:" : "verified a replay of the journal:", v->seq,
		       v->compared, v->drift);
	disconnect_centre(v);
	holdings_destroy(&v->holdings);
	free(v->expected);
	return good;
}

int
verify_run(const struct options *options)
{
	struct home home = {0};
	struct store store;
	struct plan plan;
	struct verify v = {0};
	plan_init(&plan);
	log_set_level(LOG_ERROR);
	bool good = home_open(options, &home, v.error) && home_lock(&home, false, v.error) != HOME_FAILED &&
	            store_open(options, &home, &store, v.error);
	if (good) {
		v.connection = pg_connect(&store.owner, v.error);
		v.catalogue = &plan.catalogue;
		good = v.connection && catalogue_load(v.connection, 0, &plan, v.error) && verify_all(&v, &home);
		PQfinish(v.connection);
		store_close(&store);
	}
	plan_free(&plan);
	home_close(&home);
	if (!good) {
		fprintf(stderr, "fupind verify: %s\n", v.error);
		return 4;
	}
	return v.drift ? 1 : 0;
}
