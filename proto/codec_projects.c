/* Projects: their steps, the questions and answers about them, and their kinds in the catalogue. */
#include "codec_internal.h"

#include <string.h>

/* ---------------------------------------------------------------- steps */

bool
codec_project_is_known(const Fupin__V1__ProjectRow *wire)
{
	bool known = !wire->base.n_unknown_fields && (!wire->plan || !wire->plan->base.n_unknown_fields);
	for (size_t i = 0; known && wire->plan && i < wire->plan->n_budgets; i++)
		known = !wire->plan->budgets[i]->base.n_unknown_fields;
	return known;
}

static bool
plan_from_wire(struct arena *arena, const Fupin__V1__ProjectPlan *wire, struct project_row *out,
               const char **malformed)
{
	if (wire->n_budgets > PROJECT_BUDGETS_MAX) {
		*malformed = "a project has more than 16 budgets";
		return false;
	}
	struct project_budget *budgets = arena_array(arena, wire->n_budgets, sizeof *budgets);
	out->replaces = wire->replaces;
	out->name = codec_take_text(arena, &wire->name);
	out->kind = wire->kind;
	out->leader = (unit_code)wire->leader;
	out->begins = (date)wire->begins;
	out->ends = (date)wire->ends;
	out->budget_count = wire->n_budgets;
	out->budgets = budgets;
	for (size_t i = 0; budgets && i < wire->n_budgets; i++)
		budgets[i] = (struct project_budget){wire->budgets[i]->source, wire->budgets[i]->amount_fen};
	return budgets && out->name;
}

bool
codec_project_from_wire(struct arena *arena, const Fupin__V1__ProjectRow *wire, struct project_row *out,
                        const char **malformed)
{
	*out = (struct project_row){
	    .unit = (unit_code)wire->unit,
	    .code = codec_take_text(arena, &wire->code),
	    .step = (enum project_step)wire->step,
	    .occurred = (date)wire->occurred,
	    .document = codec_take_text(arena, &wire->document),
	    .note = codec_take_text(arena, &wire->note),
	    .name = "",
	    .system = (enum project_system)wire->system,
	    .percent = wire->percent,
	    .acceptor = (unit_code)wire->acceptor,
	    .passed = wire->passed,
	    .met_count = wire->n_met,
	    .met = wire->met,
	    .again_by = (date)wire->again_by,
	};
	if (wire->n_met > ACCEPTANCE_ITEMS_MAX) {
		*malformed = "an acceptance has more than 32 items";
		return false;
	}
	if (!out->code || !out->document || !out->note)
		return false;
	return !wire->plan || plan_from_wire(arena, wire->plan, out, malformed);
}

static Fupin__V1__ProjectPlan *
plan_to_wire(struct arena *arena, const struct project_row *row)
{
	static const Fupin__V1__ProjectBudget init = FUPIN__V1__PROJECT_BUDGET__INIT;
	Fupin__V1__ProjectPlan *wire = arena_alloc(arena, sizeof *wire);
	Fupin__V1__ProjectBudget *budgets;
	if (!wire)
		return NULL;
	fupin__v1__project_plan__init(wire);
	wire->replaces = row->replaces;
	wire->name = codec_bytes(row->name);
	wire->kind = row->kind;
	wire->leader = (uint64_t)row->leader;
	wire->begins = (uint32_t)row->begins;
	wire->ends = (uint32_t)row->ends;
	wire->n_budgets = row->budget_count;
	wire->budgets = codec_pointers(arena, row->budget_count, &init, sizeof init, (void **)&budgets);
	if (row->budget_count && !wire->budgets)
		return NULL;
	for (size_t i = 0; i < row->budget_count; i++) {
		budgets[i].source = row->budgets[i].source;
		budgets[i].amount_fen = row->budgets[i].amount_fen;
	}
	return wire;
}

bool
codec_project_to_wire(struct arena *arena, const struct project_row *row, Fupin__V1__ProjectRow *wire)
{
	wire->unit = (uint64_t)row->unit;
	wire->code = codec_bytes(row->code);
	wire->step = (Fupin__V1__ProjectStep)row->step;
	wire->occurred = (uint32_t)row->occurred;
	wire->document = codec_bytes(row->document);
	wire->note = codec_bytes(row->note);
	wire->system = (Fupin__V1__ProjectSystem)row->system;
	wire->percent = row->percent;
	wire->acceptor = (uint64_t)row->acceptor;
	wire->passed = row->passed;
	wire->n_met = row->met_count;
	wire->met = (uint32_t *)(uintptr_t)row->met;
	wire->again_by = (uint32_t)row->again_by;
	wire->plan = row->step == PROJECT_REGISTER ? plan_to_wire(arena, row) : NULL;
	return row->step != PROJECT_REGISTER || wire->plan;
}

/* ---------------------------------------------------------------- questions */

bool
codec_project_query_from_wire(const Fupin__V1__ProjectQuery *wire, struct project_query *out)
{
	*out = (struct project_query){
	    .unit = (unit_code)wire->unit,
	    .own = wire->own,
	    .limit = wire->limit,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
	for (size_t i = 0; i < wire->n_states; i++) {
		int state = (int)wire->states[i]; /* of the generated code's type nothing is below 0 */
		if (state <= 0 || state >= PROJECT_STATES)
			return false;
		out->states |= 1U << state;
	}
	if (wire->after)
		out->after.unit = (unit_code)wire->after->unit;
	return codec_take_voucher(&wire->code, out->code) &&
	       (!wire->after || codec_take_voucher(&wire->after->code, out->after.code));
}

static Fupin__V1__ProjectKey *
key_to_wire(struct arena *arena, const struct project_key *key, bool *good)
{
	Fupin__V1__ProjectKey *wire = key->unit ? arena_alloc(arena, sizeof *wire) : NULL;
	*good = *good && (!key->unit || wire);
	if (!wire)
		return NULL;
	fupin__v1__project_key__init(wire);
	wire->unit = (uint64_t)key->unit;
	wire->code = codec_bytes(key->code);
	return wire;
}

bool
codec_project_query_to_wire(struct arena *arena, const struct project_query *query,
                            Fupin__V1__ProjectQuery *wire)
{
	bool good = true;
	fupin__v1__project_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->own = query->own;
	wire->code = codec_bytes(query->code);
	wire->limit = query->limit;
	wire->after = key_to_wire(arena, &query->after, &good);
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	wire->states = arena_array(arena, PROJECT_STATES, sizeof *wire->states);
	for (int state = PROJECT_PLANNED; wire->states && state < PROJECT_STATES; state++)
		if (query->states & 1U << state)
			wire->states[wire->n_states++] = (Fupin__V1__ProjectState)state;
	return good && wire->states;
}

/* ---------------------------------------------------------------- answers */

static bool
item_to_wire(struct arena *arena, const struct project_item *item, Fupin__V1__ProjectItem *wire)
{
	static const Fupin__V1__ProjectRow step_init = FUPIN__V1__PROJECT_ROW__INIT;
	static const Fupin__V1__ProjectMoney money_init = FUPIN__V1__PROJECT_MONEY__INIT;
	Fupin__V1__ProjectRow *steps;
	Fupin__V1__ProjectMoney *money;
	wire->unit = (uint64_t)item->unit;
	wire->code = codec_bytes(item->code);
	wire->state = (Fupin__V1__ProjectState)item->state;
	wire->revision = item->revision;
	wire->acceptor = (uint64_t)item->acceptor;
	wire->percent = item->percent;
	wire->due = (uint32_t)item->due;
	wire->overdue = item->overdue;
	wire->owner = (uint64_t)item->owner;
	wire->n_steps = item->step_count;
	wire->steps = codec_pointers(arena, item->step_count, &step_init, sizeof step_init, (void **)&steps);
	wire->n_money = item->money_count;
	wire->money = codec_pointers(arena, item->money_count, &money_init, sizeof money_init, (void **)&money);
	bool good = (!item->step_count || wire->steps) && (!item->money_count || wire->money);
	for (size_t i = 0; good && i < item->step_count; i++)
		good = codec_project_to_wire(arena, &item->steps[i], &steps[i]);
	for (size_t i = 0; good && i < item->money_count; i++) {
		money[i].source = item->money[i].source;
		money[i].budget_fen = item->money[i].budget_fen;
		money[i].granted_fen = item->money[i].granted_fen;
		money[i].under_grant_fen = item->money[i].under_grant_fen;
		money[i].on_hand_fen = item->money[i].on_hand_fen;
		money[i].spent_fen = item->money[i].spent_fen;
	}
	return good;
}

bool
codec_projects_to_wire(struct arena *arena, const struct project_answer *answer, Fupin__V1__Projects *wire)
{
	static const Fupin__V1__ProjectItem init = FUPIN__V1__PROJECT_ITEM__INIT;
	Fupin__V1__ProjectItem *items;
	bool good = true;
	fupin__v1__projects__init(wire);
	wire->as_of = codec_as_of_to_wire(arena, &answer->as_of, &good);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->next = key_to_wire(arena, &answer->next, &good);
	wire->n_items = answer->count;
	wire->items = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&items);
	good = good && (!answer->count || wire->items);
	for (size_t i = 0; good && i < answer->count; i++)
		good = item_to_wire(arena, &answer->items[i], &items[i]);
	return good;
}

static bool
item_from_wire(struct arena *arena, const Fupin__V1__ProjectItem *wire, struct project_item *out)
{
	struct project_row *steps = arena_array(arena, wire->n_steps, sizeof *steps);
	const char *malformed;
	*out = (struct project_item){
	    .unit = (unit_code)wire->unit,
	    .code = codec_take_text(arena, &wire->code),
	    .state = (enum project_state)wire->state,
	    .revision = wire->revision,
	    .acceptor = (unit_code)wire->acceptor,
	    .percent = wire->percent,
	    .due = (date)wire->due,
	    .overdue = wire->overdue,
	    .owner = (unit_code)wire->owner,
	    .step_count = wire->n_steps,
	    .steps = steps,
	    .money_count = wire->n_money,
	    .money = arena_array(arena, wire->n_money, sizeof *out->money),
	};
	bool good = out->code && steps && out->money && (int)wire->state > 0 && (int)wire->state < PROJECT_STATES;
	for (size_t i = 0; good && i < wire->n_steps; i++)
		good = codec_project_from_wire(arena, wire->steps[i], &steps[i], &malformed) &&
		       steps[i].step > PROJECT_STEP_NONE && steps[i].step < PROJECT_STEPS &&
		       steps[i].system < PROJECT_SYSTEMS;
	for (size_t i = 0; good && i < wire->n_money; i++) {
		const Fupin__V1__ProjectMoney *from = wire->money[i];
		out->money[i] = (struct project_money){from->source,          from->budget_fen,  from->granted_fen,
		                                       from->under_grant_fen, from->on_hand_fen, from->spent_fen};
	}
	return good;
}

bool
codec_projects_from_wire(struct arena *arena, const Fupin__V1__Projects *wire, struct project_answer *out)
{
	*out = (struct project_answer){
	    .as_of = codec_as_of_from_wire(wire->as_of),
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .count = wire->n_items,
	    .items = arena_array(arena, wire->n_items, sizeof *out->items),
	};
	bool good = out->items;
	if (good && wire->next) {
		out->next.unit = (unit_code)wire->next->unit;
		good = codec_take_voucher(&wire->next->code, out->next.code);
	}
	for (size_t i = 0; good && i < out->count; i++)
		good = item_from_wire(arena, wire->items[i], &out->items[i]);
	return good;
}

/* ---------------------------------------------------------------- the catalogue's */

bool
codec_project_kinds_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__ProjectKind kind_init = FUPIN__V1__PROJECT_KIND__INIT;
	static const Fupin__V1__AcceptanceItem item_init = FUPIN__V1__ACCEPTANCE_ITEM__INIT;
	Fupin__V1__ProjectKind *kinds;
	Fupin__V1__AcceptanceItem *items;
	wire->n_project_kinds = c->project_kind_count;
	wire->project_kinds =
	    codec_pointers(arena, c->project_kind_count, &kind_init, sizeof kind_init, (void **)&kinds);
	wire->n_acceptance_items = c->acceptance_item_count;
	wire->acceptance_items =
	    codec_pointers(arena, c->acceptance_item_count, &item_init, sizeof item_init, (void **)&items);
	if ((c->project_kind_count && !wire->project_kinds) ||
	    (c->acceptance_item_count && !wire->acceptance_items))
		return false;
	for (size_t i = 0; i < c->project_kind_count; i++) {
		const struct project_kind *from = &c->project_kinds[i];
		kinds[i].number = from->number;
		kinds[i].code = codec_text(from->code);
		kinds[i].name_zh = codec_text(from->name_zh);
		kinds[i].name_en = codec_text(from->name_en);
		kinds[i].use = from->use;
		kinds[i].construction = from->construction;
		kinds[i].notice = codec_text(from->notice);
	}
	for (size_t i = 0; i < c->acceptance_item_count; i++) {
		const struct acceptance_item *from = &c->acceptance_items[i];
		items[i].number = from->number;
		items[i].name_zh = codec_text(from->name_zh);
		items[i].name_en = codec_text(from->name_en);
		items[i].construction = from->construction;
	}
	return true;
}

bool
codec_project_kinds_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	c->project_kind_count = wire->n_project_kinds;
	c->acceptance_item_count = wire->n_acceptance_items;
	c->project_kinds = arena_array(&c->arena, c->project_kind_count, sizeof *c->project_kinds);
	c->acceptance_items = arena_array(&c->arena, c->acceptance_item_count, sizeof *c->acceptance_items);
	if (!c->project_kinds || !c->acceptance_items)
		return false;
	for (size_t i = 0; i < c->project_kind_count; i++) {
		const Fupin__V1__ProjectKind *from = wire->project_kinds[i];
		c->project_kinds[i] = (struct project_kind){
		    .number = from->number,
		    .code = codec_string(from->code),
		    .name_zh = codec_string(from->name_zh),
		    .name_en = codec_string(from->name_en),
		    .notice = codec_string(from->notice),
		    .use = from->use,
		    .construction = from->construction,
		};
	}
	for (size_t i = 0; i < c->acceptance_item_count; i++) {
		const Fupin__V1__AcceptanceItem *from = wire->acceptance_items[i];
		c->acceptance_items[i] = (struct acceptance_item){
		    .number = from->number,
		    .name_zh = codec_string(from->name_zh),
		    .name_en = codec_string(from->name_en),
		    .construction = from->construction,
		};
	}
	return true;
}
