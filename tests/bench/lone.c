/* One submission at a time: what a clerk waits for. Beside each, the same row and its submission's by
 * plain SQL in one transaction and one round trip, in another database of the same server. */
#include "base/clock.h"
#include "bench.h"
#include "codec.h"
#include "dbrows.h"
#include "office.h"
#include "postgres/pg.h"
#include "prepared.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

enum { SQL_BYTES = 2048, REPLY_BYTES_MAX = 1 << 20, WARM_UP = 20 };

struct lone {
	struct shape shape;
	struct offices offices;
	struct prepared prepared;
	PGconn *connection;
	struct arena arena;
	uint32_t *by_centre, *by_insert; /* latencies in microseconds */
};

static bool
send_one(struct lone *l, size_t number)
{
	struct item *item = &l->prepared.items[number];
	struct reply reply;
	zmq_msg_t message;
	void *socket = l->offices.items[0].socket;
	zmq_msg_init(&message);
	arena_reset(&l->arena);
	int64_t start_us = clock_steady_us();
	bool good = zmq_send(socket, item->frame, item->size, 0) >= 0 && zmq_msg_recv(&message, socket, 0) >= 0 &&
	            codec_decode_reply(&l->arena, zmq_msg_data(&message), zmq_msg_size(&message), &reply);
	l->by_centre[number] = (uint32_t)(clock_steady_us() - start_us);
	good = good && reply.kind == REPLY_RECEIPT && submission_id_equal(&reply.receipt.id, &item->id) &&
	       digest_equal(&reply.receipt.digest, &item->digest);
	zmq_msg_close(&message);
	return good ? true : bench_fail("lone: no receipt, or a wrong one");
}

static void
make_sql(const struct lone *l, size_t number, char sql[SQL_BYTES])
{
	int64_t values[SHAPE_VALUES];
	char id[ID_TEXT_BYTES], digest[DIGEST_TEXT_BYTES];
	const struct item *item = &l->prepared.items[number];
	struct report report = shape_report(&l->shape, 0, (int64_t)number, values);
	int used = snprintf(sql, SQL_BYTES,
	                    "BEGIN; INSERT INTO submission VALUES (%" PRId64 ", %zu, '%s', 'county-%" PRId64
	                    "', '\\x%s', now(), 1, 0); INSERT INTO report VALUES (%" PRId64 ", %" PRId64
	                    ", %d, %u, 1, 1, %zu, '{",
	                    l->offices.items[0].unit, number + 1, submission_id_format(&item->id, id),
	                    l->offices.items[0].unit, digest_format(&item->digest, digest),
	                    l->offices.items[0].unit, report.unit, report.period, report.form, number + 1);
	for (int i = 0; i < SHAPE_VALUES; i++)
		used += snprintf(sql + used, (size_t)(SQL_BYTES - used), "%s%" PRId64, i ? "," : "", values[i]);
	snprintf(sql + used, (size_t)(SQL_BYTES - used), "}'); COMMIT");
}

static bool
insert_one(struct lone *l, size_t number)
{
	char sql[SQL_BYTES], error[PG_ERROR_BYTES];
	make_sql(l, number, sql);
	int64_t start_us = clock_steady_us();
	bool good = pg_run(l->connection, sql, error);
	l->by_insert[number] = (uint32_t)(clock_steady_us() - start_us);
	return good ? true : bench_fail("%s", error);
}

static bool
make_ready(struct lone *l, const struct arguments *o)
{
	if (!o->plan || !shape_read(o->plan, &l->shape) ||
	    !offices_read(o->plan, UNIT_COUNTY, 0, 1, &l->offices) || !prepare(&l->shape, o, 1, &l->prepared) ||
	    !offices_connect(&l->offices, o) || !(l->connection = db_connect(o->db)))
		return false;
	l->by_centre = calloc(l->prepared.count, sizeof *l->by_centre);
	l->by_insert = calloc(l->prepared.count, sizeof *l->by_insert);
	return l->by_centre && l->by_insert;
}

bool
bench_lone(const struct arguments *arguments, struct json_object *out)
{
	struct lone l = {0};
	arena_init(&l.arena, REPLY_BYTES_MAX);
	bool good = arguments->per == 1 && make_ready(&l, arguments);
	for (size_t i = 0; good && i < l.prepared.count; i++)
		good = send_one(&l, i) && insert_one(&l, i);
	if (good && l.prepared.count > WARM_UP) {
		bench_samples(out, "centre_us", l.by_centre + WARM_UP, l.prepared.count - WARM_UP);
		bench_samples(out, "insert_us", l.by_insert + WARM_UP, l.prepared.count - WARM_UP);
	}
	PQfinish(l.connection);
	offices_close(&l.offices);
	prepared_free(&l.prepared);
	arena_free(&l.arena);
	free(l.by_centre);
	free(l.by_insert);
	return good;
}
