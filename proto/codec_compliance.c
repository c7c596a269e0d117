/* The plan's rules and how units stand to them, both directions. */
#include "codec_internal.h"

/* What is no state is none. */
static enum rule_state
state_from_wire(int state)
{
	return state > 0 && state < (int)RULE_STATES ? (enum rule_state)state : RULE_SILENT;
}

/* ---------------------------------------------------------------- the question */

bool
codec_compliance_query_from_wire(struct arena *arena, const Fupin__V1__ComplianceQuery *wire,
                                 struct compliance_query *out)
{
	enum rule_state *states = arena_array(arena, wire->n_states, sizeof *states);
	if (!states || wire->by < (int)UNIT_NONE || wire->by > (int)UNIT_VILLAGE ||
	    wire->n_rules > CATALOGUE_NUMBER_MAX || wire->n_states >= (size_t)RULE_STATES)
		return false;
	for (size_t i = 0; i < wire->n_states; i++)
		states[i] = state_from_wire((int)wire->states[i]);
	*out = (struct compliance_query){
	    .unit = (unit_code)wire->unit,
	    .by = (enum unit_level)wire->by,
	    .rule_count = wire->n_rules,
	    .state_count = wire->n_states,
	    .rules = wire->rules,
	    .states = states,
	    .limit = wire->limit,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
	if (wire->after)
		out->after = (struct finding_key){wire->after->rule, (unit_code)wire->after->unit};
	return true;
}

static Fupin__V1__FindingKey *
key_to_wire(struct arena *arena, const struct finding_key *key, bool *good)
{
	Fupin__V1__FindingKey *wire = key->rule ? arena_alloc(arena, sizeof *wire) : NULL;
	*good = *good && (wire || !key->rule);
	if (!wire)
		return NULL;
	fupin__v1__finding_key__init(wire);
	wire->rule = key->rule;
	wire->unit = (uint64_t)key->unit;
	return wire;
}

bool
codec_compliance_query_to_wire(struct arena *arena, const struct compliance_query *query,
                               Fupin__V1__ComplianceQuery *wire)
{
	bool good = true;
	fupin__v1__compliance_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->by = (Fupin__V1__Level)query->by;
	wire->n_rules = query->rule_count;
	wire->rules = (uint32_t *)(uintptr_t)query->rules;
	wire->n_states = query->state_count;
	wire->states = arena_array(arena, query->state_count, sizeof *wire->states);
	for (size_t i = 0; wire->states && i < query->state_count; i++)
		wire->states[i] = (Fupin__V1__RuleState)query->states[i];
	wire->limit = query->limit;
	wire->after = key_to_wire(arena, &query->after, &good);
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good && wire->states;
}

/* ---------------------------------------------------------------- the answer */

/* Those that there are any of. */
static bool
counts_to_wire(struct arena *arena, const uint32_t counts[RULE_STATES], size_t *n,
               Fupin__V1__StateCount ***out)
{
	static const Fupin__V1__StateCount init = FUPIN__V1__STATE_COUNT__INIT;
	Fupin__V1__StateCount *items;
	*n = 0;
	*out = codec_pointers(arena, RULE_STATES, &init, sizeof init, (void **)&items);
	for (int state = RULE_GREEN; *out && state < RULE_STATES; state++)
		if (counts[state]) {
			items[*n].state = (Fupin__V1__RuleState)state;
			items[(*n)++].findings = counts[state];
		}
	return *out;
}

static void
counts_from_wire(Fupin__V1__StateCount *const *wire, size_t n, uint32_t out[RULE_STATES])
{
	for (size_t i = 0; i < n; i++)
		out[state_from_wire((int)wire[i]->state)] = wire[i]->findings;
	out[RULE_SILENT] = 0;
}

static bool
finding_to_wire(struct arena *arena, const struct finding_item *item, Fupin__V1__Finding *wire)
{
	static const Fupin__V1__RuleFigure init = FUPIN__V1__RULE_FIGURE__INIT;
	Fupin__V1__RuleFigure *figures;
	wire->rule = item->key.rule;
	wire->unit = (uint64_t)item->key.unit;
	wire->state = (Fupin__V1__RuleState)item->state;
	wire->measured = item->measured;
	wire->required = item->required;
	wire->shortfall_fen = item->shortfall_fen;
	wire->due = (uint32_t)item->due;
	wire->reason = codec_text(item->reason);
	wire->n_figures = item->figure_count;
	wire->figures = codec_pointers(arena, item->figure_count, &init, sizeof init, (void **)&figures);
	for (size_t i = 0; wire->figures && i < item->figure_count; i++) {
		figures[i].name = codec_text(item->figures[i].name);
		figures[i].known = item->figures[i].known;
		figures[i].number = item->figures[i].number;
		figures[i].text = codec_text(item->figures[i].text);
	}
	return !item->figure_count || wire->figures;
}

bool
codec_compliance_to_wire(struct arena *arena, const struct compliance_answer *answer,
                         Fupin__V1__Compliance *wire)
{
	static const Fupin__V1__Finding init = FUPIN__V1__FINDING__INIT;
	Fupin__V1__Finding *findings;
	bool good = true;
	fupin__v1__compliance__init(wire);
	wire->as_of = codec_as_of_to_wire(arena, &answer->as_of, &good);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->next = key_to_wire(arena, &answer->next, &good);
	wire->n_findings = answer->count;
	wire->findings = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&findings);
	good = good && (!answer->count || wire->findings) &&
	       counts_to_wire(arena, answer->states, &wire->n_counts, &wire->counts);
	for (size_t i = 0; good && i < answer->count; i++)
		good = finding_to_wire(arena, &answer->items[i], &findings[i]);
	return good;
}

static bool
finding_from_wire(struct arena *arena, const Fupin__V1__Finding *wire, struct finding_item *out)
{
	*out = (struct finding_item){
	    .key = {wire->rule, (unit_code)wire->unit},
	    .state = state_from_wire((int)wire->state),
	    .measured = wire->measured,
	    .required = wire->required,
	    .shortfall_fen = wire->shortfall_fen,
	    .due = (date)wire->due,
	    .figure_count = wire->n_figures,
	    .figures = arena_array(arena, wire->n_figures, sizeof *out->figures),
	    .reason = codec_string(wire->reason),
	};
	for (size_t i = 0; out->figures && i < out->figure_count; i++)
		out->figures[i] =
		    (struct rule_figure){codec_string(wire->figures[i]->name), wire->figures[i]->known,
		                         wire->figures[i]->number, codec_string(wire->figures[i]->text)};
	return out->figures;
}

bool
codec_compliance_from_wire(struct arena *arena, const Fupin__V1__Compliance *wire,
                           struct compliance_answer *out)
{
	*out = (struct compliance_answer){
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .count = wire->n_findings,
	    .items = arena_array(arena, wire->n_findings, sizeof *out->items),
	};
	if (wire->next)
		out->next = (struct finding_key){wire->next->rule, (unit_code)wire->next->unit};
	counts_from_wire(wire->counts, wire->n_counts, out->states);
	bool good = out->items;
	for (size_t i = 0; good && i < out->count; i++)
		good = finding_from_wire(arena, wire->findings[i], &out->items[i]);
	return good;
}

/* ---------------------------------------------------------------- turns */

bool
codec_turns_to_wire(struct arena *arena, const struct push *push, Fupin__V1__Turns *wire)
{
	static const Fupin__V1__RuleTurn init = FUPIN__V1__RULE_TURN__INIT;
	Fupin__V1__RuleTurn *turns;
	fupin__v1__turns__init(wire);
	wire->more = push->more_turns;
	wire->n_turns = push->turn_count;
	wire->turns = codec_pointers(arena, push->turn_count, &init, sizeof init, (void **)&turns);
	for (size_t i = 0; wire->turns && i < push->turn_count; i++) {
		turns[i].rule = push->turns[i].key.rule;
		turns[i].unit = (uint64_t)push->turns[i].key.unit;
		turns[i].from = (Fupin__V1__RuleState)push->turns[i].from;
		turns[i].to = (Fupin__V1__RuleState)push->turns[i].to;
	}
	return (!push->turn_count || wire->turns) &&
	       counts_to_wire(arena, push->states, &wire->n_counts, &wire->counts);
}

bool
codec_turns_from_wire(struct arena *arena, const Fupin__V1__Turns *wire, struct push *out)
{
	out->of_rules = true;
	out->more_turns = wire->more;
	out->turn_count = wire->n_turns;
	out->turns = arena_array(arena, wire->n_turns, sizeof *out->turns);
	counts_from_wire(wire->counts, wire->n_counts, out->states);
	for (size_t i = 0; out->turns && i < wire->n_turns; i++)
		out->turns[i] = (struct rule_turn){{wire->turns[i]->rule, (unit_code)wire->turns[i]->unit},
		                                   state_from_wire((int)wire->turns[i]->from),
		                                   state_from_wire((int)wire->turns[i]->to)};
	return out->turns;
}

/* ---------------------------------------------------------------- the catalogue's rules */

static bool
levels_to_wire(struct arena *arena, unsigned levels, Fupin__V1__Rule *wire)
{
	wire->levels = arena_array(arena, UNIT_VILLAGE, sizeof *wire->levels);
	for (int level = UNIT_PROVINCE; wire->levels && level <= UNIT_VILLAGE; level++)
		if (levels & 1U << level)
			wire->levels[wire->n_levels++] = (Fupin__V1__Level)level;
	return wire->levels;
}

bool
codec_rules_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__Rule init = FUPIN__V1__RULE__INIT;
	Fupin__V1__Rule *rules;
	wire->n_rules = c->plan_rule_count;
	wire->rules = codec_pointers(arena, c->plan_rule_count, &init, sizeof init, (void **)&rules);
	bool good = !c->plan_rule_count || wire->rules;
	for (size_t i = 0; good && i < c->plan_rule_count; i++) {
		const struct plan_rule *from = &c->plan_rules[i];
		rules[i].number = from->number;
		rules[i].code = codec_text(from->code);
		rules[i].severity = (Fupin__V1__RuleState)from->severity;
		rules[i].at_most = from->at_most;
		rules[i].threshold = from->threshold;
		rules[i].measure = (Fupin__V1__RuleMeasure)from->measure;
		rules[i].due = (uint32_t)from->due;
		rules[i].name_zh = codec_text(from->name_zh);
		rules[i].name_en = codec_text(from->name_en);
		rules[i].notice = codec_text(from->notice);
		good = levels_to_wire(arena, from->levels, &rules[i]);
	}
	return good;
}

bool
codec_rules_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	c->plan_rule_count = wire->n_rules;
	c->plan_rules = arena_array(&c->arena, c->plan_rule_count, sizeof *c->plan_rules);
	for (size_t i = 0; c->plan_rules && i < wire->n_rules; i++) {
		const Fupin__V1__Rule *from = wire->rules[i];
		c->plan_rules[i] = (struct plan_rule){
		    .number = from->number,
		    .code = codec_string(from->code),
		    .severity = state_from_wire((int)from->severity),
		    .at_most = from->at_most,
		    .threshold = from->threshold,
		    .measure = (enum rule_measure)from->measure,
		    .due = (date)from->due,
		    .name_zh = codec_string(from->name_zh),
		    .name_en = codec_string(from->name_en),
		    .notice = codec_string(from->notice),
		    .sql = "",
		};
		for (size_t l = 0; l < from->n_levels; l++)
			if (from->levels[l] > 0 && from->levels[l] <= (int)UNIT_VILLAGE)
				c->plan_rules[i].levels |= 1U << from->levels[l];
	}
	return c->plan_rules;
}
