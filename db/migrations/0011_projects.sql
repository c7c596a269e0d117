-- Projects: their kinds and the checklist of their acceptance are the plan's; their steps are the journal's. A fund
-- entry may name the project that its money is for.

ALTER TABLE plan
    ADD COLUMN projects_since date,            -- the first day that a project may be of; NULL: any
    ADD COLUMN acceptance_due date;            -- projects are accepted until then; NULL: no such day

ALTER TABLE fund_use ADD COLUMN loan boolean NOT NULL DEFAULT false; -- it subsidises loans

CREATE TABLE project_kind (
    number        integer PRIMARY KEY,
    code          text NOT NULL UNIQUE,
    name_zh       text NOT NULL,
    name_en       text NOT NULL,
    use           integer NOT NULL REFERENCES fund_use,
    construction  boolean NOT NULL,            -- the four systems have to be in place
    notice        text NOT NULL
);

CREATE TABLE acceptance_item (
    number        integer PRIMARY KEY CHECK (number BETWEEN 1 AND 32),
    name_zh       text NOT NULL,
    name_en       text NOT NULL,
    construction  boolean NOT NULL             -- of construction only
);

-- Steps: 1 register, 2 notice, 3 system, 4 start, 5 progress, 6 finish, 7 notice after, 8 name acceptor,
-- 9 acceptance, 10 drop. Columns that do not belong to the step are NULL.
CREATE TABLE project_step (
    county          integer NOT NULL,
    unit            bigint NOT NULL,
    code            text NOT NULL,
    step            smallint NOT NULL CHECK (step BETWEEN 1 AND 10),
    occurred        date NOT NULL,
    document        text NOT NULL,
    note            text NOT NULL,
    revision        integer,                   -- of a registration: from 1
    name            text,
    kind            integer,
    leader          bigint,
    begins          date,
    ends            date,
    budget_sources  bigint[],
    budget_fen      bigint[],
    system          smallint CHECK (system BETWEEN 1 AND 4),
    percent         integer CHECK (percent BETWEEN 0 AND 100),
    acceptor        bigint,
    passed          boolean,
    met             bigint[],                  -- items of the checklist
    again_by        date,
    seq             bigint NOT NULL,
    line            integer NOT NULL,          -- place in the submission, from 0
    PRIMARY KEY (county, unit, code, seq, line),
    CHECK ((step = 1) = (revision IS NOT NULL)),
    CHECK ((step = 9) = (passed IS NOT NULL))
);
CREATE UNIQUE INDEX project_registered ON project_step (county, unit, code, revision) WHERE step = 1;
CREATE INDEX project_step_seq ON project_step USING brin (seq) WITH (pages_per_range = 32, autosummarize = on);

ALTER TABLE fund_entry ADD COLUMN project text;        -- code; NULL: none

-- For people with psql: each step with names and times.
CREATE VIEW project_step_named AS
SELECT p.county, p.unit, u.name AS unit_name, p.code,
       (ARRAY['register', 'notice', 'system', 'start', 'progress', 'finish', 'notice_after', 'name_acceptor',
              'acceptance', 'drop'])[p.step] AS step,
       p.occurred, p.document, p.note, p.revision, p.name, k.name_zh AS kind_zh, p.leader, p.begins, p.ends,
       p.budget_sources, p.budget_fen, p.system, p.percent, p.acceptor, p.passed, p.met, p.again_by, s.recorded_at, p.seq
  FROM project_step p
  JOIN unit u ON u.code = p.unit
  LEFT JOIN project_kind k ON k.number = p.kind
  JOIN submission s ON s.seq = p.seq;

DROP VIEW fund_entry_named;
CREATE VIEW fund_entry_named AS
SELECT e.county, e.unit, u.name AS unit_name, e.voucher,
       (ARRAY['raised', 'sent_down', 'received', 'granted', 'spent', 'allocated', 'reimbursed', 'returned',
              'withdrawn', 'reversed', 'repaid'])[e.kind] AS kind,
       s.code AS source, s.name_zh AS source_zh, p.code AS use, p.name_zh AS use_zh,
       e.counterparty, e.project, e.amount_fen / 100.0 AS amount_yuan, e.occurred, e.refers, e.document, e.seq, e.note
  FROM fund_entry e
  JOIN unit u ON u.code = e.unit
  JOIN fund_source s ON s.number = e.source
  LEFT JOIN fund_use p ON p.number = e.use;
