-- Exceptions for documents' due dates, too: of this kind; then there is neither period nor form.
ALTER TABLE extension ADD COLUMN document integer NOT NULL DEFAULT 0,
    ADD CHECK (document = 0 OR (period = 0 AND form = 0 AND event = 2));
