-- The plan's rules that are checked as figures come in, as in rules.csv and rules/*.sql.
CREATE TABLE plan_rule (
    number    integer PRIMARY KEY,
    code      text NOT NULL UNIQUE,
    levels    text NOT NULL,                     -- of the units that it judges, with spaces between
    severity  text NOT NULL CHECK (severity IN ('red', 'amber')),
    at_most   boolean NOT NULL,                  -- the measured may not exceed the threshold; else it has to reach it
    threshold bigint NOT NULL,                   -- times 10^decimals of the measure
    measure   text NOT NULL CHECK (measure IN ('yuan', 'percent', 'ratio', 'days', 'count')),
    due       date,                              -- by which it counts; NULL: at all times
    name_zh   text NOT NULL,
    name_en   text NOT NULL,
    notice    text NOT NULL,
    sql       text NOT NULL
);
