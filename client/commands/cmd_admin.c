/* fupin admin: the administrator lets offices in and shuts keys out.
 *
 * invite makes the code here: its secret is drawn on this machine and shown once, the centre gets its hash.
 * To add an action: a function, its row in the table at the end. */
#include "columns/office_columns.h"
#include "command/command.h"

#include "admin_list.h"
#include "base/decimal.h"
#include "subcommands.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct admin {
	struct command command;
	const char *name, *role, *hours, *endpoint, *fingerprint, *reason;
	bool all, admitted;
	int count;
	char **words;
};

/* ---------------------------------------------------------------- invite */

/* Without --role, the one that offices of the unit's level have; UNIT_NONE in a role is any. */
static bool
choose_role(const struct admin *a, unit_code unit, enum role *out)
{
	if (a->role) {
		if (role_parse(a->role, out))
			return true;
		fprintf(stderr, _("fupin admin: --role %s: not county, prefecture, province or admin\n"), a->role);
		return false;
	}
	for (int role = ROLE_COUNTY; role <= ROLE_PROVINCE; role++)
		if (role_level((enum role)role) == unit_level_of(unit)) {
			*out = (enum role)role;
			return true;
		}
	fprintf(stderr, _("fupin admin: %" PRId64 ": offices are of a county, a prefecture or the province\n"),
	        unit);
	return false;
}

/* As the shipped plan names them: county-220822, province. An administrator is a person: his name has to be
 * said. */
static bool
choose_name(const struct admin *a, const struct invite *invite, char out[OFFICE_NAME_BYTES_MAX + 1])
{
	bool needed = !a->name && invite->role == ROLE_ADMIN;
	if (needed)
		fprintf(stderr, _("fupin admin: --role admin needs a --name, for each administrator another one\n"));
	else if (a->name)
		snprintf(out, OFFICE_NAME_BYTES_MAX + 1, "%s", a->name);
	else if (invite->role == ROLE_PROVINCE)
		snprintf(out, OFFICE_NAME_BYTES_MAX + 1, "province");
	else
		snprintf(out, OFFICE_NAME_BYTES_MAX + 1, "%s-%" PRId64, role_name(invite->role), invite->unit);
	return !needed;
}

/* The administrator may work on the centre's machine; the office does not. */
static bool
names_this_machine(const char *endpoints)
{
	return strstr(endpoints, "127.0.0.1") || strstr(endpoints, "localhost") || strstr(endpoints, "ipc://");
}

static int
show_code(const struct admin *a, const struct enrol_code *code, const struct enrolment *e)
{
	const struct command *c = &a->command;
	char text[ENROL_CODE_TEXT_BYTES], until[20], fingerprint[FINGERPRINT_BYTES];
	time_format(e->expires_us, until);
	if (!enrol_code_format(code, text))
		return EXIT_FAILED_INSIDE;
	fprintf(stderr,
	        _("invitation %" PRIu64 ": %s, role %s, unit %" PRId64
	          " %s. The code is good once, until %s (UTC+08:00):\n"),
	        e->number, e->name, role_name(e->role), e->unit, command_unit_name(c, e->unit), until);
	if (*e->present_key)
		fprintf(stderr, _("it replaces the key that %s has now, %s\n"), e->name,
		        key_fingerprint(e->present_key, fingerprint));
	if (names_this_machine(code->endpoints))
		fprintf(stderr, _("%s is reached from this machine alone: for an office elsewhere say --endpoint\n"),
		        code->endpoints);
	fflush(stderr);
	if (c->format == FORMAT_JSON)
		command_print_text(c, "code", text);
	else
		printf("%s\n", text);
	return EXIT_DONE;
}

/* Checked before the centre is asked: an endpoint that cannot be written into a code. */
static bool
draw_code(const struct admin *a, struct enrol_code *out)
{
	char text[ENROL_CODE_TEXT_BYTES], why[ENDPOINT_ERROR_BYTES];
	const char *endpoints = a->endpoint ? a->endpoint : a->command.home.endpoint;
	*out = (struct enrol_code){0};
	memcpy(out->centre_key, a->command.home.centre_key, sizeof out->centre_key);
	randombytes_buf(out->secret, sizeof out->secret);
	if (!endpoint_list_complete(endpoints, out->endpoints, sizeof out->endpoints, why)) {
		fprintf(stderr, "fupin admin: --%s\n", why);
		return false;
	}
	return enrol_code_format(out, text);
}

static bool
read_invite(const struct admin *a, struct invite *out, char name[OFFICE_NAME_BYTES_MAX + 1])
{
	int64_t hours = INVITATION_HOURS;
	if (a->hours && (!decimal_parse(a->hours, 0, &hours) || hours < 1 || hours > INVITATION_HOURS_MAX)) {
		fprintf(stderr, _("fupin admin: --hours %s: not 1 to %d\n"), a->hours, INVITATION_HOURS_MAX);
		return false;
	}
	if (a->name && strlen(a->name) > OFFICE_NAME_BYTES_MAX) {
		fprintf(stderr, _("fupin admin: --name: at most %d bytes\n"), OFFICE_NAME_BYTES_MAX);
		return false;
	}
	out->hours = (uint32_t)hours;
	out->name = name;
	return command_find_unit(&a->command, a->words[0], &out->unit) && choose_role(a, out->unit, &out->role) &&
	       choose_name(a, out, name);
}

static int
invite(struct admin *a)
{
	struct request request = {.kind = REQUEST_INVITE};
	struct enrol_code code;
	struct reply reply;
	char name[OFFICE_NAME_BYTES_MAX + 1];
	int status = command_catalogue(&a->command, true, false);
	if (status != EXIT_DONE)
		return status;
	if (!read_invite(a, &request.invite, name) || !draw_code(a, &code))
		return EXIT_USAGE;
	struct key_pair guest;
	enrol_guest_keys(code.secret, &guest);
	request.invite.secret_hash = enrol_secret_hash(code.secret);
	memcpy(request.invite.guest_key, guest.public_key, sizeof request.invite.guest_key);
	status = command_ask(&a->command, &request, REPLY_ENROLMENT, &reply);
	return status == EXIT_DONE ? show_code(a, &code, &reply.enrolment) : status;
}

/* ---------------------------------------------------------------- lists */

static int
requests(struct admin *a)
{
	struct request request = {.kind = REQUEST_ENROLMENTS, .enrolments_all = a->all};
	struct reply reply;
	int status = command_catalogue(&a->command, true, false);
	if (status == EXIT_DONE)
		status = command_ask(&a->command, &request, REPLY_ENROLMENTS, &reply);
	return status == EXIT_DONE ? show_enrolments(&a->command, &reply.enrolments) : status;
}

static int
offices(struct admin *a)
{
	struct request request = {.kind = REQUEST_OFFICES, .offices_revoked = !a->admitted};
	struct reply reply;
	int status = command_catalogue(&a->command, true, false);
	if (status == EXIT_DONE)
		status = command_ask(&a->command, &request, REPLY_OFFICES, &reply);
	return status == EXIT_DONE ? show_offices(&a->command, &reply.offices) : status;
}

/* ---------------------------------------------------------------- decisions */

static bool
read_number(const char *text, uint64_t *out)
{
	int64_t number;
	if (!decimal_parse(text, 0, &number) || number < 1) {
		fprintf(stderr, _("fupin admin: %s: not the number of a request (fupin admin requests)\n"), text);
		return false;
	}
	*out = (uint64_t)number;
	return true;
}

static int
show_decided(const struct admin *a, const struct decided *d, const char *what)
{
	char fingerprint[FINGERPRINT_BYTES];
	if (a->command.format == FORMAT_JSON) {
		command_print_record(&a->command, &decided_columns, d);
		return EXIT_DONE;
	}
	printf("%s: %s %s\n", what, d->name, key_fingerprint(d->public_key, fingerprint));
	if (*d->replaced_key)
		printf(_("revoked, as it is replaced: %s\n"), key_fingerprint(d->replaced_key, fingerprint));
	return EXIT_DONE;
}

/* Shows the digits, and asks whether the office reads the same. */
static int
ask_about(struct admin *a, uint64_t number, char fingerprint[FINGERPRINT_BYTES])
{
	struct request request = {.kind = REQUEST_ENROLMENTS, .enrolments_all = true};
	struct reply reply;
	char answer[16] = "";
	int status = command_ask(&a->command, &request, REPLY_ENROLMENTS, &reply);
	if (status != EXIT_DONE)
		return status;
	const struct enrolment *e = NULL;
	for (size_t i = 0; i < reply.enrolments.count; i++)
		if (reply.enrolments.items[i].number == number)
			e = &reply.enrolments.items[i];
	if (!e || e->state != ENROLMENT_WAITING) {
		fprintf(stderr, _("fupin admin: request %" PRIu64 " does not wait (fupin admin requests)\n"), number);
		return EXIT_PROBLEMS;
	}
	key_fingerprint(e->public_key, fingerprint);
	printf(_("%s, role %s, unit %" PRId64 "; calls itself %s\nfingerprint:  %s\n"
	         "Does the office read you these digits, by a telephone number that you know? yes/no: "),
	       e->name, role_name(e->role), e->unit, e->office, fingerprint);
	fflush(stdout);
	if (fgets(answer, sizeof answer, stdin) && !strcmp(answer, "yes\n"))
		return EXIT_DONE;
	fprintf(stderr, "%s", _("fupin admin: not admitted\n"));
	return EXIT_PROBLEMS;
}

static int
admit(struct admin *a)
{
	struct request request = {.kind = REQUEST_DECIDE,
	                          .decide = {.action = OFFICE_ADMIT, .office = "", .reason = ""}};
	struct reply reply;
	char fingerprint[FINGERPRINT_BYTES];
	if (!read_number(a->words[0], &request.decide.number))
		return EXIT_USAGE;
	request.decide.fingerprint = a->fingerprint;
	int status = EXIT_DONE;
	if (!a->fingerprint) {
		status = ask_about(a, request.decide.number, fingerprint);
		request.decide.fingerprint = fingerprint;
	}
	if (status == EXIT_DONE)
		status = command_ask(&a->command, &request, REPLY_DECIDED, &reply);
	return status == EXIT_DONE ? show_decided(a, &reply.decided, _("admitted")) : status;
}

static int
refuse(struct admin *a)
{
	struct request request = {
	    .kind = REQUEST_DECIDE,
	    .decide = {
	        .action = OFFICE_REFUSE, .office = "", .fingerprint = "", .reason = a->reason ? a->reason : ""}};
	struct reply reply;
	if (!read_number(a->words[0], &request.decide.number))
		return EXIT_USAGE;
	int status = command_ask(&a->command, &request, REPLY_DECIDED, &reply);
	return status == EXIT_DONE ? show_decided(a, &reply.decided, _("refused")) : status;
}

static int
revoke_office(struct admin *a)
{
	struct request request = {
	    .kind = REQUEST_DECIDE,
	    .decide = {.action = OFFICE_REVOKE, .office = a->words[0], .fingerprint = "", .reason = a->reason}};
	struct reply reply;
	int status = command_ask(&a->command, &request, REPLY_DECIDED, &reply);
	return status == EXIT_DONE ? show_decided(a, &reply.decided, _("revoked")) : status;
}

/* ---------------------------------------------------------------- all */

static const struct {
	const char *name;
	int words; /* after it */
	bool table;
	int (*run)(struct admin *admin);
	const char *usage;
} actions[] = {
    {"invite", 1, false, invite, "invite UNIT [--name NAME] [--role R] [--hours 72] [--endpoint E]"},
    {"requests", 0, true, requests, "requests [--all]"},
    {"admit", 1, false, admit, "admit N [--fingerprint F]"},
    {"refuse", 1, false, refuse, "refuse N [--reason TEXT]"},
    {"revoke", 1, false, revoke_office, "revoke NAME|KEY --reason TEXT"},
    {"offices", 0, true, offices, "offices [--admitted]"},
};
enum { ACTIONS = sizeof actions / sizeof *actions };

/* Without a terminal the question cannot be asked; a revocation without a reason tells the office nothing. */
static bool
is_complete(const struct admin *a, int (*run)(struct admin *admin))
{
	if (run == admit && !a->fingerprint && !isatty(STDIN_FILENO)) {
		fprintf(stderr, "%s",
		        _("fupin admin admit: without a terminal it needs --fingerprint, as the office reads it\n"));
		return false;
	}
	if (run == revoke_office && (!a->reason || !*a->reason)) {
		fprintf(stderr, "%s", _("fupin admin revoke: say why with --reason, the office is told\n"));
		return false;
	}
	return true;
}

int
cmd_admin(int argc, char **argv)
{
	struct admin a = {.command.language = text_language()};
	const struct arg_kind kinds[] = {
	    TABLE_OPTIONS(&a.command),         {"--name", &a.name, NULL},
	    {"--role", &a.role, NULL},         {"--hours", &a.hours, NULL},
	    {"--endpoint", &a.endpoint, NULL}, {"--fingerprint", &a.fingerprint, NULL},
	    {"--reason", &a.reason, NULL},     {"--all", NULL, &a.all},
	    {"--admitted", NULL, &a.admitted}};
	int count, at = ACTIONS;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	for (int i = 0; count && i < ACTIONS; i++)
		if (!strcmp(argv[0], actions[i].name))
			at = i;
	a.words = argv + 1;
	a.count = count - 1;
	if (at == ACTIONS || a.count != actions[at].words) {
		for (int i = at % ACTIONS; i < (at == ACTIONS ? ACTIONS : at + 1); i++)
			fprintf(stderr, "fupin admin %s\n", actions[i].usage);
		return EXIT_USAGE;
	}
	if (!is_complete(&a, actions[at].run) || (!actions[at].table && !command_shows_no_table(&a.command)))
		return EXIT_USAGE;
	int status = command_open(&a.command);
	if (status == EXIT_DONE)
		status = actions[at].run(&a);
	return command_close(&a.command, status);
}
