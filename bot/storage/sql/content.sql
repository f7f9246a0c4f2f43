-- Refusals for content, and the pauses that follow from them.

-- name: refusals_since
-- How many of a person's jobs ended so since a moment, without those that a pause was for.
SELECT count(*) AS count FROM jobs JOIN users ON users.id = jobs.user_id
WHERE jobs.user_id = :user_id AND jobs.error_key LIKE 'refused-%'
  AND jobs.finished_at > :since AND jobs.finished_at > users.content_counted_from;

-- name: pause
-- The refusals until now have their pause.
UPDATE users SET content_paused_until = :until, content_counted_from = :now WHERE id = :user_id;

-- name: paused_until
-- When a person's pause ends; none where it is over.
SELECT content_paused_until FROM users WHERE id = :user_id AND content_paused_until > :now;

-- name: lift
-- A pause ends now; the refusals until now count no more.
UPDATE users SET content_paused_until = NULL, content_counted_from = :now WHERE id = :user_id;
