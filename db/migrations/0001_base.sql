-- The store of fupin: what the plan says (reference tables) and what was reported (the journal).
--
-- Periods are yyyymm integers, unit codes bigint, money whole fen. Journal tables are append-only; the
-- county code (or the code of an office above county level) leads every key, so that the same schema
-- can be sharded by county.

-- ------------------------------------------------------------------ the plan

CREATE TABLE plan (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    code       text NOT NULL,
    title_zh   text NOT NULL,
    title_en   text NOT NULL,
    source     text NOT NULL,
    label      text NOT NULL DEFAULT '',       -- shown with every table, e.g. 演示数据
    loaded_at  timestamptz NOT NULL DEFAULT now(),
    generation bigint NOT NULL DEFAULT 1       -- counts changes of units, forms, indicators, sources, uses
);

CREATE TABLE unit (
    code   bigint PRIMARY KEY,
    level  smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    name   text NOT NULL,
    basis  text NOT NULL,
    CHECK (length(code::text) = (ARRAY[2, 4, 6, 9, 12])[level])
);

CREATE TABLE unit_group (
    code   text NOT NULL,
    name   text NOT NULL,
    unit   bigint NOT NULL REFERENCES unit,
    basis  text NOT NULL,
    PRIMARY KEY (code, unit)
);

CREATE TABLE form (
    number   integer PRIMARY KEY,
    code     text NOT NULL UNIQUE,
    level    smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    name_zh  text NOT NULL,
    name_en  text NOT NULL
);

CREATE TABLE form_version (
    form          integer NOT NULL REFERENCES form,
    version       integer NOT NULL,
    first_period  integer NOT NULL,
    last_period   integer NOT NULL CHECK (last_period >= first_period),
    PRIMARY KEY (form, version)
);

CREATE TABLE indicator (
    number      integer PRIMARY KEY,
    form        integer NOT NULL REFERENCES form,
    code        text NOT NULL UNIQUE,
    name_zh     text NOT NULL,
    name_en     text NOT NULL,
    measure_zh  text NOT NULL,
    measure_en  text NOT NULL,
    decimals    smallint NOT NULL CHECK (decimals BETWEEN 0 AND 4),
    kind        text NOT NULL CHECK (kind IN ('flow', 'stock')),
    project     text NOT NULL,
    notice      text NOT NULL
);

-- The values of a report stand in the order of `position` (from 1) of its form version.
CREATE TABLE form_field (
    form       integer NOT NULL,
    version    integer NOT NULL,
    position   integer NOT NULL,
    indicator  integer NOT NULL REFERENCES indicator,
    required   boolean NOT NULL,
    minimum    bigint NOT NULL,
    maximum    bigint NOT NULL,
    part_of    integer REFERENCES indicator,
    PRIMARY KEY (form, version, position),
    UNIQUE (form, version, indicator),
    FOREIGN KEY (form, version) REFERENCES form_version
);

CREATE TABLE fund_source (
    number   integer PRIMARY KEY,
    code     text NOT NULL UNIQUE,
    name_zh  text NOT NULL,
    name_en  text NOT NULL,
    special  boolean NOT NULL,                 -- one of the four kinds of 财政专项扶贫资金
    notice   text NOT NULL
);

CREATE TABLE fund_use (
    number   integer PRIMARY KEY,
    code     text NOT NULL UNIQUE,
    name_zh  text NOT NULL,
    name_en  text NOT NULL,
    notice   text NOT NULL
);

-- A target for an indicator, or for a kind of fund entry (special sources together).
CREATE TABLE target (
    unit       bigint NOT NULL REFERENCES unit,
    year       integer NOT NULL,
    measure    text NOT NULL,                  -- as in targets.csv: people_lifted, fund:raised
    indicator  integer REFERENCES indicator,
    fund_kind  smallint,
    value      bigint NOT NULL,                -- times 10^decimals
    notice     text NOT NULL,
    PRIMARY KEY (unit, year, measure),
    CHECK ((indicator IS NULL) <> (fund_kind IS NULL))
);

-- Who may connect. Without a public key (Z85, 40 characters) an office is known but not admitted.
CREATE TABLE principal (
    name        text PRIMARY KEY,
    role        text NOT NULL CHECK (role IN ('county', 'prefecture', 'province', 'admin')),
    unit        bigint NOT NULL REFERENCES unit,
    public_key  text UNIQUE CHECK (length(public_key) = 40)
);

-- ------------------------------------------------------------------ the journal

-- One row for each accepted submission. seq has no gaps; digest is BLAKE2b-256 of the bytes as sent.
CREATE TABLE submission (
    county        integer NOT NULL,            -- of the office that sent it
    seq           bigint NOT NULL,
    id            uuid NOT NULL,
    principal     text NOT NULL,
    digest        bytea NOT NULL,
    recorded_at   timestamptz NOT NULL,
    report_count  integer NOT NULL,
    entry_count   integer NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE INDEX submission_seq ON submission (seq);

CREATE TABLE report (
    county    integer NOT NULL,
    unit      bigint NOT NULL,
    period    integer NOT NULL,
    form      integer NOT NULL,
    revision  integer NOT NULL,
    version   integer NOT NULL,                -- of the form
    seq       bigint NOT NULL,                 -- of the submission
    "values"  bigint[] NOT NULL,               -- NULL: not reported
    PRIMARY KEY (county, unit, period, form, revision)
);

-- Kinds: 1 raised, 2 sent down, 3 received, 4 granted, 5 spent.
CREATE TABLE fund_entry (
    county        integer NOT NULL,
    unit          bigint NOT NULL,
    voucher       text NOT NULL,
    kind          smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    source        integer NOT NULL,
    use           integer,
    counterparty  bigint,
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    occurred      date NOT NULL,
    seq           bigint NOT NULL,
    line          integer NOT NULL,            -- place in the submission, from 0
    note          text NOT NULL,
    PRIMARY KEY (county, unit, voucher)
);

-- ------------------------------------------------------------------ for people with psql or a BI tool

CREATE VIEW report_current AS
SELECT DISTINCT ON (county, unit, period, form) *
  FROM report
 ORDER BY county, unit, period, form, revision DESC;

CREATE VIEW report_value AS
SELECT r.county, r.unit, u.name AS unit_name, r.period, f.code AS form, r.version, r.revision, r.seq,
       i.code AS indicator, i.name_zh, i.name_en, i.measure_zh, i.kind,
       r."values"[ff.position] / power(10::numeric, i.decimals) AS value
  FROM report r
  JOIN unit u ON u.code = r.unit
  JOIN form f ON f.number = r.form
  JOIN form_field ff ON ff.form = r.form AND ff.version = r.version
  JOIN indicator i ON i.number = ff.indicator
 WHERE r."values"[ff.position] IS NOT NULL;

CREATE VIEW fund_entry_named AS
SELECT e.county, e.unit, u.name AS unit_name, e.voucher,
       (ARRAY['raised', 'sent_down', 'received', 'granted', 'spent'])[e.kind] AS kind,
       s.code AS source, s.name_zh AS source_zh, p.code AS use, p.name_zh AS use_zh,
       e.counterparty, e.amount_fen / 100.0 AS amount_yuan, e.occurred, e.seq, e.note
  FROM fund_entry e
  JOIN unit u ON u.code = e.unit
  JOIN fund_source s ON s.number = e.source
  LEFT JOIN fund_use p ON p.number = e.use;
