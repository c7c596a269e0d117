/* Submissions as they come, and the letters among them, whose refusals are remembered. */
#ifndef FUPIN_SERVER_LETTERS_H
#define FUPIN_SERVER_LETTERS_H

#include "centre.h"

/* Into the pipeline; a letter is looked up first. Takes the envelope over. */
void service_take_submission(struct service *service, struct envelope *envelope);
/* Remembers a final refusal of a letter, then sends it. */
void letter_refuse(struct service *service, const struct envelope *envelope, const struct reply *refusal);
/* It is in work no more. */
void letter_answered(struct service *service, const struct sealed *sealed);
/* Frees what is kept, at the end. */
void letters_forget(struct service *service);

#endif
