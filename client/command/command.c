#include "command.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "outbox/recheck.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_DEFAULT_MS = 30000, TIMEOUT_SECONDS_MAX = 86400 };
/* A centre that can be reached answers much sooner; without a connection a clerk should not wait longer for
 * a sheet. */
enum { SOON_MS = 3000 };
/* A centre that is being restarted is ready within this time. */
enum { GIVE_UP_MS = 1000 };

const char *
in_language(const struct command *command, const char *en, const char *zh)
{
	return command->language == LANGUAGE_CHINESE ? zh : en;
}

/* NULL: now. Prints what is wrong. */
static bool
read_as_of(const char *text, struct as_of *out)
{
	*out = (struct as_of){0};
	if (!text)
		return true;
	char number[24];
	const char *time = strchr(text, '@');
	int64_t seq = 0, seconds = 0;
	size_t digits = strspn(text, "0123456789");
	bool has_seq = digits && digits < sizeof number && (!text[digits] || text + digits == time);
	snprintf(number, sizeof number, "%.*s", has_seq ? (int)digits : 0, text);
	if (has_seq)
		time = time ? time + 1 : NULL;
	else
		time = text;
	bool good = (!has_seq || (decimal_parse(number, 0, &seq) && seq > 0)) &&
	            (!time || (deadline_parse(time, &seconds) && seconds > 0));
	*out = (struct as_of){(uint64_t)seq, seconds * 1000000};
	if (!good)
		fprintf(stderr,
		        _("fupin: --as-of %s: a commit's number, or a time: 2013-07-10 or 2013-07-10T09:00, or both: "
		          "2016@2013-07-10T09:00\n"),
		        text);
	return good;
}

static bool
read_options(struct command *c)
{
	int64_t seconds = TIMEOUT_DEFAULT_MS / 1000;
	c->language = text_language();
	if (c->timeout_option &&
	    (!decimal_parse(c->timeout_option, 0, &seconds) || seconds < 1 || seconds > TIMEOUT_SECONDS_MAX)) {
		fprintf(stderr, _("fupin: --timeout %s: not seconds from 1 to %d\n"), c->timeout_option,
		        TIMEOUT_SECONDS_MAX);
		return false;
	}
	c->timeout_ms = (int)seconds * 1000;
	if (c->json && c->format_option && strcmp(c->format_option, "json") != 0) {
		fprintf(stderr, _("fupin: --json and --format %s: one of them\n"), c->format_option);
		return false;
	}
	if (c->json)
		c->format_option = "json";
	return read_as_of(c->as_of_option, &c->as_of) &&
	       output_choose(c->format_option, c->output_option, c->bom, &c->format);
}

bool
command_shows_no_table(const struct command *c)
{
	if (c->output_option || (c->format_option && !strcmp(c->format_option, "xlsx"))) {
		fprintf(stderr, _("fupin: --output and --format xlsx: only for what is shown as a table\n"));
		return false;
	}
	if (c->as_of_option)
		fprintf(stderr, _("fupin: --as-of: only for what is shown; this is about what is there now\n"));
	return !c->as_of_option;
}

int
command_open_home(struct command *c)
{
	char path[PATH_MAX], error[HOME_ERROR_BYTES];
	catalogue_init(&c->catalogue, CATALOGUE_BYTES_MAX);
	if (!read_options(c))
		return EXIT_USAGE;
	c->output = output_open(c->format, c->output_option, c->bom);
	if (!c->output)
		return EXIT_FAILED_INSIDE;
	home_default(path);
	if (c->home_option)
		snprintf(path, sizeof path, "%s", c->home_option);
	if (home_read(path, &c->home, error))
		return EXIT_DONE;
	fprintf(stderr, "fupin: %s\n", error);
	return EXIT_NOT_ADMITTED;
}

/* Said with every answer until it is dealt with. That an outbox cannot be read is reported by the code that
 * needs it. */
static enum session_failure
look_for_lost(const struct command *c)
{
	char error[OUTBOX_ERROR_BYTES];
	size_t lost = 0;
	struct outbox *outbox = access(c->home.outbox, R_OK | W_OK) ? NULL : outbox_open(c->home.outbox, error);
	enum session_failure failure =
	    outbox ? recheck_all(c->session, outbox, c->home.centre_key, c->timeout_ms, &lost) : SESSION_OK;
	if (lost)
		fprintf(
		    stderr,
		    _("fupin: the centre has lost %zu of the submissions that it gave receipts for: its database was "
		      "set back. fupin outbox list --state lost shows them, fupin outbox retry --lost has them "
		      "sent again\n"),
		    lost);
	outbox_close(&outbox);
	return failure;
}

enum session_failure
command_connect(struct command *c, int timeout_ms)
{
	char error[HOME_ERROR_BYTES];
	if (!c->session && (c->session = session_open(&c->home, error)) && !c->timeout_option)
		session_give_up_after(c->session, GIVE_UP_MS);
	enum session_failure failure = c->session ? session_hello(c->session, timeout_ms) : SESSION_BROKEN;
	return failure ? failure : look_for_lost(c);
}

int
command_open(struct command *c)
{
	int status = command_open_home(c);
	return status == EXIT_DONE ? command_fail(c, command_connect(c, c->timeout_ms)) : status;
}

/* ---------------------------------------------------------------- with or without the network */

static bool
take_kept(struct command *c)
{
	c->kept = kept_read(&c->home, &c->catalogue);
	if (c->kept)
		return true;
	catalogue_free(&c->catalogue);
	catalogue_init(&c->catalogue, CATALOGUE_BYTES_MAX);
	return false;
}

void
command_renew_kept(struct command *c)
{
	struct catalogue catalogue;
	catalogue_init(&catalogue, CATALOGUE_BYTES_MAX);
	struct kept *kept = kept_read(&c->home, &catalogue);
	if (!kept) {
		catalogue_free(&catalogue);
		return;
	}
	kept_free(&c->kept);
	catalogue_free(&c->catalogue);
	c->kept = kept;
	c->catalogue = catalogue;
}

static int
fetch(struct command *c, int timeout_ms)
{
	enum session_failure failure = command_connect(c, timeout_ms);
	return command_fail(c,
	                    failure ? failure : kept_fetch(&c->home, c->session, c->timeout_ms, &c->catalogue));
}

int
command_kept_catalogue(struct command *c)
{
	return take_kept(c) ? EXIT_DONE : fetch(c, c->timeout_ms);
}

int
command_open_kept(struct command *c)
{
	int status = command_open_home(c);
	if (status != EXIT_DONE || take_kept(c))
		return status;
	fprintf(stderr, _("fupin: nothing is kept of the centre yet; fupin status fetches it\n"));
	return EXIT_WAITING;
}

int
command_catalogue_or_kept(struct command *c)
{
	int soon_ms = c->timeout_ms < SOON_MS ? c->timeout_ms : SOON_MS;
	enum session_failure failure = command_connect(c, soon_ms);
	if (!failure)
		failure = kept_fetch(&c->home, c->session, c->timeout_ms, &c->catalogue);
	if (failure != SESSION_NO_ANSWER)
		return command_fail(c, failure);
	if (!take_kept(c))
		return c->timeout_ms > soon_ms ? fetch(c, c->timeout_ms - soon_ms) : command_fail(c, failure);
	session_close(&c->session);
	return EXIT_DONE;
}

const struct welcome *
command_welcome(const struct command *c)
{
	return c->session ? session_welcome(c->session) : &c->kept->welcome;
}

int64_t
command_centre_time(const struct command *c)
{
	return c->session ? session_welcome(c->session)->time_us : kept_centre_time(c->kept, clock_wall_us());
}

void
command_pin_as_of(struct command *c)
{
	const struct welcome *w = session_welcome(c->session);
	static const int64_t minute_us = 60000000;
	/* To the minute, so that it can be written down and asked for again. Nothing is judged by seconds. */
	if (!c->as_of_option)
		c->as_of = (struct as_of){w->as_of.seq, w->time_us / minute_us * minute_us};
}

int
command_catalogue(struct command *c, bool units, bool forms)
{
	bool now = !c->as_of.seq && !c->as_of.time_us;
	return command_fail(
	    c, units && forms && now
	           ? kept_fetch(&c->home, c->session, c->timeout_ms, &c->catalogue)
	           : session_catalogue(c->session, c->timeout_ms, units, forms, &c->as_of, &c->catalogue));
}

int
command_close(struct command *c, int status)
{
	session_close(&c->session);
	kept_free(&c->kept);
	catalogue_free(&c->catalogue);
	if (status == EXIT_DONE && !output_end(&c->output))
		status = EXIT_FAILED_INSIDE;
	output_discard(&c->output);
	return status;
}

int
command_fail(const struct command *c, enum session_failure failure)
{
	switch (failure) {
	case SESSION_OK:
		return EXIT_DONE;
	case SESSION_REFUSED: {
		const struct problem_list *problems = session_refusal(c->session)->problems;
		for (size_t i = 0; i < problems->count; i++) {
			char text[PROBLEM_TEXT_BYTES];
			fprintf(stderr, "fupin: %s\n", problem_text(&problems->items[i], c->language, text));
		}
		enum problem_code code = problems->count ? problems->items[0].code : PROBLEM_NONE;
		if (problem_is_of_key(code))
			return EXIT_NOT_ADMITTED;
		return session_refusal(c->session)->retry_after_ms ? EXIT_WAITING : EXIT_PROBLEMS;
	}
	default:
		fprintf(stderr, "fupin: %s\n", c->session ? session_error(c->session) : strerror(ENOMEM));
		return failure == SESSION_NO_ANSWER      ? EXIT_WAITING
		       : failure == SESSION_NOT_ADMITTED ? EXIT_NOT_ADMITTED
		                                         : EXIT_FAILED_INSIDE;
	}
}

int
command_ask(struct command *c, struct request *request, enum reply_kind kind, struct reply *out)
{
	return command_fail(c, session_ask(c->session, request, kind, c->timeout_ms, out));
}

const char *
command_unit_name(const struct command *c, unit_code code)
{
	const struct unit *unit = catalogue_unit(&c->catalogue, code);
	return unit ? unit->name : "";
}

bool
command_find_unit(const struct command *c, const char *text, unit_code *out)
{
	if (unit_parse(text, out))
		return true;
	size_t found = 0;
	for (size_t i = 0; i < c->catalogue.unit_count; i++)
		if (!strcmp(c->catalogue.units[i].name, text)) {
			*out = c->catalogue.units[i].code;
			found++;
		}
	if (found == 1)
		return true;
	if (found)
		fprintf(stderr, _("fupin: %s: %zu units have this name, use the code (fupin units)\n"), text, found);
	else
		fprintf(stderr, _("fupin: %s: neither a code nor a name of a unit that you may read (fupin units)\n"),
		        text);
	return false;
}

int
command_read_scope(const struct command *c, int count, char **words, struct command_scope *out)
{
	*out = (struct command_scope){session_welcome(c->session)->unit, PERIOD_FIRST, PERIOD_LAST, 0};
	if (count > 0 && !command_find_unit(c, words[0], &out->unit))
		return EXIT_USAGE;
	if (count > 1 && !period_range_parse(words[1], &out->from, &out->to)) {
		fprintf(stderr, _("fupin: %s: not a period: write 2013-04, 2013-01..2013-06 or 2013\n"), words[1]);
		return EXIT_USAGE;
	}
	const struct form *form = count > 2 ? catalogue_form_by_code(&c->catalogue, words[2]) : NULL;
	if (count > 2 && !form) {
		fprintf(stderr, _("fupin: %s: no such form; fupin forms lists them\n"), words[2]);
		return EXIT_USAGE;
	}
	out->form = form ? form->number : 0;
	if (count <= 3)
		return EXIT_DONE;
	fprintf(stderr, _("fupin: %s: one word too many; see fupin help\n"), words[3]);
	return EXIT_USAGE;
}

int
command_hold_as_of(struct command *c, const struct as_of *answer)
{
	struct as_of *held = &c->as_of;
	if (!held->seq)
		held->seq = answer->seq;
	if (held->seq == answer->seq)
		return EXIT_DONE;
	fprintf(stderr, _("fupin: asked as of commit %" PRIu64 ", answered as of %" PRIu64 "\n"), held->seq,
	        answer->seq);
	return EXIT_FAILED_INSIDE;
}

void
command_plan_periods(const struct command *command, period *from, period *to)
{
	catalogue_periods(&command->catalogue, from, to);
}

void
command_footer(const struct command *c, const struct as_of *as_of, const char *label)
{
	char time[20] = "-";
	if (as_of->time_us)
		time_format(as_of->time_us, time);
	c->output->made_us = as_of->time_us;
	output_line(c->output, _("as of commit %" PRIu64 ", %s (UTC+08:00)"), as_of->seq, time);
	if (*label)
		output_line(c->output, "%s", label);
}

/* ---------------------------------------------------------------- columns */

void
command_reading(const struct command *c, struct reading *out)
{
	reading_init(out, &c->catalogue, c->language);
}

int
command_show_answer(const struct command *c, const char *sheet, const struct columns *columns,
                    const char *key, struct reading *reading, const void *answer)
{
	bool good = show_answer(c->output, sheet, columns, key, reading, answer);
	reading_free(reading);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

int
command_show_rows(const struct command *c, const char *sheet, const struct columns *columns,
                  struct reading *reading, const void *rows, size_t count)
{
	bool good = show_rows(c->output, sheet, columns, reading, rows, count);
	reading_free(reading);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

int
command_end_listing(struct listing **listing, struct reading *reading, bool good)
{
	good = good && listing_end(listing);
	listing_discard(listing);
	reading_free(reading);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

void
command_print_record(const struct command *c, const struct columns *columns, const void *row)
{
	struct reading r;
	command_reading(c, &r);
	output_json(c->output, json_record(&r, columns, row));
	reading_free(&r);
}

int
command_print_record_line(const struct command *c, const struct columns *columns, const void *row)
{
	struct reading r;
	command_reading(c, &r);
	bool good = json_line(json_record(&r, columns, row)) && !r.arena.exhausted;
	reading_free(&r);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

void
command_print_members(const struct command *c, const struct json_member *members, size_t count)
{
	struct reading r;
	command_reading(c, &r);
	output_json(c->output, json_members(&r, members, count));
	reading_free(&r);
}

void
command_print_members_line(const struct command *c, const struct json_member *members, size_t count)
{
	struct reading r;
	command_reading(c, &r);
	json_line(json_members(&r, members, count));
	reading_free(&r);
}

void
command_print_number(const struct command *c, const char *name, int64_t value)
{
	command_print_members(c, &(struct json_member){name, cell_count(value)}, 1);
}

void
command_print_text(const struct command *c, const char *name, const char *value)
{
	command_print_members(c, &(struct json_member){name, cell_text(value)}, 1);
}
