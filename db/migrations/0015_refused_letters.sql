-- Letters of sealed files that were refused: whoever hands one in again gets the same answer, also when by then the same
-- submission could be accepted. answer: the Reply (PROTOCOL.md, section 15). Forgotten when the letter has expired.
CREATE TABLE refused_letter (
    county     integer NOT NULL,            -- of the office that sealed it
    file       uuid NOT NULL,
    number     integer NOT NULL,            -- of the letter, from 0
    digest     bytea NOT NULL,              -- of its content
    sealed_at  timestamptz NOT NULL,        -- as its header says
    answer     bytea NOT NULL,
    PRIMARY KEY (county, file, number)
);
