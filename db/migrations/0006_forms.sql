-- The way of units through time, rules over several months, and what is counted instead of reported.

-- Months in which a unit exists (yyyymm; NULL: no limit), and the unit that comes after it.
ALTER TABLE unit
    ADD COLUMN first_period integer,
    ADD COLUMN last_period integer,
    ADD COLUMN successor bigint;

-- The year's sum of a flow may not exceed the standing `base`; a step of 1 needs `step_after` at 1 in a month before.
ALTER TABLE form_field
    ADD COLUMN base integer REFERENCES indicator,
    ADD COLUMN step_after integer REFERENCES indicator;

-- An indicator that is not reported: the number of units whose value of `counts` is at least `at_least`.
ALTER TABLE indicator
    ADD COLUMN counts integer,
    ADD COLUMN at_least bigint;

-- What makes a reviewer look twice. Kinds: 1 jump (bound: per cent of the month before), 2 needs other, 3 exceeds what
-- other stood at.
CREATE TABLE soft_check (
    number     integer PRIMARY KEY,
    form       integer NOT NULL REFERENCES form,
    kind       smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    indicator  integer NOT NULL REFERENCES indicator,
    other      integer REFERENCES indicator,
    bound      bigint NOT NULL,
    text_zh    text NOT NULL,
    text_en    text NOT NULL,
    notice     text NOT NULL
);
