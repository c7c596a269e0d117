#include "rule_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
