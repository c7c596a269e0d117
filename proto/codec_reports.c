/* Reports asked for and answered: where they stand, who owes them, what happened to them; both directions. */
#include "codec_internal.h"

struct report_key
codec_key_from_wire(const Fupin__V1__ReportKey *wire)
{
	return wire ? (struct report_key){(unit_code)wire->unit, wire->form, (period)wire->period}
	            : (struct report_key){0};
}

void
codec_key_to_wire(const struct report_key *key, Fupin__V1__ReportKey *wire)
{
	fupin__v1__report_key__init(wire);
	wire->unit = (uint64_t)key->unit;
	wire->form = key->form;
	wire->period = (uint32_t)key->period;
}

Fupin__V1__AsOf *
codec_as_of_to_wire(struct arena *arena, const struct as_of *as_of, bool *good)
{
	Fupin__V1__AsOf *wire = NULL;
	if (!as_of->seq && !as_of->time_us)
		return NULL;
	wire = arena_alloc(arena, sizeof *wire);
	*good = *good && wire;
	if (wire) {
		fupin__v1__as_of__init(wire);
		wire->seq = as_of->seq;
		wire->time_us = as_of->time_us;
	}
	return wire;
}

struct as_of
codec_as_of_from_wire(const Fupin__V1__AsOf *wire)
{
	return wire ? (struct as_of){.seq = wire->seq, .time_us = wire->time_us} : (struct as_of){0};
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
	bool good = true;
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	wire->warned = query->warned;
	if (!good || !wire->states || (query->after.unit && !wire->after))
		return false;
	for (size_t i = 0; i < query->state_count; i++)
		wire->states[i] = (Fupin__V1__ReviewState)query->states[i];
	if (wire->after)
		codec_key_to_wire(&query->after, wire->after);
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
	    .after = codec_key_from_wire(wire->after),
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .warned = wire->warned,
	};
	return states;
}

static bool
warnings_to_wire(struct arena *arena, const struct report_item *from, Fupin__V1__ReportItem *to)
{
	static const Fupin__V1__Warning init = FUPIN__V1__WARNING__INIT;
	Fupin__V1__Warning *warnings;
	to->n_warnings = from->warning_count;
	to->warnings = codec_pointers(arena, from->warning_count, &init, sizeof init, (void **)&warnings);
	for (size_t i = 0; to->warnings && i < from->warning_count; i++) {
		warnings[i].check = from->warnings[i].check;
		warnings[i].actual = from->warnings[i].actual;
		warnings[i].limit = from->warnings[i].limit;
	}
	return !from->warning_count || to->warnings;
}

static bool
warnings_from_wire(struct arena *arena, const Fupin__V1__ReportItem *from, struct report_item *to)
{
	to->warning_count = from->n_warnings;
	to->warnings = arena_array(arena, from->n_warnings, sizeof *to->warnings);
	for (size_t i = 0; to->warnings && i < from->n_warnings; i++)
		to->warnings[i] =
		    (struct warning){from->warnings[i]->check, from->warnings[i]->actual, from->warnings[i]->limit};
	return to->warnings;
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
		codec_key_to_wire(&from->key, &keys[i]);
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
		if (!warnings_to_wire(arena, from, to))
			return false;
	}
	if (answer->next.unit) {
		codec_key_to_wire(&answer->next, &keys[answer->count]);
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
	    .next = codec_key_from_wire(wire->next),
	};
	for (size_t i = 0; out->items && i < wire->n_reports; i++) {
		const Fupin__V1__ReportItem *from = wire->reports[i];
		bool state_known = from->state > 0 && from->state < (int)REVIEW_STATES;
		bool reason_known = from->reason > 0 && from->reason < (int)RETURN_REASONS;
		if (from->n_indicators != from->n_values)
			return false;
		out->items[i] = (struct report_item){
		    .key = codec_key_from_wire(from->key),
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
		if (!warnings_from_wire(arena, from, &out->items[i]))
			return false;
	}
	return out->items;
}

/* ---------------------------------------------------------------- completeness */

bool
codec_completeness_query_to_wire(struct arena *arena, const struct completeness_query *query,
                                 Fupin__V1__CompletenessQuery *wire)
{
	bool good = true;
	fupin__v1__completeness_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->from = (uint32_t)query->from;
	wire->to = (uint32_t)query->to;
	wire->n_forms = query->form_count;
	wire->forms = (uint32_t *)(uintptr_t)query->forms;
	wire->by = (Fupin__V1__Level)query->by;
	wire->whole = query->whole;
	wire->missing = query->missing;
	wire->late = query->late;
	wire->limit = query->limit;
	wire->group = codec_bytes(query->group);
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good;
}

void
codec_completeness_query_from_wire(const Fupin__V1__CompletenessQuery *wire, struct completeness_query *out)
{
	*out = (struct completeness_query){
	    .unit = (unit_code)wire->unit,
	    .from = (period)wire->from,
	    .to = (period)wire->to,
	    .form_count = wire->n_forms,
	    .forms = wire->forms,
	    .by = (enum unit_level)wire->by,
	    .whole = wire->whole,
	    .missing = wire->missing,
	    .late = wire->late,
	    .limit = wire->limit,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
}

bool
codec_completeness_to_wire(struct arena *arena, const struct completeness_answer *answer,
                           Fupin__V1__Completeness *wire)
{
	static const Fupin__V1__CompletenessRow row_init = FUPIN__V1__COMPLETENESS_ROW__INIT;
	static const Fupin__V1__Duty duty_init = FUPIN__V1__DUTY__INIT;
	Fupin__V1__CompletenessRow *rows;
	Fupin__V1__Duty *duties;
	Fupin__V1__ReportKey *keys = arena_array(arena, answer->duty_count, sizeof *keys);
	fupin__v1__completeness__init(wire);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->more = answer->more;
	wire->n_rows = answer->row_count;
	wire->rows = codec_pointers(arena, answer->row_count, &row_init, sizeof row_init, (void **)&rows);
	wire->n_duties = answer->duty_count;
	wire->duties = codec_pointers(arena, answer->duty_count, &duty_init, sizeof duty_init, (void **)&duties);
	if (!keys || (answer->row_count && !wire->rows) || (answer->duty_count && !wire->duties))
		return false;
	for (size_t i = 0; i < answer->row_count; i++) {
		const struct completeness_row *from = &answer->rows[i];
		Fupin__V1__CompletenessRow *to = &rows[i];
		to->unit = (uint64_t)from->unit;
		to->form = from->form;
		to->due = from->due;
		to->received = from->received;
		to->on_time = from->on_time;
		to->missing = from->missing;
		to->returned = from->returned;
		to->approved = from->approved;
		to->open = from->open;
		to->open_received = from->open_received;
		to->late_seconds = from->late_seconds;
		to->late_most = from->late_most;
	}
	for (size_t i = 0; i < answer->duty_count; i++) {
		codec_key_to_wire(&answer->duties[i].key, &keys[i]);
		duties[i].key = &keys[i];
		duties[i].due = answer->duties[i].due;
		duties[i].closed = answer->duties[i].closed;
		duties[i].first_time = answer->duties[i].first_time;
	}
	return true;
}

bool
codec_completeness_from_wire(struct arena *arena, const Fupin__V1__Completeness *wire,
                             struct completeness_answer *out)
{
	*out = (struct completeness_answer){
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .row_count = wire->n_rows,
	    .duty_count = wire->n_duties,
	    .rows = arena_array(arena, wire->n_rows, sizeof *out->rows),
	    .duties = arena_array(arena, wire->n_duties, sizeof *out->duties),
	    .more = wire->more,
	};
	if (!out->rows || !out->duties)
		return false;
	for (size_t i = 0; i < wire->n_rows; i++) {
		const Fupin__V1__CompletenessRow *from = wire->rows[i];
		out->rows[i] = (struct completeness_row){
		    .unit = (unit_code)from->unit,
		    .form = from->form,
		    .due = from->due,
		    .received = from->received,
		    .on_time = from->on_time,
		    .missing = from->missing,
		    .returned = from->returned,
		    .approved = from->approved,
		    .open = from->open,
		    .open_received = from->open_received,
		    .late_seconds = from->late_seconds,
		    .late_most = from->late_most,
		};
	}
	for (size_t i = 0; i < wire->n_duties; i++)
		out->duties[i] = (struct duty){codec_key_from_wire(wire->duties[i]->key), wire->duties[i]->due,
		                               wire->duties[i]->closed, wire->duties[i]->first_time};
	return true;
}

/* ---------------------------------------------------------------- history */

bool
codec_history_to_wire(struct arena *arena, const struct history_answer *answer, Fupin__V1__History *wire)
{
	static const Fupin__V1__HistoryEvent init = FUPIN__V1__HISTORY_EVENT__INIT;
	Fupin__V1__HistoryEvent *events;
	Fupin__V1__ReportKey *key = arena_alloc(arena, sizeof *key);
	fupin__v1__history__init(wire);
	wire->label = codec_text(answer->label);
	wire->n_events = answer->count;
	wire->events = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&events);
	if (!key || (answer->count && !wire->events))
		return false;
	codec_key_to_wire(&answer->key, key);
	wire->key = key;
	for (size_t i = 0; i < answer->count; i++) {
		const struct history_event *from = &answer->events[i];
		Fupin__V1__HistoryEvent *to = &events[i];
		to->seq = from->seq;
		to->time_us = from->time_us;
		to->principal = codec_text(from->principal);
		to->revision = from->revision;
		to->version = from->version;
		to->decision = (Fupin__V1__Decision)from->decision;
		to->reason = (Fupin__V1__ReturnReason)from->reason;
		to->event = (Fupin__V1__DeadlineEvent)from->event;
		to->until = from->until;
		to->unit = (uint64_t)from->unit;
		to->text = codec_text(from->text);
		to->n_indicators = to->n_values = from->value_count;
		to->indicators = from->indicators;
		to->values = from->values;
	}
	return true;
}

/* A number that this program has no word for is shown as none. */
static int
known(int number, int count)
{
	return number > 0 && number < count ? number : 0;
}

bool
codec_history_from_wire(struct arena *arena, const Fupin__V1__History *wire, struct history_answer *out)
{
	*out = (struct history_answer){
	    .label = codec_string(wire->label),
	    .key = codec_key_from_wire(wire->key),
	    .count = wire->n_events,
	    .events = arena_array(arena, wire->n_events, sizeof *out->events),
	};
	for (size_t i = 0; out->events && i < wire->n_events; i++) {
		const Fupin__V1__HistoryEvent *from = wire->events[i];
		if (from->n_indicators != from->n_values)
			return false;
		out->events[i] = (struct history_event){
		    .seq = from->seq,
		    .time_us = from->time_us,
		    .principal = codec_string(from->principal),
		    .revision = from->revision,
		    .version = from->version,
		    .decision = (enum decision)known((int)from->decision, DECISIONS),
		    .reason = (enum return_reason)known((int)from->reason, RETURN_REASONS),
		    .event = (enum deadline_event)known((int)from->event, DEADLINE_EVENTS),
		    .until = from->until,
		    .unit = (unit_code)from->unit,
		    .text = codec_string(from->text),
		    .value_count = from->n_values,
		    .indicators = from->indicators,
		    .values = from->values,
		};
	}
	return out->events;
}
