/* Questions about the past, which the worker asks the database. */
#ifndef FUPIN_SERVER_PAST_H
#define FUPIN_SERVER_PAST_H

#include "centre.h"

/* All three take the envelope over: a question as of an earlier commit; a report's history; any other
 * question for the worker. */
void service_answer_as_of(struct service *service, struct envelope *envelope);
void service_answer_history(struct service *service, struct envelope *envelope);
void service_answer_past(struct service *service, struct envelope *envelope);

/* In the worker's thread: of question.h. */
void past_ask_history(struct past_job *job, struct pg_conn *connection);
void past_ask_keys(struct past_job *job, struct pg_conn *connection);

bool service_open_past(struct service *service);   /* to be called once there is a plan; false: no memory */
void service_refuse_past(struct service *service); /* refuses those that wait; before the worker ends */
void service_forget_past(struct service *service); /* frees everything; after the worker has ended */

#endif
