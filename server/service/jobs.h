/* Questions that the worker asks the database for the loop: the principals anew, receipts that are too old
 * to be in memory, which database session stands still. */
#ifndef FUPIN_SERVER_JOBS_H
#define FUPIN_SERVER_JOBS_H

#include "centre.h"

/* Loads the principals again; the second answers the envelope when it is done, and takes it over. */
void service_reload(struct service *service);
void service_answer_reload(struct service *service, struct envelope *envelope);
/* Takes over what was loaded; watches of keys that are not in it any more end. */
void service_take_admitted(struct service *service, const struct admitted *fresh);

bool service_ask_database(void *service, struct envelope *submission); /* of pipeline.h */
/* Answers a STATUS; takes the envelope over. */
void service_answer_status(struct service *service, struct envelope *envelope);
/* What became of a submission: COMMITTED if it is `recorded` (may be NULL), else UNKNOWN. An office is told
 * about its own submissions only. */
void status_answer(const struct office *office, const struct submission_id *id,
                   const struct recorded *recorded, struct reply *out);

/* Ends the session of another fupind that stands still in the middle of a transaction and keeps our session
 * waiting (`session`: process id of ours at the server). */
void service_unblock(struct service *service, int session);

#endif
