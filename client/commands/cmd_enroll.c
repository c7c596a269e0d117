/* fupin enroll CODE: asks the centre to admit this office. The key pair is made here, and the private key
 * stays here. The code's secret is sent over a connection that only the code's centre can read. The
 * connection uses the code's guest key, which the centre knows; the office's key, and the proof that this
 * office has it, are in the request. Run again, it shows the state of the request. */
#include "columns/office_columns.h"
#include "command/command.h"
#include "subcommands.h"
#include "version.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* While waiting for the decision the request is repeated every WAIT_MS. A connection that is refused for a
 * moment is tried again every DOOR_MS, DOOR_TRIES times. */
enum { WAIT_MS = 3000, DOOR_MS = 500, DOOR_TRIES = 4 };

struct enrolling {
	struct command command;
	const char *office;
	bool wait;
	struct enrol_code code;
	char public_key[KEY_TEXT_BYTES]; /* the office's; the line has the code's guest key */
	struct digest proof;
	char host[OFFICE_NAME_BYTES_MAX + 1];
};

static bool
read_code(const char *text, struct enrol_code *out)
{
	const char *what = NULL;
	switch (enrol_code_parse(text, out)) {
	case ENROL_CODE_GOOD:
		return true;
	case ENROL_CODE_CHARACTER:
		what = _("it has a character that no code has: only letters, digits and dashes");
		break;
	case ENROL_CODE_SHORT:
		what = _("it is too short: copy all of it");
		break;
	case ENROL_CODE_TYPO:
		what = _("there is a typing error in it: copy it again");
		break;
	case ENROL_CODE_NEWER:
		what = _("it is for a newer fupin: update this one");
		break;
	}
	fprintf(stderr, _("fupin enroll: the code: %s. Nothing was sent.\n"), what);
	return false;
}

/* The centre knows this connection's key by the code. It refuses the connection if the code is not valid, or
 * if it has no line free. */
static int
ask(struct enrolling *e, struct enrolment *out)
{
	struct command *c = &e->command;
	struct request request = {
	    .kind = REQUEST_ENROL,
	    .enrol = {.office = e->office, .host = e->host, .software = "fupin " FUPIN_VERSION}};
	struct reply reply;
	enum session_failure failure;
	memcpy(request.enrol.secret, e->code.secret, ENROL_SECRET_BYTES);
	memcpy(request.enrol.public_key, e->public_key, sizeof e->public_key);
	request.enrol.proof = e->proof;
	for (int tries = 0;; tries++) {
		failure = session_ask_patiently(c->session, &request, REPLY_ENROLMENT, c->timeout_ms, &reply);
		if (failure != SESSION_NOT_ADMITTED || tries == DOOR_TRIES || !session_reconnect(c->session))
			break;
		poll(NULL, 0, DOOR_MS);
	}
	if (failure == SESSION_NOT_ADMITTED) {
		fprintf(stderr, "%s",
		        _("fupin enroll: the centre lets nobody in that it does not know: the code has expired or "
		          "was withdrawn. Ask the administrator for a new one.\n"));
		return EXIT_NOT_ADMITTED;
	}
	int status = command_fail(c, failure);
	if (status == EXIT_DONE)
		*out = reply.enrolment;
	return status;
}

static void
show_waiting(const struct enrolment *e)
{
	char fingerprint[FINGERPRINT_BYTES];
	printf(_("request %" PRIu64 " waits for the administrator: %s, role %s, unit %" PRId64 "\n"
	         "fingerprint of this office's key:  %s\n"
	         "Read these digits to the administrator by telephone. If he reads the same, he admits this "
	         "office; then: fupin status\n"),
	       e->number, e->name, role_name(e->role), e->unit, key_fingerprint(e->public_key, fingerprint));
	fflush(stdout);
}

static int
show(const struct enrolling *e, const struct enrolment *enrolment)
{
	if (e->command.format == FORMAT_JSON) {
		command_print_record(&e->command, &own_enrolment_columns, enrolment);
		return enrolment->state == ENROLMENT_WAITING || enrolment->state == ENROLMENT_ADMITTED
		           ? EXIT_DONE
		           : EXIT_PROBLEMS;
	}
	switch (enrolment->state) {
	case ENROLMENT_WAITING:
		show_waiting(enrolment);
		return EXIT_DONE;
	case ENROLMENT_ADMITTED:
		printf(_("admitted as %s, role %s, unit %" PRId64 ": go on with fupin status\n"), enrolment->name,
		       role_name(enrolment->role), enrolment->unit);
		return EXIT_DONE;
	case ENROLMENT_REFUSED:
		fprintf(stderr, _("fupin enroll: the administrator refused it%s%s: ask for a new code\n"),
		        *enrolment->reason ? _(": ") : "", enrolment->reason);
		return EXIT_PROBLEMS;
	default:
		fprintf(stderr, "fupin enroll: %s\n", enrolment_state_name(enrolment->state));
		return EXIT_PROBLEMS;
	}
}

/* Until it is decided; for ever, or as long as --timeout says. */
static int
wait_for_decision(struct enrolling *e, struct enrolment *enrolment)
{
	int64_t left_ms = e->command.timeout_option ? e->command.timeout_ms : INT64_MAX;
	int status = EXIT_DONE;
	while (status == EXIT_DONE && enrolment->state == ENROLMENT_WAITING) {
		if (left_ms <= 0)
			return EXIT_WAITING;
		poll(NULL, 0, left_ms < WAIT_MS ? (int)left_ms : WAIT_MS);
		left_ms -= WAIT_MS;
		status = ask(e, enrolment);
		/* A centre that is away for a while is waited for, too. */
		if (status == EXIT_WAITING && left_ms > 0)
			status = EXIT_DONE;
	}
	return status == EXIT_DONE ? show(e, enrolment) : status;
}

static int
enroll(struct enrolling *e)
{
	struct enrolment enrolment = {0};
	int status = ask(e, &enrolment);
	if (status == EXIT_DONE)
		status = show(e, &enrolment);
	if (status == EXIT_DONE && e->wait)
		status = wait_for_decision(e, &enrolment);
	return status;
}

static int
prepare(struct enrolling *e)
{
	char path[PATH_MAX], error[HOME_ERROR_BYTES];
	struct key_pair keys;
	home_default(path);
	if (e->command.home_option)
		snprintf(path, sizeof path, "%s", e->command.home_option);
	if (!home_enrol(path, "office", e->code.endpoints, e->code.centre_key, &keys, error)) {
		fprintf(stderr, "fupin enroll: %s\n", error);
		return EXIT_NOT_ADMITTED;
	}
	struct command *c = &e->command;
	int status = command_open_home(c);
	if (status != EXIT_DONE)
		return status;
	memcpy(e->public_key, keys.public_key, sizeof e->public_key);
	bool good = enrol_proof(keys.secret_key, e->code.centre_key, e->code.secret, keys.public_key, &e->proof);
	enrol_guest_keys(e->code.secret, &c->home.office);
	c->session = good ? session_open(&c->home, error) : NULL;
	if (c->session)
		return EXIT_DONE;
	fprintf(stderr, "fupin enroll: %s\n", good ? error : _("the centre's key in the code is none"));
	return EXIT_FAILED_INSIDE;
}

int
cmd_enroll(int argc, char **argv)
{
	struct enrolling e = {.command.language = text_language()};
	const struct arg_kind kinds[] = {
	    COMMAND_OPTIONS(&e.command), {"--name", &e.office, NULL}, {"--wait", NULL, &e.wait}};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (count != 1) {
		fprintf(stderr, "%s", _("fupin enroll: give the administrator's code, in one piece\n"));
		return EXIT_USAGE;
	}
	if (gethostname(e.host, sizeof e.host) || !memchr(e.host, 0, sizeof e.host))
		*e.host = 0;
	if (!e.office)
		e.office = e.host;
	if (strlen(e.office) > OFFICE_NAME_BYTES_MAX) {
		fprintf(stderr, _("fupin enroll: --name: at most %d bytes\n"), OFFICE_NAME_BYTES_MAX);
		return EXIT_USAGE;
	}
	if (!read_code(argv[0], &e.code))
		return EXIT_USAGE;
	int status = prepare(&e);
	if (status == EXIT_DONE)
		status = enroll(&e);
	return command_close(&e.command, status);
}
