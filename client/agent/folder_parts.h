/* Parts of the watched folder (agent_folder.c): one of its files, and what the agent wrote beside them. */
#ifndef FUPIN_CLIENT_FOLDER_PARTS_H
#define FUPIN_CLIENT_FOLDER_PARTS_H

#include "keys/identity.h"
#include "session/home.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* While this is unchanged, the file's content is unchanged. */
struct file_mark {
	int64_t size, modified_ns, changed_ns;
};

bool file_mark_equal(const struct file_mark *a, const struct file_mark *b);
/* The mark of the file with this name in the directory; of a link itself, not of its target. False: there is
 * none. */
bool file_mark_of(int directory, const char *name, struct file_mark *out) __attribute__((warn_unused_result));

/* ---------------------------------------------------------------- one file */

/* Why a file is not read, as a text for people; NULL: it may be read. Only regular files are opened: a link
 * may lead anywhere, and a pipe may never end. A file has to belong to the folder's owner or to the agent's
 * user or, if the folder's group may write to it, to that group. Otherwise anybody who can write there could
 * have another user's file sent, or its content shown in a list of problems. */
const char *file_unfit(const struct stat *file, const struct stat *folder);

/* A file that is read while no other process writes to it. */
struct folder_file {
	int fd;
	bool leased; /* a process that opens it to write waits until it is closed here */
	struct file_mark mark;
	char *bytes; /* the whole */
	size_t size;
};

enum file_reading {
	FILE_READ,     /* to be closed */
	FILE_CHANGING, /* it is or may be still written to: try later */
	FILE_FAILED,   /* *why; NULL: errno */
};

/* `quiet_ms`: for how long `mark` has been the same. Without a lease (on a share, or another user's file)
 * that has to be longer. */
enum file_reading folder_file_open(int directory, const char *name, const struct file_mark *mark,
                                   int64_t quiet_ms, struct folder_file *out, const char **why)
    __attribute__((warn_unused_result));
/* Does the name still belong to the file that was read, and does no process wait to write to it? */
bool folder_file_same(const struct folder_file *file, int directory, const char *name);
void folder_file_close(struct folder_file *file);

/* ---------------------------------------------------------------- what was written there */

/* A sheet, and what the agent wrote about its problems. The agent replaces or removes a file only if it is
 * still as the agent wrote it. */
struct told {
	char sheet[NAME_MAX + 1], report[NAME_MAX + 1], red[NAME_MAX + 1]; /* names; "": none */
	struct file_mark mark;                                             /* of the sheet */
	struct digest report_digest, red_digest;
	struct file_mark red_mark;
	bool taken; /* it is in the outbox, but could not be moved; `mark` is that of the file that was read */
	bool from_red;
};

struct told_list {
	char path[PATH_MAX]; /* where it is kept */
	size_t count, room;
	struct told *items;
};

/* Reads what is remembered of this folder; a record that cannot be read counts as empty. False: the path is
 * too long. */
bool told_open(struct told_list *list, const struct home *home, const char *folder)
    __attribute__((warn_unused_result));
void told_free(struct told_list *list);
/* False: errno. */
bool told_keep(const struct told_list *list) __attribute__((warn_unused_result));

/* NULL: none. */
struct told *told_of_sheet(struct told_list *list, const char *name);
struct told *told_of_red(struct told_list *list, const char *name);
/* The record of that sheet, a new one if there is none. NULL: no memory, or too many. */
struct told *told_add(struct told_list *list, const char *name);
void told_forget(struct told_list *list, struct told *told);

/* Is the file still as the agent wrote it? If so, *mark is renewed. */
bool told_is_own(int directory, const char *name, const struct digest *digest, struct file_mark *mark);

#endif
