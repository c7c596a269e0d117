-- Which journal this is: a centre knows by it that it is served the database that it acknowledged commits of, and not another
-- one. A copy that was restored has the same; what is missing in it is known by the last commit.
ALTER TABLE journal_head ADD COLUMN history uuid NOT NULL DEFAULT gen_random_uuid();
