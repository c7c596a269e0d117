-- Documents: which ones units owe, their files' bytes, and the versions that were sent.

CREATE TABLE document_kind (
    number    integer PRIMARY KEY,
    code      text NOT NULL UNIQUE,
    level     smallint NOT NULL CHECK (level BETWEEN 3 AND 5), -- of the units that owe it
    name_zh   text NOT NULL,
    name_en   text NOT NULL,
    due_date  date NOT NULL,                   -- as the notice has it; on a day off: the next working day
    minute    integer NOT NULL CHECK (minute BETWEEN 0 AND 1440), -- of that day (UTC+08:00)
    notice    text NOT NULL
);

-- A file by its unit and digest: on its way (received of size bytes), or whole: then size, digest and type were
-- checked, and nothing of it changes any more. What no document names is taken away when nobody continued it.
CREATE TABLE document_file (
    county        integer NOT NULL,
    unit          bigint NOT NULL,
    digest        bytea NOT NULL CHECK (length(digest) = 32), -- BLAKE2b-256
    size          bigint NOT NULL CHECK (size BETWEEN 1 AND 20971520),
    type          smallint NOT NULL CHECK (type BETWEEN 1 AND 9),
    received      bigint NOT NULL CHECK (received BETWEEN 0 AND size),
    whole         boolean NOT NULL DEFAULT false,
    continued_at  timestamptz NOT NULL,
    PRIMARY KEY (county, unit, digest),
    UNIQUE (county, unit, digest, size, type, whole),
    CHECK (NOT whole OR received = size)
);

-- Its bytes, 262,144 in each part but the last.
CREATE TABLE document_part (
    county  integer NOT NULL,
    unit    bigint NOT NULL,
    digest  bytea NOT NULL,
    part    integer NOT NULL,                  -- from 0
    bytes   bytea NOT NULL,
    PRIMARY KEY (county, unit, digest, part),
    FOREIGN KEY (county, unit, digest) REFERENCES document_file ON DELETE CASCADE
);
-- Such files are compressed already.
ALTER TABLE document_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- The journal's: versions are added, never changed. No row without a whole file of this size and type.
CREATE TABLE document (
    county   integer NOT NULL,
    unit     bigint NOT NULL,
    kind     integer NOT NULL,
    version  integer NOT NULL,                 -- from 1, without gaps
    name     text NOT NULL,
    type     smallint NOT NULL,                -- 1 PDF, 2 DOC, 3 XLS, 4 DOCX, 5 XLSX, 6 OFD, 7 JPEG, 8 PNG, 9 TIFF
    size     bigint NOT NULL,
    digest   bytea NOT NULL,
    note     text NOT NULL,
    whole    boolean NOT NULL DEFAULT true CHECK (whole),
    seq      bigint NOT NULL,
    line     integer NOT NULL,                 -- place in the submission, from 0
    PRIMARY KEY (county, unit, kind, version),
    FOREIGN KEY (county, unit, digest, size, type, whole)
        REFERENCES document_file (county, unit, digest, size, type, whole)
);
CREATE INDEX document_digest ON document (county, unit, digest);
CREATE INDEX document_seq ON document USING brin (seq) WITH (pages_per_range = 32, autosummarize = on);

-- For people with psql: which versions there are, with names and times.
CREATE VIEW document_named AS
SELECT d.county, d.unit, u.name AS unit_name, k.code AS kind, k.name_zh, d.version, s.recorded_at, d.name,
       (ARRAY['pdf', 'doc', 'xls', 'docx', 'xlsx', 'ofd', 'jpeg', 'png', 'tiff'])[d.type] AS type, d.size, d.note,
       d.seq
  FROM document d
  JOIN unit u ON u.code = d.unit
  JOIN document_kind k ON k.number = d.kind
  JOIN submission s ON s.seq = d.seq;
