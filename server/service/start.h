/* Starting and stopping the centre: everything from the command line to the loop, and back; and the parts of
 * it that the loop has to keep up to date. */
#ifndef FUPIN_SERVER_START_H
#define FUPIN_SERVER_START_H

#include "centre.h"

bool service_open(struct service *service, const struct plan *files);
void service_close(struct service *service);

void
service_ask_clock(struct service *service); /* asks for the database's clock if the centre's is in doubt */
/* to be called before receipts go out; false: the centre has to stop */
bool service_note_acknowledged(struct service *service);

#endif
