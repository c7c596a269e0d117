/* The running centre: one event loop over the gate, the journal's connection and the signals. */
#ifndef FUPIN_SERVER_SERVICE_H
#define FUPIN_SERVER_SERVICE_H

#include "boot/options.h"
#include "plan/plan.h"

/* Serves until SIGTERM or SIGINT. `files` is the plan to load first, NULL: none. Returns an exit
 * status. */
int service_run(const struct options *options, const struct plan *files);

struct service;
struct frame;
/* Handles one frame: it goes into the pipeline, or among the questions, or is refused. */
void service_take_frame(struct service *service, const struct frame *frame);

#endif
