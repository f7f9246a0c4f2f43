-- name: finished
-- A person's videos that Telegram keeps, newest first.
SELECT code, file_id, spec, provider, model FROM jobs
WHERE user_id = :user_id AND state = 'DELIVERED' AND file_id IS NOT NULL ORDER BY id DESC LIMIT :limit;
