#include "show.h"

#include "base/decimal.h"
#include "columns/cell.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* To be read to its end: so a sanitizer sees where it leads. */
static void
show_text(const char *text)
{
	assert(text);
	assert(text_width(text) < SIZE_MAX && strlen(text) < SIZE_MAX);
}

static void
show_cell(struct cell cell)
{
	char room[CELL_TEXT_BYTES];
	show_text(cell_show(&cell, false, room));
	show_text(cell_show(&cell, true, room));
}

static void
show_seconds(int64_t seconds)
{
	char text[DEADLINE_TEXT_BYTES];
	show_cell(cell_time(seconds));
	show_text(deadline_format(seconds, text));
}

static void
show_us(int64_t time_us)
{
	char text[20];
	time_format(time_us, text);
	show_text(text);
}

static void
show_days(period month, date day)
{
	char text[11];
	period_format(month, text);
	show_text(text);
	date_format(day, text);
	show_text(text);
}

static void
show_refusal(const struct refusal *refusal)
{
	char text[PROBLEM_TEXT_BYTES];
	assert(refusal->problems->count);
	for (size_t i = 0; i < refusal->problems->count; i++) {
		show_text(problem_text(&refusal->problems->items[i], LANGUAGE_ENGLISH, text));
		show_text(problem_text(&refusal->problems->items[i], LANGUAGE_CHINESE, text));
		show_text(refusal->problems->items[i].column);
	}
}

static void
show_target(const struct target_value *t)
{
	show_cell(cell_number(t->value, MONEY_DECIMALS));
	show_cell(cell_share(true, t->reached, t->value));
	show_text(fund_kind_name(t->fund));
	show_text(fund_kind_name_zh(t->fund));
	show_days(t->pace_period, 0);
}

static void
show_units(const struct unit_total *units, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct unit_total *u = &units[i];
		for (size_t k = 0; k < u->indicator_count; k++) {
			show_cell(cell_figure(u->reported[k], u->values[k], 0));
			show_cell(cell_figure(u->approved_reported[k], u->approved[k], 0));
		}
		for (size_t k = 0; k < u->fund_count; k++) {
			show_cell(cell_number(u->funds[k].amount_fen, MONEY_DECIMALS));
			show_text(fund_kind_name(u->funds[k].kind));
			show_text(unit_level_name(u->funds[k].level));
		}
		for (size_t k = 0; k < u->target_count; k++)
			show_target(&u->targets[k]);
	}
}

static void
show_reports(const struct report_answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct report_item *item = &answer->items[i];
		show_days(item->key.period, 0);
		show_text(review_state_name(item->state));
		show_text(review_state_name_zh(item->state));
		show_text(return_reason_name(item->reason));
		show_text(return_reason_name_zh(item->reason));
		show_text(item->text);
		show_seconds(item->first_time);
		for (size_t k = 0; k < item->value_count; k++)
			show_cell(cell_number(item->values[k], (int)(item->indicators[k] % 2)));
		for (size_t k = 0; k < item->warning_count; k++)
			show_cell(cell_change(true, item->warnings[k].actual, 0));
	}
}

static void
show_completeness(const struct completeness_answer *answer)
{
	show_us(answer->time_us);
	for (size_t i = 0; i < answer->row_count; i++)
		show_cell(cell_share(true, answer->rows[i].on_time, answer->rows[i].due));
	for (size_t i = 0; i < answer->duty_count; i++) {
		show_seconds(answer->duties[i].due);
		show_seconds(answer->duties[i].closed);
	}
}

static void
show_history(const struct history_answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct history_event *e = &answer->events[i];
		show_us(e->time_us);
		show_text(e->principal);
		show_text(e->text);
		show_text(decision_name(e->decision));
		show_text(return_reason_name(e->reason));
		show_text(deadline_event_name(e->event));
		show_text(deadline_event_name_zh(e->event));
		show_seconds(e->until);
		for (size_t k = 0; k < e->value_count; k++)
			show_cell(cell_number(e->values[k], (int)(e->indicators[k] % 2)));
	}
}

static void
show_document(const struct document_item *item)
{
	show_seconds(item->due);
	show_seconds(item->time);
	show_text(file_type_name(item->type));
	show_text(item->name);
	show_text(item->note);
}

static void
show_entry(const struct entry_item *item)
{
	const struct fund_entry *e = &item->entry;
	const char *const texts[] = {fund_kind_name(e->kind),
	                             fund_kind_name_zh(e->kind),
	                             e->voucher,
	                             e->note,
	                             e->refers,
	                             e->document,
	                             e->project,
	                             fund_kind_iati(e->kind)};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		show_text(texts[i]);
	show_days(date_period(e->occurred), e->occurred);
	show_cell(cell_number(e->amount_fen, MONEY_DECIMALS));
	show_seconds(item->recorded);
}

static void
show_finding(const struct finding_item *item)
{
	show_text(rule_state_name(item->state));
	show_text(rule_state_name_zh(item->state));
	show_text(item->reason);
	show_days(0, item->due);
	show_cell(cell_number(item->measured, MONEY_DECIMALS));
	for (size_t i = 0; i < item->figure_count; i++) {
		show_text(item->figures[i].name);
		show_text(item->figures[i].text);
	}
}

static void
show_project(const struct project_item *item)
{
	const struct project_row *plan = project_plan(item);
	show_text(item->code);
	show_text(project_state_name(item->state));
	show_text(project_state_name_zh(item->state));
	show_days(0, item->due);
	if (plan)
		show_text(plan->name);
	for (size_t i = 0; i < item->step_count; i++) {
		const struct project_row *row = &item->steps[i];
		show_text(project_step_name(row->step));
		show_text(project_step_name_zh(row->step));
		show_text(project_system_name(row->system));
		show_text(project_system_name_zh(row->system));
		show_text(row->document);
		show_text(row->note);
		show_text(row->name);
		for (size_t k = 0; k < row->met_count; k++)
			show_cell(cell_number(row->met[k], 0));
		for (size_t k = 0; k < row->budget_count; k++)
			show_cell(cell_number(row->budgets[k].amount_fen, MONEY_DECIMALS));
	}
}

static void
show_enrolment(const struct enrolment *e)
{
	const char *const texts[] = {e->name,
	                             e->invited_by,
	                             e->decided_by,
	                             e->reason,
	                             e->public_key,
	                             e->office,
	                             e->host,
	                             e->software,
	                             e->present_key,
	                             role_name(e->role),
	                             enrolment_state_name(e->state),
	                             enrolment_state_name_zh(e->state)};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		show_text(texts[i]);
	show_us(e->invited_us);
	show_us(e->expires_us);
}

static void
show_welcome(const struct welcome *w)
{
	const char *const texts[] = {w->software, w->principal, w->plan,           w->title_zh,
	                             w->title_en, w->label,     role_name(w->role)};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		show_text(texts[i]);
	show_us(w->time_us);
}

static void
show_balances(const struct balance_answer *answer)
{
	for (size_t i = 0; i < answer->unit_count; i++)
		for (size_t k = 0; k < answer->units[i].count; k++) {
			const struct balance *b = &answer->units[i].balances[k];
			show_text(fund_state_name(b->state));
			show_text(fund_state_name_zh(b->state));
			show_cell(cell_number(b->amount_fen, MONEY_DECIMALS));
			for (size_t age = 0; b->has_ages && age < FUND_AGES; age++)
				show_cell(cell_number(b->by_age_fen[age], MONEY_DECIMALS));
		}
}

static void
show_push(const struct push *push)
{
	show_us(push->as_of.time_us);
	show_units(push->units, push->unit_count);
	for (size_t i = 0; i < push->turn_count; i++) {
		show_text(rule_state_name(push->turns[i].from));
		show_text(rule_state_name(push->turns[i].to));
	}
}

static void
show_offices(const struct office_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		show_text(list->items[i].name);
		show_text(role_name(list->items[i].role));
		show_text(list->items[i].public_key);
		show_us(list->items[i].admitted_us);
		show_us(list->items[i].revoked_us);
	}
}

static void
show_keys(const struct key_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		show_text(list->items[i].name);
		show_text(list->items[i].public_key);
		show_text(list->items[i].admitted_by);
		show_text(list->items[i].ended_by);
		show_us(list->items[i].admitted_us);
		show_us(list->items[i].ended_us);
		show_us(list->items[i].last_us);
	}
}

void
show_reply(const struct reply *r)
{
	switch (r->kind) {
	case REPLY_REFUSAL:
		show_refusal(&r->refusal);
		break;
	case REPLY_WELCOME:
		show_welcome(&r->welcome);
		break;
	case REPLY_TOTAL:
		show_us(r->total.time_us);
		show_text(r->total.label);
		show_units(r->total.units, r->total.unit_count);
		break;
	case REPLY_PUSH:
		show_push(&r->push);
		break;
	case REPLY_REPORTS:
		show_reports(&r->reports);
		break;
	case REPLY_COMPLETENESS:
		show_completeness(&r->completeness);
		break;
	case REPLY_HISTORY:
		show_history(&r->history);
		break;
	case REPLY_TARGETS:
		for (size_t i = 0; i < r->targets.count; i++)
			show_target(&r->targets.items[i].target);
		break;
	case REPLY_DOCUMENTS:
		for (size_t i = 0; i < r->documents.count; i++)
			show_document(&r->documents.items[i]);
		break;
	case REPLY_FILE:
		show_document(&r->file.document);
		break;
	case REPLY_BALANCES:
		show_balances(&r->balances);
		break;
	case REPLY_ENTRIES:
		for (size_t i = 0; i < r->entries.count; i++)
			show_entry(&r->entries.items[i]);
		break;
	case REPLY_TRACE:
		for (size_t i = 0; i < r->trace.count; i++)
			show_entry(&r->trace.steps[i].item);
		break;
	case REPLY_COMPLIANCE:
		for (size_t i = 0; i < r->compliance.count; i++)
			show_finding(&r->compliance.items[i]);
		break;
	case REPLY_PROJECTS:
		for (size_t i = 0; i < r->projects.count; i++)
			show_project(&r->projects.items[i]);
		break;
	case REPLY_ENROLMENT:
		show_enrolment(&r->enrolment);
		break;
	case REPLY_ENROLMENTS:
		for (size_t i = 0; i < r->enrolments.count; i++)
			show_enrolment(&r->enrolments.items[i]);
		break;
	case REPLY_OFFICES:
		show_offices(&r->offices);
		break;
	case REPLY_KEYS:
		show_keys(&r->keys);
		break;
	default:
		break;
	}
}
