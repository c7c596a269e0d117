/* The subcommands of fupin. To add one: cmd_NAME.c, its prototype and its row here, a line in
 * completion/words.sh, a section in the manual of each language, the translation of its texts. */
#ifndef FUPIN_CLIENT_SUBCOMMANDS_H
#define FUPIN_CLIENT_SUBCOMMANDS_H

#include <stdio.h>

struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv); /* with the words behind the name; returns an exit status */
	const char *usage, *help, *examples;
};

/* NULL: there is no subcommand of that name. */
const struct subcommand *subcommand_find(const char *name);

/* Print the list of subcommands; and the help of one, with an example. */
void help_all(FILE *out);
void help_subcommand(FILE *out, const struct subcommand *subcommand);

int cmd_admin(int argc, char **argv);
int cmd_agent(int argc, char **argv);
int cmd_appraisal(int argc, char **argv);
int cmd_bulletin(int argc, char **argv);
int cmd_carry(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_clock(int argc, char **argv);
int cmd_completeness(int argc, char **argv);
int cmd_compliance(int argc, char **argv);
int cmd_document(int argc, char **argv);
int cmd_enroll(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_extend(int argc, char **argv);
int cmd_forms(int argc, char **argv);
int cmd_fund(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_keygen(int argc, char **argv);
int cmd_late(int argc, char **argv);
int cmd_outbox(int argc, char **argv);
int cmd_project(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_review(int argc, char **argv);
int cmd_sheet(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_submit(int argc, char **argv);
int cmd_target(int argc, char **argv);
int cmd_total(int argc, char **argv);
int cmd_units(int argc, char **argv);
int cmd_watch(int argc, char **argv);

#endif
