#include "agent.h"

#include "clock.h"
#include "save.h"
#include "xlsx_mark.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[PATH_MAX];
	int inotify;
	int64_t look_us; /* when it is looked through; 0: not now */
};

/* After the last change: what is copied in several pieces, or saved and renamed, has settled. */
enum { SETTLE_MS = 300, QUIET_MS = 1500 };

struct folder *
folder_open(const char *path, char error[FOLDER_ERROR_BYTES])
{
	struct folder *f = calloc(1, sizeof *f);
	char sent[PATH_MAX];
	if (!f)
		return NULL;
	f->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	bool good = f->inotify >= 0 && realpath(path, f->path) &&
	            inotify_add_watch(f->inotify, f->path,
	                              IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR) >= 0;
	good = good && snprintf(sent, sizeof sent, "%s/sent", f->path) < (int)sizeof sent &&
	       (!mkdir(sent, 0777) || errno == EEXIST);
	f->look_us = clock_steady_us(); /* what came while nobody looked */
	if (good)
		return f;
	snprintf(error, FOLDER_ERROR_BYTES, "%.180s: %.60s", path, strerror(errno));
	folder_close(&f);
	return NULL;
}

void
folder_close(struct folder **folder)
{
	if (!*folder)
		return;
	if ((*folder)->inotify >= 0)
		close((*folder)->inotify);
	free(*folder);
	*folder = NULL;
}

int
folder_fd(const struct folder *f)
{
	return f->inotify;
}

void
folder_note(struct folder *f)
{
	char events[4096];
	while (read(f->inotify, events, sizeof events) > 0)
		continue;
	f->look_us = clock_steady_us() + SETTLE_MS * 1000;
}

int
folder_wait_ms(const struct folder *f)
{
	int64_t left = f->look_us - clock_steady_us();
	return !f->look_us ? -1 : left > 0 ? (int)(left / 1000) + 1 : 0;
}

/* ---------------------------------------------------------------- which files */

static bool
ends_with(const char *name, const char *end)
{
	size_t size = strlen(name), own = strlen(end);
	return size > own && !strcasecmp(name + size - own, end);
}

static bool
is_there(const struct folder *f, const char *before, const char *name, const char *after)
{
	char path[PATH_MAX + NAME_MAX];
	snprintf(path, sizeof path, "%s/%s%s%s", f->path, before, name, after);
	return !access(path, F_OK);
}

/* A sheet that no spreadsheet program has open: they put a file beside it while they do. */
static bool
is_finished(const struct folder *f, const char *name)
{
	bool sheet = ends_with(name, ".xlsx") || ends_with(name, ".csv");
	bool own = *name == '.' || *name == '~' || ends_with(name, ".red.xlsx");
	return sheet && !own && !is_there(f, ".~lock.", name, "#") && !is_there(f, "~$", name, "");
}

/* Problems were told of this very file, and it was not changed since. */
static bool
was_told(const char *path, const char *report)
{
	struct stat sheet, told;
	/* By when their content or names changed here: what a copy brings along as its time says nothing. */
	return !stat(report, &told) && !stat(path, &sheet) &&
	       (told.st_ctim.tv_sec > sheet.st_ctim.tv_sec ||
	        (told.st_ctim.tv_sec == sheet.st_ctim.tv_sec && told.st_ctim.tv_nsec >= sheet.st_ctim.tv_nsec));
}

/* Nobody has written to it for a while: it is not still being copied. A clock that was set says nothing. */
static bool
is_quiet(const char *path)
{
	struct stat status;
	if (stat(path, &status))
		return false;
	int64_t changed_us = status.st_ctim.tv_sec * INT64_C(1000000) + status.st_ctim.tv_nsec / 1000;
	return llabs(clock_wall_us() - changed_us) >= QUIET_MS * INT64_C(1000);
}

/* ---------------------------------------------------------------- one file */

/* "NAME.problems.txt", and for a workbook "NAME.red.xlsx". */
static void
tell(const struct command *c, const char *path, const char *report, const struct findings *findings)
{
	char red[PATH_MAX], error[MARK_ERROR_BYTES];
	FILE *out = fopen(report, "we");
	if (out) {
		findings_write(findings, c->language, out);
		fclose(out);
	}
	fprintf(stderr, _("%s: problems %zu: see %s\n"), path, findings->count + findings->more, report);
	if (ends_with(path, ".xlsx") &&
	    snprintf(red, sizeof red, "%.*s.red.xlsx", (int)strlen(path) - 5, path) < PATH_MAX &&
	    !xlsx_mark_findings(path, red, findings, c->language, error))
		fprintf(stderr, "%s: %s\n", red, error);
}

static void
remove_told(const char *path, const char *report)
{
	char red[PATH_MAX];
	unlink(report);
	if (ends_with(path, ".xlsx") &&
	    snprintf(red, sizeof red, "%.*s.red.xlsx", (int)strlen(path) - 5, path) < PATH_MAX)
		unlink(red);
}

/* Never over one that is there: "NAME", "NAME 2", … */
static void
move_to_sent(const struct folder *f, const char *path, const char *name)
{
	char to[PATH_MAX + NAME_MAX + 32];
	for (int n = 1; n < 1000; n++) {
		if (n == 1)
			snprintf(to, sizeof to, "%s/sent/%s", f->path, name);
		else
			snprintf(to, sizeof to, "%s/sent/%d %s", f->path, n, name);
		if (!renameat2(AT_FDCWD, path, AT_FDCWD, to, RENAME_NOREPLACE))
			return;
		/* A file system that cannot say so. */
		if (errno == EINVAL && access(to, F_OK) && !rename(path, to))
			return;
		if (errno != EEXIST && errno != EINVAL)
			break;
	}
	fprintf(stderr, "fupin agent: %s: %s\n", to, strerror(errno));
}

static void
print_left_out(const struct saving *v, enum language language, const char *path, FILE *out)
{
	if (v->left_out)
		fprintf(out, _("%s: left out: %zu rows in which nothing of the month is filled in\n"), path,
		        v->left_out);
	saving_tell(v, language, out);
}

/* Rows of our own workbooks that nobody filled in, sheets that are not read: told, as the file is out of
 * sight now. */
static void
tell_left_out(const struct folder *f, const char *path, const char *name, const struct saving *v,
              enum language language)
{
	char told[PATH_MAX];
	if (!v->left_out && !v->passed_over && !v->dropped && !v->alike)
		return;
	print_left_out(v, language, path, stderr);
	FILE *out = snprintf(told, sizeof told, "%s/sent/%s.left-out.txt", f->path, name) < (int)sizeof told
	                ? fopen(told, "we")
	                : NULL;
	if (!out)
		return;
	print_left_out(v, language, path, out);
	fclose(out);
}

static bool
take_one(struct folder *f, const char *name, const struct command *c, struct outbox *outbox)
{
	char path[PATH_MAX], report[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/%s", f->path, name) >= (int)sizeof path ||
	    snprintf(report, sizeof report, "%s.problems.txt", path) >= (int)sizeof report ||
	    was_told(path, report))
		return false;
	if (!is_quiet(path)) {
		f->look_us = clock_steady_us() + QUIET_MS * INT64_C(1000);
		return false;
	}
	const char *files[] = {path};
	struct saving *v = calloc(1, sizeof *v);
	if (!v)
		return false;
	v->files = files;
	v->count = 1;
	v->catalogue = &c->catalogue;
	v->office = command_welcome(c)->unit;
	v->today = date_of_time(command_centre_time(c));
	bool saved = save_files(outbox, clock_wall_us(), v);
	if (saved) {
		remove_told(path, report);
		tell_left_out(f, path, name, v, c->language);
		move_to_sent(f, path, name);
		fprintf(stderr, _("%s: saved in the outbox\n"), path);
	} else if (v->findings.count) {
		tell(c, path, report, &v->findings);
	} else {
		fprintf(stderr, "fupin agent: %s: %s\n", path, outbox_error(outbox));
	}
	free(v);
	return saved;
}

bool
folder_take(struct folder *f, const struct command *c, struct outbox *outbox)
{
	struct dirent **names;
	bool any = false;
	f->look_us = 0;
	int count = scandir(f->path, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (is_finished(f, names[i]->d_name))
			any |= take_one(f, names[i]->d_name, c, outbox);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return any;
}
