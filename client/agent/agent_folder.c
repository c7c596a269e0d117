/* The watched folder. Each look goes through all names in it. Of a sheet with problems the agent writes a
 * text and, of a workbook, a copy with red cells, and remembers both (folder_told.c). If the red copy is
 * corrected instead of the sheet, the copy is taken as the sheet. */
#include "agent.h"

#include "base/clock.h"
#include "base/grow.h"
#include "base/utf8.h"
#include "base/whole_file.h"
#include "folder_parts.h"
#include "marking/xlsx_mark.h"
#include "outbox/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

/* After the last change; while something is being written; and if nothing is heard. */
enum { SETTLE_MS = 300, AGAIN_MS = 1500, RESCAN_MS = 10000 };
/* After this long a file that is open, and not written to, is reported. */
enum { BUSY_MS = 30000 };
enum { SHEETS_MAX = 10000, NUMBERED_MAX = 1000 };

/* What was seen of a name. */
struct seen {
	char name[NAME_MAX + 1];
	struct file_mark mark;
	int64_t since_us; /* since when it has that mark, by the steady clock */
	char said[FOLDER_TEXT_BYTES];
	bool met; /* in this look */
};

struct folder {
	char path[PATH_MAX];
	int inotify, watch, directory; /* directory -1: it is not there */
	struct stat status;
	ino_t first_inode; /* as it was when the agent began; a share's device number changes with each mount */
	long first_type;
	char problem[FOLDER_TEXT_BYTES];
	int64_t news_us, look_us; /* something was changed; when it is looked through */
	struct told_list told;
	size_t seen_count, seen_room;
	struct seen *seen;
};

/* For one look. */
struct look {
	struct folder *folder;
	const struct command *command;
	struct outbox *outbox;
};

/* ---------------------------------------------------------------- the folder itself */

static bool
set_problem(struct folder *f, const char *text)
{
	if (!strcmp(f->problem, text))
		return false;
	snprintf(f->problem, sizeof f->problem, "%s", text);
	fprintf(stderr, "fupin agent: %s: %s\n", f->path, *text ? text : _("the folder is back"));
	return true;
}

static void
leave(struct folder *f)
{
	if (f->directory >= 0)
		close(f->directory);
	if (f->watch >= 0)
		inotify_rm_watch(f->inotify, f->watch);
	f->directory = f->watch = -1;
}

/* What stands at the path now. False: errno. */
static bool
enter(struct folder *f, int directory, const struct stat *status)
{
	leave(f);
	f->directory = directory;
	f->status = *status;
	f->watch = inotify_add_watch(f->inotify, f->path,
	                             IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF |
	                                 IN_MOVE_SELF | IN_UNMOUNT | IN_ONLYDIR);
	return f->watch >= 0;
}

static bool
is_first(const struct folder *f)
{
	struct statfs system;
	return f->status.st_ino == f->first_inode && !fstatfs(f->directory, &system) &&
	       system.f_type == f->first_type;
}

/* Opens the folder, which may be another one than at the last look, or be missing. True: its problem has
 * changed. */
static bool
find_folder(struct folder *f)
{
	struct stat status;
	char text[FOLDER_TEXT_BYTES];
	int directory = open(f->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool good = directory >= 0 && !fstat(directory, &status);
	if (good && f->directory >= 0 && status.st_dev == f->status.st_dev && status.st_ino == f->status.st_ino) {
		f->status = status; /* its owner and mode may be others now */
		close(directory);
		return false;
	}
	if (!good || !enter(f, directory, &status)) {
		snprintf(text, sizeof text, _("the folder is away, nothing is taken from there: %s"),
		         strerror(errno));
		if (!good && directory >= 0)
			close(directory);
		leave(f);
		return set_problem(f, text);
	}
	return set_problem(
	    f, is_first(f) ? "" : _("another folder is there than when the agent began (was a disk unmounted?)"));
}

struct folder *
folder_open(const char *path, const struct home *home, char error[FOLDER_TEXT_BYTES])
{
	struct folder *f = calloc(1, sizeof *f);
	struct stat status;
	struct statfs system;
	if (!f)
		return NULL;
	f->directory = f->watch = -1;
	f->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	signal(SIGIO, SIG_IGN); /* another process waits for a lease to end; that is checked where it matters */
	int directory = -1;
	bool good = f->inotify >= 0 && realpath(path, f->path) &&
	            (directory = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0 &&
	            !fstat(directory, &status) && !fstatfs(directory, &system);
	if (good) {
		f->first_inode = status.st_ino;
		f->first_type = system.f_type;
		good = enter(f, directory, &status) && told_open(&f->told, home, f->path);
	}
	f->look_us = f->news_us = clock_steady_us(); /* for files that came while no agent ran */
	if (good)
		return f;
	snprintf(error, FOLDER_TEXT_BYTES, "%.180s: %.60s", path, strerror(errno));
	folder_close(&f);
	return NULL;
}

void
folder_close(struct folder **folder)
{
	struct folder *f = *folder;
	if (!f)
		return;
	leave(f);
	if (f->inotify >= 0)
		close(f->inotify);
	told_free(&f->told);
	free(f->seen);
	free(f);
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
	f->look_us = f->news_us = clock_steady_us() + SETTLE_MS * 1000;
}

int
folder_wait_ms(const struct folder *f)
{
	int64_t left = f->look_us - clock_steady_us();
	return left > 0 ? (int)(left / 1000) + 1 : 0;
}

bool
folder_has_news(const struct folder *f)
{
	return f->news_us && clock_steady_us() >= f->news_us;
}

/* ---------------------------------------------------------------- names */

static bool
ends_with(const char *name, const char *end)
{
	size_t size = strlen(name), own = strlen(end);
	return size > own && !strcasecmp(name + size - own, end);
}

static bool
is_there(const struct folder *f, const char *name)
{
	struct stat status;
	return !fstatat(f->directory, name, &status, AT_SYMLINK_NOFOLLOW);
}

/* Spreadsheet programs put a file beside what they have open: LibreOffice, Excel, WPS. */
static bool
is_open(const struct folder *f, const char *name)
{
	static const char *const locks[][2] = {{".~lock.", "#"}, {"~$", ""}, {".~", ""}};
	bool open = false;
	for (size_t i = 0; *name && i < sizeof locks / sizeof *locks; i++) {
		char lock[NAME_MAX + 16];
		snprintf(lock, sizeof lock, "%s%s%s", locks[i][0], name, locks[i][1]);
		open |= is_there(f, lock);
	}
	return open;
}

static const char report_end[] = "problems.txt", red_end[] = "red.xlsx";

/* "june.xlsx": "june.xlsx.problems.txt", "june.red.xlsx"; "june.2.red.xlsx" and so on if that is another's.
 */
static void
beside_name(const char *sheet, const char *end, int number, char out[NAME_MAX + 1])
{
	int stem = (int)(strlen(sheet) - (end == red_end ? strlen(".xlsx") : 0));
	if (number == 1)
		snprintf(out, NAME_MAX + 1, "%.*s.%s", stem, sheet, end);
	else
		snprintf(out, NAME_MAX + 1, "%.*s.%d.%s", stem, sheet, number, end);
}

/* ---------------------------------------------------------------- what was seen */

/* NULL: no memory, or too many. */
static struct seen *
see(struct folder *f, const char *name, const struct file_mark *mark)
{
	struct seen *s = NULL;
	for (size_t i = 0; i < f->seen_count && !s; i++)
		if (!strcmp(f->seen[i].name, name))
			s = &f->seen[i];
	if (!s) {
		if (f->seen_count == SHEETS_MAX || !grow(&f->seen, &f->seen_room, f->seen_count + 1, sizeof *f->seen))
			return NULL;
		s = &f->seen[f->seen_count++];
		*s = (struct seen){.since_us = clock_steady_us(), .mark = *mark};
		snprintf(s->name, sizeof s->name, "%s", name);
	}
	if (!file_mark_equal(&s->mark, mark)) {
		s->mark = *mark;
		s->since_us = clock_steady_us();
	}
	s->met = true;
	return s;
}

static void
forget_gone(struct folder *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->seen_count; i++)
		if (f->seen[i].met)
			f->seen[kept++] = f->seen[i];
	f->seen_count = kept;
	for (size_t i = 0; i < kept; i++)
		f->seen[i].met = false;
}

/* Why a file is not taken; "": it is, or there is nothing to do. Logged once. */
static void __attribute__((format(printf, 2, 3))) say(struct seen *s, const char *format, ...)
{
	char text[FOLDER_TEXT_BYTES], room[2 * NAME_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (!strcmp(s->said, text))
		return;
	snprintf(s->said, sizeof s->said, "%s", text);
	if (*text)
		fprintf(stderr, "fupin agent: %s: %s\n", utf8_show(s->name, UTF8_SAFE, room, sizeof room), text);
}

static void
say_nothing(struct seen *s)
{
	*s->said = 0;
}

static void
keep_told(const struct folder *f)
{
	if (!told_keep(&f->told))
		fprintf(stderr, "fupin agent: %s: %s\n", f->told.path, strerror(errno));
}

/* ---------------------------------------------------------------- writing beside a sheet */

/* Replaces the agent's own earlier file; else takes the first name that is free. `*name` "": it failed. */
static bool
write_beside(const struct folder *f, const char *sheet, const char *end, const void *bytes, size_t size,
             char name[NAME_MAX + 1], struct digest *digest)
{
	bool own = told_is_own(f->directory, name, digest, NULL);
	bool good = own && whole_file_write(f->directory, name, 0666, bytes, size, true);
	errno = own ? errno : EEXIST;
	for (int n = 1; !good && errno == EEXIST && n < NUMBERED_MAX; n++) {
		beside_name(sheet, end, n, name);
		good = whole_file_write(f->directory, name, 0666, bytes, size, false);
	}
	*digest = good ? digest_of(bytes, size) : (struct digest){{0}};
	if (!good)
		*name = 0;
	return good;
}

/* The text of all problems. */
static bool
write_report(const struct folder *f, struct told *t, const struct findings *findings, enum language language)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (out)
		findings_write(findings, language, out);
	bool good = out && !fclose(out) &&
	            write_beside(f, t->sheet, report_end, text, size, t->report, &t->report_digest);
	free(text);
	return good;
}

/* Writes the copy with red cells. It replaces a copy that a clerk has corrected and that still has problems.
 */
static bool
write_red(const struct folder *f, struct told *t, const struct folder_file *file,
          const struct findings *findings, enum language language, char error[MARK_ERROR_BYTES])
{
	size_t size;
	uint8_t *bytes = xlsx_mark_bytes(file->bytes, file->size, findings, language, &size, error);
	if (bytes && t->from_red && !folder_file_same(file, f->directory, t->red)) {
		free(bytes); /* it was changed again: then that is read */
		return true;
	}
	if (t->from_red)
		t->red_digest = digest_of(file->bytes, file->size);
	bool good = bytes && write_beside(f, t->sheet, red_end, bytes, size, t->red, &t->red_digest) &&
	            file_mark_of(f->directory, t->red, &t->red_mark);
	if (bytes && !good)
		snprintf(error, MARK_ERROR_BYTES, "%s", strerror(errno));
	free(bytes);
	return good;
}

static void
remove_own(const struct folder *f, const char *name, const struct digest *digest)
{
	if (told_is_own(f->directory, name, digest, NULL))
		unlinkat(f->directory, name, 0);
}

/* "NAME.problems.txt", and for a workbook "NAME.red.xlsx". `t->mark` is that of the sheet. */
static void
tell(struct look *l, struct seen *s, struct told *t, const struct folder_file *file,
     const struct findings *findings)
{
	struct folder *f = l->folder;
	char error[MARK_ERROR_BYTES] = "", room[2 * NAME_MAX], other[2 * NAME_MAX];
	bool reported = write_report(f, t, findings, l->command->language);
	int why = errno;
	bool red = ends_with(t->sheet, ".xlsx") && !write_red(f, t, file, findings, l->command->language, error);
	t->from_red = false;
	keep_told(f);
	if (!reported)
		say(s, _("problems %zu, but they cannot be written beside it: %s"), findings->count + findings->more,
		    strerror(why));
	else
		say(s, _("problems %zu: see %s"), findings->count + findings->more,
		    utf8_show(t->report, UTF8_SAFE, other, sizeof other));
	if (red)
		fprintf(stderr, _("fupin agent: %s: no red copy: %s\n"),
		        utf8_show(t->sheet, UTF8_SAFE, room, sizeof room), error);
}

/* ---------------------------------------------------------------- what was taken */

/* -1: errno. Never through a link. */
static int
open_sent(const struct folder *f)
{
	if (mkdirat(f->directory, "sent", 0777) && errno != EEXIST)
		return -1;
	return openat(f->directory, "sent", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Never over one that is there: "NAME", "2 NAME", …; *moved: which. */
static bool
move_to_sent(const struct folder *f, int sent, const char *from, const char *name, char moved[NAME_MAX + 1])
{
	for (int n = 1; n < NUMBERED_MAX; n++) {
		if (n == 1)
			snprintf(moved, NAME_MAX + 1, "%s", name);
		else
			snprintf(moved, NAME_MAX + 1, "%d %s", n, name);
		if (file_move_beside(f->directory, from, sent, moved))
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

static void
print_left_out(const struct saving *v, enum language language, const char *name, FILE *out)
{
	char room[2 * NAME_MAX];
	if (v->left_out)
		fprintf(out, _("%s: left out: %zu rows in which nothing of the month is filled in\n"),
		        utf8_show(name, UTF8_SAFE, room, sizeof room), v->left_out);
	saving_tell(v, language, out);
}

/* Reports rows of our own workbooks that were not filled in, and sheets that are not read, as the file has
 * left the clerk's sight. */
static void
tell_left_out(int sent, const char *name, const struct saving *v, enum language language)
{
	char told[NAME_MAX + 1], *text = NULL;
	size_t size;
	if (!v->left_out && !v->passed_over && !v->dropped && !v->alike)
		return;
	print_left_out(v, language, name, stderr);
	FILE *out = open_memstream(&text, &size);
	if (out)
		print_left_out(v, language, name, out);
	if (out && !fclose(out) && snprintf(told, sizeof told, "%s.left-out.txt", name) < (int)sizeof told &&
	    !whole_file_write(sent, told, 0666, text, size, false))
		fprintf(stderr, "fupin agent: %s: %s\n", told, strerror(errno));
	free(text);
}

/* The sheet for which a corrected red copy was sent is moved away, too. */
static void
move_mended(const struct folder *f, int sent, const struct told *t)
{
	struct file_mark now;
	char name[NAME_MAX + 1], moved[NAME_MAX + 1];
	if (!file_mark_of(f->directory, t->sheet, &now) || !file_mark_equal(&now, &t->mark))
		return;
	snprintf(name, sizeof name, "%.*s.before.xlsx", (int)(strlen(t->sheet) - strlen(".xlsx")), t->sheet);
	if (!move_to_sent(f, sent, t->sheet, name, moved))
		fprintf(stderr, "fupin agent: %s: %s\n", name, strerror(errno));
}

/* The sheet is in the outbox: it is moved to "sent", and what was written beside it is removed. `source` is
 * the file that was read, and is unchanged. */
static bool
put_away(struct folder *f, int sent, struct told *t, const char *source, char moved[NAME_MAX + 1])
{
	if (!move_to_sent(f, sent, source, t->sheet, moved))
		return false;
	remove_own(f, t->report, &t->report_digest);
	if (t->from_red)
		move_mended(f, sent, t);
	else
		remove_own(f, t->red, &t->red_digest);
	told_forget(&f->told, t);
	keep_told(f);
	return true;
}

/* ---------------------------------------------------------------- one sheet */

static struct saving *
begin_saving(const struct look *l, const char *const *files, const struct folder_file *file)
{
	struct saving *v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	v->files = files;
	v->count = 1;
	v->bytes = file->bytes;
	v->size = file->size;
	v->catalogue = &l->command->catalogue;
	v->office = command_welcome(l->command)->unit;
	v->today = date_of_time(command_centre_time(l->command));
	return v;
}

/* It is saved, so it is moved away, unless another process has begun to write to it; then that is read, too.
 */
static void
end_saved(struct look *l, struct seen *s, struct told *t, const struct folder_file *file, const char *source,
          int sent, const struct saving *v)
{
	struct folder *f = l->folder;
	char moved[NAME_MAX + 1], room[2 * NAME_MAX], name[NAME_MAX + 1];
	snprintf(name, sizeof name, "%s", t->sheet);
	fprintf(stderr, _("%s: saved in the outbox\n"), utf8_show(name, UTF8_SAFE, room, sizeof room));
	if (!folder_file_same(file, f->directory, source)) {
		say(s, "%s", _("it was changed while it was read: as it was, it is saved; it is read again"));
	} else if (put_away(f, sent, t, source, moved)) {
		say_nothing(s);
		tell_left_out(sent, moved, v, l->command->language);
	} else {
		t->taken = true;
		*(t->from_red ? &t->red_mark : &t->mark) = file->mark;
		say(s, _("it is saved in the outbox, but cannot be moved to sent: %s"), strerror(errno));
		keep_told(f);
	}
}

static void
read_and_save(struct look *l, struct seen *s, struct told *t, const struct folder_file *file,
              const char *source, int sent)
{
	char path[PATH_MAX + NAME_MAX + 2];
	const char *files[] = {path};
	struct saving *v = begin_saving(l, files, file);
	snprintf(path, sizeof path, "%s/%s", l->folder->path, t->sheet);
	if (!v)
		return;
	if (save_files(l->outbox, clock_wall_us(), v)) {
		end_saved(l, s, t, file, source, sent, v);
	} else if (v->findings.count) {
		if (!t->from_red)
			t->mark = file->mark;
		tell(l, s, t, file, &v->findings);
	} else {
		say(s, _("it cannot be saved in the outbox: %s"), outbox_error(l->outbox));
	}
	free(v);
}

/* `source`: the sheet, or the red copy of it. */
static void
take(struct look *l, struct seen *s, const char *sheet, const char *source)
{
	struct folder *f = l->folder;
	struct folder_file file;
	const char *why;
	int64_t quiet_ms = (clock_steady_us() - s->since_us) / 1000;
	int sent = open_sent(f);
	if (sent < 0) {
		say(s, "sent: %s", strerror(errno));
		return;
	}
	enum file_reading reading = folder_file_open(f->directory, source, &s->mark, quiet_ms, &file, &why);
	struct told *t = reading == FILE_READ ? told_add(&f->told, sheet) : NULL;
	if (reading == FILE_CHANGING) {
		f->look_us = clock_steady_us() + AGAIN_MS * INT64_C(1000);
		if (quiet_ms > BUSY_MS)
			say(s, "%s", _("another program has it open to write"));
	} else if (reading == FILE_FAILED) {
		say(s, _("it cannot be read: %s"), why ? why : strerror(errno));
	} else if (!t) {
		say(s, _("it cannot be read: %s"), strerror(ENOMEM));
	} else {
		t->from_red = source != sheet;
		read_and_save(l, s, t, &file, source, sent);
	}
	if (reading == FILE_READ)
		folder_file_close(&file);
	close(sent);
}

/* It was saved, and could not be moved. */
static void
try_to_move(struct folder *f, struct seen *s, struct told *t, const char *source)
{
	char moved[NAME_MAX + 1];
	int sent = open_sent(f);
	if (sent >= 0 && put_away(f, sent, t, source, moved))
		say_nothing(s);
	if (sent >= 0)
		close(sent);
}

/* Was the red copy changed since it was written? */
static bool
is_mended(const struct folder *f, struct told *t)
{
	return *t->red && is_there(f, t->red) && !told_is_own(f->directory, t->red, &t->red_digest, &t->red_mark);
}

/* Nothing is left for the agent to do, but perhaps for the clerk. */
static void
remind(struct seen *s, const struct told *t)
{
	char room[2 * NAME_MAX];
	say_nothing(s);
	if (t && *t->report)
		snprintf(s->said, sizeof s->said, _("it has problems: see %s"),
		         utf8_show(t->report, UTF8_SAFE, room, sizeof room));
}

/* Which of the two is to be read, if any. NULL: none, or it was said why. */
static const char *
choose_source(struct folder *f, struct seen *s, const char *sheet, const struct file_mark *mark,
              struct told *t)
{
	bool fresh = mark && (!t || !file_mark_equal(mark, &t->mark)), mended = t && is_mended(f, t);
	if (fresh && mended) {
		say(s, _("both it and %s were changed: remove the one that is not meant"), t->red);
		return NULL;
	}
	/* If the text was removed, it is written again. */
	bool lost = mark && t && *t->report && !is_there(f, t->report);
	const char *source = mended ? t->red : fresh || lost ? sheet : NULL;
	if (!source) {
		remind(s, t);
		return NULL;
	}
	if (is_open(f, sheet) || (t && is_open(f, t->red))) {
		say(s, "%s", _("it is open in a spreadsheet program"));
		return NULL;
	}
	return source;
}

static bool
is_taken(const struct told *t, const struct file_mark *sheet, const struct file_mark *red)
{
	return t->taken && (t->from_red ? file_mark_equal(red, &t->red_mark) : file_mark_equal(sheet, &t->mark));
}

static void
look_at_sheet(struct look *l, const char *sheet)
{
	struct folder *f = l->folder;
	struct stat status;
	struct file_mark mark, red = {0};
	bool there = !fstatat(f->directory, sheet, &status, AT_SYMLINK_NOFOLLOW) &&
	             file_mark_of(f->directory, sheet, &mark);
	struct told *t = told_of_sheet(&f->told, sheet);
	bool red_there = t && *t->red && file_mark_of(f->directory, t->red, &red);
	struct seen *s = there || red_there ? see(f, sheet, there ? &mark : &red) : NULL;
	const char *unfit = there ? file_unfit(&status, &f->status) : NULL;
	if (s && unfit) {
		say(s, _("left alone: %s"), unfit);
	} else if (s && t && is_taken(t, there ? &mark : &red, &red)) {
		try_to_move(f, s, t, t->from_red ? t->red : sheet);
	} else if (s) {
		const char *source = choose_source(f, s, sheet, there ? &mark : NULL, t);
		struct seen *of_source = source && source != sheet ? see(f, source, &red) : s;
		if (source && of_source)
			take(l, of_source, sheet, source);
	} else if (t) { /* all of it is gone */
		remove_own(f, t->report, &t->report_digest);
		told_forget(&f->told, t);
		keep_told(f);
	}
}

/* ---------------------------------------------------------------- one look */

static void
look_at_name(struct look *l, const char *name)
{
	struct folder *f = l->folder;
	struct file_mark mark;
	bool sheet = ends_with(name, ".xlsx") || ends_with(name, ".csv");
	if (!sheet || *name == '.' || *name == '~')
		return;
	if (!ends_with(name, ".red.xlsx")) {
		look_at_sheet(l, name);
	} else if (!told_of_red(&f->told, name) && file_mark_of(f->directory, name, &mark)) {
		struct seen *s = see(f, name, &mark);
		if (s)
			say(s, "%s",
			    _("left alone: it is called a red copy, but the agent has not written it; under "
			      "another name it is taken"));
	}
}

/* Those whose sheet is gone; look_at_sheet() may take the one that it is asked about off the list. */
static void
look_at_told(struct look *l)
{
	struct told_list *told = &l->folder->told;
	for (size_t i = told->count; i; i--) {
		char name[NAME_MAX + 1];
		snprintf(name, sizeof name, "%s", told->items[i - 1].sheet);
		if (!is_there(l->folder, name))
			look_at_sheet(l, name);
	}
}

static void
make_report(const struct folder *f, struct folder_report *out)
{
	char path[PATH_MAX];
	memset(out, 0, sizeof *out);
	snprintf(out->path, sizeof out->path, "%s", utf8_show(f->path, UTF8_SAFE, path, sizeof path));
	snprintf(out->problem, sizeof out->problem, "%s", f->problem);
	out->lost = f->directory < 0;
	for (size_t i = 0; i < f->seen_count; i++) {
		char room[2 * NAME_MAX];
		const struct seen *s = &f->seen[i];
		if (!*s->said)
			continue;
		if (out->left_count < FOLDER_LEFT_MAX)
			snprintf(out->left[out->left_count].text, sizeof out->left[0].text, "%s: %s",
			         utf8_show(s->name, UTF8_SAFE, room, sizeof room), s->said);
		out->left_count++;
	}
}

static void
look_through(struct look *l)
{
	struct dirent **names;
	int count = scandirat(l->folder->directory, ".", &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		look_at_name(l, names[i]->d_name);
		free(names[i]);
	}
	if (count < 0)
		return;
	free(names);
	look_at_told(l);
	forget_gone(l->folder);
}

bool
folder_take(struct folder *f, const struct command *c, struct outbox *outbox, struct folder_report *out)
{
	struct look look = {f, c, outbox};
	struct folder_report now;
	f->look_us = clock_steady_us() + RESCAN_MS * INT64_C(1000);
	f->news_us = 0;
	(void)find_folder(f);
	if (f->directory >= 0)
		look_through(&look);
	make_report(f, &now);
	bool changed = memcmp(&now, out, sizeof now) != 0;
	*out = now;
	return changed;
}
