/* With less memory than it takes, at about a hundred places, a message is refused: encoded, and decoded.
 * Nothing is read that was not written, which the sanitizers watch over. */
#ifndef FUPIN_TESTS_SQUEEZE_H
#define FUPIN_TESTS_SQUEEZE_H

#include "reply.h"

void squeeze_request(const struct request *request);
void squeeze_submission(const struct submission *submission);
void squeeze_reply(const struct reply *reply);

#endif
