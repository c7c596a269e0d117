#include "appraisal.h"

#include "completeness.h"
#include "totals/fund_totals.h"

typedef __int128 wide;

uint32_t
appraisal_points(uint32_t weight, int64_t numerator, int64_t denominator)
{
	if (denominator <= 0 || numerator <= 0)
		return 0;
	if (numerator >= denominator)
		return weight * 100;
	return (uint32_t)(((wide)numerator * weight * 200 + denominator) / ((wide)denominator * 2));
}

/* What is known of one unit. */
struct figures {
	const struct catalogue *catalogue;
	const struct unit_total *total;
	const struct completeness_row *row;
	int year;
};

static int64_t
figure_of(const struct figures *f, uint32_t indicator, bool approved)
{
	for (size_t i = 0; i < f->total->indicator_count; i++)
		if (f->total->indicators[i] == indicator)
			return approved ? f->total->approved[i] : f->total->values[i];
	return 0;
}

/* Special sources together, recorded by units at `from` or below. */
static int64_t
funds_of(const struct figures *f, enum fund_kind kind, enum unit_level from)
{
	wide_sum sum = 0;
	for (size_t i = 0; i < f->total->fund_count; i++) {
		const struct fund_total *fund = &f->total->funds[i];
		const struct fund_term *source =
		    fund_term_by_number(f->catalogue->sources, f->catalogue->source_count, fund->source);
		if (fund->kind == kind && fund->level >= from && source && source->special)
			sum += fund->amount_fen;
	}
	return wide_sum_clamp(sum);
}

static void
take_target(const struct figures *f, const struct appraisal_item *item, struct appraisal_part *part)
{
	for (size_t i = 0; i < f->total->target_count; i++) {
		const struct target_value *target = &f->total->targets[i];
		if (target->year != f->year || target->indicator != item->indicator || target->fund != item->fund)
			continue;
		part->denominator = item->kind == APPRAISE_PACE ? target->pace.expected : target->value;
		part->numerator = item->kind == APPRAISE_PACE && !item->approved ? target->reached
		                  : item->indicator ? figure_of(f, item->indicator, item->approved)
		                                    : funds_of(f, item->fund, UNIT_NONE);
	}
}

/* Compares money with money. What a prefecture receives, its counties receive again; so both sides count
 * what counties recorded, as otherwise the prefecture's own money would be on one side only. */
static void
take_funds(const struct figures *f, const struct appraisal_item *item, struct appraisal_part *part)
{
	bool once = fund_kind_counts_once(item->fund) && fund_kind_counts_once(item->other_fund);
	enum unit_level from = once ? UNIT_NONE : UNIT_COUNTY;
	part->numerator = funds_of(f, item->fund, from);
	part->denominator = funds_of(f, item->other_fund, from);
}

static struct appraisal_part
appraise(const struct figures *f, const struct appraisal_item *item)
{
	struct appraisal_part part = {.item = item->number};
	switch (item->kind) {
	case APPRAISE_TARGET:
	case APPRAISE_PACE:
		take_target(f, item, &part);
		break;
	case APPRAISE_SHARE:
		part.numerator = figure_of(f, item->indicator, item->approved);
		part.denominator = figure_of(f, item->other, item->approved);
		break;
	case APPRAISE_FUNDS:
		take_funds(f, item, &part);
		break;
	case APPRAISE_ON_TIME:
		part.numerator = f->row->on_time;
		part.denominator = f->row->due;
		break;
	case APPRAISE_COMPLETE:
		part.numerator = f->row->received;
		part.denominator = f->row->due;
		break;
	default:
		part.numerator = f->row->approved;
		part.denominator = f->row->received;
	}
	part.points = appraisal_points(item->weight, part.numerator, part.denominator);
	return part;
}

static bool
make_row(const struct figures *f, struct arena *arena, struct appraisal_row *out)
{
	const struct catalogue *c = f->catalogue;
	uint32_t points = 0;
	*out = (struct appraisal_row){.unit = f->total->unit,
	                              .count = c->appraisal_count,
	                              .parts = arena_array(arena, c->appraisal_count, sizeof *out->parts)};
	for (size_t i = 0; out->parts && i < c->appraisal_count; i++) {
		out->parts[i] = appraise(f, &c->appraisal[i]);
		points += out->parts[i].points;
		out->weight += out->parts[i].denominator > 0 ? c->appraisal[i].weight : 0;
	}
	/* The weight of items that do not count goes to the others. */
	out->score = out->weight ? (points * 200 + out->weight) / (out->weight * 2) : 0;
	return out->parts;
}

bool
appraisal_answer(const struct holdings *h, const struct appraisal_query *q, int64_t now_us,
                 struct arena *arena, struct appraisal_answer *out, struct problem_list *problems)
{
	period january = q->to / 100 * 100 + 1;
	struct total_query total = {.unit = q->unit,
	                            .from = january,
	                            .to = q->to,
	                            .by = q->by,
	                            .funds = true,
	                            .whole = q->whole,
	                            .now = now_us / 1000000};
	struct completeness_query completeness = {
	    .unit = q->unit, .from = january, .to = q->to, .by = q->by, .whole = q->whole};
	struct total_answer totals = {0};
	struct completeness_answer counts = {0};
	if (!totals_answer(h->totals, &total, arena, &totals, problems) ||
	    !completeness_answer(h, &completeness, now_us, arena, &counts, problems))
		return false;
	out->count = totals.unit_count;
	out->rows = arena_array(arena, out->count, sizeof *out->rows);
	bool good = out->rows;
	for (size_t i = 0; good && i < out->count; i++) {
		const struct figures figures = {h->catalogue, &totals.units[i], &counts.rows[i], q->to / 100};
		good = make_row(&figures, arena, &out->rows[i]);
	}
	if (!good)
		problem_only(problems, PROBLEM_TOO_LARGE);
	return good;
}
