/* Answers from memory: hello, total, submission status, catalogue, ping. */
#ifndef FUPIN_SERVER_ANSWERS_H
#define FUPIN_SERVER_ANSWERS_H

#include "pipeline.h"

/* Makes the reply to any request but a submission or a reload. `problems` backs a refusal; the arena
 * owns what the reply points to. */
void answer(const struct pipeline *pipeline, const struct office *office, const struct request *request,
            int64_t now_us, struct arena *arena, struct problem_list *problems, struct reply *out);

#endif
