/* Enrolment: the answers to ENROL, INVITE, ENROLMENTS, DECIDE and OFFICES. */
#ifndef FUPIN_SERVER_SERVICE_ENROL_H
#define FUPIN_SERVER_SERVICE_ENROL_H

#include "centre.h"

/* Takes the envelope over. */
void service_answer_enrolment(struct service *service, struct envelope *envelope);

#endif
