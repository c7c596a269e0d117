-- Several fupind on one database: the row of journal_head is what they take turns by. Whoever commits
-- moves it on from the commit that it knows; if another one was faster, it reads the news first.
CREATE TABLE journal_head (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq       bigint NOT NULL,                 -- of the last submission; 0: none yet
    writer    integer NOT NULL DEFAULT 0       -- the number of the fupind that wrote it
) WITH (fillfactor = 10);
INSERT INTO journal_head (seq) SELECT coalesce(max(seq), 0) FROM submission;

-- Rows come in the order of seq: a block range index finds the newest and costs next to nothing.
CREATE INDEX report_seq ON report USING brin (seq) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX fund_entry_seq ON fund_entry USING brin (seq) WITH (pages_per_range = 32, autosummarize = on);

-- The rows of one month lie together: with the unit first each village's new month would dirty a page of
-- its own, and a full journal would take twice as long (docs/performance.md).
ALTER TABLE report DROP CONSTRAINT report_pkey, ADD PRIMARY KEY (county, period, unit, form, revision);

CREATE OR REPLACE VIEW report_current AS
SELECT DISTINCT ON (county, period, unit, form) *
  FROM report
 ORDER BY county, period, unit, form, revision DESC;
