/* What all kinds of requests have in common: who may send them, as of when, and a refusal in place of an
 * answer. */
#include "question.h"

bool
question_admit(const struct request_handling *how, const struct office *office, const struct request *request,
               struct problem_list *problems)
{
	const unit_code *unit = how->unit ? (const void *)((const char *)request + how->unit) : NULL;
	return admit_action(office, how->action, unit, how->own_unit, problems);
}

const struct as_of *
question_as_of(const struct request_handling *how, const struct request *request)
{
	const struct as_of *as_of = how->as_of ? (const void *)((const char *)request + how->as_of) : NULL;
	return as_of && (as_of->seq || as_of->time_us) ? as_of : NULL;
}

static bool
answer(const struct request_handling *how, const struct view *view, const struct request *request,
       struct arena *arena, struct problem_list *problems, struct reply *out)
{
	struct view v = *view;
	if (!how->answer) {
		problem_only(problems, PROBLEM_REQUEST_UNKNOWN)->limit = PROTOCOL_VERSION;
		return false;
	}
	/* Not the catalogue's own: one of the past does not live as long as the reply. */
	v.label = how->as_of ? arena_string(arena, v.holdings->catalogue->label) : "";
	if (!v.label) {
		problem_only(problems, PROBLEM_TOO_LARGE);
		return false;
	}
	return how->answer(&v, request, arena, problems, out);
}

void
question_answer(const struct request_handling *how, const struct view *view, const struct request *request,
                struct arena *arena, struct problem_list *problems, struct reply *out)
{
	*out = (struct reply){.request_id = request->id};
	if (answer(how, view, request, arena, problems, out))
		return;
	out->kind = REPLY_REFUSAL;
	out->refusal = (struct refusal){.problems = problems};
}
