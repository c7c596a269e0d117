/* What an office submits. */
#include "shapes.h"

/* clang-format off */

/* More values than the form has is an indicator unknown or repeated; more than this is an attack. */
static const char *
check_report(const void *message)
{
	const Fupin__V1__Report *wire = message;
	return wire->n_indicators != wire->n_values ? "a report has not as many values as indicators"
	       : wire->n_values > 4 * FORM_FIELDS_MAX ? "a report has more than 256 values"
	                                              : NULL;
}

#undef AT
#define AT Fupin__V1__Report, struct report
SHAPE_STATIC_CHECKED(report, report, check_report,
    NUMBER(unit),
    NUMBER(period),
    NUMBER(form),
    NUMBER(form_version),
    NUMBER(replaces),
    STRING(reason),
    ARRAY(indicators, indicators, value_count, .flags = 0),
    ARRAY(values, values, value_count, .flags = SAME));

#undef AT
#define AT Fupin__V1__Extension, struct extension
SHAPE_STATIC(extension, extension,
    NUMBER(unit),
    NUMBER(period),
    NUMBER(form),
    NUMBER(event),
    NUMBER(until),
    STRING(reason),
    NUMBER(document));

#undef AT
#define AT Fupin__V1__Review, struct review
SHAPE_STATIC(review, review,
    NUMBER(unit),
    NUMBER(period),
    NUMBER(form),
    NUMBER(revision),
    NUMBER(step),
    NUMBER(decision),
    NUMBER(reason),
    STRING(text));

#undef AT
#define AT Fupin__V1__TargetPart, struct target_part
SHAPE_STATIC(target_part, target_part,
    NUMBER(unit),
    SMALL(year, INT32_MAX, INT32_MAX),
    NUMBER(indicator),
    NUMBER(fund),
    NUMBER(value),
    NUMBER(replaces),
    STRING(note));

#undef AT
#define AT Fupin__V1__Document, struct document
SHAPE_STATIC(document, document,
    NUMBER(unit),
    NUMBER(kind),
    NUMBER(replaces),
    ENUM(type, FILE_TYPES),
    NUMBER(size),
    BLOB(digest, 0, "a document's digest is not 32 bytes"),
    STRING(name),
    STRING(note));

#undef AT
#define AT Fupin__V1__Submission, struct submission
SHAPE(submission, submission,
    BLOB(id, 0, NULL),
    FLAG(voided),
    MESSAGES(reports, reports, report_count, report, .limit = 0),
    MESSAGES(fund_entries, entries, entry_count, fund_entry, .limit = 0),
    MESSAGES(extensions, extensions, extension_count, extension, .limit = 0),
    MESSAGES(reviews, reviews, review_count, review, .limit = 0),
    MESSAGES(targets, targets, target_count, target_part, .limit = 0),
    MESSAGES(documents, documents, document_count, document, .limit = 0),
    MESSAGES(projects, projects, project_count, project_row, .limit = 0));
