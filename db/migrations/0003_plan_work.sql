-- Deadlines (the plan's rules and days, and exceptions to them) and reviews, which offices submit.

-- A day that is not what its weekday says.
CREATE TABLE special_day (
    date   date PRIMARY KEY,
    works  boolean NOT NULL,                   -- a Saturday or Sunday that is worked
    name   text NOT NULL
);

-- Reports of these periods are due on `day` of the month `months` after, at `minute` of that day (UTC+08:00);
-- past the month's end: its last day; on a day off: the next working day.
CREATE TABLE deadline (
    form          integer NOT NULL REFERENCES form,
    event         smallint NOT NULL CHECK (event BETWEEN 1 AND 4), -- 1 open, 2 due, 3 closed, 4 corrections
    first_period  integer NOT NULL,
    last_period   integer NOT NULL CHECK (last_period >= first_period),
    months        integer NOT NULL,
    day           integer NOT NULL CHECK (day BETWEEN 1 AND 31),
    minute        integer NOT NULL CHECK (minute BETWEEN 0 AND 1440),
    notice        text NOT NULL,
    PRIMARY KEY (form, event, first_period)
);

-- Exceptions: one unit, and all below it, may come later. The newest of its key counts.
CREATE TABLE extension (
    county  integer NOT NULL,
    unit    bigint NOT NULL,
    period  integer NOT NULL,
    form    integer NOT NULL,
    event   smallint NOT NULL CHECK (event BETWEEN 2 AND 4),
    until   timestamptz NOT NULL,
    reason  text NOT NULL,
    seq     bigint NOT NULL,
    line    integer NOT NULL,                  -- place in the submission, from 0
    PRIMARY KEY (county, seq, line)
);

-- Why a report corrects the one before; NULL where nobody said.
ALTER TABLE report ADD COLUMN reason text;

-- Rows that are neither report nor fund entry.
ALTER TABLE submission ADD COLUMN other_count integer NOT NULL DEFAULT 0;

-- What reviewers decided, in steps for each report: the prefecture passes or returns, the province takes over
-- (which locks) or returns.
CREATE TABLE review (
    county    integer NOT NULL,
    unit      bigint NOT NULL,
    period    integer NOT NULL,
    form      integer NOT NULL,
    step      integer NOT NULL,                -- from 1, without gaps
    revision  integer NOT NULL,                -- of the report that it is about
    decision  smallint NOT NULL CHECK (decision BETWEEN 1 AND 3), -- 1 pass, 2 return, 3 take
    reason    smallint CHECK (reason BETWEEN 1 AND 6),
    text      text NOT NULL,
    seq       bigint NOT NULL,
    line      integer NOT NULL,                -- place in the submission, from 0
    PRIMARY KEY (county, period, unit, form, step)
);
CREATE INDEX review_seq ON review USING brin (seq) WITH (pages_per_range = 32, autosummarize = on);

-- The approved revision of each report: passed or taken last, and not returned after that.
CREATE VIEW report_approved AS
SELECT r.*
  FROM (SELECT DISTINCT ON (county, period, unit, form) county, period, unit, form, step, revision
          FROM review
         WHERE decision IN (1, 3)
         ORDER BY county, period, unit, form, step DESC) p
  JOIN report r USING (county, period, unit, form, revision)
 WHERE NOT EXISTS (SELECT 1 FROM review b
                    WHERE b.county = p.county AND b.period = p.period AND b.unit = p.unit
                      AND b.form = p.form AND b.decision = 2 AND b.step > p.step
                      AND b.revision = p.revision);
