#include "figures.h"

#include "base/decimal.h"

const char *const headline_indicators[HEADLINES] = {"people_lifted", "village_completed"};
const char *const headline_names[HEADLINES][2] = {{"people lifted", "脱贫人口"},
                                                  {"villages done", "完成跃升村"}};

/* Where an indicator stands in a row; its indicator_count: nowhere. */
static size_t
place_of(const struct unit_total *u, uint32_t indicator)
{
	size_t at = 0;
	while (at < u->indicator_count && u->indicators[at] != indicator)
		at++;
	return at;
}

struct figure
figure_submitted(const struct unit_total *u, uint32_t indicator)
{
	size_t at = place_of(u, indicator);
	bool known = at < u->indicator_count && u->reported[at];
	return (struct figure){known, known ? u->values[at] : 0};
}

struct figure
figure_approved(const struct unit_total *u, uint32_t indicator)
{
	size_t at = place_of(u, indicator);
	bool known = at < u->indicator_count && u->approved_reported[at];
	return (struct figure){known, known ? u->approved[at] : 0};
}

struct figure
figure_funds(const struct catalogue *c, const struct unit_total *u, enum fund_kind kind,
             enum unit_level level, bool special_only)
{
	struct figure sum = {false, 0};
	for (size_t i = 0; i < u->fund_count; i++) {
		const struct fund_total *f = &u->funds[i];
		const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, f->source);
		if (f->kind != kind || (level && f->level != level) || (special_only && !(source && source->special)))
			continue;
		sum.value = decimal_add(sum.value, f->amount_fen);
		sum.known |= f->entries > 0;
	}
	return sum;
}

struct figure
figure_change(struct figure before, struct figure after)
{
	return (struct figure){before.known && after.known, decimal_subtract(after.value, before.value)};
}

const struct target_value *
figure_target(const struct unit_total *u, uint32_t indicator, enum fund_kind fund)
{
	const struct target_value *found = NULL;
	for (size_t i = 0; i < u->target_count; i++)
		if (u->targets[i].indicator == indicator && u->targets[i].fund == fund) {
			if (found)
				return NULL;
			found = &u->targets[i];
		}
	return found;
}
