/* fupin agent: keeps an office's outbox flowing. One loop waits for the line to the centre, for new
 * submissions in the outbox, for finished sheets in a watched folder, and for signals; how the office stands
 * is in a file, which fupin status shows at once.
 *
 * agent.c is the loop, agent_folder.c the watched folder (folder_file.c: one file of it; folder_told.c: what
 * was written there), agent_file.c what fupin status reads. */
#ifndef FUPIN_CLIENT_AGENT_H
#define FUPIN_CLIENT_AGENT_H

#include "command/command.h"
#include "outbox/outbox.h"
#include "session/standing.h"

enum { FOLDER_TEXT_BYTES = 512, FOLDER_LEFT_MAX = 8 };

/* A sheet that is not taken, and why: "NAME: …" */
struct folder_left {
	char text[FOLDER_TEXT_BYTES + 2 * NAME_MAX];
};

/* The state of the watched folder. */
struct folder_report {
	char path[PATH_MAX];             /* "": none is watched */
	char problem[FOLDER_TEXT_BYTES]; /* "": none */
	bool lost;                       /* nothing can be taken from there now */
	size_t left_count;               /* sheets that are not taken; the first of them: */
	struct folder_left left[FOLDER_LEFT_MAX];
};

/* What fupin status shows. */
struct agent_report {
	int64_t pid, since_us, written_us; /* by this machine's clock */
	bool reachable;
	int64_t heard_us; /* the centre's last answer, by this machine's clock; 0: none yet */
	char error[HOME_ERROR_BYTES];
	size_t counts[OUTBOX_STATES];
	uint64_t receipt_seq; /* the last receipt; 0: none */
	int64_t receipt_us;   /* by the centre's clock */
	char receipt_files[PATH_MAX];
	bool has_standing;
	struct standing standing;
	struct folder_report folder;
};

/* Runs until a signal ends it; `folder` may be NULL. Returns an exit status. */
int agent_run(struct command *command, const char *folder);

/* Makes *lock the agent's; false: another agent works in this home. */
bool agent_lock(const struct home *home, int *lock) __attribute__((warn_unused_result));
/* False: it could not be written. */
bool agent_file_write(const struct home *home, const struct agent_report *report)
    __attribute__((warn_unused_result));
/* The report of an agent that is running now; false: there is none. */
bool agent_file_read(const struct home *home, struct agent_report *out) __attribute__((warn_unused_result));

struct json_object;
struct json_object *agent_report_json(const struct agent_report *report);

/* ---------------------------------------------------------------- the folder */

struct folder;

/* NULL: it cannot be watched, or `home` cannot be written to. */
struct folder *folder_open(const char *path, const struct home *home, char error[FOLDER_TEXT_BYTES]);
void folder_close(struct folder **folder);
/* To be polled; when readable, call folder_note(). */
int folder_fd(const struct folder *folder);
void folder_note(struct folder *folder);
/* Milliseconds until the folder is to be looked through. That happens now and then even without an event, as
 * changes that another machine makes on a share cause none. */
int folder_wait_ms(const struct folder *folder);
/* Is it due because something changed in the folder? */
bool folder_has_news(const struct folder *folder);
/* Takes finished sheets into the outbox and moves them to "sent"; beside sheets with problems it writes a
 * text that lists them and, for a workbook, a copy with red cells. True: *out has changed. */
bool folder_take(struct folder *folder, const struct command *command, struct outbox *outbox,
                 struct folder_report *out);

#endif
