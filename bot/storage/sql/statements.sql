-- Statements: what was asked for with /stats, /ledger and /audit, and the rows that they are made of. Rows come a page at
-- a time, oldest first, walking an index; the first of a period is found by halving, since ids grow with time.

-- name: ask
-- A statement is due, unless the same person waits for the very same here.
INSERT INTO statements (user_id, chat_id, topic_id, message_id, kind, scope, period, for_all, created_at)
SELECT :user_id, :chat_id, :topic_id, :message_id, :kind, :scope, :period, :for_all, :now
WHERE NOT EXISTS (
  SELECT 1 FROM statements WHERE state = 'due' AND user_id = :user_id AND chat_id = :chat_id
    AND kind = :kind AND scope = :scope AND period = :period
);

-- name: take
-- The next one that is due; the attempt counts from now on.
UPDATE statements SET attempts = attempts + 1
WHERE id = (SELECT id FROM statements WHERE state = 'due' ORDER BY id LIMIT 1) RETURNING *;

-- name: any_due
-- Whether anything waits.
SELECT id FROM statements WHERE state = 'due' LIMIT 1;

-- name: end
-- It was made, or can't be.
UPDATE statements SET state = :state WHERE id = :id AND state = 'due';

-- name: forget
-- Those that are over since long.
DELETE FROM statements WHERE state <> 'due' AND created_at < :before;

-- name: jobs_bounds
-- Between which ids halving looks.
SELECT (SELECT min(id) FROM jobs) AS first, (SELECT max(id) FROM jobs) AS last;

-- name: jobs_at
-- The first job from an id on: when it was accepted.
SELECT created_at AS at FROM jobs WHERE id >= :id ORDER BY id LIMIT 1;

-- name: entries_bounds
-- Between which ids halving looks.
SELECT (SELECT min(id) FROM entries) AS first, (SELECT max(id) FROM entries) AS last;

-- name: entries_at
-- The first entry from an id on: when it was booked.
SELECT booked_at AS at FROM entries WHERE id >= :id ORDER BY id LIMIT 1;

-- name: audit_bounds
-- Between which ids halving looks.
SELECT (SELECT min(id) FROM audit) AS first, (SELECT max(id) FROM audit) AS last;

-- name: audit_at
-- The first change from an id on: its moment.
SELECT at FROM audit WHERE id >= :id ORDER BY id LIMIT 1;

-- name: jobs_of_service
-- Everybody's jobs.
SELECT * FROM told_jobs WHERE id > :after ORDER BY id LIMIT :limit;

-- name: jobs_of_chat
-- A chat's jobs.
SELECT * FROM told_jobs WHERE chat_id = :owner_id AND id > :after ORDER BY id LIMIT :limit;

-- name: jobs_of_user
-- A person's jobs, wherever they asked.
SELECT * FROM told_jobs WHERE user_id = :owner_id AND id > :after ORDER BY id LIMIT :limit;

-- name: losses
-- What was charged to the operator's own account.
SELECT entries.id, entries.booked_at, entries.amount_microusd FROM entries
WHERE entries.account_id = (SELECT id FROM accounts WHERE kind = 'service' AND owner_id = 0)
  AND entries.bucket = 'allowance' AND entries.id > :after
ORDER BY entries.id LIMIT :limit;

-- name: ledger
-- The whole ledger.
SELECT * FROM told_entries WHERE id > :after ORDER BY id LIMIT :limit;

-- name: audit
-- Every change of the whole service.
SELECT id, at, actor, actor_name, chat, chat_title, action, data FROM told_changes
WHERE id > :after ORDER BY id LIMIT :limit;

-- name: audit_of_chat
-- The same of one chat.
SELECT id, at, actor, actor_name, chat, chat_title, action, data FROM told_changes
WHERE chat_id = :owner_id AND id > :after ORDER BY id LIMIT :limit;
