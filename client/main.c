/* fupin: the office's program. Each subcommand is a file cmd_NAME.c. */
#include "command.h"
#include "version.h"

#include <langinfo.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage, *help;
} commands[] = {
    {"submit", cmd_submit, "FILE.csv|FILE.xlsx… [--each] [--quiet] [--offline]",
     "send reports and fund entries; without a network they are saved and go later; --each: every file is a "
     "submission of its own"},
    {"check", cmd_check, "FILE.csv|FILE.xlsx…", "look for mistakes as the centre does, without a network"},
    {"sheet", cmd_sheet,
     "MONTH [UNIT] [--corrections] [--output FILE.xlsx] | FORM MONTH [UNIT] [--output FILE.csv|.xlsx]",
     "the workbook of a month to fill in: own units, what stands carried forward; or one form as a table"},
    {"total", cmd_total,
     "UNIT [--by LEVEL] [--group G] [--period 2013-01..2013-06] [--indicator A,B | --project P3] [--funds] "
     "[--as-of T]",
     "totals against targets; as of an earlier commit or time"},
    {"watch", cmd_watch,
     "UNIT [--by …] [--group …] [--period …] [--indicator …] [--funds] [--count N] | --compliance [UNIT] "
     "[--rule R,…] [--by …] [--state …]",
     "totals as they change: a table on a terminal, JSON lines otherwise; or findings of rules as they turn"},
    {"status", cmd_status, "[ID]", "the centre, the outbox and its receipts; or one submission"},
    {"outbox", cmd_outbox,
     "list [--state S] | send | retry N… | drop N… [--yes] | export DIR | import FILE.receipts",
     "what was saved and what became of it; send it, give it up, or take it elsewhere as a sealed file"},
    {"carry", cmd_carry, "FILE.sealed…", "hand in sealed files that an office without a network exported"},
    {"agent", cmd_agent, "[--folder DIR]",
     "keep the outbox flowing; --folder: take finished sheets from there"},
    {"units", cmd_units, "[UNIT] [--level LEVEL] [--group G] [--as-of T | --kept]",
     "the units that this office may read"},
    {"forms", cmd_forms, "[FORM] [--as-of T | --kept]",
     "the forms; or one form with its indicators and rules"},
    {"target", cmd_target,
     "show [UNIT] | split UNIT MEASURE PART=VALUE… | load FILE.csv|.xlsx [--year Y] [--note TEXT] [--as-of "
     "T]",
     "targets: how far, what is expected by now, a forecast; hand them down a level"},
    {"review", cmd_review,
     "list|show|pass|return|take [UNIT] [PERIOD] [FORM] [--state S,…] [--seen N] [--revision N] [--reason R "
     "--text T] "
     "[--warned] [--as-of T]",
     "what waits for this office's review; pass, return or take over"},
    {"document", cmd_document,
     "send KIND FILE [--unit U] [--note TEXT] | list [UNIT] [--kind K] [--missing] [--versions] [--as-of T] "
     "| "
     "get UNIT KIND [--version N] [--output FILE]",
     "plans and reports as files: send, see who has sent what and who has not, fetch"},
    {"fund", cmd_fund,
     "balance|ledger|transit|flow|loans|check [UNIT] [--by LEVEL] [--source S] [--ages] [--own] [--voucher V "
     "[--back]] "
     "[--as-of T]",
     "where money is, its entries, what is in transit, how far down it is; an entry's way; loans; that no "
     "fen is "
     "missing"},
    {"project", cmd_project,
     "list [UNIT] [--state S] [--open] [--overdue] [--own] [--as-of T] | show UNIT CODE [--as-of T]",
     "projects: how far the work and the money are, what comes next, who has to be accepted by when"},
    {"completeness", cmd_completeness, "[UNIT] [PERIOD] [FORM] [--by LEVEL] [--group G] [--as-of T]",
     "reports due, received, on time, missing"},
    {"late", cmd_late, "[UNIT] [PERIOD] [FORM] [--all] [--limit N] [--as-of T]",
     "who owes which report, worst first; --all: also what came late"},
    {"appraisal", cmd_appraisal, "[UNIT] [MONTH] [--by LEVEL] [--explain] [--as-of T]",
     "scores from the plan's weighted items, best first; --explain: the figures behind each point"},
    {"compliance", cmd_compliance, "[UNIT] [--by LEVEL] [--rule R,…] [--state red,amber,…] [--as-of T]",
     "how units stand to the plan's rules: red, amber, green, with the figures behind each"},
    {"history", cmd_history, "UNIT PERIOD FORM",
     "all revisions, decisions and extensions of a report: who, when, what, why"},
    {"extend", cmd_extend,
     "UNIT PERIOD [FORM] [--due T] [--closed T] [--corrections T] --reason TEXT | UNIT DOCUMENT --due T "
     "--reason TEXT",
     "let a unit, and all below it, report or correct later (T: 2013-08-20 or 2013-08-20T17:00)"},
    {"export", cmd_export,
     "[totals] [indicators] [targets] [funds] [completeness] [late] [reports] [--unit UNIT] [--period …] "
     "[--by LEVEL] [--form FORM] [--as-of T] --output FILE.xlsx|.csv|.json",
     "tables of one moment, a sheet each (without names: all); CSV and JSON hold one"},
    {"bulletin", cmd_bulletin, "MONTH [UNIT] [--as-of T] [--output FILE.xlsx]",
     "a month on a page: figures, targets, parts, funds, who is late, what changed"},
    {"enroll", cmd_enroll, "CODE [--name OFFICE] [--wait]",
     "with a code of the administrator: make this office's key pair, ask to be admitted; again: how it "
     "stands"},
    {"admin", cmd_admin,
     "invite UNIT [--name NAME] [--role R] [--hours 72] [--endpoint E] | requests [--all] | admit N "
     "[--fingerprint F] | refuse N [--reason TEXT] | revoke NAME|KEY --reason TEXT | offices [--admitted]",
     "administrator: codes for offices, who asks to be admitted, admit, revoke"},
    {"keygen", cmd_keygen, "[--name NAME] [--endpoint E --centre-key KEY|FILE]",
     "make this office's key pair, print the public key"},
    {"reload", cmd_reload, "", "administrator: the centre reads its offices again"},
    {"clock", cmd_clock, "[TIME]", "the centre's clock; administrator, in a drill: move it forwards"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void
help(FILE *out)
{
	fprintf(out, "fupin %s - the office's program of the fupin reporting network\n\n", FUPIN_VERSION);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  fupin %s %s\n      %s\n", commands[i].name, commands[i].usage, commands[i].help);
	fprintf(out,
	        "\nEverywhere: --home DIR (or FUPIN_HOME; default ~/.fupin), --timeout SECONDS (30);\n"
	        "for tables --format table|csv|json|xlsx, --output FILE, --bom (CSV for Excel).\n"
	        "T: 2013-07-10T09:00, a commit's number, or both: 2016@2013-07-10T09:00. "
	        "Chinese with LANG=zh_CN.UTF-8.\n"
	        "Exit status: 0 done, 1 failed here, 2 wrong usage, 3 problems in the data: nothing stored,\n"
	        "4 the centre does not answer: what was saved waits, 5 key or configuration.\n");
}

/* Tables need to know how wide a character is; a bare system has no locale set. */
static void
use_utf8(void)
{
	setlocale(LC_ALL, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

int
main(int argc, char **argv)
{
	use_utf8();
	if (sodium_init() < 0)
		return EXIT_FAILED_INSIDE;
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help(stdout);
		return EXIT_DONE;
	}
	if (!strcmp(argv[1], "version") || !strcmp(argv[1], "--version")) {
		printf("fupin %s\n", FUPIN_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 2, argv + 2);
	fprintf(stderr, "fupin: %s: no such command; see fupin help\n", argv[1]);
	return EXIT_USAGE;
}
