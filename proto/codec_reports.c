/* Reports asked for and answered, and where they stand in review; both directions. */
#include "codec_internal.h"

static struct report_key
key_from_wire(const Fupin__V1__ReportKey *wire)
{
	return wire ? (struct report_key){(unit_code)wire->unit, wire->form, (period)wire->period}
	            : (struct report_key){0};
}

static void
key_to_wire(const struct report_key *key, Fupin__V1__ReportKey *wire)
{
	fupin__v1__report_key__init(wire);
	wire->unit = (uint64_t)key->unit;
	wire->form = key->form;
	wire->period = (uint32_t)key->period;
}

bool
codec_report_query_to_wire(struct arena *arena, const struct report_query *query,
                           Fupin__V1__ReportQuery *wire)
{
	fupin__v1__report_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->from = (uint32_t)query->from;
	wire->to = (uint32_t)query->to;
	wire->n_forms = query->form_count;
	wire->forms = (uint32_t *)(uintptr_t)query->forms;
	wire->n_states = query->state_count;
	wire->states = arena_array(arena, query->state_count, sizeof *wire->states);
	wire->values = query->values;
	wire->limit = query->limit;
	wire->after = query->after.unit ? arena_alloc(arena, sizeof *wire->after) : NULL;
	if (!wire->states || (query->after.unit && !wire->after))
		return false;
	for (size_t i = 0; i < query->state_count; i++)
		wire->states[i] = (Fupin__V1__ReviewState)query->states[i];
	if (wire->after)
		key_to_wire(&query->after, wire->after);
	return true;
}

bool
codec_report_query_from_wire(struct arena *arena, const Fupin__V1__ReportQuery *wire,
                             struct report_query *out)
{
	enum review_state *states = arena_array(arena, wire->n_states, sizeof *states);
	for (size_t i = 0; states && i < wire->n_states; i++)
		states[i] = (enum review_state)wire->states[i];
	*out = (struct report_query){
	    .unit = (unit_code)wire->unit,
	    .from = (period)wire->from,
	    .to = (period)wire->to,
	    .form_count = wire->n_forms,
	    .forms = wire->forms,
	    .state_count = wire->n_states,
	    .states = states,
	    .values = wire->values,
	    .limit = wire->limit,
	    .after = key_from_wire(wire->after),
	};
	return states;
}

bool
codec_reports_to_wire(struct arena *arena, const struct report_answer *answer, Fupin__V1__Reports *wire)
{
	static const Fupin__V1__ReportItem init = FUPIN__V1__REPORT_ITEM__INIT;
	Fupin__V1__ReportItem *items;
	Fupin__V1__ReportKey *keys = arena_array(arena, answer->count + 1, sizeof *keys);
	fupin__v1__reports__init(wire);
	wire->label = codec_text(answer->label);
	wire->n_reports = answer->count;
	wire->reports = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&items);
	if (!keys || (answer->count && !wire->reports))
		return false;
	for (size_t i = 0; i < answer->count; i++) {
		const struct report_item *from = &answer->items[i];
		Fupin__V1__ReportItem *to = &items[i];
		key_to_wire(&from->key, &keys[i]);
		to->key = &keys[i];
		to->version = from->version;
		to->revision = from->revision;
		to->state = (Fupin__V1__ReviewState)from->state;
		to->step = from->step;
		to->approved = from->approved;
		to->reason = (Fupin__V1__ReturnReason)from->reason;
		to->text = codec_text(from->text);
		to->first_time = from->first_time;
		to->n_indicators = to->n_values = from->value_count;
		to->indicators = from->indicators;
		to->values = from->values;
	}
	if (answer->next.unit) {
		key_to_wire(&answer->next, &keys[answer->count]);
		wire->next = &keys[answer->count];
	}
	return true;
}

bool
codec_reports_from_wire(struct arena *arena, const Fupin__V1__Reports *wire, struct report_answer *out)
{
	*out = (struct report_answer){
	    .label = codec_string(wire->label),
	    .count = wire->n_reports,
	    .items = arena_array(arena, wire->n_reports, sizeof *out->items),
	    .next = key_from_wire(wire->next),
	};
	for (size_t i = 0; out->items && i < wire->n_reports; i++) {
		const Fupin__V1__ReportItem *from = wire->reports[i];
		bool state_known = from->state > 0 && from->state < (int)REVIEW_STATES;
		bool reason_known = from->reason > 0 && from->reason < (int)RETURN_REASONS;
		if (from->n_indicators != from->n_values)
			return false;
		out->items[i] = (struct report_item){
		    .key = key_from_wire(from->key),
		    .version = from->version,
		    .revision = from->revision,
		    .state = state_known ? (enum review_state)from->state : REVIEW_NONE,
		    .step = from->step,
		    .approved = from->approved,
		    .reason = reason_known ? (enum return_reason)from->reason : RETURN_REASON_NONE,
		    .text = codec_string(from->text),
		    .first_time = from->first_time,
		    .value_count = from->n_values,
		    .indicators = from->indicators,
		    .values = from->values,
		};
	}
	return out->items;
}
