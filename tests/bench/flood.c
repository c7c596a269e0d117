/* One office floods: several connections with its key, submissions at a steady rate whatever is unanswered,
 * answers read only now and then. What was BUSY (or lost on its way back, as PROTOCOL.md promises to those
 * who do not read) is sent again when its turn comes round. It takes little of the processor: the bytes are
 * made beforehand, it wakes once a millisecond, and for its messages it keeps no clock.
 *
 * With --wait 1 until a second line comes in. Then it reads until the centre has nothing more of it, so that
 * its receipts are all there are. */
#include "base/clock.h"
#include "bench.h"
#include "codec.h"
#include "run.h"
#include "usage.h"

#include <json-c/json.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

enum { TICK_MS = 1, READ_EVERY_TICKS = 20, CATCH_UP_MS = 20, REPLY_BYTES_MAX = 1 << 20 };
/* The last: what CURVE and ZeroMQ's framing add to a message on the line. */
enum { PONG_WAIT_MS = 1000, PONG_TRIES = 60, EMPTY_TRIES = 60000, LINE_BYTES = 48 };

struct flood {
	const struct arguments *arguments;
	struct offices offices; /* the same one, as often as it has connections */
	struct run run;         /* its items and figures */
	size_t sent, held, bytes;
	struct pong pong;
	uint64_t ponged; /* request id of the last pong */
	struct arena arena;
};

/* ---------------------------------------------------------------- answers */

static void
take_receipt(struct run *run, struct item *item, const struct receipt *receipt)
{
	bool again = item->seq == receipt->seq;
	run->wrong += !receipt->seq || (item->seq && !again) || !submission_id_equal(&receipt->id, &item->id) ||
	              !digest_equal(&receipt->digest, &item->digest) || receipt->report_count != item->reports ||
	              receipt->entry_count != item->entries;
	item->seq = receipt->seq;
	item->time_us = receipt->time_us;
	run->receipts += !again;
}

static void
take_reply(struct flood *f, zmq_msg_t *message)
{
	struct reply reply;
	struct run *run = &f->run;
	arena_reset(&f->arena);
	if (!codec_decode_reply(&f->arena, zmq_msg_data(message), zmq_msg_size(message), &reply)) {
		run->wrong++;
	} else if (reply.kind == REPLY_PONG) {
		f->pong = reply.pong;
		f->ponged = reply.request_id;
	} else if (reply.request_id >= run->prepared.count) {
		run->wrong++;
	} else if (reply.kind == REPLY_RECEIPT) {
		take_receipt(run, &run->prepared.items[reply.request_id], &reply.receipt);
	} else if (reply.kind == REPLY_REFUSAL && reply.refusal.retry_after_ms) {
		run->busy++;
	} else if (!run->refused++) {
		bench_fail("the flood was refused for good");
	}
}

static void
read_all(struct flood *f)
{
	zmq_msg_t message;
	zmq_msg_init(&message);
	for (size_t i = 0; i < f->offices.count; i++)
		while (zmq_msg_recv(&message, f->offices.items[i].socket, ZMQ_DONTWAIT) >= 0)
			take_reply(f, &message);
	zmq_msg_close(&message);
}

/* ---------------------------------------------------------------- sending */

/* The next one without a receipt; once all have one, they are sent again. */
static const struct item *
next_item(struct run *run)
{
	for (size_t tried = 0; tried < run->prepared.count && run->receipts < run->prepared.count; tried++) {
		const struct item *item = &run->prepared.items[run->next[0]++ % run->prepared.count];
		if (!item->seq)
			return item;
	}
	run->is_over = true;
	return &run->prepared.items[run->next[0]++ % run->prepared.count];
}

/* False: the line takes no more now. */
static bool
send_one(struct flood *f)
{
	const struct item *item = next_item(&f->run);
	zmq_msg_t message;
	/* Constant data: libzmq does not copy it and does not free it. */
	zmq_msg_init_data(&message, item->frame, item->size, NULL, NULL);
	if (zmq_msg_send(&message, f->offices.items[f->sent % f->offices.count].socket, ZMQ_DONTWAIT) < 0) {
		zmq_msg_close(&message);
		f->held++;
		f->run.next[0]--;
		return false;
	}
	f->sent++;
	f->bytes += item->size + LINE_BYTES;
	return true;
}

/* What the rate asks for by now; what the line did not take in time is not made up for. */
static void
send_due(struct flood *f, int64_t *due)
{
	int64_t rate = f->arguments->rate, most = rate * CATCH_UP_MS / 1000 + 1;
	int64_t now = (clock_steady_us() - f->run.start_us) * rate / 1000000;
	if (now - *due > most)
		*due = now - most;
	while (*due < now && send_one(f))
		++*due;
}

static void
loop(struct flood *f)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t due = 0;
	f->run.start_us = clock_steady_us();
	for (unsigned tick = 1; poll(&input, 1, TICK_MS) == 0; tick++) {
		send_due(f, &due);
		if (tick % READ_EVERY_TICKS == 0)
			read_all(f);
	}
	f->run.last_us = clock_steady_us();
}

/* ---------------------------------------------------------------- the end */

/* Asks on one connection; what it sent before has then been taken or told to be BUSY. */
static bool
ping(struct flood *f, struct office *office, uint64_t id)
{
	const struct request request = {.id = id, .kind = REQUEST_PING};
	zmq_pollitem_t item = {.socket = office->socket, .events = ZMQ_POLLIN};
	uint8_t *bytes;
	size_t size;
	/* A pong, too, may be lost behind what was not read. */
	for (int tries = 0; tries < PONG_TRIES; tries++) {
		arena_reset(&f->arena);
		if (!codec_encode_request(&f->arena, &request, &bytes, &size))
			return false;
		zmq_send(office->socket, bytes, size, 0);
		while (zmq_poll(&item, 1, PONG_WAIT_MS) > 0) {
			read_all(f);
			if (f->ponged == id)
				return true;
		}
	}
	return bench_fail("the centre does not answer the office that flooded it");
}

/* First all connections have got through, then nothing waits any more: whatever was to come has come, as
 * a connection's pong comes after its receipts. */
static bool
read_the_rest(struct flood *f)
{
	uint64_t id = f->run.prepared.count;
	bool empty = false;
	for (int tries = 0; !empty && tries < EMPTY_TRIES; tries++) {
		empty = tries > 0;
		for (size_t i = 0; i < f->offices.count; i++) {
			if (!ping(f, &f->offices.items[i], ++id))
				return false;
			empty = empty && !f->pong.waiting;
		}
	}
	return empty ? true : bench_fail("the centre's queue does not get empty");
}

static bool
make_ready(struct flood *f)
{
	const struct arguments *o = f->arguments;
	struct shape shape;
	if (!o->plan || !shape_read(o->plan, &shape) || !o->rate || !o->wait || o->rounds != 1)
		return bench_fail("flood: plan, rate and --wait 1 are needed");
	if (!offices_read(o->plan, UNIT_COUNTY, (size_t)o->office_first, 1, &f->offices) ||
	    !prepare(&shape, o, 1, &f->run.prepared))
		return false;
	size_t count = (size_t)o->connections;
	struct office *items = calloc(count, sizeof *items);
	f->run.next = calloc(1, sizeof *f->run.next);
	for (size_t i = 0; items && i < count; i++)
		items[i] = f->offices.items[0];
	free(f->offices.items);
	f->offices.items = items;
	f->offices.count = items ? count : 0;
	return items && f->run.next && offices_connect(&f->offices, o);
}

static void
print(const struct flood *f, struct json_object *out)
{
	double seconds = (double)(f->run.last_us - f->run.start_us) / 1e6;
	bench_number(out, "sent", (int64_t)f->sent);
	bench_number(out, "held", (int64_t)f->held);
	bench_number(out, "receipts", (int64_t)f->run.receipts);
	bench_number(out, "busy", (int64_t)f->run.busy);
	bench_number(out, "refused", (int64_t)f->run.refused);
	bench_number(out, "wrong", (int64_t)f->run.wrong);
	bench_number(out, "repeats", f->run.is_over);
	bench_real(out, "seconds", seconds);
	bench_real(out, "rate", (double)f->sent / seconds);
	bench_real(out, "mbits", (double)f->bytes * 8 / 1e6 / seconds);
}

bool
bench_flood(const struct arguments *arguments, struct json_object *out)
{
	struct flood f = {.arguments = arguments, .run.arguments = arguments};
	arena_init(&f.arena, REPLY_BYTES_MAX);
	bool good = make_ready(&f) && bench_wait(arguments);
	if (good) {
		struct usage before = usage_now(arguments);
		loop(&f);
		usage_print(out, arguments, &before);
		good = read_the_rest(&f) && !f.run.wrong && !f.run.refused;
		print(&f, out);
		f.run.end = f.run.prepared.count;
		good = good && (!arguments->receipts || run_write_receipts(&f.run, 0));
	}
	offices_close(&f.offices);
	prepared_free(&f.run.prepared);
	arena_free(&f.arena);
	free(f.run.next);
	return good;
}
