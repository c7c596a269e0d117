/* Everything from the command line to the loop, and back; and what the loop keeps right of it. */
#ifndef FUPIN_SERVER_START_H
#define FUPIN_SERVER_START_H

#include "centre.h"

bool service_open(struct service *service, const struct plan *files);
void service_close(struct service *service);

void service_ask_clock(struct service *service);         /* the database's, if it is in doubt */
bool service_note_acknowledged(struct service *service); /* before receipts go out; false: it ends */

#endif
