/* Exceptions to deadlines (宽限), as the journal holds them. Pure. */
#ifndef FUPIN_SERVER_EXTENSIONS_H
#define FUPIN_SERVER_EXTENSIONS_H

#include "field/catalogue.h"

struct extensions;

struct extensions *extensions_create(void);
void extensions_destroy(struct extensions **extensions);

/* The newest of its unit, period, form (or document) and event is the one that counts. */
bool extensions_add(struct extensions *extensions, const struct extension *extension)
    __attribute__((warn_unused_result));

/* The deadlines that hold for a unit: the plan's, or those of an extension for the unit or one above it,
 * whichever are later. A later due date also moves the dates until which reports and corrections are
 * accepted. */
struct deadlines extensions_deadlines(const struct extensions *extensions, const struct catalogue *catalogue,
                                      unit_code unit, uint32_t form, period when);
/* The same for the date at which a document is due. */
int64_t extensions_due(const struct extensions *extensions, const struct document_kind *kind, unit_code unit);

#endif
