/* What `fupin admin` shows as tables: enrolments, and the offices that are admitted. */
#ifndef FUPIN_CLIENT_ADMIN_LIST_H
#define FUPIN_CLIENT_ADMIN_LIST_H

#include "command/command.h"

/* Both return the exit status. The command must have the catalogue's units, for their names. */
int show_enrolments(const struct command *command, const struct enrolment_list *list);
int show_offices(const struct command *command, const struct office_list *list);

#endif
