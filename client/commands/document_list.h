/* Shared by fupin document's files: the list of who has sent what. */
#ifndef FUPIN_CLIENT_DOCUMENT_LIST_H
#define FUPIN_CLIENT_DOCUMENT_LIST_H

#include "command/command.h"

/* Asks (all pages) and prints. An exit status. */
int document_list_show(struct command *command, const struct document_query *query);

#endif
