#include "deliver.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "base/grow.h"
#include "codec.h"
#include "item_place.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Up to half as long again as we were told to wait, so that not all offices come at once: 1/1000 of it. */
enum { LATER_MAX = 500 };

struct parcel {
	int64_t position;
	struct submission_id id;
	struct digest digest;
	bool sent, done;
	bool after_earlier; /* goes only when all before it are done */
	bool documents;     /* whose files are not all at the centre yet: they go first */
	uint64_t request_id;
	size_t size;
	int64_t not_before_us;
};

/* The files of the submission whose turn it is. */
struct files {
	int64_t position; /* of the submission; 0: none */
	struct arena arena;
	struct submission submission;
	size_t next; /* the document that is sent now */
	char path[PATH_MAX];
	struct transfer_watch watch;
	struct file_upload upload;
};

struct deliverer {
	struct session *session;
	struct outbox *outbox;
	const struct delivery_watch *watch;
	struct delivery *delivery;
	struct parcel *parcels;
	size_t count, room, first_open, in_flight, bytes_in_flight;
	int64_t newest;        /* position up to which the outbox was looked through */
	unsigned silences;     /* in a row */
	int64_t heard_us;      /* when the last answer came, or the first parcel of a silence went */
	int64_t later;         /* our random part of waiting, in 1/1000 */
	size_t moves;          /* from a centre that could not store anything to the next, in a row */
	int64_t not_before_us; /* after all of them could not */
	bool writing;          /* an outbox transaction is open */
	bool out_of_memory;
	unsigned epoch;    /* of the session, when what is in flight was sent */
	uint32_t reserved; /* of the credit window, for what else is asked */
	struct files files;
	int64_t progress_us; /* when a file went on */
};

/* Its documents; false: none, or it cannot be read. The arena owns them. */
static bool
decode_documents(struct arena *arena, const struct outbox_item *item, struct submission *out)
{
	struct problem_list ignored;
	problem_list_init(&ignored);
	*out = (struct submission){0};
	return codec_decode_submission(arena, item->bytes, item->size, out, &ignored) && out->document_count;
}

static bool
has_documents(const struct outbox_item *item)
{
	struct arena arena;
	struct submission s;
	arena_init(&arena, DECODE_BYTES_MAX);
	bool has = decode_documents(&arena, item, &s);
	arena_free(&arena);
	return has;
}

static void
collect(void *context, const struct outbox_item *item)
{
	struct deliverer *d = context;
	if (item->position <= d->newest)
		return;
	if (!grow(&d->parcels, &d->room, d->count + 1, sizeof *d->parcels)) {
		d->out_of_memory = true;
		return;
	}
	bool documents = has_documents(item);
	d->parcels[d->count++] = (struct parcel){.position = item->position,
	                                         .id = item->id,
	                                         .digest = item->digest,
	                                         .documents = documents,
	                                         .after_earlier = documents};
}

/* One transaction for all answers that are there at once. */
static bool
begin_writing(struct deliverer *d)
{
	if (d->writing)
		return true;
	d->writing = outbox_begin(d->outbox);
	return d->writing;
}

static bool
end_writing(struct deliverer *d)
{
	if (!d->writing)
		return true;
	d->writing = false;
	return outbox_commit(d->outbox);
}

static void
put_back(struct deliverer *d, struct parcel *p)
{
	if (p->sent) {
		d->in_flight--;
		d->bytes_in_flight -= p->size;
	}
	p->sent = false;
}

static void
close_parcel(struct deliverer *d, struct parcel *p)
{
	put_back(d, p);
	p->done = true;
	while (d->first_open < d->count && d->parcels[d->first_open].done)
		d->first_open++;
}

static bool
refuse_parcel(struct deliverer *d, struct parcel *p, const struct refusal *refusal)
{
	char text[ITEM_PROBLEMS_BYTES];
	struct outbox_item item;
	if (!begin_writing(d) || !outbox_get(d->outbox, p->position, &item) ||
	    !outbox_set_refused(d->outbox, p->position, item_problems(&item, refusal->problems, text)))
		return false;
	d->delivery->refused++;
	if (d->watch->refused)
		d->watch->refused(d->watch->context, &item, refusal);
	close_parcel(d, p);
	return true;
}

/* A submission that does not fit into a frame would stop all behind it, so it is refused here. */
static bool
give_up(struct deliverer *d, struct parcel *p, const struct outbox_item *item)
{
	struct problem_list problems;
	problem_list_init(&problems);
	struct problem *problem = problem_only(&problems, PROBLEM_BYTES_TOO_MANY);
	problem->actual = (int64_t)item->size;
	problem->limit = FRAME_BYTES_MAX;
	const struct refusal refusal = {.problems = &problems};
	return refuse_parcel(d, p, &refusal);
}

/* The line broke: everything in flight goes again. */
static void
take_all_back(struct deliverer *d)
{
	for (size_t i = d->first_open; i < d->count; i++)
		put_back(d, &d->parcels[i]);
}

/* ---------------------------------------------------------------- files */

static void
close_files(struct deliverer *d)
{
	if (!d->files.position)
		return;
	upload_end(&d->files.upload);
	arena_free(&d->files.arena);
	d->files.position = 0;
}

/* False: it is a record that is none of ours. */
static bool
begin_file(struct deliverer *d, const struct outbox_item *item)
{
	struct files *f = &d->files;
	upload_end(&f->upload);
	if (!item_document_path(item, f->next, f->path))
		return false;
	upload_begin(&f->upload, &f->submission.documents[f->next], f->path, &f->watch);
	return true;
}

static bool
open_files(struct deliverer *d, const struct outbox_item *item)
{
	struct files *f = &d->files;
	if (f->position == item->position)
		return true;
	close_files(d);
	*f = (struct files){.position = item->position, .watch = {d->watch->context, d->watch->sent}};
	arena_init(&f->arena, DECODE_BYTES_MAX);
	return decode_documents(&f->arena, item, &f->submission) && begin_file(d, item);
}

/* What is asked for a submission before it is sent: its files, one after the other. False: one of them cannot
 * be sent, and `problems` says why. */
static bool
next_of_files(struct deliverer *d, const struct outbox_item *item, struct request *out,
              struct problem_list *problems)
{
	if (open_files(d, item))
		return upload_next(&d->files.upload, out, problems);
	problem_only(problems, PROBLEM_FILE_CHANGED);
	return false;
}

/* The one in flight that was sent as this request; NULL: none. */
static struct parcel *
find_sent(struct deliverer *d, uint64_t request_id)
{
	for (size_t i = d->first_open; i < d->count; i++)
		if (!d->parcels[i].done && d->parcels[i].sent && d->parcels[i].request_id == request_id)
			return &d->parcels[i];
	return NULL;
}

/* One of its questions is answered. False: the outbox failed. */
static bool
take_uploaded(struct deliverer *d, uint64_t request_id, const struct uploaded *answer)
{
	struct parcel *p = find_sent(d, request_id);
	struct problem_list problems;
	struct outbox_item item;
	if (!p || !p->documents)
		return true;
	put_back(d, p);
	d->progress_us = clock_steady_us();
	enum upload_step step = upload_take(&d->files.upload, answer);
	if (step == UPLOAD_BROKEN)
		d->delivery->failure =
		    session_makes_no_sense(d->session, "what the centre says that it has of a file makes no sense");
	if (step != UPLOAD_WHOLE)
		return true;
	p->documents = ++d->files.next < d->files.submission.document_count;
	if (!p->documents)
		close_files(d);
	else if (!outbox_get(d->outbox, p->position, &item))
		return false;
	else if (!begin_file(d, &item)) {
		problem_list_init(&problems);
		problem_only(&problems, PROBLEM_FILE_CHANGED);
		return refuse_parcel(d, p, &(struct refusal){.problems = &problems});
	}
	return true;
}

/* ---------------------------------------------------------------- sending */

static bool
send_parcel(struct deliverer *d, struct parcel *p, int64_t now)
{
	struct outbox_item item;
	if (!outbox_get(d->outbox, p->position, &item))
		return false;
	if (item.state != OUTBOX_WAITING) { /* dropped meanwhile, or another client has its receipt */
		d->delivery->total--;
		close_parcel(d, p);
		return true;
	}
	struct request request = {.kind = REQUEST_SUBMIT, .submit = {.bytes = item.bytes, .size = item.size}};
	struct problem_list problems;
	problem_list_init(&problems);
	const struct refusal refusal = {.problems = &problems};
	if (p->documents && !next_of_files(d, &item, &request, &problems))
		return refuse_parcel(d, p, &refusal);
	enum session_failure failure = session_send(d->session, &request);
	if (failure == SESSION_TOO_LARGE)
		return give_up(d, p, &item);
	if (failure) {
		d->delivery->failure = failure;
		return true; /* it waits on */
	}
	/* The line was dead, and this one was sent over a new one: everything that was sent before is sent
	 * again. */
	if (session_epoch(d->session) != d->epoch) {
		take_all_back(d);
		d->epoch = session_epoch(d->session);
		d->silences++;
	}
	if (!d->in_flight)
		d->heard_us = now;
	p->request_id = request.id;
	p->sent = true;
	p->size = p->documents ? request.upload.part_size : item.size;
	d->in_flight++;
	d->bytes_in_flight += p->size;
	return true;
}

/* Another centre of the same database may reach it where this one does not: it is asked at once; when all
 * were, after the time that they told. False: there is no reason to change the centre, or no other centre.
 */
static bool
go_to_next_centre(struct deliverer *d, const struct refusal *refusal, int64_t wait_us)
{
	size_t centres = session_centres(d->session);
	enum problem_code code = refusal->problems->count ? refusal->problems->items[0].code : 0;
	if (centres < 2 || (code != PROBLEM_STORE_UNAVAILABLE && code != PROBLEM_STOPPING))
		return false;
	take_all_back(d);
	if (++d->moves % centres == 0)
		d->not_before_us = clock_steady_us() + wait_us;
	if (!session_next_centre(d->session))
		d->delivery->failure = SESSION_BROKEN;
	return true;
}

/* The centre has been silent too long: a new connection. */
static void
start_over(struct deliverer *d)
{
	take_all_back(d);
	d->silences++;
	if (!session_reconnect(d->session))
		d->delivery->failure = SESSION_BROKEN;
}

static bool
send_ready(struct deliverer *d, int64_t now)
{
	uint32_t window = session_welcome(d->session)->limits.credit_window;
	if (!window || window > CREDIT_WINDOW)
		window = CREDIT_WINDOW;
	window = window > d->reserved ? window - d->reserved : 1;
	if (now < d->not_before_us)
		return true;
	for (size_t i = d->first_open; i < d->count && d->in_flight < window && !d->delivery->failure; i++) {
		struct parcel *p = &d->parcels[i];
		bool ready =
		    !p->done && !p->sent && now >= p->not_before_us && (!p->after_earlier || i == d->first_open);
		if (ready && !send_parcel(d, p, now))
			return false;
	}
	return true;
}

/* The receipt is for other bytes than were sent, so the submission keeps waiting. */
static bool
leave_mistaken(struct deliverer *d, struct parcel *p, const struct receipt *receipt)
{
	struct outbox_item item;
	if (!outbox_get(d->outbox, p->position, &item))
		return false;
	d->delivery->mistaken++;
	if (d->watch->mistaken)
		d->watch->mistaken(d->watch->context, &item, receipt);
	close_parcel(d, p);
	return true;
}

static bool
take_receipt(struct deliverer *d, const struct receipt *receipt)
{
	for (size_t i = d->first_open; i < d->count; i++) {
		struct parcel *p = &d->parcels[i];
		if (p->done || !submission_id_equal(&p->id, &receipt->id))
			continue;
		if (!digest_equal(&p->digest, &receipt->digest))
			return leave_mistaken(d, p, receipt);
		struct outbox_item item;
		if (!begin_writing(d) || !outbox_set_receipt(d->outbox, p->position, receipt) ||
		    !outbox_get(d->outbox, p->position, &item))
			return false;
		d->delivery->receipted++;
		d->moves = 0;
		if (receipt->seq > d->delivery->seq_last)
			d->delivery->seq_last = receipt->seq;
		if (d->watch->receipted)
			d->watch->receipted(d->watch->context, &item, receipt);
		close_parcel(d, p);
		break;
	}
	return true;
}

/* A refused key loses nothing: what waits can be sent when this key, or the office's next one, is admitted.
 */
static bool
is_shut_out(const struct reply *reply)
{
	return reply->kind == REPLY_REFUSAL && reply->refusal.problems->count &&
	       problem_is_of_key(reply->refusal.problems->items[0].code);
}

static bool
take_refusal(struct deliverer *d, uint64_t request_id, const struct refusal *refusal, int64_t now)
{
	for (size_t i = d->first_open; i < d->count; i++) {
		struct parcel *p = &d->parcels[i];
		if (p->done || !p->sent || p->request_id != request_id)
			continue;
		if (p->documents && !refusal->retry_after_ms) {
			put_back(d, p);
			return upload_take_refusal(&d->files.upload, refusal) || refuse_parcel(d, p, refusal);
		}
		if (refusal->retry_after_ms) {
			int64_t wait_us = refusal->retry_after_ms * (INT64_C(1000) + d->later);
			if (go_to_next_centre(d, refusal, wait_us))
				break;
			p->not_before_us = now + wait_us;
			put_back(d, p);
		} else if (i != d->first_open && !p->after_earlier) {
			/* It may build on an earlier one that is not stored yet: ask again after that one. */
			p->after_earlier = true;
			put_back(d, p);
		} else {
			return refuse_parcel(d, p, refusal);
		}
		break;
	}
	return true;
}

bool
deliverer_take(struct deliverer *d, const struct reply *reply)
{
	bool good = true;
	if (is_shut_out(reply)) {
		d->delivery->failure = SESSION_REFUSED;
		return true;
	}
	d->heard_us = clock_steady_us();
	d->silences = 0;
	if (reply->kind == REPLY_RECEIPT)
		good = take_receipt(d, &reply->receipt);
	else if (reply->kind == REPLY_UPLOADED)
		good = take_uploaded(d, reply->request_id, &reply->uploaded);
	else if (reply->kind == REPLY_REFUSAL)
		good = take_refusal(d, reply->request_id, &reply->refusal, clock_steady_us());
	if (good && d->watch->progress)
		d->watch->progress(d->watch->context, d->delivery);
	return good;
}

bool
deliverer_end_turn(struct deliverer *d)
{
	return end_writing(d);
}

/* Takes the answers that are there; waits for the first of them at most wait_ms. */
static bool
take_answers(struct deliverer *d, int wait_ms)
{
	struct reply reply;
	for (;;) {
		enum session_failure failure = session_take(d->session, wait_ms, &reply);
		if (failure == SESSION_NO_ANSWER)
			return end_writing(d);
		if (failure == SESSION_LOST) {
			take_all_back(d);
			return end_writing(d);
		}
		if (failure) {
			d->delivery->failure = failure;
			return end_writing(d);
		}
		if (!deliverer_take(d, &reply))
			return false;
		if (d->delivery->failure)
			return end_writing(d);
		wait_ms = 0;
	}
}

/* ---------------------------------------------------------------- the whole */

/* Those with documents come last; all else keeps its order. False: no memory. */
static bool
put_documents_last(struct deliverer *d)
{
	struct parcel *sorted = calloc(d->count + 1, sizeof *sorted);
	size_t at = 0;
	if (!sorted)
		return false;
	for (int documents = 0; documents < 2; documents++)
		for (size_t i = 0; i < d->count; i++)
			if (d->parcels[i].documents == documents)
				sorted[at++] = d->parcels[i];
	free(d->parcels);
	d->parcels = sorted;
	d->room = d->count + 1;
	return true;
}

bool
deliverer_send(struct deliverer *d)
{
	int64_t now = clock_steady_us();
	if (session_epoch(d->session) != d->epoch)
		take_all_back(d);
	if (d->in_flight && now - d->heard_us > session_silence_us(d->session, d->silences, d->bytes_in_flight))
		start_over(d);
	d->epoch = session_epoch(d->session);
	return send_ready(d, now);
}

bool
deliverer_has_more(const struct deliverer *d)
{
	return d->first_open < d->count;
}

size_t
deliverer_bytes_in_flight(const struct deliverer *d)
{
	return d->bytes_in_flight;
}

int64_t
deliverer_progress_us(const struct deliverer *d)
{
	return d->progress_us;
}

bool
deliverer_collect(struct deliverer *d)
{
	size_t before = d->count;
	if (!outbox_each(d->outbox, OUTBOX_WAITING, INT64_MAX, collect, d) || d->out_of_memory)
		return false;
	d->delivery->total += d->count - before;
	for (size_t i = before; i < d->count; i++)
		d->newest = d->parcels[i].position > d->newest ? d->parcels[i].position : d->newest;
	if (!put_documents_last(d))
		return false;
	for (d->first_open = 0; d->first_open < d->count && d->parcels[d->first_open].done;)
		d->first_open++;
	return true;
}

static bool
begin(struct deliverer *d)
{
	*d->delivery = (struct delivery){0};
	d->later = randombytes_uniform(LATER_MAX);
	d->epoch = session_epoch(d->session);
	return outbox_note_centre(d->outbox, session_welcome(d->session)->history,
	                          session_centre_key(d->session)) &&
	       deliverer_collect(d);
}

struct deliverer *
deliverer_open(struct session *session, struct outbox *outbox, uint32_t reserved,
               const struct delivery_watch *watch, struct delivery *out)
{
	struct deliverer *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	*d = (struct deliverer){
	    .session = session, .outbox = outbox, .watch = watch, .delivery = out, .reserved = reserved};
	if (!begin(d))
		deliverer_close(&d);
	return d;
}

void
deliverer_close(struct deliverer **deliverer)
{
	struct deliverer *d = *deliverer;
	if (!d)
		return;
	if (d->writing)
		outbox_cancel(d->outbox);
	close_files(d);
	free(d->parcels);
	free(d);
	*deliverer = NULL;
}

/* The centre wants the next file later than that. */
static bool
is_put_off(const struct deliverer *d, int64_t until_us)
{
	const struct parcel *p = &d->parcels[d->first_open];
	return p->documents && !p->sent && p->not_before_us > until_us;
}

bool
deliver(struct session *session, struct outbox *outbox, int timeout_ms, const struct delivery_watch *watch,
        struct delivery *out)
{
	struct deliverer *d = deliverer_open(session, outbox, 0, watch, out);
	int64_t begun = clock_steady_us();
	bool good = d;
	while (good && deliverer_has_more(d) && !out->failure && !(watch->stop && watch->stop(watch->context))) {
		/* A long file has its time as long as it goes on. */
		int64_t until = (d->progress_us > begun ? d->progress_us : begun) + timeout_ms * INT64_C(1000);
		if (is_put_off(d, until))
			out->failure = SESSION_REFUSED;
		if (out->failure || clock_steady_us() >= until)
			break;
		good = deliverer_send(d) && take_answers(d, 100);
	}
	if (good && deliverer_has_more(d) && !out->failure)
		out->failure = SESSION_NO_ANSWER;
	deliverer_close(&d);
	return good;
}
