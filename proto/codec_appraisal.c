/* The appraisal asked for and answered, both directions. */
#include "codec_internal.h"

bool
codec_appraisal_query_to_wire(struct arena *arena, const struct appraisal_query *query,
                              Fupin__V1__AppraisalQuery *wire)
{
	bool good = true;
	fupin__v1__appraisal_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->to = (uint32_t)query->to;
	wire->by = (Fupin__V1__Level)query->by;
	wire->whole = query->whole;
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good;
}

struct appraisal_query
codec_appraisal_query_from_wire(const Fupin__V1__AppraisalQuery *wire)
{
	return (struct appraisal_query){
	    .unit = (unit_code)wire->unit,
	    .to = (period)wire->to,
	    .by = (enum unit_level)wire->by,
	    .whole = wire->whole,
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
}

static bool
parts_to_wire(struct arena *arena, const struct appraisal_row *row, Fupin__V1__AppraisalRow *wire)
{
	static const Fupin__V1__AppraisalPart init = FUPIN__V1__APPRAISAL_PART__INIT;
	Fupin__V1__AppraisalPart *parts;
	wire->n_parts = row->count;
	wire->parts = codec_pointers(arena, row->count, &init, sizeof init, (void **)&parts);
	for (size_t i = 0; wire->parts && i < row->count; i++) {
		parts[i].item = row->parts[i].item;
		parts[i].numerator = row->parts[i].numerator;
		parts[i].denominator = row->parts[i].denominator;
		parts[i].points = row->parts[i].points;
	}
	return !row->count || wire->parts;
}

bool
codec_appraisal_to_wire(struct arena *arena, const struct appraisal_answer *answer,
                        Fupin__V1__Appraisal *wire)
{
	static const Fupin__V1__AppraisalRow init = FUPIN__V1__APPRAISAL_ROW__INIT;
	Fupin__V1__AppraisalRow *rows;
	fupin__v1__appraisal__init(wire);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->n_rows = answer->count;
	wire->rows = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&rows);
	bool good = !answer->count || wire->rows;
	for (size_t i = 0; good && i < answer->count; i++) {
		rows[i].unit = (uint64_t)answer->rows[i].unit;
		rows[i].weight = answer->rows[i].weight;
		rows[i].score = answer->rows[i].score;
		good = parts_to_wire(arena, &answer->rows[i], &rows[i]);
	}
	return good;
}

bool
codec_appraisal_from_wire(struct arena *arena, const Fupin__V1__Appraisal *wire, struct appraisal_answer *out)
{
	*out = (struct appraisal_answer){
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .count = wire->n_rows,
	    .rows = arena_array(arena, wire->n_rows, sizeof *out->rows),
	};
	for (size_t i = 0; out->rows && i < wire->n_rows; i++) {
		const Fupin__V1__AppraisalRow *from = wire->rows[i];
		struct appraisal_part *parts = arena_array(arena, from->n_parts, sizeof *parts);
		out->rows[i] =
		    (struct appraisal_row){(unit_code)from->unit, from->n_parts, parts, from->weight, from->score};
		if (!parts)
			return false;
		for (size_t p = 0; p < from->n_parts; p++)
			parts[p] = (struct appraisal_part){from->parts[p]->item, from->parts[p]->numerator,
			                                   from->parts[p]->denominator, from->parts[p]->points};
	}
	return out->rows;
}

/* ---------------------------------------------------------------- the catalogue's items */

bool
codec_appraisal_items_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__AppraisalItem init = FUPIN__V1__APPRAISAL_ITEM__INIT;
	Fupin__V1__AppraisalItem *items;
	wire->n_appraisal = c->appraisal_count;
	wire->appraisal = codec_pointers(arena, c->appraisal_count, &init, sizeof init, (void **)&items);
	for (size_t i = 0; wire->appraisal && i < c->appraisal_count; i++) {
		const struct appraisal_item *from = &c->appraisal[i];
		items[i].number = from->number;
		items[i].code = codec_text(from->code);
		items[i].kind = (Fupin__V1__AppraisalKind)from->kind;
		items[i].indicator = from->indicator;
		items[i].fund = (Fupin__V1__FundKind)from->fund;
		items[i].other = from->other;
		items[i].other_fund = (Fupin__V1__FundKind)from->other_fund;
		items[i].approved = from->approved;
		items[i].weight = from->weight;
		items[i].name_zh = codec_text(from->name_zh);
		items[i].name_en = codec_text(from->name_en);
		items[i].notice = codec_text(from->notice);
	}
	return !c->appraisal_count || wire->appraisal;
}

bool
codec_appraisal_items_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	c->appraisal_count = wire->n_appraisal;
	c->appraisal = arena_array(&c->arena, c->appraisal_count, sizeof *c->appraisal);
	for (size_t i = 0; c->appraisal && i < wire->n_appraisal; i++) {
		const Fupin__V1__AppraisalItem *from = wire->appraisal[i];
		c->appraisal[i] = (struct appraisal_item){
		    .number = from->number,
		    .code = codec_string(from->code),
		    .kind = (enum appraisal_kind)from->kind,
		    .indicator = from->indicator,
		    .fund = (enum fund_kind)from->fund,
		    .other = from->other,
		    .other_fund = (enum fund_kind)from->other_fund,
		    .approved = from->approved,
		    .weight = from->weight,
		    .name_zh = codec_string(from->name_zh),
		    .name_en = codec_string(from->name_en),
		    .notice = codec_string(from->notice),
		};
	}
	return c->appraisal;
}
