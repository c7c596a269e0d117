/* Letters of sealed files: opened when they arrive, and answered sealed. */
#ifndef FUPIN_SERVER_SEALED_H
#define FUPIN_SERVER_SEALED_H

#include "centre.h"

/* Opens a letter: the envelope then holds the request of the office that wrote it, and is admitted as such.
 * False: `problems` say why. If the letter could be opened (envelope->sealed), the refusal goes to its
 * writer, else to the carrier. */
bool sealed_open(const struct service *service, struct envelope *envelope, struct problem_list *problems)
    __attribute__((warn_unused_result));
/* Seals a final answer for the office; *out is the reply to the carrier, and the arena owns its bytes. */
bool sealed_answer(const struct service *service, const struct envelope *envelope, const struct reply *answer,
                   struct arena *arena, struct reply *out) __attribute__((warn_unused_result));
/* Sends to the carrier an answer that is sealed for the office. */
void service_send_sealed(struct service *service, const struct envelope *envelope, const struct reply *reply);

#endif
