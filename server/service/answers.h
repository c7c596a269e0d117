/* Answers from memory: hello, total, catalogue, ping; and what became of a submission. */
#ifndef FUPIN_SERVER_ANSWERS_H
#define FUPIN_SERVER_ANSWERS_H

#include "rules/compliance.h"
#include "submission/pipeline.h"

/* What is asked about: all that was committed up to a moment. */
struct view {
	const struct holdings *holdings;
	struct as_of as_of;
	int64_t now_us;  /* what "by now" means */
	unit_code scope; /* of whoever asks */
	/* What is kept of the rules as of now; NULL: of another time, all is judged for this answer alone. */
	struct compliance *compliance;
};

/* Makes the reply to whatever may be asked as of a moment: totals (and the first answer to a watch), lists,
 * completeness, appraisal, targets, the catalogue. Only the last one refers to the view, with its catalogue;
 * all else is in the arena. */
void answer_view(const struct view *view, const struct request *request, struct arena *arena,
                 struct problem_list *problems, struct reply *out);

/* What a request wants to be answered as of; NULL: now. */
const struct as_of *request_as_of(const struct request *request);

/* Makes the reply to these, as of now, a hello or a ping. `problems`
 * backs a refusal; the arena owns what the reply points to. */
void answer(const struct pipeline *pipeline, struct compliance *compliance, const struct office *office,
            const struct request *request, int64_t now_us, struct arena *arena, struct problem_list *problems,
            struct reply *out);

/* What became of a submission: COMMITTED if it is `recorded` (may be NULL), else UNKNOWN. An office is told
 * about its own submissions only. */
void answer_status(const struct office *office, const struct submission_id *id,
                   const struct recorded *recorded, struct reply *out);

#endif
