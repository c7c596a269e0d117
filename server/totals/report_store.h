/* The reports themselves in memory: for each unit, form and month the current one, and the approved one, as
 * compactly as a nation's year needs it. totals.c adds them up. Pure. */
#ifndef FUPIN_SERVER_REPORT_STORE_H
#define FUPIN_SERVER_REPORT_STORE_H

#include "field/catalogue.h"

/* There are two totals of everything: of what was submitted, and of the part that has passed review. */
enum book { BOOK_SUBMITTED, BOOK_APPROVED, BOOKS };

#define NOT_REPORTED INT64_MIN

/* The values of a report in the order of its version, each as a varint (7 bits a byte, low ones first):
 * 0 is "not reported", else one more than the zigzagged value. */
struct stored_report {
	uint32_t revision;
	uint32_t first_at; /* when the first revision came: seconds since 1970 UTC */
	uint16_t version;  /* index in the catalogue's versions */
	uint16_t size;     /* of bytes */
	uint8_t bytes[];
};

/* What reviewers decided about the report of a month. */
struct verdict {
	uint32_t revision; /* the one that the last decision is about */
	uint32_t approved; /* revision; 0: none */
	uint16_t step;     /* decisions so far */
	uint8_t decision, reason;
	bool passed; /* some revision has passed: from then on each correction needs a reason */
	char *text;  /* of the last decision, if it was a RETURN; from malloc */
};

/* A unit's reports of one form, by month. */
struct form_reports {
	struct stored_report **by_period[BOOKS]; /* NULL until the first of the book */
	struct verdict *verdicts;                /* NULL until the first */
};

/* The slots of a form: all indicators of all its versions. Values are computed with in this order. */
struct slots {
	size_t count;
	uint32_t *indicators; /* their indexes in the catalogue */
	bool has_counts;      /* some are computed from others */
};

struct report_store {
	const struct catalogue *catalogue;
	struct form_reports *items; /* unit × form */
	struct slots *slots;        /* per form */
	int16_t **positions;        /* per version: place of a slot in it, -1: none */
	uint16_t *slot_of;          /* per indicator: its slot */
	size_t slot_most;
};

bool report_store_create(const struct catalogue *catalogue, struct report_store *out)
    __attribute__((warn_unused_result));
void report_store_destroy(struct report_store *store);

/* By index of the unit and of the form in the catalogue. A place that has had several codes has one of them
 * for all of them. */
struct form_reports *report_store_at(const struct report_store *store, size_t unit, size_t form);

/* The report of a month (its index from the plan's first on); NULL: none. */
struct stored_report *leaf_report(const struct form_reports *stored, enum book book, int at);
/* NULL: nobody has decided anything. */
struct verdict *leaf_verdict(const struct form_reports *stored, int at);

/* Room for all months. False: no memory. */
bool leaf_open(const struct report_store *store, struct form_reports *stored, enum book book)
    __attribute__((warn_unused_result));
bool leaf_open_verdicts(const struct report_store *store, struct form_reports *stored)
    __attribute__((warn_unused_result));

/* From malloc; NULL: no memory. */
struct stored_report *stored_report_make(const struct report_store *store, const struct report *report,
                                         const struct form_version *version, uint32_t revision,
                                         uint32_t first_at);
struct stored_report *stored_report_copy(const struct stored_report *report);

/* The values of a report in the order of its version's fields, NOT_REPORTED where there is none; returns how
 * many. */
size_t stored_report_values(const struct report_store *store, const struct stored_report *report,
                            int64_t out[FORM_FIELDS_MAX]);
/* The values of a report (NULL: none) by the slots of its form. */
void stored_report_slots(const struct report_store *store, const struct stored_report *report,
                         const struct slots *slots, int64_t *out);

/* Where the report of a month stands. */
enum review_state leaf_state(const struct form_reports *stored, int at);

#endif
