/* fupin status [ID]: whether the centre answers, this office's role and unit, what waits and what is
 * receipted in the outbox, what was returned and what is due next. The agent's answer is shown if one runs,
 * else the centre is asked; without a network, what is known here. With ID: what the centre knows of that
 * submission. fupin reload: the centre reads its principals again. */
#include "agent/agent.h"
#include "field/deadline.h"
#include "keys/key_text.h"
#include "outbox_list.h"
#include "subcommands.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIST_MAX = 20, KEYS_SHOWN = 5 };

/* ---------------------------------------------------------------- how the office stands */

/* What is known, and from where. */
struct knowing {
	struct command *command;
	bool online, from_agent;
	struct pong pong;        /* online */
	struct agent_report now; /* also without an agent: what it would say */
};

static void
print_centre(const struct knowing *k)
{
	const struct command *c = k->command;
	const struct welcome *w = command_welcome(c);
	char now[20];
	time_format(command_centre_time(c), now);
	if (k->online)
		time_format(k->pong.time_us, now);
	output_line(c->output, _("centre      %s at %s, protocol %u, its clock %s (UTC+08:00)"), w->software,
	            c->home.endpoint, w->protocol, now);
	if (!k->now.reachable)
		output_line(c->output, _("            not reached%s%s: what is said here may be old"),
		            *k->now.error ? ", " : "", k->now.error);
	output_line(c->output, _("plan        %s"), in_language(c, w->title_en, w->title_zh));
	output_line(c->output, _("this office %s, role %s, unit %" PRId64 ""), w->principal, role_name(w->role),
	            w->unit);
	if (k->online)
		output_line(c->output, _("database    %s, %u submissions on their way to it"),
		            k->pong.store_ready ? _("ready") : _("away"), k->pong.waiting);
}

static void
print_folder(const struct command *c, const struct folder_report *f)
{
	if (!*f->path)
		return;
	output_line(c->output, "%s%s%s%s", _("folder      "), f->path, *f->problem ? ": " : "", f->problem);
	for (size_t i = 0; i < f->left_count && i < FOLDER_LEFT_MAX; i++)
		output_line(c->output, "            %s", f->left[i].text);
	if (f->left_count > FOLDER_LEFT_MAX)
		output_line(c->output, _("            … and %zu sheets more"), f->left_count - FOLDER_LEFT_MAX);
}

static void
print_agent(const struct knowing *k)
{
	const struct command *c = k->command;
	const struct agent_report *r = &k->now;
	char since[20], heard[20] = "-", receipt[20];
	time_format(r->since_us, since);
	if (r->heard_us)
		time_format(r->heard_us, heard);
	if (k->from_agent)
		output_line(c->output, _("agent       runs since %s, heard the centre last at %s"), since, heard);
	if (k->from_agent)
		print_folder(c, &r->folder);
	if (!k->from_agent || !r->receipt_seq)
		return;
	time_format(r->receipt_us, receipt);
	output_line(c->output, _("receipt     the last: seq %" PRIu64 " %s: %s"), r->receipt_seq, receipt,
	            r->receipt_files);
}

static void
print_standing(const struct knowing *k)
{
	const struct command *c = k->command;
	const struct standing *s = &k->now.standing;
	char month[8], due[DEADLINE_TEXT_BYTES];
	if (!k->now.has_standing)
		return;
	for (size_t i = 0; i < s->returned_count; i++) {
		const struct standing_report *r = &s->returned[i];
		period_format(r->period, month);
		output_line(c->output, _("returned    %" PRId64 " %s %s %s: %s"), r->unit, r->name, month, r->form,
		            r->text);
	}
	if (s->returned_more)
		output_line(c->output, "%s", _("            … and more: fupin review list --state returned"));
	if (s->overdue)
		output_line(c->output, _("overdue     %u reports: fupin late lists them"), s->overdue);
	for (size_t i = 0; i < s->deadline_count; i++) {
		const struct standing_deadline *d = &s->deadlines[i];
		period_format(d->period, month);
		output_line(c->output, _("due         %s %s: %s, days left %" PRId64 ", missing %u of %u"), month,
		            d->form, deadline_format(d->due, due), standing_days_left(d->due, command_centre_time(c)),
		            d->missing, d->units);
	}
}

/* Other keys that report, or reported, in this office's name, so that none does it unnoticed. */
static void
print_keys(const struct knowing *k)
{
	const struct command *c = k->command;
	const struct standing *s = &k->now.standing;
	char fingerprint[FINGERPRINT_BYTES], at[20];
	for (size_t i = 0; i < s->key_count && i < KEYS_SHOWN; i++) {
		const struct standing_key *key = &s->keys[i];
		output_line(c->output, _("other key   %s, fingerprint %s"), key->name,
		            key_fingerprint(key->public_key, fingerprint));
		if (key->admitted_us)
			output_line(c->output, _("            admitted %s by %s"),
			            (time_format(key->admitted_us, at), at), key->admitted_by);
		if (key->sent)
			output_line(
			    c->output,
			    _("            sent in this unit's name: %" PRIu64 ", the last one seq %" PRIu64 " %s"),
			    key->sent, key->last_seq, (time_format(key->last_us, at), at));
		if (key->ended_us)
			output_line(c->output, _("            taken out %s by %s"), (time_format(key->ended_us, at), at),
			            key->ended_by);
	}
	if (s->keys_more || s->key_count > KEYS_SHOWN)
		output_line(c->output, "%s", _("            … and more: fupin status --format json"));
}

/* What outbox_each() fills. */
struct filling {
	struct reading *reading;
	struct json_object *list;
};

static void
add_submission(void *context, const struct outbox_item *item)
{
	const struct filling *f = context;
	json_object_array_add(f->list, json_record(f->reading, &outbox_short_columns, item));
}

static int
print_json(const struct command *c, struct outbox *outbox, const struct knowing *k)
{
	const struct welcome *w = command_welcome(c);
	struct reading r;
	command_reading(c, &r);
	struct filling f = {&r, json_object_new_array()};
	struct json_object *o = agent_report_json(&k->now);
	const struct json_member members[] = {
	    {"agent", cell_flag(k->from_agent)},
	    {"centre", cell_text(w->software)},
	    {"principal", cell_text(w->principal)},
	    {"seq", cell_count((int64_t)(k->online ? k->pong.as_of.seq : w->as_of.seq))},
	    {"time_us", cell_count(k->online ? k->pong.time_us : command_centre_time(c))},
	    {"store_ready", cell_flag(k->online ? k->pong.store_ready : k->now.standing.store_ready)},
	};
	json_add_members(o, &r, members, sizeof members / sizeof *members);
	bool good = outbox_each(outbox, -1, INT64_MAX, add_submission, &f);
	json_object_object_add(o, "submissions", f.list);
	output_json(c->output, o);
	reading_free(&r);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static void
print_outbox(const struct command *c, const size_t counts[OUTBOX_STATES])
{
	output_line(c->output, _("outbox      %zu waiting, %zu receipted, %zu refused"), counts[OUTBOX_WAITING],
	            counts[OUTBOX_RECEIPTED], counts[OUTBOX_REFUSED]);
	if (counts[OUTBOX_LOST])
		output_line(
		    c->output,
		    _("lost        %zu that the centre gave receipts for and no longer has: fupin outbox retry "
		      "--lost has them sent again"),
		    counts[OUTBOX_LOST]);
}

static int
print_tables(const struct command *c, struct outbox *outbox, const struct knowing *k)
{
	const struct as_of kept = {command_welcome(c)->as_of.seq, command_centre_time(c)};
	if (c->format == FORMAT_JSON)
		return print_json(c, outbox, k);
	if (c->format == FORMAT_TABLE) {
		print_centre(k);
		print_agent(k);
		print_standing(k);
		if (k->now.has_standing)
			print_keys(k);
		print_outbox(c, k->now.counts);
	}
	int status = outbox_show(c, outbox, -1, LIST_MAX, &outbox_short_columns);
	if (status == EXIT_DONE)
		command_footer(c, k->online ? &k->pong.as_of : &kept, command_welcome(c)->label);
	return status;
}

/* Of the centre itself; what it does not answer stays unknown. */
static int
ask_centre(struct knowing *k)
{
	struct command *c = k->command;
	struct request request = {.kind = REQUEST_PING};
	struct reply reply;
	int status = command_catalogue_or_kept(c);
	if (status != EXIT_DONE || !c->session)
		return status;
	status = command_ask(c, &request, REPLY_PONG, &reply);
	if (status != EXIT_DONE)
		return status;
	k->pong = reply.pong;
	k->online = k->now.reachable = true;
	k->now.has_standing = !standing_fetch(c->session, c->timeout_ms, &c->catalogue, &k->now.standing);
	return EXIT_DONE;
}

static int
overview(struct command *c)
{
	struct knowing *k = calloc(1, sizeof *k);
	char error[OUTBOX_ERROR_BYTES];
	if (!k)
		return EXIT_FAILED_INSIDE;
	k->command = c;
	k->from_agent = agent_file_read(&c->home, &k->now);
	int status = k->from_agent ? command_kept_catalogue(c) : ask_centre(k);
	struct outbox *outbox = status == EXIT_DONE ? outbox_open(c->home.outbox, error) : NULL;
	if (status == EXIT_DONE && !outbox) {
		fprintf(stderr, "fupin status: %s\n", error);
		status = EXIT_FAILED_INSIDE;
	}
	if (outbox)
		status = outbox_counts(outbox, k->now.counts) ? print_tables(c, outbox, k) : EXIT_FAILED_INSIDE;
	/* The exit status for a centre that was not reached, as everywhere; what is known is shown nevertheless.
	 */
	if (status == EXIT_DONE && !k->now.reachable)
		status = EXIT_WAITING;
	outbox_close(&outbox);
	free(k);
	return status;
}

static int
one_submission(struct command *c, const char *text)
{
	struct request request = {.kind = REQUEST_STATUS};
	struct reply reply;
	if (!submission_id_parse(text, &request.status)) {
		fprintf(stderr, _("fupin status: %s: not the id of a submission\n"), text);
		return EXIT_USAGE;
	}
	int status = command_ask(c, &request, REPLY_STATUS, &reply);
	if (status != EXIT_DONE)
		return status;
	const struct receipt *r = &reply.status.receipt;
	char time[20], digest[DIGEST_TEXT_BYTES];
	if (c->format == FORMAT_JSON) {
		static const char *const names[] = {[SUBMISSION_UNKNOWN] = "unknown",
		                                    [SUBMISSION_WAITING] = "waiting",
		                                    [SUBMISSION_COMMITTED] = "committed"};
		const struct json_member members[] = {{"id", cell_text(text)},
		                                      {"state", cell_text(names[reply.status.state])},
		                                      {"seq", cell_count((int64_t)r->seq)},
		                                      {"time_us", cell_count(r->time_us)}};
		command_print_members(c, members, sizeof members / sizeof *members);
		return reply.status.state == SUBMISSION_UNKNOWN ? EXIT_PROBLEMS : EXIT_DONE;
	}
	switch (reply.status.state) {
	case SUBMISSION_UNKNOWN:
		printf(_("%s unknown to the centre\n"), text);
		return EXIT_PROBLEMS;
	case SUBMISSION_WAITING:
		printf(_("%s on its way to the disk\n"), text);
		return EXIT_DONE;
	case SUBMISSION_COMMITTED:
		time_format(r->time_us, time);
		printf(_("%s committed seq %" PRIu64 " %s reports %u fund entries %u digest %s\n"), text, r->seq,
		       time, r->report_count, r->entry_count, digest_format(&r->digest, digest));
		return EXIT_DONE;
	}
	return EXIT_FAILED_INSIDE;
}

int
cmd_status(int argc, char **argv)
{
	struct command c = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count > 1)
		return EXIT_USAGE;
	if (count && !command_shows_no_table(&c))
		return EXIT_USAGE;
	int status = count ? command_open(&c) : command_open_home(&c);
	if (status == EXIT_DONE)
		status = count ? one_submission(&c, argv[0]) : overview(&c);
	int end = command_close(&c, status == EXIT_WAITING ? EXIT_DONE : status);
	return status == EXIT_WAITING ? EXIT_WAITING : end;
}

int
cmd_reload(int argc, char **argv)
{
	struct command c = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&c)};
	struct request request = {.kind = REQUEST_RELOAD};
	struct reply reply;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count)
		return EXIT_USAGE;
	int status = command_open(&c);
	if (status == EXIT_DONE)
		status = command_ask(&c, &request, REPLY_RELOADED, &reply);
	if (status == EXIT_DONE && c.format == FORMAT_JSON)
		command_print_number(&c, "offices", reply.reloaded);
	else if (status == EXIT_DONE)
		printf(_("the centre now admits %u offices\n"), reply.reloaded);
	return command_close(&c, status);
}
