/* The catalogue, both directions. */
#include "codec_internal.h"

#include <stdio.h>

static bool
in_scope(unit_code code, unit_code top)
{
	return unit_within(code, top) || unit_within(top, code);
}

static bool
units_to_wire(struct arena *arena, const struct catalogue *c, unit_code top, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__CatalogueUnit init = FUPIN__V1__CATALOGUE_UNIT__INIT;
	Fupin__V1__CatalogueUnit *units;
	size_t count = 0;
	for (size_t i = 0; i < c->unit_count; i++)
		count += in_scope(c->units[i].code, top);
	wire->units = codec_pointers(arena, count, &init, sizeof init, (void **)&units);
	if (count && !wire->units)
		return false;
	for (size_t i = 0; i < c->unit_count; i++) {
		const struct unit *unit = &c->units[i];
		if (!in_scope(unit->code, top))
			continue;
		Fupin__V1__CatalogueUnit *to = &units[wire->n_units++];
		to->code = (uint64_t)unit->code;
		to->level = (Fupin__V1__Level)unit->level;
		to->name = codec_text(unit->name);
		to->basis = codec_text(unit->basis);
		to->first = (uint32_t)unit->first;
		to->last = (uint32_t)unit->last;
		to->successor = (uint64_t)unit->successor;
	}
	return true;
}

static bool
groups_to_wire(struct arena *arena, const struct catalogue *c, unit_code top, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__UnitGroup init = FUPIN__V1__UNIT_GROUP__INIT;
	Fupin__V1__UnitGroup *groups;
	wire->groups = codec_pointers(arena, c->group_count, &init, sizeof init, (void **)&groups);
	if (c->group_count && !wire->groups)
		return false;
	for (size_t i = 0; i < c->group_count; i++) {
		if (!in_scope(c->groups[i].unit, top))
			continue;
		Fupin__V1__UnitGroup *to = &groups[wire->n_groups++];
		to->code = codec_text(c->groups[i].code);
		to->name = codec_text(c->groups[i].name);
		to->unit = (uint64_t)c->groups[i].unit;
		to->basis = codec_text(c->groups[i].basis);
	}
	return true;
}

static bool
checks_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__SoftCheck init = FUPIN__V1__SOFT_CHECK__INIT;
	Fupin__V1__SoftCheck *checks;
	wire->n_checks = c->check_count;
	wire->checks = codec_pointers(arena, c->check_count, &init, sizeof init, (void **)&checks);
	if (c->check_count && !wire->checks)
		return false;
	for (size_t i = 0; i < c->check_count; i++) {
		const struct soft_check *from = &c->checks[i];
		checks[i].number = from->number;
		checks[i].form = from->form;
		checks[i].kind = (Fupin__V1__SoftKind)from->kind;
		checks[i].indicator = from->indicator;
		checks[i].other = from->other;
		checks[i].bound = from->bound;
		checks[i].text_zh = codec_text(from->text_zh);
		checks[i].text_en = codec_text(from->text_en);
		checks[i].notice = codec_text(from->notice);
	}
	return true;
}

static bool
versions_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__FormVersion init = FUPIN__V1__FORM_VERSION__INIT;
	static const Fupin__V1__FormField field_init = FUPIN__V1__FORM_FIELD__INIT;
	Fupin__V1__FormVersion *versions;
	wire->n_versions = c->version_count;
	wire->versions = codec_pointers(arena, c->version_count, &init, sizeof init, (void **)&versions);
	if (c->version_count && !wire->versions)
		return false;
	for (size_t i = 0; i < c->version_count; i++) {
		const struct form_version *from = &c->versions[i];
		Fupin__V1__FormField *fields;
		versions[i].form = from->form;
		versions[i].version = from->version;
		versions[i].first = (uint32_t)from->first;
		versions[i].last = (uint32_t)from->last;
		versions[i].n_fields = from->field_count;
		versions[i].fields =
		    codec_pointers(arena, from->field_count, &field_init, sizeof field_init, (void **)&fields);
		if (!versions[i].fields)
			return false;
		for (size_t at = 0; at < from->field_count; at++) {
			fields[at].indicator = from->fields[at].indicator;
			fields[at].required = from->fields[at].required;
			fields[at].minimum = from->fields[at].minimum;
			fields[at].maximum = from->fields[at].maximum;
			fields[at].part_of = from->fields[at].part_of;
			fields[at].year_base = from->fields[at].base;
			fields[at].step_after = from->fields[at].step_after;
		}
	}
	return true;
}

static bool
forms_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__Form init = FUPIN__V1__FORM__INIT;
	static const Fupin__V1__Indicator indicator_init = FUPIN__V1__INDICATOR__INIT;
	Fupin__V1__Form *forms;
	Fupin__V1__Indicator *indicators;
	wire->n_forms = c->form_count;
	wire->forms = codec_pointers(arena, c->form_count, &init, sizeof init, (void **)&forms);
	wire->n_indicators = c->indicator_count;
	wire->indicators = codec_pointers(arena, c->indicator_count, &indicator_init, sizeof indicator_init,
	                                  (void **)&indicators);
	if ((c->form_count && !wire->forms) || (c->indicator_count && !wire->indicators))
		return false;
	for (size_t i = 0; i < c->form_count; i++) {
		forms[i].number = c->forms[i].number;
		forms[i].code = codec_text(c->forms[i].code);
		forms[i].level = (Fupin__V1__Level)c->forms[i].level;
		forms[i].name_zh = codec_text(c->forms[i].name_zh);
		forms[i].name_en = codec_text(c->forms[i].name_en);
	}
	for (size_t i = 0; i < c->indicator_count; i++) {
		const struct indicator *from = &c->indicators[i];
		indicators[i].number = from->number;
		indicators[i].form = from->form;
		indicators[i].code = codec_text(from->code);
		indicators[i].name_zh = codec_text(from->name_zh);
		indicators[i].name_en = codec_text(from->name_en);
		indicators[i].measure_zh = codec_text(from->measure_zh);
		indicators[i].measure_en = codec_text(from->measure_en);
		indicators[i].decimals = (uint32_t)from->decimals;
		indicators[i].kind = (Fupin__V1__IndicatorKind)from->kind;
		indicators[i].project = codec_text(from->project);
		indicators[i].notice = codec_text(from->notice);
		indicators[i].counts = from->counts;
		indicators[i].at_least = from->at_least;
	}
	return true;
}

static bool
terms_to_wire(struct arena *arena, const struct fund_term *terms, size_t count, Fupin__V1__FundTerm ***out)
{
	static const Fupin__V1__FundTerm init = FUPIN__V1__FUND_TERM__INIT;
	Fupin__V1__FundTerm *items;
	*out = codec_pointers(arena, count, &init, sizeof init, (void **)&items);
	if (count && !*out)
		return false;
	for (size_t i = 0; i < count; i++) {
		items[i].number = terms[i].number;
		items[i].code = codec_text(terms[i].code);
		items[i].name_zh = codec_text(terms[i].name_zh);
		items[i].name_en = codec_text(terms[i].name_en);
		items[i].special = terms[i].special;
		items[i].loan = terms[i].loan;
		items[i].n_uses = terms[i].permitted_count;
		items[i].uses = terms[i].permitted;
		items[i].notice = codec_text(terms[i].notice);
	}
	return true;
}

static bool
targets_to_wire(struct arena *arena, const struct catalogue *c, unit_code top, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__Target init = FUPIN__V1__TARGET__INIT;
	static const Fupin__V1__TargetValue value_init = FUPIN__V1__TARGET_VALUE__INIT;
	Fupin__V1__Target *targets;
	Fupin__V1__TargetValue *values;
	wire->targets = codec_pointers(arena, c->target_count, &init, sizeof init, (void **)&targets);
	codec_pointers(arena, c->target_count, &value_init, sizeof value_init, (void **)&values);
	if (c->target_count && (!wire->targets || !values))
		return false;
	for (size_t i = 0; i < c->target_count; i++) {
		const struct target *from = &c->targets[i];
		if (!in_scope(from->unit, top))
			continue;
		size_t at = wire->n_targets++;
		values[at].year = (uint32_t)from->year;
		values[at].indicator = from->indicator;
		values[at].fund = (Fupin__V1__FundKind)from->fund;
		values[at].value = from->value;
		targets[at].unit = (uint64_t)from->unit;
		targets[at].target = &values[at];
		targets[at].notice = codec_text(from->notice);
	}
	return true;
}

static bool
deadlines_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__SpecialDay day_init = FUPIN__V1__SPECIAL_DAY__INIT;
	static const Fupin__V1__DeadlineRule rule_init = FUPIN__V1__DEADLINE_RULE__INIT;
	Fupin__V1__SpecialDay *days;
	static const Fupin__V1__Profile profile_init = FUPIN__V1__PROFILE__INIT;
	Fupin__V1__DeadlineRule *rules;
	Fupin__V1__Profile *profiles;
	wire->n_profiles = c->profile_count;
	wire->profiles =
	    codec_pointers(arena, c->profile_count, &profile_init, sizeof profile_init, (void **)&profiles);
	wire->n_days = c->day_count;
	wire->days = codec_pointers(arena, c->day_count, &day_init, sizeof day_init, (void **)&days);
	wire->n_deadlines = c->rule_count;
	wire->deadlines = codec_pointers(arena, c->rule_count, &rule_init, sizeof rule_init, (void **)&rules);
	if ((c->day_count && !wire->days) || (c->rule_count && !wire->deadlines) ||
	    (c->profile_count && !wire->profiles))
		return false;
	for (size_t i = 0; i < c->day_count; i++) {
		days[i].date = (uint32_t)c->days[i].date;
		days[i].works = c->days[i].works;
		days[i].name = codec_text(c->days[i].name);
	}
	for (size_t i = 0; i < c->profile_count; i++) {
		profiles[i].indicator = c->profiles[i].indicator;
		profiles[i].fund = (Fupin__V1__FundKind)c->profiles[i].fund;
		profiles[i].n_shares = 12;
		profiles[i].shares = arena_array(arena, 12, sizeof *profiles[i].shares);
		for (int month = 0; profiles[i].shares && month < 12; month++)
			profiles[i].shares[month] = c->profiles[i].shares[month];
	}
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct deadline_rule *from = &c->rules[i];
		rules[i].form = from->form;
		rules[i].event = (Fupin__V1__DeadlineEvent)from->event;
		rules[i].first = (uint32_t)from->first;
		rules[i].last = (uint32_t)from->last;
		rules[i].months = from->months;
		rules[i].day = (uint32_t)from->day;
		rules[i].minute = (uint32_t)from->minute;
		rules[i].notice = codec_text(from->notice);
	}
	return true;
}

static bool
document_kinds_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire)
{
	static const Fupin__V1__DocumentKind init = FUPIN__V1__DOCUMENT_KIND__INIT;
	Fupin__V1__DocumentKind *kinds;
	wire->n_document_kinds = c->document_kind_count;
	wire->document_kinds = codec_pointers(arena, c->document_kind_count, &init, sizeof init, (void **)&kinds);
	if (c->document_kind_count && !wire->document_kinds)
		return false;
	for (size_t i = 0; i < c->document_kind_count; i++) {
		const struct document_kind *from = &c->document_kinds[i];
		kinds[i].number = from->number;
		kinds[i].code = codec_text(from->code);
		kinds[i].level = (Fupin__V1__Level)from->level;
		kinds[i].name_zh = codec_text(from->name_zh);
		kinds[i].name_en = codec_text(from->name_en);
		kinds[i].due_date = (uint32_t)from->due_date;
		kinds[i].minute = (uint32_t)from->minute;
		kinds[i].due = from->due;
		kinds[i].notice = codec_text(from->notice);
	}
	return true;
}

bool
codec_catalogue_to_wire(struct arena *arena, const struct catalogue_answer *answer,
                        Fupin__V1__Catalogue *wire)
{
	const struct catalogue *c = answer->catalogue;
	wire->plan = codec_text(c->plan);
	wire->title_zh = codec_text(c->title_zh);
	wire->title_en = codec_text(c->title_en);
	wire->source = codec_text(c->source);
	wire->label = codec_text(c->label);
	wire->books_closed = (uint32_t)c->books_closed;
	wire->projects_since = (uint32_t)c->projects_since;
	wire->acceptance_due = (uint32_t)c->acceptance_due;
	if (answer->query.units &&
	    (!units_to_wire(arena, c, answer->top, wire) || !groups_to_wire(arena, c, answer->top, wire)))
		return false;
	if (!answer->query.forms)
		return true;
	wire->n_sources = c->source_count;
	wire->n_uses = c->use_count;
	return forms_to_wire(arena, c, wire) && versions_to_wire(arena, c, wire) &&
	       terms_to_wire(arena, c->sources, c->source_count, &wire->sources) &&
	       terms_to_wire(arena, c->uses, c->use_count, &wire->uses) &&
	       targets_to_wire(arena, c, answer->top, wire) && deadlines_to_wire(arena, c, wire) &&
	       checks_to_wire(arena, c, wire) && codec_appraisal_items_to_wire(arena, c, wire) &&
	       document_kinds_to_wire(arena, c, wire) && codec_project_kinds_to_wire(arena, c, wire) &&
	       codec_rules_to_wire(arena, c, wire);
}

/* ---------------------------------------------------------------- decoding, for the client */

static enum unit_level
level_from_wire(int level)
{
	return level > 0 && level <= (int)UNIT_VILLAGE ? (enum unit_level)level : UNIT_NONE;
}

static void
units_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	for (size_t i = 0; i < wire->n_units; i++)
		c->units[i] = (struct unit){
		    .code = (unit_code)wire->units[i]->code,
		    .level = level_from_wire((int)wire->units[i]->level),
		    .name = codec_string(wire->units[i]->name),
		    .basis = codec_string(wire->units[i]->basis),
		    .first = (period)wire->units[i]->first,
		    .last = (period)wire->units[i]->last,
		    .successor = (unit_code)wire->units[i]->successor,
		};
	for (size_t i = 0; i < wire->n_groups; i++)
		c->groups[i] = (struct unit_group){
		    .code = codec_string(wire->groups[i]->code),
		    .name = codec_string(wire->groups[i]->name),
		    .unit = (unit_code)wire->groups[i]->unit,
		    .basis = codec_string(wire->groups[i]->basis),
		};
}

static void
checks_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	for (size_t i = 0; i < wire->n_checks; i++) {
		const Fupin__V1__SoftCheck *from = wire->checks[i];
		c->checks[i] = (struct soft_check){
		    .number = from->number,
		    .form = from->form,
		    .kind = (enum soft_kind)from->kind,
		    .indicator = from->indicator,
		    .other = from->other,
		    .bound = from->bound,
		    .text_zh = codec_string(from->text_zh),
		    .text_en = codec_string(from->text_en),
		    .notice = codec_string(from->notice),
		};
	}
}

static void
forms_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	for (size_t i = 0; i < wire->n_forms; i++)
		c->forms[i] = (struct form){
		    .number = wire->forms[i]->number,
		    .code = codec_string(wire->forms[i]->code),
		    .level = level_from_wire((int)wire->forms[i]->level),
		    .name_zh = codec_string(wire->forms[i]->name_zh),
		    .name_en = codec_string(wire->forms[i]->name_en),
		};
	for (size_t i = 0; i < wire->n_indicators; i++) {
		const Fupin__V1__Indicator *from = wire->indicators[i];
		c->indicators[i] = (struct indicator){
		    .number = from->number,
		    .form = from->form,
		    .code = codec_string(from->code),
		    .name_zh = codec_string(from->name_zh),
		    .name_en = codec_string(from->name_en),
		    .measure_zh = codec_string(from->measure_zh),
		    .measure_en = codec_string(from->measure_en),
		    .decimals = from->decimals <= 9 ? (int)from->decimals : -1,
		    .kind = (enum indicator_kind)from->kind,
		    .project = codec_string(from->project),
		    .notice = codec_string(from->notice),
		    .counts = from->counts,
		    .at_least = from->at_least,
		};
	}
}

static bool
versions_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	for (size_t i = 0; i < wire->n_versions; i++) {
		const Fupin__V1__FormVersion *from = wire->versions[i];
		struct form_field *fields = arena_array(&c->arena, from->n_fields, sizeof *fields);
		if (!fields)
			return false;
		for (size_t at = 0; at < from->n_fields; at++)
			fields[at] = (struct form_field){
			    .indicator = from->fields[at]->indicator,
			    .required = from->fields[at]->required,
			    .minimum = from->fields[at]->minimum,
			    .maximum = from->fields[at]->maximum,
			    .part_of = from->fields[at]->part_of,
			    .base = from->fields[at]->year_base,
			    .step_after = from->fields[at]->step_after,
			};
		c->versions[i] = (struct form_version){
		    .form = from->form,
		    .version = from->version,
		    .first = (period)from->first,
		    .last = (period)from->last,
		    .field_count = from->n_fields,
		    .fields = fields,
		};
	}
	return true;
}

static void
terms_from_wire(Fupin__V1__FundTerm *const *wire, size_t count, struct fund_term *terms)
{
	for (size_t i = 0; i < count; i++)
		terms[i] = (struct fund_term){
		    .number = wire[i]->number,
		    .code = codec_string(wire[i]->code),
		    .name_zh = codec_string(wire[i]->name_zh),
		    .name_en = codec_string(wire[i]->name_en),
		    .special = wire[i]->special,
		    .loan = wire[i]->loan,
		    .notice = codec_string(wire[i]->notice),
		    .permitted_count = wire[i]->n_uses,
		    .permitted = wire[i]->uses,
		};
}

static bool
targets_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	for (size_t i = 0; i < wire->n_targets; i++) {
		const Fupin__V1__TargetValue *value = wire->targets[i]->target;
		if (!value)
			return false;
		c->targets[i] = (struct target){
		    .unit = (unit_code)wire->targets[i]->unit,
		    .year = (int)value->year,
		    .indicator = value->indicator,
		    .fund = (enum fund_kind)value->fund,
		    .value = value->value,
		    .notice = codec_string(wire->targets[i]->notice),
		};
	}
	return true;
}

static void
deadlines_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	for (size_t i = 0; i < wire->n_days; i++)
		c->days[i] = (struct special_day){
		    .date = (date)wire->days[i]->date,
		    .works = wire->days[i]->works,
		    .name = codec_string(wire->days[i]->name),
		};
	for (size_t i = 0; i < wire->n_profiles; i++) {
		struct profile *profile = &c->profiles[i];
		*profile = (struct profile){.indicator = wire->profiles[i]->indicator,
		                            .fund = (enum fund_kind)wire->profiles[i]->fund};
		for (size_t month = 0; month < 12 && month < wire->profiles[i]->n_shares; month++)
			profile->shares[month] = (uint16_t)wire->profiles[i]->shares[month];
	}
	for (size_t i = 0; i < wire->n_deadlines; i++) {
		const Fupin__V1__DeadlineRule *from = wire->deadlines[i];
		c->rules[i] = (struct deadline_rule){
		    .form = from->form,
		    .event = (enum deadline_event)from->event,
		    .first = (period)from->first,
		    .last = (period)from->last,
		    .months = from->months,
		    .day = from->day <= 31 ? (int)from->day : 0,
		    .minute = from->minute <= MINUTES_PER_DAY ? (int)from->minute : -1,
		    .notice = codec_string(from->notice),
		};
	}
}

/* The moment comes from the date and the calendar, as at the centre. */
static void
document_kinds_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	for (size_t i = 0; i < wire->n_document_kinds; i++) {
		const Fupin__V1__DocumentKind *from = wire->document_kinds[i];
		c->document_kinds[i] = (struct document_kind){
		    .number = from->number,
		    .level = level_from_wire((int)from->level),
		    .code = codec_string(from->code),
		    .name_zh = codec_string(from->name_zh),
		    .name_en = codec_string(from->name_en),
		    .notice = codec_string(from->notice),
		    .due_date = (date)from->due_date,
		    .minute = from->minute <= MINUTES_PER_DAY ? (int)from->minute : -1,
		};
	}
}

static bool
catalogue_reserve(const Fupin__V1__Catalogue *wire, struct catalogue *c)
{
	c->unit_count = wire->n_units;
	c->form_count = wire->n_forms;
	c->version_count = wire->n_versions;
	c->indicator_count = wire->n_indicators;
	c->source_count = wire->n_sources;
	c->use_count = wire->n_uses;
	c->target_count = wire->n_targets;
	c->day_count = wire->n_days;
	c->rule_count = wire->n_deadlines;
	c->profile_count = wire->n_profiles;
	c->group_count = wire->n_groups;
	c->check_count = wire->n_checks;
	c->groups = arena_array(&c->arena, c->group_count, sizeof *c->groups);
	c->checks = arena_array(&c->arena, c->check_count, sizeof *c->checks);
	c->document_kind_count = wire->n_document_kinds;
	c->document_kinds = arena_array(&c->arena, c->document_kind_count, sizeof *c->document_kinds);
	c->profiles = arena_array(&c->arena, c->profile_count, sizeof *c->profiles);
	c->days = arena_array(&c->arena, c->day_count, sizeof *c->days);
	c->rules = arena_array(&c->arena, c->rule_count, sizeof *c->rules);
	c->units = arena_array(&c->arena, c->unit_count, sizeof *c->units);
	c->forms = arena_array(&c->arena, c->form_count, sizeof *c->forms);
	c->versions = arena_array(&c->arena, c->version_count, sizeof *c->versions);
	c->indicators = arena_array(&c->arena, c->indicator_count, sizeof *c->indicators);
	c->sources = arena_array(&c->arena, c->source_count, sizeof *c->sources);
	c->uses = arena_array(&c->arena, c->use_count, sizeof *c->uses);
	c->targets = arena_array(&c->arena, c->target_count, sizeof *c->targets);
	return c->units && c->forms && c->versions && c->indicators && c->sources && c->uses && c->targets &&
	       c->days && c->rules && c->profiles && c->groups && c->checks && c->document_kinds;
}

bool
codec_decode_catalogue(const uint8_t *bytes, size_t size, struct catalogue *out,
                       char error[CATALOGUE_ERROR_BYTES])
{
	ProtobufCAllocator allocator = codec_allocator(&out->arena);
	Fupin__V1__Reply *reply = fupin__v1__reply__unpack(&allocator, size, bytes);
	snprintf(error, CATALOGUE_ERROR_BYTES, "the centre's catalogue cannot be read");
	if (!reply || reply->body_case != FUPIN__V1__REPLY__BODY_CATALOGUE)
		return false;
	const Fupin__V1__Catalogue *wire = reply->catalogue;
	out->plan = codec_string(wire->plan);
	out->title_zh = codec_string(wire->title_zh);
	out->title_en = codec_string(wire->title_en);
	out->source = codec_string(wire->source);
	out->label = codec_string(wire->label);
	out->books_closed = (date)wire->books_closed;
	out->projects_since = (date)wire->projects_since;
	out->acceptance_due = (date)wire->acceptance_due;
	if (!catalogue_reserve(wire, out) || !codec_appraisal_items_from_wire(wire, out) ||
	    !codec_project_kinds_from_wire(wire, out) || !codec_rules_from_wire(wire, out))
		return false;
	units_from_wire(wire, out);
	forms_from_wire(wire, out);
	terms_from_wire(wire->sources, wire->n_sources, out->sources);
	terms_from_wire(wire->uses, wire->n_uses, out->uses);
	deadlines_from_wire(wire, out);
	checks_from_wire(wire, out);
	document_kinds_from_wire(wire, out);
	return versions_from_wire(wire, out) && targets_from_wire(wire, out) && catalogue_finish(out, error);
}
