/* How far units keep the plan's rules: findings with the figures behind them, and findings that turned. */
#ifndef FUPIN_CLIENT_COMPLIANCE_COLUMNS_H
#define FUPIN_CLIENT_COMPLIANCE_COLUMNS_H

#include "column.h"

/* A struct compliance_answer, with its "findings"; the same as fupin watch begins with. */
extern const struct columns compliance_columns, compliance_watch_columns;
/* A struct push of a watch of the rules. */
extern const struct columns compliance_push_columns;

/* A rule's name, and its code for programs; "": the plan has no such rule. */
struct cell cell_rule(const struct reading *reading, uint32_t rule);
struct cell cell_rule_state(const struct reading *reading, enum rule_state state);

#endif
