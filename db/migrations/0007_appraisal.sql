-- The items of the appraisal (绩效考评) and their weights, as in appraisal.csv.
CREATE TABLE appraisal_item (
    number      integer PRIMARY KEY,
    code        text NOT NULL UNIQUE,
    kind        text NOT NULL CHECK (kind IN ('target', 'pace', 'share', 'funds', 'on_time', 'complete', 'approved')),
    indicator   integer REFERENCES indicator,
    fund_kind   smallint,
    other       integer REFERENCES indicator,
    other_fund  smallint,
    approved    boolean NOT NULL,              -- of approved figures, not of submitted ones
    weight      integer NOT NULL CHECK (weight BETWEEN 1 AND 100), -- per cent
    name_zh     text NOT NULL,
    name_en     text NOT NULL,
    notice      text NOT NULL
);
