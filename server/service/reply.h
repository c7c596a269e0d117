/* Replies to one connection, not sealed. Sealed replies (sealed.h), and what is remembered of them
 * (letters.h), are built on these. */
#ifndef FUPIN_SERVER_REPLY_H
#define FUPIN_SERVER_REPLY_H

#include "centre.h"

/* Sends to one connection of this key. A reply that does not fit into a frame is replaced by a refusal. */
enum gate_sent service_give(struct service *service, const struct sender *to, const char *public_key,
                            const struct reply *reply);

/* All three answer the connection that brought the envelope, whichever office wrote the request in it: with
 * this reply; with a refusal; with a refusal after which the request may be sent again. */
void service_send_plain(struct service *service, const struct envelope *envelope, const struct reply *reply);
void service_refuse_plain(struct service *service, const struct envelope *envelope,
                          const struct problem_list *problems, uint32_t retry_after_ms);
void service_send_later(struct service *service, const struct envelope *envelope, enum problem_code code);

void service_log_refused(struct service *service, const struct envelope *envelope, enum problem_code code);

#endif
