/* What requests and replies both hold. */
#include "shapes.h"

/* clang-format off */

#undef AT
#define AT Fupin__V1__AsOf, struct as_of
SHAPE(as_of, as_of,
    NUMBER(seq),
    NUMBER(time_us));

#undef AT
#define AT Fupin__V1__ReportKey, struct report_key
SHAPE(report_key, report_key,
    NUMBER(unit),
    NUMBER(form),
    NUMBER(period));

#undef AT
#define AT Fupin__V1__DocumentKey, struct document_key
SHAPE(document_key, document_key,
    NUMBER(unit),
    NUMBER(kind),
    NUMBER(version));

#undef AT
#define AT Fupin__V1__FindingKey, struct finding_key
SHAPE(finding_key, finding_key,
    NUMBER(rule),
    NUMBER(unit));

#undef AT
#define AT Fupin__V1__ProjectKey, struct project_key
SHAPE(project_key, project_key,
    NUMBER(unit),
    CODE(code, "projects: no such state, or no such code"));

#undef AT
#define AT Fupin__V1__TargetValue, struct target_value
SHAPE(target_value, target_value,
    NUMBER(year),
    NUMBER(indicator),
    ENUM(fund, FUND_KINDS),
    NUMBER(value),
    NUMBER(revision),
    NUMBER(pace_period),
    NUMBER(reached),
    NUMBER(expected_share),
    NUMBER_AS(expected, pace.expected),
    ENUM_AS(method, pace.method, FORECAST_BY_TREND + 1),
    NUMBER_AS(forecast, pace.forecast),
    NUMBER_AS(trend_months, pace.trend_months),
    NUMBER_AS(trend, pace.trend),
    NUMBER(part_count),
    NUMBER(parts));

/* A kind that is none is found by the centre's checks; in an answer there is none. */
#define ENTRY_BUT_KIND                                                                                        \
    NUMBER(unit),                                                                                              \
    STRING(voucher),                                                                                           \
    NUMBER(occurred),                                                                                          \
    NUMBER(source),                                                                                            \
    NUMBER(use),                                                                                               \
    NUMBER(counterparty),                                                                                      \
    NUMBER(amount_fen),                                                                                        \
    STRING(note),                                                                                              \
    STRING(refers),                                                                                            \
    STRING(document),                                                                                          \
    STRING(project)

#undef AT
#define AT Fupin__V1__FundEntry, struct fund_entry
SHAPE(fund_entry, fund_entry, NUMBER(kind), ENTRY_BUT_KIND);
SHAPE(fund_entry_known, fund_entry, STRICT_ENUM(kind, FUND_KINDS, 0, NULL), ENTRY_BUT_KIND);

#undef AT
#define AT Fupin__V1__ProjectBudget, struct project_budget
SHAPE_STATIC(project_budget, project_budget,
    NUMBER(source),
    NUMBER(amount_fen));

#undef AT
#define AT Fupin__V1__ProjectPlan, struct project_row
SHAPE_STATIC(project_plan, project_plan,
    NUMBER(replaces),
    STRING(name),
    NUMBER(kind),
    NUMBER(leader),
    NUMBER(begins),
    NUMBER(ends),
    MESSAGES(budgets, budgets, budget_count, project_budget, .limit = PROJECT_BUDGETS_MAX,
        .what = "a project has more than 16 budgets"));

#define PROJECT_ROW_BUT_ENUMS                                                                                  \
    NUMBER(unit),                                                                                              \
    STRING(code),                                                                                              \
    NUMBER(occurred),                                                                                          \
    STRING(document),                                                                                          \
    STRING(note),                                                                                              \
    NUMBER(percent),                                                                                           \
    NUMBER(acceptor),                                                                                          \
    FLAG(passed),                                                                                              \
    ARRAY(met, met, met_count, .limit = ACCEPTANCE_ITEMS_MAX,                                                  \
        .what = "an acceptance has more than 32 items"),                                                       \
    NUMBER(again_by),                                                                                          \
    PART(plan, project_plan, 0, WHEN(step, PROJECT_REGISTER))

#undef AT
#define AT Fupin__V1__ProjectRow, struct project_row
SHAPE(project_row, project_row, NUMBER(step), NUMBER(system), PROJECT_ROW_BUT_ENUMS);
SHAPE(project_row_known, project_row,
    STRICT_ENUM(step, PROJECT_STEPS, 0, NULL),
    STRICT_ENUM(system, PROJECT_SYSTEMS, ZERO, NULL),
    PROJECT_ROW_BUT_ENUMS);
