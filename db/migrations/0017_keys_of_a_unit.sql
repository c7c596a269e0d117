-- Which keys speak, and spoke, for a unit: an office sees who else reports in its name. A submission names its principal,
-- and a principal has one key at a time, so what a key has sent is what its principal sent while the key was admitted.
-- That is told by commits, not by clocks: a drill's centre has one of its own.
CREATE FUNCTION newest_commit() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT seq FROM journal_head';
ALTER TABLE door_event ADD COLUMN seq bigint; -- the newest commit at that time
ALTER TABLE door_event ALTER COLUMN seq SET DEFAULT newest_commit();
-- Of events from before this: the newest commit by their time, in one pass.
UPDATE door_event e SET seq = t.seq
  FROM (SELECT number, coalesce(max(seq) OVER (ORDER BY at, number NULLS FIRST ROWS UNBOUNDED PRECEDING), 0) AS seq
          FROM (SELECT NULL::bigint AS number, seq, recorded_at AS at FROM submission
                 UNION ALL SELECT number, NULL, at FROM door_event) m) t
 WHERE t.number = e.number;
ALTER TABLE door_event ALTER COLUMN seq SET NOT NULL;

-- A row for each time that a key was admitted. Commits after_seq (exclusive) to until_seq (NULL: still) are of that time.
-- Keys from before such events were kept stand there as they are now, admitted_us 0.
CREATE VIEW key_now AS
SELECT a.number, a.name, a.unit, a.public_key, (extract(epoch FROM a.at) * 1000000)::bigint AS admitted_us, a.who AS admitted_by,
       coalesce((extract(epoch FROM b.at) * 1000000)::bigint, 0) AS ended_us, coalesce(b.who, '') AS ended_by,
       a.seq AS after_seq, b.seq AS until_seq
  FROM door_event a
  LEFT JOIN door_event b ON b.number = (SELECT min(number) FROM door_event WHERE public_key = a.public_key AND name = a.name
                                           AND number > a.number AND action IN ('revoke', 'take out'))
 WHERE a.action = 'admit'
 UNION ALL
SELECT 0, name, unit, public_key, coalesce((extract(epoch FROM admitted_at) * 1000000)::bigint, 0), admitted_by, 0, '', 0, NULL
  FROM principal p
 WHERE public_key IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM door_event WHERE action = 'admit' AND public_key = p.public_key AND name = p.name AND unit = p.unit);
