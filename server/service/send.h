/* Answers a request over the line that it came by, sealed if it came sealed. The final refusal of a sealed
 * request is sent only after it is stored. */
#ifndef FUPIN_SERVER_SEND_H
#define FUPIN_SERVER_SEND_H

#include "centre.h"

void service_send(void *service, const struct envelope *envelope, const struct reply *reply);
void service_refuse(struct service *service, const struct envelope *envelope,
                    const struct problem_list *problems, uint32_t retry_after_ms);
/* Refuses for one reason. */
void service_refuse_for(struct service *service, const struct envelope *envelope, enum problem_code code,
                        uint32_t retry_after_ms);

#endif
