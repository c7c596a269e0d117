-- The ledger: an entry may refer to another one (which it confirms, draws on or undoes), and names the paper that it
-- rests on. Kinds: 1 raised, 2 sent down, 3 received, 4 granted, 5 spent, 6 allocated, 7 reimbursed, 8 returned
-- upward, 9 withdrawn, 10 reversed, 11 repaid.
--
-- Entries that moved money without saying which were booked before there was a ledger: their balances would be
-- invented. No such centre exists outside of tests.
DO $$
BEGIN
    IF EXISTS (SELECT FROM fund_entry WHERE kind <> 1) THEN
        RAISE EXCEPTION 'fund entries of before the ledger: book them anew in an empty database';
    END IF;
END $$;

ALTER TABLE fund_entry
    DROP CONSTRAINT fund_entry_kind_check,
    ADD CHECK (kind BETWEEN 1 AND 11),
    ADD COLUMN refers text,                                   -- a voucher; NULL: none
    ADD COLUMN document text NOT NULL DEFAULT '';

ALTER TABLE fund_source
    ADD COLUMN loan boolean NOT NULL DEFAULT false,
    ADD COLUMN uses text NOT NULL DEFAULT '';                 -- permitted ones, with spaces between; '': all

ALTER TABLE plan ADD COLUMN books_closed date;                -- no entry for this day or before; NULL: all are open

DROP VIEW fund_entry_named;
CREATE VIEW fund_entry_named AS
SELECT e.county, e.unit, u.name AS unit_name, e.voucher,
       (ARRAY['raised', 'sent_down', 'received', 'granted', 'spent', 'allocated', 'reimbursed', 'returned',
              'withdrawn', 'reversed', 'repaid'])[e.kind] AS kind,
       s.code AS source, s.name_zh AS source_zh, p.code AS use, p.name_zh AS use_zh,
       e.counterparty, e.amount_fen / 100.0 AS amount_yuan, e.occurred, e.refers, e.document, e.seq, e.note
  FROM fund_entry e
  JOIN unit u ON u.code = e.unit
  JOIN fund_source s ON s.number = e.source
  LEFT JOIN fund_use p ON p.number = e.use;
