/* Answers: over the line that the request came by, sealed if it came sealed; a refusal of a sealed one once
 * it is remembered. */
#ifndef FUPIN_SERVER_SEND_H
#define FUPIN_SERVER_SEND_H

#include "centre.h"

void service_send(void *service, const struct envelope *envelope, const struct reply *reply);
void service_refuse(struct service *service, const struct envelope *envelope,
                    const struct problem_list *problems, uint32_t retry_after_ms);
/* For one reason. */
void service_refuse_for(struct service *service, const struct envelope *envelope, enum problem_code code,
                        uint32_t retry_after_ms);

#endif
