/* What fupin help says: each subcommand in a line, and one of them by examples. */
#ifndef FUPIN_CLIENT_HELP_H
#define FUPIN_CLIENT_HELP_H

#include <stdbool.h>
#include <stdio.h>

void help_all(FILE *out);
/* False: there is no such subcommand. */
bool help_command(FILE *out, const char *name);

#endif
