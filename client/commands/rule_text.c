#include "rule_text.h"

#include "base/decimal.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- options */

/* The next of words with commas between; false: that was the last. */
static bool
next_word(const char **at, char out[NAME_BYTES_MAX + 1])
{
	size_t size = strcspn(*at, ",");
	if (!**at)
		return false;
	snprintf(out, NAME_BYTES_MAX + 1, "%.*s", (int)size, *at);
	*at += size + ((*at)[size] == ',');
	return true;
}

static bool
read_rules(const struct command *c, struct rule_options *o, struct compliance_query *q)
{
	char word[NAME_BYTES_MAX + 1];
	for (const char *at = o->rules ? o->rules : ""; next_word(&at, word);) {
		const struct plan_rule *rule = catalogue_plan_rule_by_name(&c->catalogue, word);
		if (!rule || q->rule_count == RULES_ASKED_MAX) {
			fprintf(stderr, _("fupin compliance: %s: the plan has no such rule; it has:"), word);
			for (size_t i = 0; i < c->catalogue.plan_rule_count; i++)
				fprintf(stderr, " %s", c->catalogue.plan_rules[i].code);
			fprintf(stderr, "\n");
			return false;
		}
		o->numbers[q->rule_count++] = rule->number;
	}
	q->rules = o->numbers;
	return true;
}

static bool
read_states(struct rule_options *o, struct compliance_query *q)
{
	char word[NAME_BYTES_MAX + 1];
	for (const char *at = o->states ? o->states : ""; next_word(&at, word);) {
		enum rule_state state;
		if (!rule_state_parse(word, &state) || q->state_count == RULE_STATES - 1) {
			fprintf(stderr, _("fupin compliance: --state %s: red, amber, green or not_judged\n"), word);
			return false;
		}
		o->wanted[q->state_count++] = state;
	}
	q->states = o->wanted;
	return true;
}

int
rule_options_read(struct command *c, struct rule_options *o, int count, char **words,
                  struct compliance_query *out)
{
	int status = command_open(c);
	if (status == EXIT_DONE)
		status = command_catalogue(c, true, true);
	if (status != EXIT_DONE)
		return status;
	*out = (struct compliance_query){.unit = session_welcome(c->session)->unit, .as_of = c->as_of};
	if (count > 1 || (o->by && !unit_level_parse(o->by, &out->by))) {
		fprintf(stderr, _("fupin compliance: a unit, --by LEVEL, --rule R,…, --state red,amber,…\n"));
		return EXIT_USAGE;
	}
	if (count && !command_find_unit(c, words[0], &out->unit))
		return EXIT_USAGE;
	if (!c->catalogue.plan_rule_count) {
		fprintf(stderr, _("fupin compliance: the plan has no rules.csv\n"));
		return EXIT_PROBLEMS;
	}
	return read_rules(c, o, out) && read_states(o, out) ? EXIT_DONE : EXIT_USAGE;
}

/* ---------------------------------------------------------------- words */

const char *
rule_name(const struct command *c, uint32_t number)
{
	const struct plan_rule *rule = catalogue_plan_rule(&c->catalogue, number);
	return rule ? in_language(c, rule->name_en, rule->name_zh) : "";
}

const char *
rule_state_text(const struct command *c, enum rule_state state)
{
	return state == RULE_SILENT ? _("none")
	                            : in_language(c, rule_state_name(state), rule_state_name_zh(state));
}

/* Without its _fen, if it is money. */
static size_t
figure_name(const struct rule_figure *figure, bool *money)
{
	size_t size = strlen(figure->name);
	*money = size > 4 && !strcmp(figure->name + size - 4, "_fen");
	return size - (*money ? 4 : 0);
}

char *
rule_figures_text(const struct finding_item *item)
{
	size_t size = 0;
	char *text = NULL, number[DECIMAL_TEXT_BYTES];
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (size_t i = 0; i < item->figure_count; i++) {
		const struct rule_figure *figure = &item->figures[i];
		bool money;
		size_t name = figure_name(figure, &money);
		fprintf(out, "%s%.*s %s", i ? ", " : "", (int)name, figure->name,
		        !figure->known  ? "–"
		        : *figure->text ? figure->text
		                        : decimal_format(figure->number, money ? MONEY_DECIMALS : 0, number));
	}
	fprintf(out, "%s%s", item->figure_count && *item->reason ? ", " : "", item->reason);
	return fclose(out) ? NULL : text;
}

/* ---------------------------------------------------------------- JSON */

static struct json_object *
figures_json(const struct finding_item *item)
{
	struct json_object *o = json_object_new_object();
	char text[DECIMAL_TEXT_BYTES], name[NAME_BYTES_MAX + 1];
	for (size_t i = 0; i < item->figure_count; i++) {
		const struct rule_figure *figure = &item->figures[i];
		bool money;
		size_t size = figure_name(figure, &money);
		snprintf(name, sizeof name, "%.*s", (int)size, figure->name);
		json_object_object_add(o, name,
		                       !figure->known  ? NULL
		                       : *figure->text ? json_object_new_string(figure->text)
		                                       : json_object_new_string(decimal_plain(
		                                             figure->number, money ? MONEY_DECIMALS : 0, text)));
	}
	return o;
}

struct json_object *
rule_finding_json(const struct command *c, const struct finding_item *item)
{
	const struct plan_rule *rule = catalogue_plan_rule(&c->catalogue, item->key.rule);
	int decimals = rule ? rule_measure_decimals(rule->measure) : 0;
	bool judged = item->state != RULE_NOT_JUDGED;
	struct json_object *o = json_object_new_object();
	char text[DECIMAL_TEXT_BYTES], day[11];
	date_format(item->due, day);
	json_object_object_add(o, "state", json_object_new_string(rule_state_name(item->state)));
	json_object_object_add(o, "rule", json_object_new_string(rule ? rule->code : ""));
	json_object_object_add(o, "rule_name", json_object_new_string(rule_name(c, item->key.rule)));
	json_object_object_add(o, "notice", json_object_new_string(rule ? rule->notice : ""));
	json_object_object_add(o, "unit", json_object_new_int64(item->key.unit));
	json_object_object_add(o, "name", json_object_new_string(command_unit_name(c, item->key.unit)));
	json_object_object_add(
	    o, "measured", judged ? json_object_new_string(decimal_plain(item->measured, decimals, text)) : NULL);
	json_object_object_add(o, "bound",
	                       json_object_new_string(rule && rule->at_most ? "at_most" : "at_least"));
	json_object_object_add(o, "required",
	                       json_object_new_string(decimal_plain(item->required, decimals, text)));
	json_object_object_add(o, "measure",
	                       json_object_new_string(rule ? rule_measure_name(rule->measure) : ""));
	json_object_object_add(o, "shortfall_yuan",
	                       json_object_new_string(decimal_plain(item->shortfall_fen, MONEY_DECIMALS, text)));
	json_object_object_add(o, "due", item->due ? json_object_new_string(day) : NULL);
	json_object_object_add(o, "figures", figures_json(item));
	if (!judged)
		json_object_object_add(o, "reason", json_object_new_string(item->reason));
	return o;
}

struct json_object *
rule_counts_json(const uint32_t states[RULE_STATES])
{
	struct json_object *o = json_object_new_object();
	for (int state = RULE_STATES - 1; state > RULE_SILENT; state--)
		json_object_object_add(o, rule_state_name((enum rule_state)state),
		                       json_object_new_int64(states[state]));
	return o;
}

struct json_object *
rule_as_of_json(const struct as_of *as_of)
{
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)as_of->seq));
	json_object_object_add(o, "time_us", json_object_new_int64(as_of->time_us));
	return o;
}
