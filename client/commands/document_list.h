/* Shared by the files of fupin document: the list of documents, sent and owed, by unit. */
#ifndef FUPIN_CLIENT_DOCUMENT_LIST_H
#define FUPIN_CLIENT_DOCUMENT_LIST_H

#include "command/command.h"

/* Asks for all pages and prints them. Returns the exit status. */
int document_list_show(struct command *command, const struct document_query *query);

#endif
