-- The public key (Z85) under which a code is brought: made of the code's secret at both ends, so that the centre lets in nobody
-- else who is no office. Codes that were out before have none, and are made anew.
ALTER TABLE enrolment ADD COLUMN guest_key text UNIQUE CHECK (length(guest_key) = 40);
