-- Targets as offices set them, level by level, beside the plan's own (table target); and monthly profiles.

CREATE TABLE target_part (
    county     integer NOT NULL,
    unit       bigint NOT NULL,
    year       integer NOT NULL,
    indicator  integer NOT NULL,               -- 0: for a fund kind
    fund_kind  smallint NOT NULL,              -- 0: for an indicator
    revision   integer NOT NULL,               -- from 1, without gaps
    value      bigint NOT NULL CHECK (value >= 0), -- times 10^decimals
    note       text NOT NULL,
    seq        bigint NOT NULL,
    line       integer NOT NULL,               -- place in the submission, from 0
    PRIMARY KEY (county, unit, year, indicator, fund_kind, revision),
    CHECK ((indicator = 0) <> (fund_kind = 0))
);

-- Which share of a year's target is expected by the end of each month, in 1/1000. Without one: a twelfth a month.
CREATE TABLE profile (
    measure    text NOT NULL,
    indicator  integer REFERENCES indicator,
    fund_kind  smallint,
    month      integer NOT NULL CHECK (month BETWEEN 1 AND 12),
    share      integer NOT NULL CHECK (share BETWEEN 0 AND 1000),
    PRIMARY KEY (measure, month),
    CHECK ((indicator IS NULL) <> (fund_kind IS NULL))
);
