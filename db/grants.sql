-- What the role that serves may do, and nothing else: it reads everything, adds to the journal, and can neither change nor
-- take away a row of it. Who migrates and loads plans is the tables' owner.
--
-- The private database's role is made and granted this at each start. In a database elsewhere the owner does it, after each
-- `fupind load` of a new version (psql -f grants.sql):
--     CREATE ROLE fupin_serve LOGIN;              -- once; with its password or certificate
-- Then `fupind serve --db postgresql://fupin_serve@…` without --plan. More roles: GRANT fupin_serve TO ….
BEGIN;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM fupin_serve;
GRANT USAGE ON SCHEMA public TO fupin_serve;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO fupin_serve;

-- The journal: rows are added. The head moves on, and gets another name when a set-back is accepted.
GRANT INSERT ON submission, extension, review, report, project_step, fund_entry, target_part, document TO fupin_serve;
GRANT UPDATE (seq, writer, history) ON journal_head TO fupin_serve;

-- Files of documents: they come part by part; what no document names is taken away, its parts with it. A document's own
-- file is kept by its foreign key.
GRANT INSERT, DELETE, UPDATE (received, whole, continued_at) ON document_file TO fupin_serve;
GRANT INSERT ON document_part TO fupin_serve;

-- What became of refused letters; the oldest go.
GRANT INSERT, DELETE ON refused_letter TO fupin_serve;

-- Which plan was served since when. One that turns out to be the last one is taken back at once.
GRANT INSERT, DELETE ON plan_history, plan_history_table TO fupin_serve;
GRANT UPDATE (loaded_at) ON plan_history TO fupin_serve;

-- Who may connect, by enrolment.
GRANT INSERT, UPDATE (public_key, enrolled, admitted_at, admitted_by) ON principal TO fupin_serve;
GRANT INSERT, UPDATE ON enrolment, enrolment_now TO fupin_serve;
GRANT INSERT, UPDATE, DELETE ON revoked_key TO fupin_serve;
GRANT INSERT ON door_event TO fupin_serve;

COMMIT;
