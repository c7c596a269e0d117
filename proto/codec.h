/* Frames to plain C structs and back. protobuf-c's structs do not leave the files behind this header.
 *
 * Everything decoded lives in the arena that the caller passes, and the arena's cap bounds what a hostile
 * frame can make us allocate. */
#ifndef FUPIN_PROTO_CODEC_H
#define FUPIN_PROTO_CODEC_H

#include "reply.h"

/* False: `problem` says why (MALFORMED, TOO_LARGE, FIELD_UNKNOWN, REQUEST_UNKNOWN). out->id is set
 * whenever the frame was readable at all, else 0. */
bool codec_decode_request(struct arena *arena, const uint8_t *bytes, size_t size, struct request *out,
                          struct problem_list *problems) __attribute__((warn_unused_result));

/* The content of Submit.submission. More than SUBMISSION_ROWS_MAX rows are refused here. */
bool codec_decode_submission(struct arena *arena, const uint8_t *bytes, size_t size, struct submission *out,
                             struct problem_list *problems) __attribute__((warn_unused_result));

/* The client's side of the two above. The arena owns *bytes. False: the arena's cap is reached. */
bool codec_encode_request(struct arena *arena, const struct request *request, uint8_t **bytes, size_t *size)
    __attribute__((warn_unused_result));
bool codec_encode_submission(struct arena *arena, const struct submission *submission, uint8_t **bytes,
                             size_t *size) __attribute__((warn_unused_result));

bool codec_encode_reply(struct arena *arena, const struct reply *reply, uint8_t **bytes, size_t *size)
    __attribute__((warn_unused_result));

/* A reply. A catalogue in it is not decoded: see codec_decode_catalogue. False: not a reply that this
 * client understands. */
bool codec_decode_reply(struct arena *arena, const uint8_t *bytes, size_t size, struct reply *out)
    __attribute__((warn_unused_result));

/* Fills and finishes an initialised catalogue from a frame that holds a Catalogue reply. */
bool codec_decode_catalogue(const uint8_t *bytes, size_t size, struct catalogue *out,
                            char error[CATALOGUE_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
