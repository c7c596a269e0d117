/* Answers as tables or JSON, in a command's format and to its output: what the subcommand of that name and
 * `fupin export` share. `sheet` is the table's name in a workbook. All return an exit status. */
#ifndef FUPIN_CLIENT_SHOWING_H
#define FUPIN_CLIENT_SHOWING_H

#include "command.h"

/* cmd_completeness.c: a row for each unit, the last one for the whole if `query` asks for it; and the list
 * of reports that are owed. */
int show_completeness(const struct command *command, const char *sheet,
                      const struct completeness_query *query, const struct completeness_answer *answer);
int show_late(const struct command *command, const char *sheet, const struct completeness_answer *answer);

/* cmd_target.c */
int show_targets(const struct command *command, const char *sheet, const struct target_answer *answer);

/* report_table.c: asks for all reports of one form, page by page, as of the commit of the first page, and
 * shows each page as it arrives. */
int show_reports(struct command *command, const char *sheet, uint32_t form, struct report_query *query);

#endif
