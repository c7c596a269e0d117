/* Replies to one connection, in plain: sealed ones and what is remembered of them stand above. */
#ifndef FUPIN_SERVER_REPLY_H
#define FUPIN_SERVER_REPLY_H

#include "centre.h"

/* Sends to one connection of this key; what cannot be put into a frame is refused there. */
enum gate_sent service_give(struct service *service, const struct sender *to, const char *public_key,
                            const struct reply *reply);

/* All three answer the connection that brought the envelope, whoever wrote what is in it: as it is; a
 * refusal; that it may ask again. */
void service_send_plain(struct service *service, const struct envelope *envelope, const struct reply *reply);
void service_refuse_plain(struct service *service, const struct envelope *envelope,
                          const struct problem_list *problems, uint32_t retry_after_ms);
void service_send_later(struct service *service, const struct envelope *envelope, enum problem_code code);

void service_log_refused(struct service *service, const struct envelope *envelope, enum problem_code code);

#endif
