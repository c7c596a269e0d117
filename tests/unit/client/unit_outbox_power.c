/* The outbox and a power cut. A VFS of SQLite records everything that the outbox writes, cuts, brings to disk
 * and deletes. Then the power fails after each of these steps in turn, in several ways: all that was written
 * is there; or only what was brought to disk; or of the rest some, some not, and some in part. Whatever had
 * been reported as saved has to be there, whole, and nothing half.
 *
 * What is created or deleted is taken to be there, or gone, at once (a journalling file system keeps that
 * order); the last deletion also as not yet done. */
#include "case.h"
#include "dice.h"

#include "outbox/outbox.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 3, EVENTS_MAX = 4096, PATH_ROOM = 64, SAVED_MAX = 32, TORN_ROUNDS = 4 };

static const char *const suffixes[FILES] = {"", "-wal", "-journal"};

/* ---------------------------------------------------------------- what was done */

enum event_kind { EVENT_WRITE, EVENT_TRUNCATE, EVENT_SYNC, EVENT_DELETE };

struct event {
	enum event_kind kind;
	int file;
	sqlite3_int64 offset;
	int size;
	uint8_t *bytes;
};

static struct event events[EVENTS_MAX];
static size_t event_count;
static bool recording;

static void
record(enum event_kind kind, int file, sqlite3_int64 offset, const void *bytes, int size)
{
	if (!recording || file < 0)
		return;
	assert_true(event_count < EVENTS_MAX);
	struct event *e = &events[event_count++];
	*e = (struct event){kind, file, offset, size, NULL};
	if (bytes) {
		e->bytes = malloc((size_t)size);
		assert_non_null(e->bytes);
		memcpy(e->bytes, bytes, (size_t)size);
	}
}

/* -1: neither the outbox nor a file of its own. */
static int
file_of(const char *path)
{
	for (int i = FILES - 1; path && i >= 0; i--) {
		size_t size = strlen(path), end = strlen(suffixes[i]);
		if (size > end && !strcmp(path + size - end, suffixes[i]) && (i || !strcmp(path + size - 3, ".db")))
			return i;
	}
	return -1;
}

/* ---------------------------------------------------------------- the VFS: everything goes on to the real
 * one */

static sqlite3_vfs *real;
static sqlite3_vfs recorder;

struct recorded_file {
	sqlite3_file base;
	int file;
	sqlite3_file *under; /* right behind this */
};

#define UNDER(f) (((struct recorded_file *)(f))->under)
#define FILE_OF(f) (((struct recorded_file *)(f))->file)

static int
on_close(sqlite3_file *f)
{
	return UNDER(f)->pMethods->xClose(UNDER(f));
}

static int
on_read(sqlite3_file *f, void *out, int size, sqlite3_int64 offset)
{
	return UNDER(f)->pMethods->xRead(UNDER(f), out, size, offset);
}

static int
on_write(sqlite3_file *f, const void *bytes, int size, sqlite3_int64 offset)
{
	record(EVENT_WRITE, FILE_OF(f), offset, bytes, size);
	return UNDER(f)->pMethods->xWrite(UNDER(f), bytes, size, offset);
}

static int
on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	record(EVENT_TRUNCATE, FILE_OF(f), size, NULL, 0);
	return UNDER(f)->pMethods->xTruncate(UNDER(f), size);
}

/* The real disk is not the one that matters here. */
static int
on_sync(sqlite3_file *f, int flags)
{
	(void)flags;
	record(EVENT_SYNC, FILE_OF(f), 0, NULL, 0);
	return SQLITE_OK;
}

static int
on_file_size(sqlite3_file *f, sqlite3_int64 *out)
{
	return UNDER(f)->pMethods->xFileSize(UNDER(f), out);
}

static int
on_lock(sqlite3_file *f, int level)
{
	return UNDER(f)->pMethods->xLock(UNDER(f), level);
}

static int
on_unlock(sqlite3_file *f, int level)
{
	return UNDER(f)->pMethods->xUnlock(UNDER(f), level);
}

static int
on_check_lock(sqlite3_file *f, int *out)
{
	return UNDER(f)->pMethods->xCheckReservedLock(UNDER(f), out);
}

static int
on_control(sqlite3_file *f, int operation, void *argument)
{
	return UNDER(f)->pMethods->xFileControl(UNDER(f), operation, argument);
}

static int
on_sector_size(sqlite3_file *f)
{
	return UNDER(f)->pMethods->xSectorSize(UNDER(f));
}

static int
on_characteristics(sqlite3_file *f)
{
	return UNDER(f)->pMethods->xDeviceCharacteristics(UNDER(f));
}

static int
on_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return UNDER(f)->pMethods->xShmMap(UNDER(f), page, size, extend, out);
}

static int
on_shm_lock(sqlite3_file *f, int offset, int count, int flags)
{
	return UNDER(f)->pMethods->xShmLock(UNDER(f), offset, count, flags);
}

static void
on_shm_barrier(sqlite3_file *f)
{
	UNDER(f)->pMethods->xShmBarrier(UNDER(f));
}

static int
on_shm_unmap(sqlite3_file *f, int delete)
{
	return UNDER(f)->pMethods->xShmUnmap(UNDER(f), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_file_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics,
    .xShmMap = on_shm_map,
    .xShmLock = on_shm_lock,
    .xShmBarrier = on_shm_barrier,
    .xShmUnmap = on_shm_unmap,
};

static int
on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	struct recorded_file *r = (struct recorded_file *)f;
	(void)vfs;
	*r = (struct recorded_file){.file = file_of(path), .under = (sqlite3_file *)(r + 1)};
	int result = real->xOpen(real, path, r->under, flags, out);
	if (r->under->pMethods)
		r->base.pMethods = &methods;
	return result;
}

static int
on_delete(sqlite3_vfs *vfs, const char *path, int sync_directory)
{
	(void)vfs;
	record(EVENT_DELETE, file_of(path), 0, NULL, 0);
	return real->xDelete(real, path, sync_directory);
}

static void
register_recorder(void)
{
	real = sqlite3_vfs_find(NULL);
	recorder = *real;
	recorder.zName = "recorder";
	recorder.szOsFile = (int)sizeof(struct recorded_file) + real->szOsFile;
	recorder.xOpen = on_open;
	recorder.xDelete = on_delete;
	assert_int_equal(sqlite3_vfs_register(&recorder, 1), SQLITE_OK);
}

/* ---------------------------------------------------------------- what was saved, and when that was said */

struct saved {
	struct submission_id id;
	uint8_t bytes[6000];
	size_t size;
	size_t said;      /* after so many events outbox_commit() had returned true */
	size_t receipted; /* the same of its receipt; 0: none */
	int group;        /* saved together: all or none */
};

static struct saved saved[SAVED_MAX];
static size_t saved_count;

static struct outbox_item
item_of(const struct saved *s)
{
	return (struct outbox_item){.id = s->id,
	                            .digest = digest_of(s->bytes, s->size),
	                            .created_us = 1,
	                            .files = "a.csv",
	                            .places = "a.csv:2\n",
	                            .bytes = s->bytes,
	                            .size = s->size};
}

/* `count` submissions in one transaction. */
static void
save(struct outbox *o, size_t count, size_t size, int group)
{
	assert_true(outbox_begin(o));
	for (size_t i = 0; i < count; i++) {
		struct saved *s = &saved[saved_count + i];
		int64_t position;
		s->id = submission_id_new(INT64_C(1365955200000000));
		s->size = size;
		s->group = group;
		randombytes_buf(s->bytes, size);
		struct outbox_item item = item_of(s);
		assert_true(outbox_add(o, &item, &item.digest, &position));
	}
	assert_true(outbox_commit(o));
	for (size_t i = 0; i < count; i++)
		saved[saved_count++].said = event_count;
}

/* The k-th one is at position k + 1. */
static void
receive(struct outbox *o, size_t k)
{
	struct outbox_item item = item_of(&saved[k]);
	struct receipt receipt = {item.id, item.digest, 17, 1, 2, 1};
	assert_true(outbox_begin(o));
	assert_true(outbox_set_receipt(o, (int64_t)k + 1, &receipt));
	assert_true(outbox_commit(o));
	saved[k].receipted = event_count;
}

static struct outbox *
open_at(const char *path)
{
	char error[OUTBOX_ERROR_BYTES] = "";
	struct outbox *o = outbox_open(path, error);
	EXPECT(o, "%s", error);
	return o;
}

/* A clerk's weeks: singly and together, small and of several pages, with receipts, over three runs. */
static void
work(const char *path)
{
	recording = true;
	struct outbox *o = open_at(path);
	save(o, 1, 100, 1);
	save(o, 3, 900, 2);
	receive(o, 0);
	outbox_close(&o);
	o = open_at(path);
	save(o, 1, sizeof saved[0].bytes, 3);
	receive(o, 2);
	save(o, 2, 3000, 4);
	struct outbox *other = open_at(path); /* a second client */
	save(other, 1, 50, 5);
	receive(o, 4);
	outbox_close(&o);
	save(other, 2, 5000, 6);
	outbox_close(&other);
	recording = false;
}

/* ---------------------------------------------------------------- the power fails */

enum cut { CUT_ALL, CUT_SYNCED, CUT_TORN, CUTS };

struct image {
	bool exists;
	uint8_t *bytes;
	size_t size, room;
};

static void
apply_write(struct image *m, const struct event *e, size_t size)
{
	size_t end = (size_t)e->offset + size;
	if (end > m->room) {
		m->room = 2 * end;
		m->bytes = realloc(m->bytes, m->room);
		assert_non_null(m->bytes);
	}
	if (end > m->size) {
		memset(m->bytes + m->size, 0, end - m->size);
		m->size = end;
	}
	memcpy(m->bytes + e->offset, e->bytes, size);
}

/* Is it on disk, and how much of it, if it was not brought there? */
static void
apply(struct image *m, const struct event *e, enum cut cut, bool synced, struct dice *dice)
{
	m->exists = true;
	bool whole = synced || cut == CUT_ALL;
	size_t thrown = cut == CUT_TORN ? dice_pick(dice, 3) : 0;
	if (!whole && (cut == CUT_SYNCED || thrown == 0))
		return;
	bool torn = !whole && thrown == 1;
	if (e->kind == EVENT_TRUNCATE)
		m->size = (size_t)e->offset < m->size ? (size_t)e->offset : m->size;
	else
		apply_write(m, e, torn ? dice_pick(dice, (size_t)e->size) : (size_t)e->size);
}

/* The disk after `count` events. */
static void
make_images(size_t count, enum cut cut, bool last_delete, struct dice *dice, struct image images[FILES])
{
	size_t synced[FILES] = {0};
	for (size_t i = 0; i < count; i++)
		if (events[i].kind == EVENT_SYNC)
			synced[events[i].file] = i;
	for (size_t i = 0; i < count; i++) {
		const struct event *e = &events[i];
		struct image *m = &images[e->file];
		if (e->kind == EVENT_DELETE && (i + 1 < count || last_delete))
			m->exists = false, m->size = 0;
		else if (e->kind == EVENT_WRITE || e->kind == EVENT_TRUNCATE)
			apply(m, e, cut, i < synced[e->file], dice);
	}
}

static void
write_images(const char *path, const struct image images[FILES])
{
	for (int i = 0; i < FILES; i++) {
		char name[PATH_ROOM + 16];
		snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
		unlink(name);
		if (!images[i].exists)
			continue;
		FILE *file = fopen(name, "we");
		assert_non_null(file);
		assert_int_equal(fwrite(images[i].bytes, 1, images[i].size, file), images[i].size);
		assert_int_equal(fclose(file), 0);
	}
}

/* ---------------------------------------------------------------- what is there then */

struct found {
	enum outbox_state states[SAVED_MAX];
	bool there[SAVED_MAX];
	size_t strangers; /* none of those that were saved, or not whole */
};

static void
find(void *context, const struct outbox_item *item)
{
	struct found *f = context;
	for (size_t i = 0; i < saved_count; i++)
		if (submission_id_equal(&item->id, &saved[i].id) && item->size == saved[i].size &&
		    !memcmp(item->bytes, saved[i].bytes, item->size) && item->position == (int64_t)i + 1) {
			f->there[i] = true;
			f->states[i] = item->state;
			return;
		}
	f->strangers++;
}

static void
check(const char *path, size_t count, enum cut cut)
{
	struct found f = {0};
	struct outbox *o = open_at(path);
	EXPECT(outbox_each(o, -1, 1000, find, &f), "after %zu of %zu, %d: %s", count, event_count, (int)cut,
	       outbox_error(o));
	EXPECT(!f.strangers, "after %zu, %d: %zu half there", count, (int)cut, f.strangers);
	for (size_t i = 0; i < saved_count; i++) {
		EXPECT(f.there[i] || saved[i].said > count, "after %zu, %d: %zu is lost", count, (int)cut, i);
		EXPECT(!saved[i].receipted || saved[i].receipted > count || f.states[i] == OUTBOX_RECEIPTED,
		       "after %zu, %d: the receipt of %zu is lost", count, (int)cut, i);
		for (size_t k = 0; k < saved_count; k++)
			EXPECT(saved[k].group != saved[i].group || f.there[k] == f.there[i],
			       "after %zu, %d: %zu without %zu", count, (int)cut, i, k);
	}
	/* And it works on. */
	EXPECT(outbox_begin(o) && outbox_commit(o), "after %zu, %d: %s", count, (int)cut, outbox_error(o));
	outbox_close(&o);
}

static void
cut_power(const char *path, size_t count, enum cut cut, bool last_delete, struct dice *dice)
{
	struct image images[FILES] = {0};
	make_images(count, cut, last_delete, dice, images);
	write_images(path, images);
	check(path, count, cut);
	for (int i = 0; i < FILES; i++)
		free(images[i].bytes);
}

static void
test_power(void **state)
{
	char directory[] = "unit_outbox_power.XXXXXX", path[PATH_ROOM], again[PATH_ROOM];
	struct dice dice = {20130605};
	size_t cuts = 0;
	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/outbox.db", directory);
	snprintf(again, sizeof again, "%s/again.db", directory);
	register_recorder();
	work(path);
	for (size_t count = 0; count <= event_count; count++) {
		cut_power(again, count, CUT_ALL, true, &dice);
		cut_power(again, count, CUT_SYNCED, true, &dice);
		for (int round = 0; round < TORN_ROUNDS; round++)
			cut_power(again, count, CUT_TORN, round % 2, &dice);
		cuts += 2 + TORN_ROUNDS;
	}
	print_message("%zu submissions, %zu writes and syncs, %zu power cuts\n", saved_count, event_count, cuts);
	unlink(path);
	unlink(again);
	assert_int_equal(rmdir(directory), 0);
	for (size_t i = 0; i < event_count; i++)
		free(events[i].bytes);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_power)};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
