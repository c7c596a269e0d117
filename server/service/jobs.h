/* Questions that the worker asks the database for the loop: the principals again, receipts that are too old
 * to be in memory, which session stands still. */
#ifndef FUPIN_SERVER_JOBS_H
#define FUPIN_SERVER_JOBS_H

#include "centre.h"

/* Loads the principals again; the second answers the envelope when it is done, and takes it over. */
void service_reload(struct service *service);
void service_answer_reload(struct service *service, struct envelope *envelope);
/* Takes over what was loaded; whoever is not in it any more loses his watches. */
void service_take_admitted(struct service *service, const struct admitted *fresh);

bool service_look_up(void *service, struct envelope *submission); /* of pipeline.h */
/* Of a STATUS; takes the envelope over. */
void service_answer_status(struct service *service, struct envelope *envelope);
/* What became of a submission: COMMITTED if it is `recorded` (may be NULL), else UNKNOWN. An office is told
 * about its own submissions only. */
void status_answer(const struct office *office, const struct submission_id *id,
                   const struct recorded *recorded, struct reply *out);

/* Ends the session of another fupind that stands still in the middle of a transaction and so keeps ours
 * (`session`: its process id at the server) waiting. */
void service_unblock(struct service *service, int session);

#endif
