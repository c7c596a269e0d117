/* Many offices send at once: each as fast as its credit window lets, or at given moments.
 *
 * Every socket's ZMQ_FD is in one epoll set. That descriptor tells of commands inside libzmq, not of
 * messages: whoever uses a socket reads it until nothing is left, or a wake-up is lost (zmq_getsockopt(3),
 * ZMQ_FD). office_turn does that. */
#include "base/clock.h"
#include "bench.h"
#include "codec.h"
#include "run.h"
#include "usage.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

/* Silence of so long means that something was lost. Who goes beyond its credit window, as in backpressure,
 * may lose answers that it does not read in time (PROTOCOL.md) and asks again before that. */
enum {
	SILENCE_US = 60 * 1000000,
	ASK_AGAIN_US = 5 * 1000000,
	TICK_US = 1000,
	EVENTS_MAX = 256,
	REPLY_BYTES_MAX = 1 << 20
};

/* In place of an office's number. */
#define WATCHER SIZE_MAX
#define SAMPLER (SIZE_MAX - 1)

/* ---------------------------------------------------------------- answers */

/* False: it was here already, as it was asked for again. */
static bool
take_receipt(struct run *run, struct item *item, const struct receipt *receipt)
{
	if (run->asked_again && item->seq && item->seq == receipt->seq)
		return false;
	bool good = !item->seq && receipt->seq && submission_id_equal(&receipt->id, &item->id) &&
	            digest_equal(&receipt->digest, &item->digest) && receipt->report_count == item->reports &&
	            receipt->entry_count == item->entries;
	if (!good && !run->wrong++)
		bench_fail("a receipt does not fit what was sent: seq %" PRIu64, receipt->seq);
	item->seq = receipt->seq;
	if (receipt->seq > run->seq_last)
		run->seq_last = receipt->seq;
	item->time_us = receipt->time_us;
	item->latency_us = (uint32_t)(run->last_us - item->sent_us);
	run->receipts++;
	run->answered++;
	return true;
}

/* Busy: once more after the time that the centre said; meanwhile it keeps its place in the window. True.
 * Anything else is an error of ours or its. */
static bool
take_refusal(struct run *run, size_t item, const struct refusal *refusal)
{
	if (refusal->retry_after_ms) {
		int64_t patience_ms = run->arguments->patience_ms, wait_ms = refusal->retry_after_ms;
		int64_t due_us = run->last_us + 1000 * (patience_ms && patience_ms < wait_ms ? patience_ms : wait_ms);
		run->busy++;
		run->retries[run->retry_count++] = (struct retry){item, due_us};
		run->retry_us = due_us < run->retry_us ? due_us : run->retry_us;
		return true;
	}
	const struct problem_list *problems = refusal->problems;
	if (!run->refused++)
		bench_fail("refused: %s",
		           problems && problems->count ? problem_name(problems->items[0].code) : "no reason given");
	run->answered++;
	return false;
}

static void
take_reply(struct run *run, size_t office, zmq_msg_t *message)
{
	struct reply reply;
	arena_reset(&run->arena);
	run->last_us = clock_steady_us();
	if (!codec_decode_reply(&run->arena, zmq_msg_data(message), zmq_msg_size(message), &reply) ||
	    reply.request_id >= run->prepared.count) {
		run->wrong++;
		return;
	}
	struct item *item = &run->prepared.items[reply.request_id];
	bool again = false;
	if (reply.kind == REPLY_RECEIPT)
		again = !take_receipt(run, item, &reply.receipt);
	else if (reply.kind == REPLY_REFUSAL)
		again = take_refusal(run, reply.request_id, &reply.refusal);
	else
		run->wrong++;
	run->credit[office] += !again;
}

/* ---------------------------------------------------------------- sending */

/* Latency counts from the moment that was given, if one was. */
static void
send_item(struct run *run, size_t number)
{
	struct item *item = &run->prepared.items[number];
	size_t office = number % run->offices.count;
	zmq_msg_t message;
	/* Constant data: libzmq does not copy it and does not free it. */
	zmq_msg_init_data(&message, item->frame, item->size, NULL, NULL);
	if (!item->sent_us)
		item->sent_us = run->order ? run->start_us + item->due_us : clock_steady_us();
	if (zmq_msg_send(&message, run->offices.items[office].socket, ZMQ_DONTWAIT) < 0 && !run->wrong++)
		bench_fail("cannot send: %s", zmq_strerror(zmq_errno()));
}

static bool
send_what_fits(struct run *run, size_t office)
{
	bool sent = false;
	while (!run->order && run->credit[office] && run->next[office] < run->end) {
		send_item(run, run->next[office]);
		run->credit[office]--;
		run->next[office] += run->offices.count;
		sent = true;
	}
	return sent;
}

/* Reads all there is and sends what may be sent, until neither brings anything. */
static void
office_turn(struct run *run, size_t office)
{
	zmq_msg_t message;
	do {
		zmq_msg_init(&message);
		while (zmq_msg_recv(&message, run->offices.items[office].socket, ZMQ_DONTWAIT) >= 0)
			take_reply(run, office, &message);
		zmq_msg_close(&message);
	} while (send_what_fits(run, office));
}

/* ---------------------------------------------------------------- the loop */

static bool
is_done(const struct run *run)
{
	return run->answered == run->end - run->first &&
	       (!run->arguments->watch || run->watcher.seq >= run->seq_last);
}

/* Sends those whose moment has come; returns when the next one's comes. At a steady rate they go out every
 * millisecond: to be woken for each one alone would take more of the processors than fupind does. */
static int64_t
release_due(struct run *run)
{
	int64_t now = clock_steady_us(), next = now + SILENCE_US;
	if (now < run->tick_us)
		return run->tick_us;
	run->tick_us = run->arguments->rate ? now + TICK_US : 0;
	while (run->order && run->released < run->end) {
		size_t item = run->order[run->released];
		int64_t due = run->start_us + run->prepared.items[item].due_us;
		if (due > now) {
			next = due < run->tick_us ? run->tick_us : due;
			break;
		}
		run->released++;
		send_item(run, item);
		office_turn(run, item % run->offices.count);
	}
	return next;
}

/* Sends again what was BUSY and whose time has come; returns when the next one's comes. */
static int64_t
release_retries(struct run *run)
{
	int64_t now = clock_steady_us();
	if (now < run->retry_us)
		return run->retry_us;
	run->retry_us = now + SILENCE_US;
	for (size_t i = run->retry_count; i-- > 0;) {
		struct retry retry = run->retries[i];
		if (retry.due_us <= now) {
			run->retries[i] = run->retries[--run->retry_count];
			send_item(run, retry.item);
		} else if (retry.due_us < run->retry_us) {
			run->retry_us = retry.due_us;
		}
	}
	/* Each socket that was sent to has to be read (see above). */
	for (size_t i = 0; i < run->offices.count; i++)
		office_turn(run, i);
	return run->retry_us;
}

/* After a silence, all that was sent and has no answer. */
static void
ask_again(struct run *run)
{
	int64_t now = clock_steady_us(), since = run->last_us > run->asked_us ? run->last_us : run->asked_us;
	bool beyond = (uint32_t)run->arguments->window > run->offices.items[0].window;
	if (!beyond || run->order || run->retry_count || now - since < ASK_AGAIN_US)
		return;
	run->asked_us = now;
	for (size_t i = run->first; i < run->end; i++)
		if (!run->prepared.items[i].seq && run->prepared.items[i].sent_us) {
			send_item(run, i);
			run->asked_again++;
		}
	for (size_t i = 0; i < run->offices.count; i++)
		office_turn(run, i);
}

/* Once the time is over nothing new is sent, but as much for every office. Returns when that is. */
static int64_t
end_in_time(struct run *run)
{
	int64_t now = clock_steady_us(), end_us = run->start_us + run->arguments->seconds * 1000000;
	size_t last = run->first, offices = run->offices.count;
	if (!run->arguments->seconds || run->is_over)
		return now + SILENCE_US;
	if (now < end_us)
		return end_us;
	for (size_t i = 0; i < offices; i++)
		last = run->next[i] > last ? run->next[i] : last;
	last = (last + offices - 1) / offices * offices;
	run->end = last < run->end ? last : run->end;
	run->is_over = true;
	for (size_t i = 0; i < offices; i++)
		office_turn(run, i);
	return now;
}

/* What is due by the clock; microseconds until something is again. */
static int64_t
release(struct run *run)
{
	int64_t next = release_due(run), other = release_retries(run);
	next = other < next ? other : next;
	other = end_in_time(run);
	next = other < next ? other : next;
	if (run->arguments->sample_ms) {
		other = sampler_release(&run->sampler, run->start_us, run->receipts, run->busy);
		next = other < next ? other : next;
	}
	next -= clock_steady_us();
	return next > 0 ? next : 0;
}

static void
take_turn(struct run *run, size_t who)
{
	if (who == WATCHER)
		watcher_turn(&run->watcher);
	else if (who == SAMPLER)
		sampler_turn(&run->sampler, run->receipts, run->busy);
	else
		office_turn(run, who);
}

static bool
loop(struct run *run)
{
	struct epoll_event events[EVENTS_MAX];
	run->start_us = run->last_us = clock_steady_us();
	run->retry_us = run->start_us + SILENCE_US;
	for (size_t i = 0; i < run->offices.count; i++)
		office_turn(run, i);
	if (run->arguments->watch)
		watcher_turn(&run->watcher);
	while (!is_done(run)) {
		int64_t wait = release(run);
		struct timespec time = {wait / 1000000, wait % 1000000 * 1000};
		int count = epoll_pwait2(run->epoll, events, EVENTS_MAX, &time, NULL);
		if (count < 0 && errno != EINTR)
			return bench_fail("epoll: %s", strerror(errno));
		for (int i = 0; i < count; i++)
			take_turn(run, events[i].data.u64);
		ask_again(run);
		if (!is_done(run) && clock_steady_us() - run->last_us > SILENCE_US &&
		    (!run->order || run->released == run->end))
			return bench_fail("%zu submissions were not answered", run->end - run->first - run->answered);
	}
	return true;
}

/* ---------------------------------------------------------------- making ready */

static const struct item *sorted_items;

static int
by_moment(const void *a, const void *b)
{
	size_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	int64_t p = sorted_items[x].due_us, q = sorted_items[y].due_us;
	return (p > q) - (p < q);
}

/* Moments: at a steady rate, or at random within a time; after the first round at once. */
static bool
set_moments(struct run *run)
{
	const struct arguments *o = run->arguments;
	size_t count = run->prepared.count, round = count / (size_t)o->rounds;
	if (!o->spread_ms && !o->rate)
		return true;
	run->order = calloc(count, sizeof *run->order);
	for (size_t i = 0; run->order && i < count; i++) {
		run->order[i] = i;
		if (o->rate)
			run->prepared.items[i].due_us = (int64_t)(i % round) * 1000000 / o->rate;
		else if (i < round)
			run->prepared.items[i].due_us = randombytes_uniform((uint32_t)o->spread_ms * 1000);
	}
	sorted_items = run->prepared.items;
	if (run->order)
		qsort(run->order, round, sizeof *run->order, by_moment);
	return run->order;
}

static bool
watch_socket(struct run *run, size_t office)
{
	int fd;
	size_t size = sizeof fd;
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = office};
	run->credit[office] =
	    run->arguments->window ? (uint32_t)run->arguments->window : run->offices.items[office].window;
	run->next[office] = office;
	return !zmq_getsockopt(run->offices.items[office].socket, ZMQ_FD, &fd, &size) &&
	       !epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event);
}

static bool
open_watcher(struct run *run, const struct shape *shape)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = WATCHER};
	return watcher_open(&run->watcher, run->arguments, shape) &&
	       !epoll_ctl(run->epoll, EPOLL_CTL_ADD, run->watcher.fd, &event);
}

static bool
open_sampler(struct run *run)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = SAMPLER};
	return sampler_open(&run->sampler, run->arguments) &&
	       !epoll_ctl(run->epoll, EPOLL_CTL_ADD, run->sampler.fd, &event);
}

static bool
make_ready(struct run *run)
{
	const struct arguments *o = run->arguments;
	struct shape shape;
	if (!o->plan || !shape_read(o->plan, &shape))
		return bench_fail("load: which plan?");
	if (!offices_read(o->plan, UNIT_COUNTY, (size_t)o->office_first, (size_t)o->office_count,
	                  &run->offices) ||
	    !prepare(&shape, o, run->offices.count, &run->prepared) || !set_moments(run) ||
	    !offices_connect(&run->offices, o))
		return false;
	run->credit = calloc(run->offices.count, sizeof *run->credit);
	run->next = calloc(run->offices.count, sizeof *run->next);
	run->retries = calloc(run->prepared.count, sizeof *run->retries);
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	bool good = run->credit && run->next && run->retries && run->epoll >= 0;
	for (size_t i = 0; good && i < run->offices.count; i++)
		good = watch_socket(run, i);
	return good && (!o->watch || open_watcher(run, &shape)) && (!o->sample_ms || open_sampler(run));
}

/* ---------------------------------------------------------------- rounds */

/* One round over the connections that stand. */
static bool
play(struct run *run, int64_t round, struct json_object *out)
{
	size_t size = run->prepared.count / (size_t)run->arguments->rounds;
	run->first = run->released = (size_t)round * size;
	run->end = run->first + size;
	run->is_over = false;
	run->answered = run->receipts = run->refused = run->busy = run->wrong = 0;
	run->tick_us = 0;
	if (!bench_wait(run->arguments))
		return bench_fail("nobody says go");
	struct usage before = usage_now(run->arguments);
	bool good = loop(run);
	usage_print(out, run->arguments, &before);
	good = run_print(run, out) && good;
	if (run->arguments->watch)
		good = watcher_print(&run->watcher, &run->prepared, out) && good;
	if (run->arguments->sample_ms)
		sampler_print(&run->sampler, out);
	return good && (!run->arguments->receipts || run_write_receipts(run, round));
}

static void
run_free(struct run *run)
{
	if (run->epoll > 0)
		close(run->epoll);
	watcher_close(&run->watcher);
	sampler_close(&run->sampler);
	offices_close(&run->offices);
	prepared_free(&run->prepared);
	arena_free(&run->arena);
	free(run->credit);
	free(run->next);
	free(run->order);
	free(run->retries);
}

/* Every round prints its own object; the last one's is main's. */
bool
bench_load(const struct arguments *arguments, struct json_object *out)
{
	struct run run = {.arguments = arguments};
	arena_init(&run.arena, REPLY_BYTES_MAX);
	bool good = arguments->rounds > 0 && make_ready(&run);
	for (int64_t round = 0; good && round < arguments->rounds; round++) {
		struct json_object *one = round + 1 < arguments->rounds ? json_object_new_object() : out;
		good = play(&run, round, one);
		if (one == out)
			break;
		puts(json_object_to_json_string_ext(one, JSON_C_TO_STRING_PLAIN));
		fflush(stdout);
		json_object_put(one);
	}
	run_free(&run);
	return good;
}
