/* Letters of sealed files: opened as they come, answered sealed. */
#ifndef FUPIN_SERVER_SEALED_H
#define FUPIN_SERVER_SEALED_H

#include "centre.h"

/* Opens one: the envelope is then its writer's request, to be admitted as that. False: `problems` say why
 * not; to whom depends on whether it could be opened (envelope->sealed). */
bool sealed_open(const struct service *service, struct envelope *envelope, struct problem_list *problems)
    __attribute__((warn_unused_result));
/* Seals a final answer for the office: *out is what the carrier gets; the arena owns its bytes. */
bool sealed_answer(const struct service *service, const struct envelope *envelope, const struct reply *answer,
                   struct arena *arena, struct reply *out) __attribute__((warn_unused_result));
/* To the carrier, sealed for the office. */
void service_send_sealed(struct service *service, const struct envelope *envelope, const struct reply *reply);

#endif
