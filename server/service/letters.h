/* Receives submissions. Those that come as letters of sealed files have their refusals remembered. */
#ifndef FUPIN_SERVER_LETTERS_H
#define FUPIN_SERVER_LETTERS_H

#include "centre.h"

/* Passes a submission to the pipeline; a letter is looked up first. Takes the envelope over. */
void service_take_submission(struct service *service, struct envelope *envelope);
/* Remembers a final refusal of a letter, then sends it. */
void letter_refuse(struct service *service, const struct envelope *envelope, const struct reply *refusal);
/* The letter is no longer being worked on. */
void letter_answered(struct service *service, const struct sealed *sealed);
/* Frees the record of letters, at the end. */
void letters_forget(struct service *service);

#endif
