/* Inside the watched folder (agent_folder.c): one of its files, and what was written beside them. */
#ifndef FUPIN_CLIENT_FOLDER_PARTS_H
#define FUPIN_CLIENT_FOLDER_PARTS_H

#include "keys/identity.h"
#include "session/home.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* As long as it is the same, so is the file's content. */
struct file_mark {
	int64_t size, modified_ns, changed_ns;
};

bool file_mark_equal(const struct file_mark *a, const struct file_mark *b);
/* What has the name in the directory, itself, not what it links to. False: nothing. */
bool file_mark_of(int directory, const char *name, struct file_mark *out) __attribute__((warn_unused_result));

/* ---------------------------------------------------------------- one file */

/* Why a file is left alone, for people; NULL: nothing against it. Only regular files are opened at all: a
 * link may lead anywhere, and a pipe's end may never come. They have to be of the folder's owner or the
 * agent's, or, where its group may write to the folder, of that group: whoever can write there could else
 * have another's file sent, or its content told in a list of problems. */
const char *file_unfit(const struct stat *file, const struct stat *folder);

/* A file that is read while nobody writes to it. */
struct folder_file {
	int fd;
	bool leased; /* whoever opens it to write waits until it is closed here */
	struct file_mark mark;
	char *bytes; /* the whole */
	size_t size;
};

enum file_reading {
	FILE_READ,     /* to be closed */
	FILE_CHANGING, /* somebody writes to it, or may: later */
	FILE_FAILED,   /* *why; NULL: errno */
};

/* `quiet_ms`: for so long it has been `mark`. Without a lease (a share, another one's file) that has to be
 * long. */
enum file_reading folder_file_open(int directory, const char *name, const struct file_mark *mark,
                                   int64_t quiet_ms, struct folder_file *out, const char **why)
    __attribute__((warn_unused_result));
/* Is what has the name still what was read, and does nobody wait to write to it? */
bool folder_file_same(const struct folder_file *file, int directory, const char *name);
void folder_file_close(struct folder_file *file);

/* ---------------------------------------------------------------- what was written there */

/* A sheet, and the problems that were told of it. Only what is the same as then is the agent's own, to be
 * replaced or removed. */
struct told {
	char sheet[NAME_MAX + 1], report[NAME_MAX + 1], red[NAME_MAX + 1]; /* names; "": none */
	struct file_mark mark;                                             /* of the sheet */
	struct digest report_digest, red_digest;
	struct file_mark red_mark;
	bool taken; /* it is in the outbox, but could not be moved; `mark` is of what was read */
	bool from_red;
};

struct told_list {
	char path[PATH_MAX]; /* where it is kept */
	size_t count, room;
	struct told *items;
};

/* Reads what is kept of this folder; what cannot be read is none. False: the path is too long. */
bool told_open(struct told_list *list, const struct home *home, const char *folder)
    __attribute__((warn_unused_result));
void told_free(struct told_list *list);
/* False: errno. */
bool told_keep(const struct told_list *list) __attribute__((warn_unused_result));

/* NULL: none. */
struct told *told_of_sheet(struct told_list *list, const char *name);
struct told *told_of_red(struct told_list *list, const char *name);
/* The one of that sheet, new if there is none. NULL: no memory, or too many. */
struct told *told_add(struct told_list *list, const char *name);
void told_forget(struct told_list *list, struct told *told);

/* Is it still what was written? *mark is known to be so, and is renewed. */
bool told_is_own(int directory, const char *name, const struct digest *digest, struct file_mark *mark);

#endif
