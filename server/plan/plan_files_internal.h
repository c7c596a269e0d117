/* Rows of a plan's files: plan_files.c reads them, plan_resolve.c makes the catalogue of them. */
#ifndef FUPIN_SERVER_PLAN_FILES_INTERNAL_H
#define FUPIN_SERVER_PLAN_FILES_INTERNAL_H

#include "plan_sheet.h"

struct form_row {
	struct form form;
	struct form_version version;
};

/* A row of indicators.csv: an indicator, and its field in one form version. */
struct indicator_row {
	size_t line;
	uint32_t version;
	struct indicator indicator;
	struct form_field field;
	const char *part_of, *base, *step_after;
};

struct profile_row {
	size_t line;
	struct profile profile; /* shares[0]: of the month */
	int month;
};

void plan_gather_forms(struct plan *plan, const struct form_row *rows, size_t count,
                       struct plan_errors *errors);
/* Rows of several versions name the same indicator: keeps one, and insists that they agree. */
void plan_gather_indicators(struct plan *plan, const struct indicator_row *rows, size_t count,
                            struct plan_errors *errors);
/* Makes the fields of each form version; after the two above. */
void plan_gather_fields(struct plan *plan, const struct indicator_row *rows, size_t count,
                        struct plan_errors *errors);
/* Twelve rows make a profile. */
void plan_gather_profiles(struct plan *plan, const struct profile_row *rows, size_t count,
                          struct plan_errors *errors);

/* A sheet's header may use an indicator's code or either of its names: each must mean one indicator only. */
void plan_check_names(const struct catalogue *catalogue, struct plan_errors *errors);
void plan_check_parents(const struct catalogue *catalogue, struct plan_errors *errors);
void plan_check_principals(const struct plan *plan, const char *file, struct plan_errors *errors);
/* Can the SQL of every rule be prepared by the centre? */
void plan_check_rules(const struct catalogue *catalogue, struct plan_errors *errors);

#endif
