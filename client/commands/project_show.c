#include "project_show.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <string.h>

struct project_money
project_sum(const struct project_item *item)
{
	struct project_money sum = {0};
	for (size_t i = 0; i < item->money_count; i++) {
		sum.budget_fen = decimal_add(sum.budget_fen, item->money[i].budget_fen);
		sum.granted_fen = decimal_add(sum.granted_fen, item->money[i].granted_fen);
		sum.under_grant_fen = decimal_add(sum.under_grant_fen, item->money[i].under_grant_fen);
		sum.on_hand_fen = decimal_add(sum.on_hand_fen, item->money[i].on_hand_fen);
		sum.spent_fen = decimal_add(sum.spent_fen, item->money[i].spent_fen);
	}
	return sum;
}

static const char *
step_name(const struct command *c, enum project_step step)
{
	return in_language(c, project_step_name(step), project_step_name_zh(step));
}

static const char *
state_name(const struct command *c, enum project_state state)
{
	return in_language(c, project_state_name(state), project_state_name_zh(state));
}

static const struct project_kind *
kind_of(const struct command *c, const struct project_item *item)
{
	const struct project_row *plan = project_plan(item);
	return plan ? catalogue_project_kind(&c->catalogue, plan->kind) : NULL;
}

static bool
has_step(const struct project_item *item, enum project_step step, enum project_system system)
{
	for (size_t i = 0; i < item->step_count; i++)
		if (item->steps[i].step == step && item->steps[i].system == system)
			return true;
	return false;
}

static void
add_word(const char *word, char *out, size_t room)
{
	size_t used = strlen(out);
	snprintf(out + used, room - used, "%s%s", used ? " " : "", word);
}

void
project_next(const struct command *c, const struct project_item *item, char *out, size_t room)
{
	const struct project_kind *kind = kind_of(c, item);
	bool systems = kind && kind->construction;
	*out = 0;
	if (item->state == PROJECT_PLANNED)
		add_word(step_name(c, PROJECT_NOTICE), out, room);
	for (int s = SYSTEM_LEGAL_PERSON; systems && item->state <= PROJECT_NOTICED && s < PROJECT_SYSTEMS; s++)
		if (!has_step(item, PROJECT_SYSTEM, (enum project_system)s))
			add_word(in_language(c, project_system_name((enum project_system)s),
			                     project_system_name_zh((enum project_system)s)),
			         out, room);
	if (item->state == PROJECT_NOTICED && !*out)
		add_word(step_name(c, PROJECT_START), out, room);
	if (item->state == PROJECT_UNDER_WAY)
		add_word(step_name(c, PROJECT_FINISH), out, room);
	if (item->state == PROJECT_COMPLETED)
		add_word(step_name(c, has_step(item, PROJECT_NOTICE_AFTER, SYSTEM_NONE) ? PROJECT_ACCEPTANCE
		                                                                        : PROJECT_NOTICE_AFTER),
		         out, room);
}

/* ---------------------------------------------------------------- a line each */

struct table *
project_table(const struct command *c)
{
	const struct table_column columns[] = {{_("code"), false},           {_("unit"), false},
	                                       {_("project"), false},        {C_("project", "name"), false},
	                                       {C_("funds", "kind"), false}, {_("state"), false},
	                                       {_("work %"), true},          {_("paid %"), true},
	                                       {_("budget"), true},          {_("granted"), true},
	                                       {_("claimed"), true},         {_("spent"), true},
	                                       {_("next"), false},           {_("accept by"), false},
	                                       {_("acceptor"), false}};
	return table_create(c->output, c->format == FORMAT_XLSX ? "projects" : NULL, columns,
	                    sizeof columns / sizeof *columns);
}

/* "2013-11-30", with "!" if it has passed. */
static void
due_text(const struct project_item *item, char out[16])
{
	char day[11] = "";
	if (item->due)
		date_format(item->due, day);
	snprintf(out, 16, "%s%s", day, item->overdue ? " !" : "");
}

bool
project_row_add(const struct command *c, struct table *table, const struct project_item *item)
{
	const struct project_row *plan = project_plan(item);
	const struct project_kind *kind = kind_of(c, item);
	const struct project_money sum = project_sum(item);
	char code[24], acceptor[24], due[16], next[160];
	snprintf(code, sizeof code, "%" PRId64, item->unit);
	snprintf(acceptor, sizeof acceptor, "%" PRId64, item->acceptor);
	const char *acceptor_name = command_unit_name(c, item->acceptor);
	due_text(item, due);
	project_next(c, item, next, sizeof next);
	const struct cell cells[] = {
	    cell_text(code),
	    cell_text(command_unit_name(c, item->unit)),
	    cell_text(item->code),
	    cell_text(plan ? plan->name : ""),
	    cell_text(kind ? in_language(c, kind->name_en, kind->name_zh) : ""),
	    cell_text(state_name(c, item->state)),
	    cell_number(item->percent, 0),
	    cell_share(sum.granted_fen, sum.spent_fen, sum.granted_fen),
	    cell_number(sum.budget_fen, MONEY_DECIMALS),
	    cell_number(sum.granted_fen, MONEY_DECIMALS),
	    cell_number(sum.granted_fen - sum.under_grant_fen, MONEY_DECIMALS),
	    cell_number(sum.spent_fen, MONEY_DECIMALS),
	    cell_text(next),
	    cell_text(due),
	    cell_text(*acceptor_name ? acceptor_name : acceptor),
	};
	return table_add(table, cells);
}

/* ---------------------------------------------------------------- JSON */

static void
add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static void
add_day(struct json_object *o, const char *key, date day)
{
	char text[11];
	if (!day)
		return;
	date_format(day, text);
	add_text(o, key, text);
}

static void
add_fen(struct json_object *o, const char *key, int64_t fen)
{
	char text[DECIMAL_TEXT_BYTES];
	add_text(o, key, decimal_plain(fen, MONEY_DECIMALS, text));
}

static struct json_object *
step_json(const struct project_row *row)
{
	struct json_object *o = json_object_new_object();
	add_text(o, "step", project_step_name(row->step));
	add_day(o, "occurred", row->occurred);
	if (row->system)
		add_text(o, "system", project_system_name(row->system));
	if (row->step == PROJECT_PROGRESS)
		json_object_object_add(o, "percent", json_object_new_int64(row->percent));
	if (row->acceptor)
		json_object_object_add(o, "acceptor", json_object_new_int64(row->acceptor));
	if (row->step == PROJECT_ACCEPTANCE) {
		struct json_object *met = json_object_new_array();
		for (size_t i = 0; i < row->met_count; i++)
			json_object_array_add(met, json_object_new_int64(row->met[i]));
		json_object_object_add(o, "passed", json_object_new_boolean(row->passed));
		json_object_object_add(o, "met", met);
		add_day(o, "again_by", row->again_by);
	}
	add_text(o, "document", row->document);
	add_text(o, "note", row->note);
	return o;
}

static struct json_object *
money_json(const struct command *c, const struct project_item *item)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < item->money_count; i++) {
		const struct project_money *m = &item->money[i];
		const struct fund_term *source =
		    fund_term_by_number(c->catalogue.sources, c->catalogue.source_count, m->source);
		struct json_object *o = json_object_new_object();
		add_text(o, "source", source ? source->code : "");
		add_fen(o, "budget", m->budget_fen);
		add_fen(o, "granted", m->granted_fen);
		add_fen(o, "under_grant", m->under_grant_fen);
		add_fen(o, "on_hand", m->on_hand_fen);
		add_fen(o, "spent", m->spent_fen);
		json_object_array_add(list, o);
	}
	return list;
}

struct json_object *
project_json(const struct command *c, const struct project_item *item)
{
	const struct project_row *plan = project_plan(item);
	const struct project_kind *kind = kind_of(c, item);
	struct json_object *o = json_object_new_object(), *steps = json_object_new_array();
	json_object_object_add(o, "unit", json_object_new_int64(item->unit));
	json_object_object_add(o, "owner", json_object_new_int64(item->owner));
	add_text(o, "project", item->code);
	add_text(o, "name", plan ? plan->name : "");
	add_text(o, "kind", kind ? kind->code : "");
	add_text(o, "state", project_state_name(item->state));
	json_object_object_add(o, "revision", json_object_new_int64(item->revision));
	json_object_object_add(o, "percent", json_object_new_int64(item->percent));
	json_object_object_add(o, "leader", json_object_new_int64(plan ? plan->leader : 0));
	json_object_object_add(o, "acceptor", json_object_new_int64(item->acceptor));
	add_day(o, "begins", plan ? plan->begins : 0);
	add_day(o, "ends", plan ? plan->ends : 0);
	add_day(o, "accept_by", item->due);
	json_object_object_add(o, "overdue", json_object_new_boolean(item->overdue));
	json_object_object_add(o, "money", money_json(c, item));
	for (size_t i = 0; i < item->step_count; i++)
		json_object_array_add(steps, step_json(&item->steps[i]));
	json_object_object_add(o, "steps", steps);
	return o;
}

/* ---------------------------------------------------------------- one, whole */

/* What a step says beside its day and paper. */
static void
step_text(const struct command *c, const struct project_row *row, char *out, size_t room)
{
	char day[11];
	*out = 0;
	if (row->system)
		add_word(in_language(c, project_system_name(row->system), project_system_name_zh(row->system)), out,
		         room);
	if (row->step == PROJECT_PROGRESS)
		snprintf(out, room, "%u%%", row->percent);
	if (row->acceptor)
		add_word(command_unit_name(c, row->acceptor), out, room);
	if (row->step != PROJECT_ACCEPTANCE)
		return;
	add_word(row->passed ? _("passed") : _("defects"), out, room);
	for (size_t i = 0; i < c->catalogue.acceptance_item_count && !row->passed; i++) {
		const struct acceptance_item *item = &c->catalogue.acceptance_items[i];
		bool met = false;
		for (size_t k = 0; k < row->met_count; k++)
			met = met || row->met[k] == item->number;
		if (!met)
			add_word(in_language(c, item->name_en, item->name_zh), out, room);
	}
	if (row->again_by) {
		date_format(row->again_by, day);
		add_word(day, out, room);
	}
}

static bool
show_steps(const struct command *c, const struct project_item *item)
{
	const struct table_column columns[] = {{_("date"), false},
	                                       {_("step"), false},
	                                       {C_("project", "what"), false},
	                                       {C_("paper", "document"), false},
	                                       {_("note"), false}};
	struct table *table = table_create(c->output, c->format == FORMAT_XLSX ? "steps" : NULL, columns,
	                                   sizeof columns / sizeof *columns);
	bool good = table;
	for (size_t i = 0; good && i < item->step_count; i++) {
		const struct project_row *row = &item->steps[i];
		char day[11], what[512];
		date_format(row->occurred, day);
		step_text(c, row, what, sizeof what);
		const struct cell cells[] = {cell_text(day), cell_text(step_name(c, row->step)), cell_text(what),
		                             cell_text(row->document), cell_text(row->note)};
		good = table_add(table, cells);
	}
	good = good && table_end(table);
	table_destroy(&table);
	return good;
}

static bool
show_money(const struct command *c, const struct project_item *item)
{
	const struct table_column columns[] = {{_("source"), false}, {_("budget"), true},
	                                       {_("granted"), true}, {_("not claimed"), true},
	                                       {_("on hand"), true}, {_("spent"), true}};
	struct table *table = table_create(c->output, c->format == FORMAT_XLSX ? "money" : NULL, columns,
	                                   sizeof columns / sizeof *columns);
	bool good = table;
	for (size_t i = 0; good && i <= item->money_count; i++) {
		const struct project_money m = i < item->money_count ? item->money[i] : project_sum(item);
		const struct fund_term *source =
		    fund_term_by_number(c->catalogue.sources, c->catalogue.source_count, m.source);
		const struct cell cells[] = {
		    cell_text(source ? in_language(c, source->name_en, source->name_zh) : _("total")),
		    cell_number(m.budget_fen, MONEY_DECIMALS),
		    cell_number(m.granted_fen, MONEY_DECIMALS),
		    cell_number(m.under_grant_fen, MONEY_DECIMALS),
		    cell_number(m.on_hand_fen, MONEY_DECIMALS),
		    cell_number(m.spent_fen, MONEY_DECIMALS),
		};
		good = table_add(table, cells);
	}
	good = good && table_end(table);
	table_destroy(&table);
	return good;
}

bool
project_show(const struct command *c, const struct project_item *item)
{
	const struct project_row *plan = project_plan(item);
	const struct project_kind *kind = kind_of(c, item);
	char next[160], begins[11] = "", ends[11] = "", due[16];
	project_next(c, item, next, sizeof next);
	date_format(plan->begins, begins);
	date_format(plan->ends, ends);
	due_text(item, due);
	output_line(c->output, _("%s %s, %s %" PRId64), item->code, plan->name, command_unit_name(c, item->unit),
	            item->unit);
	output_line(c->output, _("%s, planned %s to %s, led by %s"),
	            kind ? in_language(c, kind->name_en, kind->name_zh) : "", begins, ends,
	            command_unit_name(c, plan->leader));
	output_line(c->output, _("%s, %u%% of the work; next: %s"), state_name(c, item->state), item->percent,
	            *next ? next : "–");
	if (item->due)
		output_line(c->output, _("to be accepted by %s"), due);
	return show_steps(c, item) && show_money(c, item);
}
