/* The subcommands: a row each. What the program says of itself, the manual's synopsis and what a shell
 * completes are made from these rows, or compared with them by tests. */
#include "subcommands.h"

#include "output/text.h"
#include "version.h"

#include <string.h>

static const struct subcommand rows[] = {
    {"submit", cmd_submit, "FILE.csv|FILE.xlsx… [--each] [--quiet] [--offline] [--clear]",
     N_("send reports and fund entries; without a network they are saved and go later; --each: every file is "
        "a submission of its own"),
     "    $ fupin submit 2013-06.xlsx\n"
     "    $ fupin submit county.csv funds.csv\n"
     "    $ fupin submit --each villages/*.csv\n"},
    {"check", cmd_check, "FILE.csv|FILE.xlsx… [--mark FILE.xlsx]",
     N_("look for mistakes as the centre does, without a network; --mark: a copy of the workbook with red "
        "cells"),
     "    $ fupin check 2013-06.xlsx\n"
     "    $ fupin check 2013-06.xlsx --mark red.xlsx\n"
     "    $ fupin check funds.csv --json\n"},
    {"sheet", cmd_sheet,
     "MONTH [UNIT] [--corrections] [--output FILE.xlsx] | FORM MONTH [UNIT] [--output FILE.csv|.xlsx]",
     N_("the workbook of a month to fill in: own units, what stands carried forward; or one form as a table"),
     "    $ fupin sheet 2013-06\n"
     "    $ fupin sheet 2013-06 --corrections --output corrections.xlsx\n"
     "    $ fupin sheet village 2013-06 --output villages.csv\n"},
    {"total", cmd_total,
     "UNIT [--by LEVEL] [--group G] [--period 2013-01..2013-06] [--indicator A,B | --project P3] [--funds] "
     "[--as-of T]",
     N_("totals against targets; as of an earlier commit or time"),
     "    $ fupin total 22 --by prefecture\n"
     "    $ fupin total 220822 --period 2013-01..2013-06 --indicator people_lifted\n"
     "    $ fupin total 22 --as-of 2013-07-10\n"},
    {"watch", cmd_watch,
     "UNIT [--by …] [--group …] [--period …] [--indicator …] [--funds] [--count N] | --compliance [UNIT] "
     "[--rule R,…] [--by …] [--state …]",
     N_("totals as they change: a table on a terminal, JSON lines otherwise; or findings of rules as they "
        "turn"),
     "    $ fupin watch 22 --by prefecture\n"
     "    $ fupin watch 22 --indicator people_lifted --count 10\n"
     "    $ fupin watch --compliance 22 --state red\n"},
    {"status", cmd_status, "[ID]", N_("the centre, the outbox and its receipts; or one submission"),
     "    $ fupin status\n"
     "    $ fupin status 01a21187-df54-7bdb-8b90-f08470cd6c55\n"
     "    $ fupin status --json\n"},
    {"outbox", cmd_outbox,
     "list [--state S] | send | retry N… | retry --lost | drop N… [--yes] | void N… | export DIR | import "
     "FILE.receipts",
     N_("what was saved and what became of it; send it, give it up, or take it elsewhere as a sealed file"),
     "    $ fupin outbox list\n"
     "    $ fupin outbox send\n"
     "    $ fupin outbox drop 3\n"
     "    $ fupin outbox export /media/usb\n"
     "    $ fupin outbox import /media/usb/fupin-220822.sealed.receipts\n"},
    {"carry", cmd_carry, "FILE.sealed…", N_("hand in sealed files that an office without a network exported"),
     "    $ fupin carry /media/usb/*.sealed\n"},
    {"agent", cmd_agent, "[--folder DIR]",
     N_("keep the outbox flowing; --folder: take finished sheets from there"),
     "    $ fupin agent\n"
     "    $ fupin agent --folder ~/reports\n"},
    {"units", cmd_units, "[UNIT] [--level LEVEL] [--group G] [--as-of T | --kept]",
     N_("the units that this office may read"),
     "    $ fupin units\n"
     "    $ fupin units 2208 --level county\n"},
    {"forms", cmd_forms, "[FORM] [--as-of T | --kept]",
     N_("the forms; or one form with its indicators and rules"),
     "    $ fupin forms\n"
     "    $ fupin forms village\n"},
    {"target", cmd_target,
     "show [UNIT] | split UNIT MEASURE PART=VALUE… | load FILE.csv|.xlsx [--year Y] [--note TEXT] [--as-of "
     "T]",
     N_("targets: how far, what is expected by now, a forecast; hand them down a level"),
     "    $ fupin target show 22\n"
     "    $ fupin target split 2208 people_lifted 220821=6000 220822=9000\n"
     "    $ fupin target load targets.csv --year 2013\n"},
    {"review", cmd_review,
     "list|show|pass|return|take [UNIT] [PERIOD] [FORM] [--state S,…] [--seen N] [--revision N] [--reason R "
     "--text T] [--warned] [--as-of T]",
     N_("what waits for this office's review; pass, return or take over"),
     "    $ fupin review list --state sent\n"
     "    $ fupin review pass 220822 2013-06 county\n"
     "    $ fupin review return 220822 2013-06 county --reason wrong_figure --text \"请核对人数\"\n"},
    {"document", cmd_document,
     "send KIND FILE [--unit U] [--note TEXT] | list [UNIT] [--kind K] [--missing] [--versions] [--as-of T] "
     "| get UNIT KIND [--version N] [--output FILE]",
     N_("plans and reports as files: send, see who has sent what and who has not, fetch"),
     "    $ fupin document list --missing\n"
     "    $ fupin document send plan 2013-plan.pdf\n"
     "    $ fupin document get 220822 plan --output plan.pdf\n"},
    {"fund", cmd_fund,
     "balance|ledger|transit|flow|loans|early|check [UNIT] [--by LEVEL] [--source S] [--ages] [--own] "
     "[--voucher V "
     "[--back]] [--as-of T]",
     N_("where money is, its entries, what is in transit, how far down it is; an entry's way; loans; what "
        "was "
        "taken before it was there; that no fen is missing"),
     "    $ fupin fund balance 2208 --by county\n"
     "    $ fupin fund transit 22 --ages\n"
     "    $ fupin fund ledger 220822 --voucher 2013-0417 --back\n"},
    {"project", cmd_project,
     "list [UNIT] [--state S] [--open] [--overdue] [--own] [--as-of T] | show UNIT CODE [--as-of T]",
     N_("projects: how far the work and the money are, what comes next, what has to be accepted by when"),
     "    $ fupin project list 220822 --open\n"
     "    $ fupin project show 220822 P-2013-07\n"},
    {"completeness", cmd_completeness, "[UNIT] [PERIOD] [FORM] [--by LEVEL] [--group G] [--as-of T]",
     N_("reports due, received, on time, missing"), "    $ fupin completeness 22 2013-06 --by prefecture\n"},
    {"late", cmd_late, "[UNIT] [PERIOD] [FORM] [--all] [--limit N] [--as-of T]",
     N_("who owes which report, worst first; --all: also what came late"),
     "    $ fupin late 22 --limit 20\n"},
    {"appraisal", cmd_appraisal, "[UNIT] [MONTH] [--by LEVEL] [--explain] [--as-of T]",
     N_("scores from the plan's weighted items, best first; --explain: the figures behind each point"),
     "    $ fupin appraisal 22 2013-12 --by county --explain\n"},
    {"compliance", cmd_compliance, "[UNIT] [--by LEVEL] [--rule R,…] [--state red,amber,…] [--as-of T]",
     N_("how units stand to the plan's rules: red, amber, green, with the figures behind each"),
     "    $ fupin compliance 22 --state red\n"},
    {"history", cmd_history, "UNIT PERIOD FORM",
     N_("all revisions, decisions and extensions of a report: who, when, what, why"),
     "    $ fupin history 220822 2013-06 county\n"},
    {"extend", cmd_extend,
     "UNIT PERIOD [FORM] [--due T] [--closed T] [--corrections T] --reason TEXT | UNIT DOCUMENT --due T "
     "--reason TEXT",
     N_("let a unit, and all below it, report or correct later (T: 2013-08-20 or 2013-08-20T17:00)"),
     "    $ fupin extend 220822 2013-06 --due 2013-07-12 --reason \"道路中断\"\n"},
    {"export", cmd_export,
     "[totals] [indicators] [targets] [funds] [completeness] [late] [reports] [--unit UNIT] [--period …] "
     "[--by LEVEL] [--form FORM] [--as-of T] --output FILE.xlsx|.csv|.json",
     N_("tables of one moment, a sheet each (without names: all); CSV and JSON hold one"),
     "    $ fupin export --output 2013-06.xlsx --period 2013-06\n"
     "    $ fupin export totals --by county --output totals.csv\n"},
    {"bulletin", cmd_bulletin, "MONTH [UNIT] [--as-of T] [--output FILE.xlsx]",
     N_("a month on a page: figures, targets, parts, funds, who is late, what changed"),
     "    $ fupin bulletin 2013-06\n"
     "    $ fupin bulletin 2013-06 2208 --output 2208.xlsx\n"},
    {"enroll", cmd_enroll, "CODE [--name OFFICE] [--wait]",
     N_("with a code of the administrator: make this office's key pair, ask to be admitted; again: how it "
        "stands"),
     "    $ fupin enroll 0G4K-… --name \"通榆县扶贫办\" --wait\n"},
    {"admin", cmd_admin,
     "invite UNIT [--name NAME] [--role R] [--hours 72] [--endpoint E] | requests [--all] | admit N "
     "[--fingerprint F] | refuse N [--reason TEXT] | revoke NAME|KEY --reason TEXT | offices [--admitted]",
     N_("administrator: codes for offices, who asks to be admitted, admit, revoke"),
     "    $ fupin admin invite 220822\n"
     "    $ fupin admin requests\n"
     "    $ fupin admin admit 3\n"
     "    $ fupin admin revoke county-220822 --reason \"电脑丢失\"\n"},
    {"keygen", cmd_keygen, "[--name NAME] [--endpoint E --centre-key KEY|FILE]",
     N_("make this office's key pair, print the public key"),
     "    $ fupin keygen --endpoint tcp://10.22.0.1:7513 --centre-key centre.key\n"},
    {"reload", cmd_reload, "", N_("administrator: the centre reads its offices again"),
     "    $ fupin reload\n"},
    {"clock", cmd_clock, "[TIME]", N_("the centre's clock; administrator, in a drill: move it forwards"),
     "    $ fupin clock\n"},
};

enum { ROWS = sizeof rows / sizeof *rows };

const struct subcommand *
subcommand_find(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* What holds for all of them. */
static void
help_common(FILE *out)
{
	fprintf(out, "%s",
	        _("Everywhere: --home DIR (or FUPIN_HOME; default ~/.fupin), --timeout SECONDS (30), --json;\n"
	          "for tables --format table|csv|json|xlsx, --output FILE, --bom (CSV for Excel).\n"
	          "T: 2013-07-10T09:00, a commit's number, or both: 2016@2013-07-10T09:00. "
	          "Chinese with LANG=zh_CN.UTF-8.\n"
	          "Exit status: 0 done, 1 failed here, 2 wrong usage, 3 problems in the data: nothing stored,\n"
	          "4 the centre does not answer: what was saved waits, 5 key or configuration.\n"));
}

void
help_all(FILE *out)
{
	fprintf(out, _("fupin %s - the office's program of the fupin reporting network\n\n"), FUPIN_VERSION);
	for (size_t i = 0; i < ROWS; i++)
		fprintf(out, "  fupin %s %s\n      %s\n", rows[i].name, rows[i].usage, _(rows[i].help));
	fprintf(out, "\n%s\n", _("By example: fupin help COMMAND, or fupin COMMAND --help."));
	help_common(out);
}

void
help_subcommand(FILE *out, const struct subcommand *c)
{
	fprintf(out, "fupin %s %s\n    %s\n\n%s\n", c->name, c->usage, _(c->help), c->examples);
	help_common(out);
}
