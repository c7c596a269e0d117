/* Fund entries, and the answers about the ledger, both directions. */
#include "codec_internal.h"

#include <string.h>

bool
codec_entry_from_wire(struct arena *arena, const Fupin__V1__FundEntry *wire, struct fund_entry *out)
{
	*out = (struct fund_entry){
	    .kind = (enum fund_kind)wire->kind,
	    .unit = (unit_code)wire->unit,
	    .voucher = codec_take_text(arena, &wire->voucher),
	    .occurred = (date)wire->occurred,
	    .source = wire->source,
	    .use = wire->use,
	    .counterparty = (unit_code)wire->counterparty,
	    .amount_fen = wire->amount_fen,
	    .note = codec_take_text(arena, &wire->note),
	    .refers = codec_take_text(arena, &wire->refers),
	    .document = codec_take_text(arena, &wire->document),
	    .project = codec_take_text(arena, &wire->project),
	};
	return out->voucher && out->note && out->refers && out->document && out->project;
}

void
codec_entry_to_wire(const struct fund_entry *e, Fupin__V1__FundEntry *wire)
{
	wire->kind = (Fupin__V1__FundKind)e->kind;
	wire->unit = (uint64_t)e->unit;
	wire->voucher = codec_bytes(e->voucher);
	wire->occurred = (uint32_t)e->occurred;
	wire->source = e->source;
	wire->use = e->use;
	wire->counterparty = (uint64_t)e->counterparty;
	wire->amount_fen = e->amount_fen;
	wire->note = codec_bytes(e->note);
	wire->refers = codec_bytes(e->refers);
	wire->document = codec_bytes(e->document);
	wire->project = codec_bytes(e->project);
}

/* ---------------------------------------------------------------- questions */

bool
codec_take_voucher(const ProtobufCBinaryData *bytes, char out[VOUCHER_BYTES_MAX + 1])
{
	return codec_take_code(bytes, out, VOUCHER_BYTES_MAX + 1);
}

bool
codec_balance_query_from_wire(const Fupin__V1__BalanceQuery *wire, struct balance_query *out)
{
	*out = (struct balance_query){
	    .unit = (unit_code)wire->unit,
	    .by = (enum unit_level)wire->by,
	    .whole = wire->whole,
	    .own = wire->own,
	    .ages = wire->ages,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
	return wire->by >= (int)UNIT_NONE && wire->by <= (int)UNIT_VILLAGE;
}

bool
codec_balance_query_to_wire(struct arena *arena, const struct balance_query *query,
                            Fupin__V1__BalanceQuery *wire)
{
	bool good = true;
	fupin__v1__balance_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->by = (Fupin__V1__Level)query->by;
	wire->whole = query->whole;
	wire->own = query->own;
	wire->ages = query->ages;
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good;
}

bool
codec_entry_query_from_wire(const Fupin__V1__EntryQuery *wire, struct entry_query *out)
{
	*out = (struct entry_query){
	    .unit = (unit_code)wire->unit,
	    .own = wire->own,
	    .in_transit = wire->in_transit,
	    .early = wire->early,
	    .source = wire->source,
	    .limit = wire->limit,
	    .after_seq = wire->after_seq,
	    .after_line = wire->after_line,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
	return codec_take_voucher(&wire->voucher, out->voucher);
}

bool
codec_entry_query_to_wire(struct arena *arena, const struct entry_query *query, Fupin__V1__EntryQuery *wire)
{
	bool good = true;
	fupin__v1__entry_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->own = query->own;
	wire->in_transit = query->in_transit;
	wire->early = query->early;
	wire->source = query->source;
	wire->voucher = codec_bytes(query->voucher);
	wire->limit = query->limit;
	wire->after_seq = query->after_seq;
	wire->after_line = query->after_line;
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good;
}

bool
codec_trace_query_from_wire(const Fupin__V1__TraceQuery *wire, struct trace_query *out)
{
	*out = (struct trace_query){
	    .unit = (unit_code)wire->unit,
	    .forward = wire->forward,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
	return codec_take_voucher(&wire->voucher, out->voucher);
}

bool
codec_trace_query_to_wire(struct arena *arena, const struct trace_query *query, Fupin__V1__TraceQuery *wire)
{
	bool good = true;
	fupin__v1__trace_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->voucher = codec_bytes(query->voucher);
	wire->forward = query->forward;
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good;
}

/* ---------------------------------------------------------------- balances */

static bool
unit_to_wire(struct arena *arena, const struct unit_balance *unit, Fupin__V1__UnitBalance *wire)
{
	static const Fupin__V1__Balance init = FUPIN__V1__BALANCE__INIT;
	Fupin__V1__Balance *items;
	wire->unit = (uint64_t)unit->unit;
	wire->n_balances = unit->count;
	wire->balances = codec_pointers(arena, unit->count, &init, sizeof init, (void **)&items);
	for (size_t i = 0; wire->balances && i < unit->count; i++) {
		struct balance *from = &unit->balances[i];
		items[i].source = from->source;
		items[i].state = (Fupin__V1__FundState)from->state;
		items[i].amount_fen = from->amount_fen;
		items[i].n_by_age_fen = from->has_ages ? FUND_AGES : 0;
		items[i].by_age_fen = from->by_age_fen;
	}
	return !unit->count || wire->balances;
}

bool
codec_balances_to_wire(struct arena *arena, const struct balance_answer *answer, Fupin__V1__Balances *wire)
{
	static const Fupin__V1__UnitBalance init = FUPIN__V1__UNIT_BALANCE__INIT;
	Fupin__V1__UnitBalance *units;
	bool good = true;
	fupin__v1__balances__init(wire);
	wire->as_of = codec_as_of_to_wire(arena, &answer->as_of, &good);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->n_units = answer->unit_count;
	wire->units = codec_pointers(arena, answer->unit_count, &init, sizeof init, (void **)&units);
	good = good && (!answer->unit_count || wire->units);
	for (size_t i = 0; good && i < answer->unit_count; i++)
		good = unit_to_wire(arena, &answer->units[i], &units[i]);
	return good;
}

static bool
unit_from_wire(struct arena *arena, const Fupin__V1__UnitBalance *wire, struct unit_balance *out)
{
	out->unit = (unit_code)wire->unit;
	out->count = wire->n_balances;
	out->balances = arena_array(arena, out->count, sizeof *out->balances);
	for (size_t i = 0; out->balances && i < out->count; i++) {
		const Fupin__V1__Balance *from = wire->balances[i];
		struct balance *to = &out->balances[i];
		if (from->state <= (int)FUND_STATE_NONE || from->state >= (int)FUND_STATES)
			return false;
		*to = (struct balance){from->source,
		                       (enum fund_state)from->state,
		                       from->amount_fen,
		                       from->n_by_age_fen == FUND_AGES,
		                       {0}};
		if (to->has_ages)
			memcpy(to->by_age_fen, from->by_age_fen, sizeof to->by_age_fen);
	}
	return out->balances;
}

bool
codec_balances_from_wire(struct arena *arena, const Fupin__V1__Balances *wire, struct balance_answer *out)
{
	*out = (struct balance_answer){
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .unit_count = wire->n_units,
	    .units = arena_array(arena, wire->n_units, sizeof *out->units),
	};
	bool good = out->units;
	for (size_t i = 0; good && i < out->unit_count; i++)
		good = unit_from_wire(arena, wire->units[i], &out->units[i]);
	return good;
}

/* ---------------------------------------------------------------- entries */

static bool
item_to_wire(struct arena *arena, const struct entry_item *item, Fupin__V1__EntryItem *wire)
{
	wire->entry = arena_alloc(arena, sizeof *wire->entry);
	if (!wire->entry)
		return false;
	fupin__v1__fund_entry__init(wire->entry);
	codec_entry_to_wire(&item->entry, wire->entry);
	wire->seq = item->seq;
	wire->line = item->line;
	wire->recorded = item->recorded;
	wire->open_fen = item->open_fen;
	wire->age_days = item->age_days;
	wire->early_fen = item->early_fen;
	return true;
}

static bool
item_from_wire(struct arena *arena, const Fupin__V1__EntryItem *wire, struct entry_item *out)
{
	if (!wire || !wire->entry || wire->entry->kind <= (int)FUND_KIND_NONE ||
	    wire->entry->kind >= (int)FUND_KINDS)
		return false;
	out->seq = wire->seq;
	out->line = wire->line;
	out->recorded = wire->recorded;
	out->open_fen = wire->open_fen;
	out->age_days = wire->age_days;
	out->early_fen = wire->early_fen;
	return codec_entry_from_wire(arena, wire->entry, &out->entry);
}

bool
codec_entries_to_wire(struct arena *arena, const struct entry_answer *answer, Fupin__V1__Entries *wire)
{
	static const Fupin__V1__EntryItem init = FUPIN__V1__ENTRY_ITEM__INIT;
	Fupin__V1__EntryItem *items;
	bool good = true;
	fupin__v1__entries__init(wire);
	wire->as_of = codec_as_of_to_wire(arena, &answer->as_of, &good);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->next_seq = answer->next_seq;
	wire->next_line = answer->next_line;
	wire->n_entries = answer->count;
	wire->entries = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&items);
	good = good && (!answer->count || wire->entries);
	for (size_t i = 0; good && i < answer->count; i++)
		good = item_to_wire(arena, &answer->items[i], &items[i]);
	return good;
}

bool
codec_entries_from_wire(struct arena *arena, const Fupin__V1__Entries *wire, struct entry_answer *out)
{
	*out = (struct entry_answer){
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .count = wire->n_entries,
	    .items = arena_array(arena, wire->n_entries, sizeof *out->items),
	    .next_seq = wire->next_seq,
	    .next_line = wire->next_line,
	};
	bool good = out->items;
	for (size_t i = 0; good && i < out->count; i++)
		good = item_from_wire(arena, wire->entries[i], &out->items[i]);
	return good;
}

bool
codec_trace_to_wire(struct arena *arena, const struct trace_answer *answer, Fupin__V1__Trace *wire)
{
	static const Fupin__V1__TraceStep init = FUPIN__V1__TRACE_STEP__INIT;
	Fupin__V1__TraceStep *steps;
	bool good = true;
	fupin__v1__trace__init(wire);
	wire->as_of = codec_as_of_to_wire(arena, &answer->as_of, &good);
	wire->label = codec_text(answer->label);
	wire->more = answer->more;
	wire->n_steps = answer->count;
	wire->steps = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&steps);
	good = good && (!answer->count || wire->steps);
	for (size_t i = 0; good && i < answer->count; i++) {
		steps[i].from = answer->steps[i].from;
		steps[i].amount_fen = answer->steps[i].amount_fen;
		steps[i].item = arena_alloc(arena, sizeof *steps[i].item);
		if (!steps[i].item)
			return false;
		fupin__v1__entry_item__init(steps[i].item);
		good = item_to_wire(arena, &answer->steps[i].item, steps[i].item);
	}
	return good;
}

bool
codec_trace_from_wire(struct arena *arena, const Fupin__V1__Trace *wire, struct trace_answer *out)
{
	*out = (struct trace_answer){
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .label = codec_string(wire->label),
	    .count = wire->n_steps,
	    .steps = arena_array(arena, wire->n_steps, sizeof *out->steps),
	    .more = wire->more,
	};
	bool good = out->steps;
	for (size_t i = 0; good && i < out->count; i++) {
		out->steps[i].from = wire->steps[i]->from;
		out->steps[i].amount_fen = wire->steps[i]->amount_fen;
		good = wire->steps[i]->from <= i && item_from_wire(arena, wire->steps[i]->item, &out->steps[i].item);
	}
	return good;
}
