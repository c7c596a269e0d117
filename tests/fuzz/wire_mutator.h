/* How libFuzzer changes frames (frames.h) whose content is a message of our protocol: a field of it gets
 * another value, is doubled, left out or added, and all lengths around it fit. Bytes changed at random would
 * mostly be no message any more. Only where libFuzzer is. */
#ifndef FUPIN_TESTS_WIRE_MUTATOR_H
#define FUPIN_TESTS_WIRE_MUTATOR_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

/* Of the target: which message a frame is, and how many bytes stand before the first one. */
struct wire_form {
	const ProtobufCMessageDescriptor *message;
	size_t head_bytes;
};
extern const struct wire_form wire_form;

#endif
