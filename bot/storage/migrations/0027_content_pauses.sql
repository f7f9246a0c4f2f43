-- Who has several requests refused for their content in a day asks for nothing new for a while.

ALTER TABLE users ADD COLUMN content_paused_until INTEGER;  -- NULL, or in the past: not paused
ALTER TABLE users ADD COLUMN content_counted_from INTEGER NOT NULL DEFAULT 0;  -- older refusals had their pause
CREATE INDEX jobs_refused ON jobs (user_id, finished_at) WHERE error_key LIKE 'refused-%';
