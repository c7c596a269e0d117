/* Every message that has rows. */
#ifndef FUPIN_PROTO_SHAPES_H
#define FUPIN_PROTO_SHAPES_H

#include "reply.h"
#include "shape.h"

/* shapes_common.c: what several messages hold */
extern const struct shape shape_as_of, shape_report_key, shape_document_key, shape_finding_key,
    shape_project_key, shape_project_key_answer, shape_report_key_of, shape_target_value, shape_fund_entry,
    shape_fund_entry_known, shape_project_row, shape_project_row_known;

/* shapes_submission.c */
extern const struct shape shape_submission;

/* A body of a request or a reply: which member of the oneof it is, and where ours lies. */
struct body {
	const struct shape *shape; /* NULL: there is no such body, or codec.c knows more of it */
	uint16_t body_case, ours;
};

/* shapes_request.c, by enum request_kind; shapes_reply.c, by enum reply_kind. */
extern const struct body request_bodies[REQUEST_KINDS];
extern const struct body reply_bodies[REPLY_KINDS];

/* shapes_catalogue.c: a catalogue but for its units, groups and targets, and these. */
extern const struct shape shape_catalogue, shape_unit, shape_unit_group, shape_target;

#endif
