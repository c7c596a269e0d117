-- Every plan that a centre has served, table by table, so that an answer as of an earlier moment has the names,
-- forms, targets and deadlines of that moment. A centre adds its plan when it starts to serve another one than
-- the last.
CREATE TABLE plan_history (
    number    bigint PRIMARY KEY,
    since     timestamptz NOT NULL,   -- the centre's clock, like submission.recorded_at
    since_seq bigint NOT NULL,        -- the last commit before
    loaded_at timestamptz NOT NULL    -- plan.loaded_at when it was last found to be the same
);

CREATE TABLE plan_history_table (
    number bigint NOT NULL REFERENCES plan_history,
    name   text NOT NULL,
    rows   json NOT NULL,             -- an array of the table's rows
    PRIMARY KEY (number, name)
);
