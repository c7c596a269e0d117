#include "standing_columns.h"

#include "column_table.h"
#include "session/standing.h"

#define ROW struct standing_report
static const struct column returned[] = {
    UNIT("unit", unit, JSON_ONLY), COUNT("period", period, JSON_ONLY), TEXT("form", form, JSON_ONLY),
    TEXT("name", name, JSON_ONLY), TEXT("text", text, JSON_ONLY),
};
static const struct columns returned_columns = COLUMNS("returned", returned);
#undef ROW

#define ROW struct standing_deadline
static const struct column deadlines[] = {
    TEXT("form", form, JSON_ONLY),    COUNT("period", period, JSON_ONLY),   SECONDS("due", due, JSON_ONLY),
    COUNT("units", units, JSON_ONLY), COUNT("missing", missing, JSON_ONLY),
};
static const struct columns deadline_columns = COLUMNS("deadlines", deadlines);
#undef ROW

#define ROW struct standing_key
static const struct column keys[] = {
    TEXT("name", name, JSON_ONLY),
    TEXT("public_key", public_key, JSON_ONLY),
    TEXT("admitted_by", admitted_by, JSON_ONLY),
    MICROSECONDS("admitted_us", admitted_us, JSON_ONLY),
    TEXT("ended_by", ended_by, JSON_ONLY),
    MICROSECONDS("ended_us", ended_us, JSON_ONLY),
    COUNT("sent", sent, JSON_ONLY),
    COUNT("last_seq", last_seq, JSON_ONLY),
    MICROSECONDS("last_us", last_us, JSON_ONLY),
};
static const struct columns key_columns = COLUMNS("other_keys", keys);
#undef ROW

#define ROW struct standing
static const struct column standing[] = {
    MICROSECONDS("time_us", time_us, JSON_ONLY),
    COUNT("store_ready", store_ready, JSON_ONLY),
    COUNT("overdue", overdue, JSON_ONLY),
    COUNT("returned_more", returned_more, JSON_ONLY),
    ARRAY("returned", returned, returned_count, &returned_columns),
    ARRAY("deadlines", deadlines, deadline_count, &deadline_columns),
    ARRAY("other_keys", keys, key_count, &key_columns),
    COUNT("other_keys_more", keys_more, JSON_ONLY),
};
const struct columns standing_columns = COLUMNS("standing", standing);
#undef ROW
