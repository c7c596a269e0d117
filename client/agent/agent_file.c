/* The agent's lock, and the file in which the agent writes how it stands and from which fupin status reads it
 * (JSON, replaced as a whole). */
#include "agent.h"

#include "columns/column_table.h"
#include "columns/standing_columns.h"
#include "output/json.h"

#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static bool
find_path(const struct home *home, const char *name, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/%s", home->path, name) < PATH_MAX;
}

bool
agent_lock(const struct home *home, int *lock)
{
	char path[PATH_MAX];
	if (!find_path(home, "agent.lock", path))
		return false;
	*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*lock >= 0 && !flock(*lock, LOCK_EX | LOCK_NB))
		return true;
	if (*lock >= 0)
		close(*lock);
	*lock = -1;
	return false;
}

/* No process holds the lock: the report was written by an agent that has ended. */
static bool
is_running(const struct home *home)
{
	char path[PATH_MAX];
	int lock = find_path(home, "agent.lock", path) ? open(path, O_RDWR | O_CLOEXEC) : -1;
	bool free = lock < 0 || !flock(lock, LOCK_SH | LOCK_NB);
	if (lock >= 0)
		close(lock);
	return !free;
}

/* ---------------------------------------------------------------- as JSON */

READER(folder_left)
{
	const struct folder_report *f = row;
	size_t count = f->left_count < FOLDER_LEFT_MAX ? f->left_count : FOLDER_LEFT_MAX;
	return cell_rows(CELL_ROWS, column->nested, f->left, count);
}

#define ROW struct folder_left
static const struct column lefts[] = {TEXT(NULL, text, JSON_ONLY)};
static const struct columns left_columns = COLUMNS("left", lefts);
#undef ROW

#define ROW struct folder_report
static const struct column folder_items[] = {
    TEXT("path", path, JSON_ONLY),
    TEXT("problem", problem, JSON_ONLY),
    COUNT("lost", lost, JSON_ONLY),
    COUNT("left_count", left_count, JSON_ONLY),
    MADE("left", folder_left, .nested = &left_columns),
};
static const struct columns folder_columns = COLUMNS("folder", folder_items);
#undef ROW

static bool
has_standing(const void *row)
{
	return ((const struct agent_report *)row)->has_standing;
}

static bool
has_folder(const void *row)
{
	return *((const struct agent_report *)row)->folder.path;
}

#define ROW struct agent_report
static const struct column report_items[] = {
    COUNT("pid", pid, JSON_ONLY),
    MICROSECONDS("since_us", since_us, JSON_ONLY),
    MICROSECONDS("written_us", written_us, JSON_ONLY),
    COUNT("reachable", reachable, JSON_ONLY),
    MICROSECONDS("heard_us", heard_us, JSON_ONLY),
    TEXT("error", error, JSON_ONLY),
    COUNT("waiting", counts[OUTBOX_WAITING], JSON_ONLY),
    COUNT("receipted", counts[OUTBOX_RECEIPTED], JSON_ONLY),
    COUNT("refused", counts[OUTBOX_REFUSED], JSON_ONLY),
    COUNT("dropped", counts[OUTBOX_DROPPED], JSON_ONLY),
    COUNT("lost", counts[OUTBOX_LOST], JSON_ONLY),
    COUNT("receipt_seq", receipt_seq, JSON_ONLY),
    MICROSECONDS("receipt_us", receipt_us, JSON_ONLY),
    TEXT("receipt_files", receipt_files, JSON_ONLY),
    RECORD("standing", standing, &standing_columns, WHEN(has_standing)),
    RECORD("folder", folder, &folder_columns, WHEN(has_folder)),
};
static const struct columns report_columns = COLUMNS("agent", report_items);
#undef ROW

struct json_object *
agent_report_json(const struct agent_report *r)
{
	struct reading reading;
	reading_init(&reading, NULL, LANGUAGE_ENGLISH);
	struct json_object *o = json_record(&reading, &report_columns, r);
	reading_free(&reading);
	return o;
}

/* ---------------------------------------------------------------- read again */

static int64_t
number(struct json_object *o, const char *name)
{
	return json_object_get_int64(json_object_object_get(o, name));
}

static void
text(struct json_object *o, const char *name, char *out, size_t size)
{
	struct json_object *value = json_object_object_get(o, name);
	snprintf(out, size, "%s", value ? json_object_get_string(value) : "");
}

static void
read_keys(struct json_object *keys, struct standing *out)
{
	size_t count = json_object_is_type(keys, json_type_array) ? json_object_array_length(keys) : 0;
	for (size_t i = 0; i < count && i < KEYS_LISTED_MAX; i++) {
		struct json_object *o = json_object_array_get_idx(keys, i);
		struct standing_key *to = &out->keys[out->key_count++];
		text(o, "name", to->name, sizeof to->name);
		text(o, "public_key", to->public_key, sizeof to->public_key);
		to->admitted_us = number(o, "admitted_us");
		text(o, "admitted_by", to->admitted_by, sizeof to->admitted_by);
		to->ended_us = number(o, "ended_us");
		text(o, "ended_by", to->ended_by, sizeof to->ended_by);
		to->sent = (uint64_t)number(o, "sent");
		to->last_seq = (uint64_t)number(o, "last_seq");
		to->last_us = number(o, "last_us");
	}
}

static void
read_standing(struct json_object *o, struct standing *out)
{
	struct json_object *returned = json_object_object_get(o, "returned"),
	                   *deadlines = json_object_object_get(o, "deadlines");
	out->time_us = number(o, "time_us");
	out->store_ready = number(o, "store_ready");
	out->overdue = (uint32_t)number(o, "overdue");
	out->returned_more = (uint32_t)number(o, "returned_more");
	size_t count = json_object_is_type(returned, json_type_array) ? json_object_array_length(returned) : 0;
	for (size_t i = 0; i < count && i < STANDING_RETURNED_MAX; i++) {
		struct json_object *r = json_object_array_get_idx(returned, i);
		struct standing_report *to = &out->returned[out->returned_count++];
		to->unit = number(r, "unit");
		to->period = (period)number(r, "period");
		text(r, "form", to->form, sizeof to->form);
		text(r, "name", to->name, sizeof to->name);
		text(r, "text", to->text, sizeof to->text);
	}
	count = json_object_is_type(deadlines, json_type_array) ? json_object_array_length(deadlines) : 0;
	for (size_t i = 0; i < count && i < STANDING_DEADLINES_MAX; i++) {
		struct json_object *d = json_object_array_get_idx(deadlines, i);
		struct standing_deadline *to = &out->deadlines[out->deadline_count++];
		text(d, "form", to->form, sizeof to->form);
		to->period = (period)number(d, "period");
		to->due = number(d, "due");
		to->units = (uint32_t)number(d, "units");
		to->missing = (uint32_t)number(d, "missing");
	}
	read_keys(json_object_object_get(o, "other_keys"), out);
	out->keys_more = number(o, "other_keys_more");
}

static void
read_folder(struct json_object *o, struct folder_report *out)
{
	struct json_object *left = json_object_object_get(o, "left");
	text(o, "path", out->path, sizeof out->path);
	text(o, "problem", out->problem, sizeof out->problem);
	out->lost = number(o, "lost");
	out->left_count = (size_t)number(o, "left_count");
	size_t count = json_object_is_type(left, json_type_array) ? json_object_array_length(left) : 0;
	for (size_t i = 0; i < count && i < FOLDER_LEFT_MAX; i++)
		snprintf(out->left[i].text, sizeof out->left[i].text, "%s",
		         json_object_get_string(json_object_array_get_idx(left, i)));
}

/* ---------------------------------------------------------------- the file */

bool
agent_file_write(const struct home *home, const struct agent_report *report)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	if (!find_path(home, "agent.status", path) || !find_path(home, "agent.status.new", temporary))
		return false;
	struct json_object *o = agent_report_json(report);
	bool good = !json_object_to_file_ext(temporary, o, JSON_C_TO_STRING_PLAIN) && !rename(temporary, path);
	json_object_put(o);
	return good;
}

bool
agent_file_read(const struct home *home, struct agent_report *out)
{
	char path[PATH_MAX];
	struct json_object *o =
	    is_running(home) && find_path(home, "agent.status", path) ? json_object_from_file(path) : NULL;
	if (!o)
		return false;
	*out = (struct agent_report){
	    .pid = number(o, "pid"),
	    .since_us = number(o, "since_us"),
	    .written_us = number(o, "written_us"),
	    .reachable = number(o, "reachable"),
	    .heard_us = number(o, "heard_us"),
	    .receipt_seq = (uint64_t)number(o, "receipt_seq"),
	    .receipt_us = number(o, "receipt_us"),
	};
	text(o, "error", out->error, sizeof out->error);
	text(o, "receipt_files", out->receipt_files, sizeof out->receipt_files);
	for (int state = 0; state < OUTBOX_STATES; state++)
		out->counts[state] = (size_t)number(o, outbox_state_name((enum outbox_state)state));
	struct json_object *standing = json_object_object_get(o, "standing");
	out->has_standing = standing;
	if (standing)
		read_standing(standing, &out->standing);
	struct json_object *folder = json_object_object_get(o, "folder");
	if (folder)
		read_folder(folder, &out->folder);
	json_object_put(o);
	return true;
}
