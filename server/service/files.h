/* The bytes of documents' files, stored and fetched by a worker of their own. */
#ifndef FUPIN_SERVER_FILES_H
#define FUPIN_SERVER_FILES_H

#include "centre.h"

/* Both take the envelope over. */
void service_take_upload(struct service *service, struct envelope *envelope);
void service_answer_file(struct service *service, struct envelope *envelope);
bool service_find_files(void *service, struct envelope *submission); /* of pipeline.h */
void service_sweep_files(struct service *service, int64_t now_us);   /* if it is due */
int service_sweep_wait_ms(const struct service *service, int64_t now_us);
void service_forget_thrown(struct service *service); /* frees the record of thrown bytes */

#endif
