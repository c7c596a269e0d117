#include "check.h"
#include "check_internal.h"

#include "base/decimal.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool
check_unit_then(const struct catalogue *c, unit_code code, period when, enum problem_subject subject,
                size_t row, struct problem_list *problems)
{
	const struct unit *unit = catalogue_unit(c, code), *then;
	char text[8];
	if (unit_in_period(unit, when))
		return true;
	struct problem *p = problem_add(problems, PROBLEM_UNIT_NOT_THEN, subject, row, "unit");
	p->actual = code;
	period_format(when, text);
	then = catalogue_unit_then(c, unit, when);
	if (then)
		problem_detail(p, "%s (→ %" PRId64 " %s)", text, then->code, then->name);
	else
		problem_detail(p, "%s", text);
	return false;
}

/* Which version may this report use? NULL, with a problem, if none. */
static const struct form_version *
check_place(const struct catalogue *c, date today, const struct report *r, size_t row,
            struct problem_list *problems)
{
	const struct unit *unit = catalogue_unit(c, r->unit);
	const struct form *form = catalogue_form(c, r->form);
	if (!unit) {
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_REPORT, row, "unit"), "%" PRId64,
		               r->unit);
		return NULL;
	}
	if (!form) {
		problem_detail(problem_add(problems, PROBLEM_FORM_UNKNOWN, SUBJECT_REPORT, row, "form"), "%u",
		               r->form);
		return NULL;
	}
	if (form->level != unit_level_of(r->unit)) {
		problem_detail(problem_add(problems, PROBLEM_FORM_LEVEL_WRONG, SUBJECT_REPORT, row, "form"),
		               "form %s is for units at %s level, %s is at %s level", form->code,
		               unit_level_name(form->level), unit->name, unit_level_name(unit->level));
		return NULL;
	}
	if (!period_valid(r->period)) {
		problem_detail(problem_add(problems, PROBLEM_PERIOD_INVALID, SUBJECT_REPORT, row, "period"), "%d",
		               r->period);
		return NULL;
	}
	if (r->period > date_period(today)) {
		struct problem *p = problem_add(problems, PROBLEM_PERIOD_FUTURE, SUBJECT_REPORT, row, "period");
		char text[8];
		period_format(r->period, text);
		problem_detail(p, "%s", text);
		p->limit = date_period(today);
		return NULL;
	}
	if (!unit_in_period(unit, r->period)) {
		check_unit_then(c, r->unit, r->period, SUBJECT_REPORT, row, problems);
		return NULL;
	}
	return catalogue_version_for(c, r->form, r->period);
}

/* Is the version that the report names the one that is open for its period? */
static const struct form_version *
check_version(const struct catalogue *c, const struct form_version *open, const struct report *r, size_t row,
              struct problem_list *problems)
{
	const struct form_version *version = catalogue_version(c, r->form, r->form_version);
	if (version && version == open)
		return version;
	enum problem_code code = version ? PROBLEM_FORM_VERSION_CLOSED : PROBLEM_FORM_VERSION_UNKNOWN;
	struct problem *p = problem_add(problems, code, SUBJECT_REPORT, row, "version");
	p->actual = r->form_version;
	char first[8], last[8], asked[8];
	period_format(r->period, asked);
	if (open) {
		problem_detail(p, "%s is reported in version %u", asked, open->version);
	} else if (version) {
		period_format(version->first, first);
		period_format(version->last, last);
		problem_detail(p, "%s; it is for %s..%s", asked, first, last);
	}
	return NULL;
}

void
check_text(const char *text, size_t bytes_max, const char *column, enum problem_subject subject, size_t row,
           struct problem_list *problems)
{
	if (strlen(text) > bytes_max || !utf8_is_plain(text))
		problem_add(problems, PROBLEM_TEXT_INVALID, subject, row, column)->limit = (int64_t)bytes_max;
}

static struct problem *
value_problem(struct problem_list *problems, enum problem_code code, size_t row,
              const struct form_field *field, int64_t actual, int64_t limit)
{
	struct problem *p = problem_add(problems, code, SUBJECT_REPORT, row, field->definition->code);
	p->actual = actual;
	p->limit = limit;
	p->decimals = (uint32_t)field->definition->decimals;
	return p;
}

struct placed {
	bool present[FORM_FIELDS_MAX];
	int64_t values[FORM_FIELDS_MAX];
};

/* Puts each value at its position in the form; problems for indicators unknown or repeated. */
static void
place_values(const struct form_version *version, const struct report *r, size_t row, struct placed *placed,
             struct problem_list *problems)
{
	for (uint32_t i = 0; i < r->value_count; i++) {
		int at = form_version_position(version, r->indicators[i], i);
		if (at < 0) {
			problem_detail(
			    problem_add(problems, PROBLEM_INDICATOR_UNKNOWN, SUBJECT_REPORT, row, "indicators"), "%u",
			    r->indicators[i]);
		} else if (placed->present[at]) {
			value_problem(problems, PROBLEM_INDICATOR_REPEATED, row, &version->fields[at], 0, 0);
		} else {
			placed->present[at] = true;
			placed->values[at] = r->values[i];
		}
	}
}

static void
check_values(const struct form_version *version, const struct placed *placed, size_t row,
             struct problem_list *problems)
{
	for (size_t at = 0; at < version->field_count; at++) {
		const struct form_field *field = &version->fields[at];
		int64_t value = placed->values[at];
		if (!placed->present[at]) {
			if (field->required)
				value_problem(problems, PROBLEM_VALUE_MISSING, row, field, 0, 0);
			continue;
		}
		if (value < field->minimum)
			value_problem(problems, PROBLEM_VALUE_TOO_SMALL, row, field, value, field->minimum);
		else if (value > field->maximum)
			value_problem(problems, PROBLEM_VALUE_TOO_LARGE, row, field, value, field->maximum);
	}
	for (size_t at = 0; at < version->field_count; at++) {
		const struct form_field *field = &version->fields[at];
		/* A part whose whole was not reported has nothing to stay within: the whole counts as 0. */
		if (field->whole < 0 || !placed->present[at] || placed->values[at] <= placed->values[field->whole])
			continue;
		struct problem *p = value_problem(problems, PROBLEM_PART_EXCEEDS_WHOLE, row, field,
		                                  placed->values[at], placed->values[field->whole]);
		const struct indicator *whole = version->fields[field->whole].definition;
		problem_detail(p, "%s %s", whole->name_zh, whole->name_en);
	}
}

bool
check_report(const struct catalogue *c, date today, const struct report *r, size_t row,
             struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	const struct form_version *open = check_place(c, today, r, row, problems);
	if (problems->count + problems->more != before)
		return false;
	const struct form_version *version = check_version(c, open, r, row, problems);
	if (!version)
		return false;
	struct placed placed = {0};
	place_values(version, r, row, &placed, problems);
	check_values(version, &placed, row, problems);
	if (r->reason && *r->reason)
		check_text(r->reason, NOTE_BYTES_MAX, "reason", SUBJECT_REPORT, row, problems);
	return problems->count + problems->more == before;
}

/* Which side of the unit the other unit of an entry must stand on (notice 四(二): money goes down from
 * the province through prefecture and county to village and project). */
enum side { SIDE_NONE, SIDE_BELOW, SIDE_ABOVE, SIDE_EITHER };

enum need { NOT_ALLOWED, OPTIONAL, REQUIRED };

static const struct {
	enum side counterparty;
	bool use;
	enum need refers, project;
} entry_rules[FUND_KINDS] = {
    [FUND_RAISED] = {SIDE_NONE, false, NOT_ALLOWED, NOT_ALLOWED},
    [FUND_SENT_DOWN] = {SIDE_BELOW, false, OPTIONAL, NOT_ALLOWED}, /* draws on an allocation */
    [FUND_RECEIVED] = {SIDE_EITHER, false, REQUIRED, NOT_ALLOWED}, /* what was sent down, or returned */
    [FUND_GRANTED] = {SIDE_BELOW, true, NOT_ALLOWED, OPTIONAL},
    [FUND_SPENT] = {SIDE_NONE, true, NOT_ALLOWED, OPTIONAL},
    [FUND_ALLOCATED] = {SIDE_BELOW, false, NOT_ALLOWED, NOT_ALLOWED},
    [FUND_REIMBURSED] = {SIDE_NONE, false, NOT_ALLOWED, OPTIONAL},
    [FUND_RETURNED] = {SIDE_ABOVE, false, NOT_ALLOWED, NOT_ALLOWED},
    [FUND_WITHDRAWN] = {SIDE_BELOW, false, REQUIRED, NOT_ALLOWED}, /* a grant */
    [FUND_REVERSED] = {SIDE_NONE, false, REQUIRED, NOT_ALLOWED},
    [FUND_REPAID] = {SIDE_NONE, false, NOT_ALLOWED, NOT_ALLOWED},
};

static const char *
side_problem(enum side side, unit_code unit, unit_code other)
{
	bool below = other != unit && unit_within(other, unit);
	bool above = other != unit && unit_within(unit, other);
	if (side == SIDE_BELOW && !below)
		return "it must be a unit below";
	if (side == SIDE_ABOVE && !above)
		return "it must be a unit above";
	if (side == SIDE_EITHER && !below && !above)
		return "it must be a unit above or below";
	return NULL;
}

static void
check_counterparty(const struct catalogue *c, const struct fund_entry *e, size_t row,
                   struct problem_list *problems)
{
	enum side side = entry_rules[e->kind].counterparty;
	const char *column = "counterparty";
	if (side == SIDE_NONE) {
		if (e->counterparty)
			problem_detail(
			    problem_add(problems, PROBLEM_COUNTERPARTY_NOT_ALLOWED, SUBJECT_ENTRY, row, column), "%s",
			    fund_kind_name(e->kind));
		return;
	}
	if (!e->counterparty) {
		problem_detail(problem_add(problems, PROBLEM_COUNTERPARTY_MISSING, SUBJECT_ENTRY, row, column), "%s",
		               fund_kind_name(e->kind));
		return;
	}
	/* To a project of the unit's own money may be granted, too, and what is left comes back. */
	if (e->counterparty == e->unit && (e->kind == FUND_WITHDRAWN || (e->kind == FUND_GRANTED && *e->project)))
		return;
	/* An office's catalogue holds its own scope only: units above it are checked by their code. */
	const char *wrong = side_problem(side, e->unit, e->counterparty);
	bool known = catalogue_unit(c, e->counterparty) || unit_within(e->unit, e->counterparty);
	if (!wrong && known)
		return;
	struct problem *p = problem_add(problems, PROBLEM_COUNTERPARTY_WRONG, SUBJECT_ENTRY, row, column);
	p->actual = e->counterparty;
	problem_detail(p, "%s", wrong ? wrong : "it is not in the plan");
}

static void
check_terms(const struct catalogue *c, const struct fund_entry *e, size_t row, struct problem_list *problems)
{
	const char *kind = fund_kind_name(e->kind);
	const struct fund_term *source = fund_term_by_number(c->sources, c->source_count, e->source);
	if (!source)
		problem_detail(problem_add(problems, PROBLEM_SOURCE_UNKNOWN, SUBJECT_ENTRY, row, "source"), "%u",
		               e->source);
	bool wants_use = entry_rules[e->kind].use;
	if (wants_use && !e->use)
		problem_detail(problem_add(problems, PROBLEM_USE_MISSING, SUBJECT_ENTRY, row, "use"), "%s", kind);
	else if (!wants_use && e->use)
		problem_detail(problem_add(problems, PROBLEM_USE_NOT_ALLOWED, SUBJECT_ENTRY, row, "use"), "%s", kind);
	else if (wants_use && !fund_term_by_number(c->uses, c->use_count, e->use))
		problem_detail(problem_add(problems, PROBLEM_USE_UNKNOWN, SUBJECT_ENTRY, row, "use"), "%u", e->use);
	else if (source && e->use && !fund_source_permits(source, e->use))
		problem_detail(problem_add(problems, PROBLEM_USE_NOT_PERMITTED, SUBJECT_ENTRY, row, "use"), "%s %s",
		               source->name_zh, fund_term_by_number(c->uses, c->use_count, e->use)->name_zh);
	if (source && e->kind == FUND_REPAID && !source->loan)
		problem_detail(problem_add(problems, PROBLEM_SOURCE_NOT_LOAN, SUBJECT_ENTRY, row, "source"), "%s %s",
		               source->name_zh, source->code);
}

static void
check_amount(const struct fund_entry *e, size_t row, struct problem_list *problems)
{
	if (e->amount_fen >= 1 && e->amount_fen <= VALUE_MAX)
		return;
	enum problem_code code = e->amount_fen > VALUE_MAX ? PROBLEM_AMOUNT_TOO_LARGE
	                         : e->amount_fen           ? PROBLEM_AMOUNT_NEGATIVE
	                                                   : PROBLEM_AMOUNT_ZERO;
	struct problem *p = problem_add(problems, code, SUBJECT_ENTRY, row, "amount");
	p->actual = e->amount_fen;
	p->limit = VALUE_MAX;
	p->decimals = MONEY_DECIMALS;
}

static void
check_refers(const struct fund_entry *e, size_t row, struct problem_list *problems)
{
	enum need need = entry_rules[e->kind].refers;
	if (need == REQUIRED && !*e->refers)
		problem_detail(problem_add(problems, PROBLEM_REFERRED_MISSING, SUBJECT_ENTRY, row, "refers"), "%s",
		               fund_kind_name(e->kind));
	if (need == NOT_ALLOWED && *e->refers)
		problem_detail(problem_add(problems, PROBLEM_REFERRED_NOT_ALLOWED, SUBJECT_ENTRY, row, "refers"),
		               "%s", fund_kind_name(e->kind));
	if (entry_rules[e->kind].project == NOT_ALLOWED && *e->project)
		problem_detail(problem_add(problems, PROBLEM_PROJECT_NOT_ALLOWED, SUBJECT_ENTRY, row, "project"),
		               "%s", fund_kind_name(e->kind));
	if (e->kind == FUND_REVERSED && !*e->note)
		problem_add(problems, PROBLEM_REASON_MISSING, SUBJECT_ENTRY, row, "note");
}

static void
check_date(const struct catalogue *c, date today, const struct fund_entry *e, size_t row,
           struct problem_list *problems)
{
	char text[11];
	if (!date_valid(e->occurred)) {
		problem_detail(problem_add(problems, PROBLEM_DATE_INVALID, SUBJECT_ENTRY, row, "occurred"), "%d",
		               e->occurred);
	} else if (e->occurred > today) {
		date_format(e->occurred, text);
		problem_detail(problem_add(problems, PROBLEM_DATE_FUTURE, SUBJECT_ENTRY, row, "occurred"), "%s",
		               text);
	} else if (e->occurred <= c->books_closed) {
		date_format(c->books_closed, text);
		problem_detail(problem_add(problems, PROBLEM_YEAR_CLOSED, SUBJECT_ENTRY, row, "occurred"), "%s",
		               text);
	}
}

bool
check_entry(const struct catalogue *c, date today, const struct fund_entry *e, size_t row,
            struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	if (!catalogue_unit(c, e->unit)) {
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_ENTRY, row, "unit"), "%" PRId64,
		               e->unit);
		return false;
	}
	check_amount(e, row, problems);
	if (e->kind <= FUND_KIND_NONE || e->kind >= FUND_KINDS) {
		problem_detail(problem_add(problems, PROBLEM_KIND_UNKNOWN, SUBJECT_ENTRY, row, "kind"), "%d",
		               (int)e->kind);
		return false;
	}
	check_terms(c, e, row, problems);
	check_counterparty(c, e, row, problems);
	check_refers(e, row, problems);
	check_date(c, today, e, row, problems);
	if (date_valid(e->occurred))
		check_unit_then(c, e->unit, date_period(e->occurred), SUBJECT_ENTRY, row, problems);
	if (!*e->voucher)
		problem_add(problems, PROBLEM_VOUCHER_MISSING, SUBJECT_ENTRY, row, "voucher");
	check_text(e->voucher, VOUCHER_BYTES_MAX, "voucher", SUBJECT_ENTRY, row, problems);
	check_text(e->note, NOTE_BYTES_MAX, "note", SUBJECT_ENTRY, row, problems);
	check_text(e->refers, VOUCHER_BYTES_MAX, "refers", SUBJECT_ENTRY, row, problems);
	check_text(e->document, NAME_BYTES_MAX, "document", SUBJECT_ENTRY, row, problems);
	check_text(e->project, VOUCHER_BYTES_MAX, "project", SUBJECT_ENTRY, row, problems);
	return problems->count + problems->more == before;
}

/* An extension only ever gives more time than the plan. */
static void
check_until(const struct extension *e, int64_t planned, size_t row, struct problem_list *problems)
{
	if (e->until > planned && e->until <= TIME_MAX)
		return;
	struct problem *p = problem_add(problems, PROBLEM_TIME_INVALID, SUBJECT_EXTENSION, row, "until");
	p->actual = e->until;
	p->limit = planned;
}

static void
check_extended_form(const struct catalogue *c, const struct extension *e, size_t row,
                    struct problem_list *problems)
{
	const struct form *form = catalogue_form(c, e->form);
	if (!form)
		problem_detail(problem_add(problems, PROBLEM_FORM_UNKNOWN, SUBJECT_EXTENSION, row, "form"), "%u",
		               e->form);
	else if (unit_level_of(e->unit) > form->level)
		problem_detail(problem_add(problems, PROBLEM_FORM_LEVEL_WRONG, SUBJECT_EXTENSION, row, "form"),
		               "form %s is for units at %s level", form->code, unit_level_name(form->level));
	bool movable = e->event >= DEADLINE_DUE && e->event < DEADLINE_EVENTS;
	if (!movable)
		problem_add(problems, PROBLEM_EVENT_INVALID, SUBJECT_EXTENSION, row, "event");
	if (!period_valid(e->period))
		problem_detail(problem_add(problems, PROBLEM_PERIOD_INVALID, SUBJECT_EXTENSION, row, "period"), "%d",
		               e->period);
	else if (movable && form)
		check_until(e, catalogue_deadlines(c, e->form, e->period)->at[e->event], row, problems);
}

static void
check_extended_document(const struct catalogue *c, const struct extension *e, size_t row,
                        struct problem_list *problems)
{
	const struct document_kind *kind = catalogue_document(c, e->document);
	if (!kind)
		problem_detail(
		    problem_add(problems, PROBLEM_DOCUMENT_KIND_UNKNOWN, SUBJECT_EXTENSION, row, "document"), "%u",
		    e->document);
	else if (unit_level_of(e->unit) > kind->level)
		problem_detail(
		    problem_add(problems, PROBLEM_DOCUMENT_LEVEL_WRONG, SUBJECT_EXTENSION, row, "document"),
		    "document %s is owed by units at %s level", kind->code, unit_level_name(kind->level));
	else
		check_until(e, kind->due, row, problems);
	if (e->event != DEADLINE_DUE)
		problem_add(problems, PROBLEM_EVENT_INVALID, SUBJECT_EXTENSION, row, "event");
	if (e->form)
		problem_detail(problem_add(problems, PROBLEM_FORM_UNKNOWN, SUBJECT_EXTENSION, row, "form"), "%u",
		               e->form);
	if (e->period)
		problem_detail(problem_add(problems, PROBLEM_PERIOD_INVALID, SUBJECT_EXTENSION, row, "period"), "%d",
		               e->period);
}

bool
check_extension(const struct catalogue *c, const struct extension *e, size_t row,
                struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	if (!catalogue_unit(c, e->unit)) {
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_EXTENSION, row, "unit"),
		               "%" PRId64, e->unit);
		return false;
	}
	if (e->document)
		check_extended_document(c, e, row, problems);
	else
		check_extended_form(c, e, row, problems);
	if (!*e->reason)
		problem_add(problems, PROBLEM_REASON_MISSING, SUBJECT_EXTENSION, row, "reason");
	check_text(e->reason, NOTE_BYTES_MAX, "reason", SUBJECT_EXTENSION, row, problems);
	return problems->count + problems->more == before;
}

bool
check_review(const struct catalogue *c, const struct review *r, size_t row, struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	if (!catalogue_unit(c, r->unit))
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_REVIEW, row, "unit"), "%" PRId64,
		               r->unit);
	if (!catalogue_form(c, r->form))
		problem_detail(problem_add(problems, PROBLEM_FORM_UNKNOWN, SUBJECT_REVIEW, row, "form"), "%u",
		               r->form);
	if (!period_valid(r->period))
		problem_detail(problem_add(problems, PROBLEM_PERIOD_INVALID, SUBJECT_REVIEW, row, "period"), "%d",
		               r->period);
	else if (catalogue_unit(c, r->unit))
		check_unit_then(c, r->unit, r->period, SUBJECT_REVIEW, row, problems);
	if (r->decision <= DECISION_NONE || r->decision >= DECISIONS)
		problem_add(problems, PROBLEM_DECISION_UNKNOWN, SUBJECT_REVIEW, row, "decision")->actual =
		    (int64_t)r->decision;
	bool returned = r->decision == DECISION_RETURN;
	bool has_reason = r->reason > RETURN_REASON_NONE && r->reason < RETURN_REASONS && *r->text;
	if (returned && !has_reason)
		problem_detail(
		    problem_add(problems, PROBLEM_REASON_MISSING, SUBJECT_REVIEW, row, "reason"),
		    ": wrong_figure, missing_figure, inconsistent, no_evidence, asked_for or other, and text");
	check_text(r->text, NOTE_BYTES_MAX, "text", SUBJECT_REVIEW, row, problems);
	return problems->count + problems->more == before;
}

bool
check_target(const struct catalogue *c, const struct target_part *t, size_t row,
             struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	const struct indicator *indicator = catalogue_indicator(c, t->indicator);
	bool of_fund = fund_kind_counts_once(t->fund) && !t->indicator;
	if (!catalogue_unit(c, t->unit))
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, SUBJECT_TARGET, row, "unit"), "%" PRId64,
		               t->unit);
	if (t->year < PERIOD_FIRST / 100 || t->year > PERIOD_LAST / 100)
		problem_add(problems, PROBLEM_YEAR_INVALID, SUBJECT_TARGET, row, "year")->actual = t->year;
	if (!of_fund && (!indicator || t->fund))
		problem_detail(problem_add(problems, PROBLEM_MEASURE_UNKNOWN, SUBJECT_TARGET, row, "measure"),
		               "%u, %d", t->indicator, (int)t->fund);
	if (t->value < 0 || t->value > VALUE_MAX) {
		bool small = t->value < 0;
		struct problem *p = problem_add(problems, small ? PROBLEM_VALUE_TOO_SMALL : PROBLEM_VALUE_TOO_LARGE,
		                                SUBJECT_TARGET, row, "value");
		p->actual = t->value;
		p->limit = small ? 0 : VALUE_MAX;
		p->decimals = of_fund ? MONEY_DECIMALS : indicator ? (uint32_t)indicator->decimals : 0;
	}
	check_text(t->note, NOTE_BYTES_MAX, "note", SUBJECT_TARGET, row, problems);
	return problems->count + problems->more == before;
}

bool
check_file(const struct catalogue *c, unit_code unit, uint64_t size, enum file_type type,
           enum problem_subject subject, size_t row, struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	if (!catalogue_unit(c, unit))
		problem_detail(problem_add(problems, PROBLEM_UNIT_UNKNOWN, subject, row, "unit"), "%" PRId64, unit);
	if (size < 1 || size > DOCUMENT_BYTES_MAX) {
		enum problem_code code = size ? PROBLEM_VALUE_TOO_LARGE : PROBLEM_VALUE_TOO_SMALL;
		struct problem *p = problem_add(problems, code, subject, row, "size");
		p->actual = size <= VALUE_MAX ? (int64_t)size : VALUE_MAX;
		p->limit = size ? DOCUMENT_BYTES_MAX : 1;
	}
	if (type <= FILE_TYPE_NONE || type >= FILE_TYPES)
		problem_add(problems, PROBLEM_FILE_TYPE_UNKNOWN, subject, row, "type");
	return problems->count + problems->more == before;
}

/* A name that could lead elsewhere when it is written at the other end is none. */
static void
check_file_name(const char *name, size_t row, struct problem_list *problems)
{
	if (!*name || *name == '.' || strpbrk(name, "/\\") || strlen(name) > NAME_BYTES_MAX ||
	    !utf8_is_plain(name))
		problem_add(problems, PROBLEM_TEXT_INVALID, SUBJECT_DOCUMENT, row, "name")->limit = NAME_BYTES_MAX;
}

bool
check_document(const struct catalogue *c, const struct document *d, size_t row, struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	const struct document_kind *kind = catalogue_document(c, d->kind);
	check_file(c, d->unit, d->size, d->type, SUBJECT_DOCUMENT, row, problems);
	if (!kind)
		problem_detail(problem_add(problems, PROBLEM_DOCUMENT_KIND_UNKNOWN, SUBJECT_DOCUMENT, row, "kind"),
		               "%u", d->kind);
	else if (unit_level_of(d->unit) != kind->level)
		problem_detail(problem_add(problems, PROBLEM_DOCUMENT_LEVEL_WRONG, SUBJECT_DOCUMENT, row, "kind"),
		               "document %s is owed by units at %s level", kind->code, unit_level_name(kind->level));
	check_file_name(d->name, row, problems);
	check_text(d->note, NOTE_BYTES_MAX, "note", SUBJECT_DOCUMENT, row, problems);
	return problems->count + problems->more == before;
}

bool
check_submission(const struct catalogue *c, date today, const struct submission *s,
                 struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	size_t rows = submission_rows(s);
	if (!submission_id_valid(&s->id))
		problem_add(problems, PROBLEM_ID_INVALID, SUBJECT_REQUEST, 0, NULL);
	if (!rows && !s->voided)
		problem_add(problems, PROBLEM_SUBMISSION_EMPTY, SUBJECT_REQUEST, 0, NULL);
	if (rows > SUBMISSION_ROWS_MAX) {
		struct problem *p = problem_add(problems, PROBLEM_ROWS_TOO_MANY, SUBJECT_REQUEST, 0, NULL);
		p->actual = (int64_t)rows;
		p->limit = SUBMISSION_ROWS_MAX;
		return false;
	}
	struct check_row room[SUBMISSION_ROWS_MAX];
	return check_content(c, today, s, room, problems) && problems->count + problems->more == before;
}

bool
check_content(const struct catalogue *c, date today, const struct submission *s, struct check_row *room,
              struct problem_list *problems)
{
	size_t before = problems->count + problems->more;
	for (size_t i = 0; i < s->report_count; i++)
		check_report(c, today, &s->reports[i], i, problems);
	for (size_t i = 0; i < s->entry_count; i++)
		check_entry(c, today, &s->entries[i], i, problems);
	for (size_t i = 0; i < s->extension_count; i++)
		check_extension(c, &s->extensions[i], i, problems);
	for (size_t i = 0; i < s->review_count; i++)
		check_review(c, &s->reviews[i], i, problems);
	for (size_t i = 0; i < s->target_count; i++)
		check_target(c, &s->targets[i], i, problems);
	for (size_t i = 0; i < s->document_count; i++)
		check_document(c, &s->documents[i], i, problems);
	for (size_t i = 0; i < s->project_count; i++)
		check_project(c, today, &s->projects[i], i, problems);
	check_repeated(s, room, problems);
	return problems->count + problems->more == before;
}
