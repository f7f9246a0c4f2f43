-- Richer words for drafts: what was asked for, proposed and used.

-- name: ask
-- A proposal is wanted; a draft has one at a time, 0 where it has one already.
INSERT INTO improvements (request_id, user_id, own, run_at, created_at)
VALUES (:request_id, :user_id, :own, :now, :now) ON CONFLICT DO NOTHING;

-- name: get
-- One of them.
SELECT * FROM improvements WHERE id = :id;

-- name: asked_since
-- How many proposals a person wanted since a moment.
SELECT count(*) AS count FROM improvements WHERE user_id = :user_id AND created_at > :since;

-- name: standing
-- What a draft's message about its words shows; none where there is no such message.
SELECT * FROM improvements WHERE request_id = :request_id AND state <> 'over';

-- name: former
-- What was proposed before for the same words, oldest first.
SELECT proposal FROM improvements
WHERE request_id = :request_id AND own = :own AND proposal <> '' ORDER BY id DESC LIMIT :limit;

-- name: due
-- What is to be proposed now, oldest first.
SELECT * FROM improvements WHERE state = 'waiting' AND run_at <= :now ORDER BY run_at LIMIT :limit;

-- name: again
-- Later once more.
UPDATE improvements SET attempts = attempts + 1, run_at = :run_at WHERE id = :id AND state = 'waiting';

-- name: propose
-- Compare-and-set: it came, and may be looked at.
UPDATE improvements SET state = 'shown', proposal = :proposal WHERE id = :id AND state = 'waiting';

-- name: fail
-- Compare-and-set: none came.
UPDATE improvements SET state = 'failed' WHERE id = :id AND state = 'waiting';

-- name: use
-- Compare-and-set: the person took it.
UPDATE improvements SET state = 'used' WHERE id = :id AND state = 'shown';

-- name: close
-- Compare-and-set: its message goes.
UPDATE improvements SET state = 'over' WHERE request_id = :request_id AND state <> 'over';

-- name: prune
-- Long over: no button means it any more.
DELETE FROM improvements WHERE created_at < :before;

-- name: forget
-- What was proposed to a person.
DELETE FROM improvements WHERE user_id = :user_id AND created_at <= :before;
