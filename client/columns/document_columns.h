/* Documents, sent and owed. */
#ifndef FUPIN_CLIENT_DOCUMENT_COLUMNS_H
#define FUPIN_CLIENT_DOCUMENT_COLUMNS_H

#include "column.h"

/* A struct document_item; the reading's time says what is late. */
extern const struct columns document_columns;

#endif
