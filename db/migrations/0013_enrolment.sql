-- Enrolment. Who may connect is what the table principal says, and nothing else; the tables here say how it came to
-- say so. An office comes into it by a plan's file of principals or by enrolment:
--   * what was admitted by enrolment wins: a file neither takes it away nor gives it another key;
--   * a key in revoked_key gets in by no file: only when it is enrolled and admitted anew, which takes it out of there.
ALTER TABLE principal
    ADD COLUMN enrolled    boolean NOT NULL DEFAULT false, -- admitted by enrolment; else by a file
    ADD COLUMN admitted_at timestamptz,        -- since when it has this key; NULL: none, or before this was kept
    ADD COLUMN admitted_by text NOT NULL DEFAULT '';

-- An invitation, and the request of the key that brought its code. All times are the database's, whatever clock a
-- drill's centre shows.
CREATE TABLE enrolment (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret_hash   bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32), -- BLAKE2b-256 of the code's 128 random bits
    state         text NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'waiting', 'admitted', 'refused')),
    name          text NOT NULL,               -- of the principal that it will be
    role          text NOT NULL CHECK (role IN ('county', 'prefecture', 'province', 'admin')),
    unit          bigint NOT NULL,
    invited_at    timestamptz NOT NULL DEFAULT now(),
    invited_by    text NOT NULL,
    expires_at    timestamptz NOT NULL,        -- until then the code has to be brought
    public_key    text CHECK (length(public_key) = 40), -- of the first key that brought it; no other gets it
    office        text NOT NULL DEFAULT '',    -- what that says of itself
    host          text NOT NULL DEFAULT '',
    software      text NOT NULL DEFAULT '',
    requested_at  timestamptz,
    rivals        integer NOT NULL DEFAULT 0,  -- how often another key brought the code later
    decided_at    timestamptz,
    decided_by    text NOT NULL DEFAULT '',
    reason        text NOT NULL DEFAULT '',
    CHECK (state NOT IN ('waiting', 'admitted') OR public_key IS NOT NULL)
);

CREATE TABLE revoked_key (
    public_key    text PRIMARY KEY CHECK (length(public_key) = 40),
    name          text NOT NULL,               -- of the principal that it was
    role          text NOT NULL,
    unit          bigint NOT NULL,
    admitted_at   timestamptz,
    admitted_by   text NOT NULL,
    revoked_at    timestamptz NOT NULL DEFAULT now(),
    revoked_by    text NOT NULL,
    reason        text NOT NULL
);

-- Who did what to whom and when; rows are added, never changed.
CREATE TABLE door_event (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL DEFAULT now(),
    who           text NOT NULL,               -- a principal; 'file': a plan's file of principals; '': a key not admitted
    action        text NOT NULL CHECK (action IN ('invite', 'request', 'rival', 'mismatch', 'admit', 'refuse', 'revoke',
                                                  'take out')),
    enrolment     bigint,
    name          text NOT NULL,
    unit          bigint NOT NULL,
    public_key    text,
    detail        text NOT NULL DEFAULT ''
);

-- To be read: times in microseconds since 1970 UTC (0: not yet), and what time has made of an invitation.
CREATE VIEW enrolment_now AS
SELECT number, CASE WHEN state = 'invited' AND expires_at <= now() THEN 'expired' ELSE state END AS state, name, role, unit,
       (extract(epoch FROM invited_at) * 1000000)::bigint AS invited_us, invited_by,
       (extract(epoch FROM expires_at) * 1000000)::bigint AS expires_us,
       coalesce(public_key, '') AS public_key, office, host, software,
       coalesce((extract(epoch FROM requested_at) * 1000000)::bigint, 0) AS requested_us, rivals,
       coalesce((extract(epoch FROM decided_at) * 1000000)::bigint, 0) AS decided_us, decided_by, reason,
       -- the key that the principal has now, and would lose
       coalesce((SELECT p.public_key FROM principal p WHERE p.name = e.name AND e.state IN ('invited', 'waiting')
                    AND p.public_key IS DISTINCT FROM e.public_key), '') AS present_key,
       secret_hash
  FROM enrolment e;

CREATE VIEW office_now AS
SELECT name, role, unit, public_key, coalesce((extract(epoch FROM admitted_at) * 1000000)::bigint, 0) AS admitted_us, admitted_by,
       0::bigint AS revoked_us, '' AS revoked_by, '' AS reason
  FROM principal WHERE public_key IS NOT NULL
 UNION ALL
SELECT name, role, unit, public_key, coalesce((extract(epoch FROM admitted_at) * 1000000)::bigint, 0), admitted_by,
       (extract(epoch FROM revoked_at) * 1000000)::bigint, revoked_by, reason
  FROM revoked_key;
