/* What was read from a frame is written again, and that is read and written once more: the two frames are the
 * same, byte for byte, or something is lost on the way. */
#ifndef FUPIN_TESTS_ECHO_H
#define FUPIN_TESTS_ECHO_H

#include "codec.h"

void echo_request(const struct request *request);
void echo_submission(const struct submission *submission);
/* Not of a catalogue, which codec_decode_reply() does not take. */
void echo_reply(const struct reply *reply);
/* A finished catalogue as its office gets it, all of it. */
void echo_catalogue(const struct catalogue *catalogue);

#endif
