#include "output.h"

#include "base/shown.h"
#include "base/utf8.h"
#include "text.h"
#include "xlsx.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---------------------------------------------------------------- choosing */

static bool
find_format(const char *text, enum format *out)
{
	static const char *const names[FORMATS_COUNT] = {"table", "csv", "json", "xlsx"};
	for (int i = 0; i < FORMATS_COUNT; i++)
		if (!strcmp(text, names[i])) {
			*out = (enum format)i;
			return true;
		}
	return false;
}

bool
output_choose(const char *format, const char *path, bool bom, enum format *out)
{
	*out = FORMAT_TABLE;
	if (format && !find_format(format, out)) {
		fprintf(stderr, _("fupin: --format %s: not table, csv, json or xlsx\n"), format);
		return false;
	}
	const char *dot = !format && path ? strrchr(path, '.') : NULL;
	if (dot && !find_format(dot + 1, out))
		*out = FORMAT_TABLE;
	if (bom && *out != FORMAT_CSV) {
		fprintf(stderr, _("fupin: --bom: only CSV has one\n"));
		return false;
	}
	return true;
}

/* ---------------------------------------------------------------- half-written files */

/* The temporary file, which a signal that ends the program has to remove. After a SIGKILL it keeps its
 * hidden name. */
static char unfinished[PATH_MAX];

static void
end_by_signal(int number)
{
	unlink(unfinished);
	signal(number, SIG_DFL);
	raise(number);
}

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

/* No signal comes between making a file and knowing which it is. */
static void
hold_signals(sigset_t *before)
{
	sigset_t held;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaddset(&held, numbers[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

static void
guard(const char *path)
{
	snprintf(unfinished, sizeof unfinished, "%s", path);
	struct sigaction action = {.sa_handler = end_by_signal}, old;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
}

static bool
complain(const struct output *o, const char *why)
{
	fprintf(stderr, "fupin: %s: %s\n", o->to_file ? o->path : _("standard output"), why);
	return false;
}

/* ---------------------------------------------------------------- begin */

/* The file itself, not a link to it; a device or a pipe would be replaced by a file. */
static bool
find_path(struct output *o, const char *path)
{
	struct stat status;
	char real[PATH_MAX];
	snprintf(o->path, sizeof o->path, "%s", realpath(path, real) ? real : path);
	if (!stat(o->path, &status) && !S_ISREG(status.st_mode))
		return complain(o, _("not a file"));
	return true;
}

/* A file of ours beside the one it will become, or where temporary files are. */
static bool
make_temporary(struct output *o)
{
	const char *elsewhere = getenv("TMPDIR");
	sigset_t before;
	if (!o->to_file)
		snprintf(o->path, sizeof o->path, "%s/fupin", elsewhere ? elsewhere : "/tmp");
	hold_signals(&before);
	bool good = whole_file_begin(&o->file, AT_FDCWD, o->path, 0666);
	int why = errno;
	if (good)
		guard(o->file.temporary);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return good || complain(o, strerror(why));
}

static bool
open_xlsx(struct output *o)
{
	char directory[PATH_MAX];
	if (!o->to_file && isatty(STDOUT_FILENO)) {
		fprintf(stderr, _("fupin: a workbook is not for a terminal: name a file with --output\n"));
		return false;
	}
	if (!make_temporary(o))
		return false;
	snprintf(directory, sizeof directory, "%s", o->file.temporary);
	o->xlsx = xlsx_create(o->file.temporary, dirname(directory));
	return o->xlsx || complain(o, strerror(ENOMEM));
}

static bool
open_stream(struct output *o, bool bom)
{
	o->stream = shown_below(stdout); /* what goes there is made safe cell by cell */
	if (o->to_file) {
		if (!make_temporary(o))
			return false;
		o->stream = o->file.stream;
	}
	if (bom)
		fputs("\xEF\xBB\xBF", o->stream);
	return true;
}

struct output *
output_open(enum format format, const char *path, bool bom)
{
	struct output *o = calloc(1, sizeof *o);
	if (!o)
		return NULL;
	o->format = format;
	o->to_file = path;
	if ((path && !find_path(o, path)) || !(format == FORMAT_XLSX ? open_xlsx(o) : open_stream(o, bom)))
		output_discard(&o);
	return o;
}

/* ---------------------------------------------------------------- lines beside tables */

static void
put_line(struct output *o, const char *text, bool heading)
{
	size_t size = 4 * strlen(text) + 1; /* UTF8_SAFE makes no byte more than four */
	char *room = malloc(size);
	const char *shown = room ? utf8_show(text, UTF8_SAFE, room, size) : "";
	o->failed |= !room;
	if (o->format == FORMAT_XLSX)
		o->failed |= !xlsx_line(o->xlsx, shown, heading);
	else if (o->format != FORMAT_JSON)
		fprintf(o->format == FORMAT_CSV ? stderr : o->stream, "%s\n", shown);
	free(room);
}

void
output_line(struct output *o, const char *format, ...)
{
	va_list arguments;
	char *text;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	if (text)
		put_line(o, text, false);
	o->failed |= !text;
	free(text);
}

void
output_page(struct output *o, const char *name)
{
	if (o->format == FORMAT_XLSX)
		o->failed |= !xlsx_page(o->xlsx, name);
}

void
output_heading(struct output *o, const char *text)
{
	put_line(o, text, true);
}

/* ---------------------------------------------------------------- the end */

static bool
flush_stdout(struct output *o)
{
	errno = 0;
	bool good = !fflush(o->stream) && !ferror(o->stream) && !ferror(stdout);
	return good || complain(o, strerror(errno ? errno : EIO));
}

static bool
close_xlsx(struct output *o)
{
	char error[XLSX_ERROR_BYTES];
	return xlsx_close(&o->xlsx, o->made_us, error) || complain(o, error);
}

/* A workbook is written back and forth, which a pipe cannot be. */
static bool
copy_to_stdout(const struct output *o)
{
	char bytes[65536];
	size_t size;
	FILE *file = o->file.stream, *out = shown_below(stdout);
	while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
		fwrite(bytes, 1, size, out);
	bool good = !ferror(file) && !fflush(out) && !ferror(out);
	return good || complain(o, strerror(errno));
}

bool
output_end(struct output **output)
{
	struct output *o = *output;
	if (!o)
		return true;
	bool good = !o->failed || complain(o, strerror(ENOMEM));
	good = good && (!o->xlsx || close_xlsx(o));
	if (good && o->to_file)
		good = whole_file_end(&o->file, true) || complain(o, strerror(errno));
	else if (good)
		good = o->format == FORMAT_XLSX ? copy_to_stdout(o) : flush_stdout(o);
	output_discard(output);
	return good;
}

void
output_discard(struct output **output)
{
	struct output *o = *output;
	if (!o)
		return;
	xlsx_discard(&o->xlsx);
	whole_file_discard(&o->file);
	free(o);
	*output = NULL;
}
