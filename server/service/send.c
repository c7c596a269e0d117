/* The answer to a request, whichever way it came. */
#include "send.h"

#include "letters.h"
#include "reply.h"
#include "sealed.h"

/* A final answer to a sealed request is sealed; a refusal is sent once it is stored. */
void
service_send(void *context, const struct envelope *envelope, const struct reply *reply)
{
	struct service *s = context;
	bool refused = reply->kind == REPLY_REFUSAL, later = refused && reply->refusal.retry_after_ms;
	bool remembered = refused && !later && envelope->request.kind != REQUEST_UPLOAD;
	if (envelope->sealed && remembered) {
		letter_refuse(s, envelope, reply);
		return;
	}
	if (envelope->sealed)
		letter_answered(s, envelope->sealed);
	if (!envelope->sealed || later)
		service_send_plain(s, envelope, reply);
	else
		service_send_sealed(s, envelope, reply);
}

void
service_refuse(struct service *s, const struct envelope *envelope, const struct problem_list *problems,
               uint32_t retry_after_ms)
{
	struct reply reply = {.request_id = envelope->request.id, .kind = REPLY_REFUSAL};
	reply.refusal = (struct refusal){problems, retry_after_ms};
	service_log_refused(s, envelope, problems->items[0].code);
	service_send(s, envelope, &reply);
}

void
service_refuse_for(struct service *s, const struct envelope *envelope, enum problem_code code,
                   uint32_t retry_after_ms)
{
	struct problem_list problems;
	problem_list_init(&problems);
	problem_only(&problems, code);
	service_refuse(s, envelope, &problems, retry_after_ms);
}
