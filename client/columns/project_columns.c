#include "project_columns.h"

#include "column_table.h"

#include "base/decimal.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- words one after the other */

struct words {
	char text[512];
};

static void
add_word(struct words *words, const char *word)
{
	size_t used = strlen(words->text);
	snprintf(words->text + used, sizeof words->text - used, "%s%s", used ? " " : "", word);
}

static void
add_step(const struct reading *r, struct words *words, enum project_step step)
{
	add_word(words, reading_chooses(r, project_step_name(step), project_step_name_zh(step)));
}

static void
add_system(const struct reading *r, struct words *words, enum project_system system)
{
	add_word(words, reading_chooses(r, project_system_name(system), project_system_name_zh(system)));
}

/* ---------------------------------------------------------------- steps */

#define ROW uint32_t
static const struct column numbers[] = {{.read = column_u32}};
static const struct columns number_columns = COLUMNS("met", numbers);
#undef ROW

static bool
is_progress(const void *row)
{
	return ((const struct project_row *)row)->step == PROJECT_PROGRESS;
}

static bool
is_acceptance(const void *row)
{
	return ((const struct project_row *)row)->step == PROJECT_ACCEPTANCE;
}

/* Whether it passed; else what is not met, and when it is looked at again. */
static void
add_acceptance(struct reading *r, struct words *words, const struct project_row *of)
{
	add_word(words,
	         of->passed ? reading_chooses(r, "passed", "合格") : reading_chooses(r, "defects", "不合格"));
	for (size_t i = 0; i < r->catalogue->acceptance_item_count && !of->passed; i++) {
		const struct acceptance_item *item = &r->catalogue->acceptance_items[i];
		bool met = false;
		for (size_t k = 0; k < of->met_count; k++)
			met = met || of->met[k] == item->number;
		if (!met)
			add_word(words, reading_chooses(r, item->name_en, item->name_zh));
	}
	if (of->again_by)
		add_word(words, cell_day(r, of->again_by).text);
}

/* What a step says beside its day and paper. */
READER(step_says)
{
	const struct project_row *of = row;
	struct words words = {""};
	if (of->system)
		add_system(r, &words, of->system);
	if (is_progress(of))
		add_word(&words, cell_printed(r, "%u%%", of->percent).text);
	if (of->acceptor)
		add_word(&words, cell_unit_name(r, of->acceptor).text);
	if (is_acceptance(of))
		add_acceptance(r, &words, of);
	return cell_printed(r, "%s", words.text);
}

#define ROW struct project_row
static const struct column steps[] = {
    DAY("occurred", occurred, MAYBE, TITLE("date", "日期")),
    ENUM("step", step, project_step_name, project_step_name_zh, TITLE("step", "步骤")),
    ENUM("system", system, project_system_name, project_system_name_zh, MAYBE, JSON_ONLY),
    COUNT("percent", percent, WHEN(is_progress), JSON_ONLY),
    UNIT("acceptor", acceptor, MAYBE, JSON_ONLY),
    FLAG("passed", passed, WHEN(is_acceptance), JSON_ONLY),
    ROWS("met", met, met_count, &number_columns, WHEN(is_acceptance)),
    DAY("again_by", again_by, MAYBE, WHEN(is_acceptance), JSON_ONLY),
    MADE("what", step_says, TABLE_ONLY, TITLE("what", "内容")),
    TEXT("document", document, TITLE("document", "文件依据")),
    TEXT("note", note, TITLE("note", "摘要")),
};
const struct columns step_columns = COLUMNS("steps", steps);
#undef ROW

/* ---------------------------------------------------------------- money */

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

READER(source_or_all)
{
	struct cell source = column_source(r, row, column);
	return *source.text ? source : cell_named(r, "total", "合计", "");
}

#define ROW struct project_money
static const struct column money[] = {
    MADE("source", source_or_all, COLUMN_AT(source, uint32_t), TITLE("source", "来源")),
    FEN("budget", budget_fen, TITLE("budget", "预算(元)")),
    FEN("granted", granted_fen, TITLE("granted", "安排(元)")),
    FEN("under_grant", under_grant_fen, TITLE("not claimed", "待报账(元)")),
    FEN("on_hand", on_hand_fen, TITLE("on hand", "在手(元)")),
    FEN("spent", spent_fen, TITLE("spent", "支出(元)")),
};
const struct columns money_columns = COLUMNS("money", money);
#undef ROW

/* ---------------------------------------------------------------- projects */

/* What it is by its registration. */
static const struct project_row *
plan_of(const void *item)
{
	static const struct project_row none = {.name = ""};
	const struct project_row *plan = project_plan(item);
	return plan ? plan : &none;
}

READER(plan_leader)
{
	return cell_code(plan_of(row)->leader);
}

/* One of its days. */
READER(plan_day)
{
	return column_day(r, plan_of(row), column);
}

READER(plan_name)
{
	return cell_text(plan_of(row)->name);
}

READER(plan_kind)
{
	const struct project_kind *kind = catalogue_project_kind(r->catalogue, plan_of(row)->kind);
	return kind ? cell_named(r, kind->name_en, kind->name_zh, kind->code) : cell_text("");
}

/* A field of its money of all sources. */
READER(sum_fen)
{
	const struct project_money sum = project_sum(row);
	return column_fen(r, &sum, column);
}

READER(claimed)
{
	const struct project_money sum = project_sum(row);
	return cell_number(sum.granted_fen - sum.under_grant_fen, MONEY_DECIMALS);
}

READER(paid_share)
{
	const struct project_money sum = project_sum(row);
	return cell_share(sum.granted_fen, sum.spent_fen, sum.granted_fen);
}

/* "2013-11-30", with "!" if it has passed. */
READER(due_day)
{
	const struct project_item *item = row;
	return cell_printed(r, "%s%s", cell_day(r, item->due).text, item->overdue ? " !" : "");
}

static bool
has_step(const struct project_item *item, enum project_step step, enum project_system system)
{
	for (size_t i = 0; i < item->step_count; i++)
		if (item->steps[i].step == step && item->steps[i].system == system)
			return true;
	return false;
}

/* The steps that it still needs; "" for a closed one. */
READER(next_steps)
{
	const struct project_item *item = row;
	const struct project_kind *kind = catalogue_project_kind(r->catalogue, plan_of(row)->kind);
	struct words words = {""};
	if (item->state == PROJECT_PLANNED)
		add_step(r, &words, PROJECT_NOTICE);
	for (int s = SYSTEM_LEGAL_PERSON;
	     kind && kind->construction && item->state <= PROJECT_NOTICED && s < PROJECT_SYSTEMS; s++)
		if (!has_step(item, PROJECT_SYSTEM, (enum project_system)s))
			add_system(r, &words, (enum project_system)s);
	if (item->state == PROJECT_NOTICED && !*words.text)
		add_step(r, &words, PROJECT_START);
	if (item->state == PROJECT_UNDER_WAY)
		add_step(r, &words, PROJECT_FINISH);
	if (item->state == PROJECT_COMPLETED)
		add_step(r, &words,
		         has_step(item, PROJECT_NOTICE_AFTER, SYSTEM_NONE) ? PROJECT_ACCEPTANCE
		                                                           : PROJECT_NOTICE_AFTER);
	return cell_printed(r, "%s", words.text);
}

#define ROW struct project_item
#define SUM(key, field, ...)                                                                                 \
	MADE(key, sum_fen, .offset = offsetof(struct project_money, field), RIGHT, TABLE_ONLY, __VA_ARGS__)
static const struct column projects[] = {
    UNIT("unit", unit, TITLE("code", "代码")),
    UNIT_NAME("place", unit, TABLE_ONLY, TITLE("unit", "单位")),
    UNIT("owner", owner, JSON_ONLY),
    TEXT("project", code, TITLE("project", "项目编号")),
    MADE("name", plan_name, TITLE("name", "项目名称")),
    MADE("kind", plan_kind, TITLE("kind", "类别")),
    ENUM("state", state, project_state_name, project_state_name_zh, TITLE("state", "状态")),
    COUNT("revision", revision, JSON_ONLY),
    COUNT("percent", percent, TITLE("work %", "进度%")),
    MADE("paid", paid_share, RIGHT, TABLE_ONLY, TITLE("paid %", "支付%")),
    SUM("budget", budget_fen, TITLE("budget", "预算(元)")),
    SUM("granted", granted_fen, TITLE("granted", "安排(元)")),
    MADE("claimed", claimed, RIGHT, TABLE_ONLY, TITLE("claimed", "报账(元)")),
    SUM("spent", spent_fen, TITLE("spent", "支出(元)")),
    MADE("next", next_steps, TABLE_ONLY, TITLE("next", "待办")),
    MADE("due", due_day, TABLE_ONLY, TITLE("accept by", "验收期限")),
    UNIT_OR_CODE("acceptor_name", acceptor, TABLE_ONLY, TITLE("acceptor", "验收单位")),
    UNIT("acceptor", acceptor, JSON_ONLY),
    MADE("leader", plan_leader, JSON_ONLY),
    MADE("begins", plan_day, .offset = offsetof(struct project_row, begins), MAYBE, JSON_ONLY),
    MADE("ends", plan_day, .offset = offsetof(struct project_row, ends), MAYBE, JSON_ONLY),
    DAY("accept_by", due, MAYBE, JSON_ONLY),
    FLAG("overdue", overdue, JSON_ONLY),
    ROWS("money", money, money_count, &money_columns),
    ROWS("steps", steps, step_count, &step_columns),
};
const struct columns project_columns = COLUMNS("projects", projects);
#undef ROW
