/* Questions: what is answered from memory, and watched totals. */
#ifndef FUPIN_SERVER_QUESTIONS_H
#define FUPIN_SERVER_QUESTIONS_H

#include "centre.h"

/* All take the envelope over. The first adds it to the questions that wait; the second answers it when its
 * turn has come, from memory or as of its moment. */
void service_ask(struct service *service, struct envelope *question);
void service_answer_question(struct service *service, struct envelope *question);
void service_set_clock(struct service *service, struct envelope *envelope);
void service_unwatch(struct service *service, struct envelope *envelope);
/* Handled at once, without a turn: the push that it acknowledges was sent long ago. */
void service_take_ack(struct service *service, struct envelope *envelope);

void service_answer(struct service *service); /* some of those that wait */
/* Milliseconds until service_answer() is due; -1: never. */
int service_answer_wait_ms(const struct service *service, int64_t now_us);
bool service_push(struct service *service); /* false: there is more to push, or to judge */

#endif
