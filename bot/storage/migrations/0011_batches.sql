-- Several videos of one request: they share a card, wait for each other, and may come as one album.

ALTER TABLE requests ADD COLUMN lines INTEGER NOT NULL DEFAULT 0 CHECK (lines IN (0, 1));  -- each line is a request
ALTER TABLE jobs ADD COLUMN together INTEGER NOT NULL DEFAULT 1 CHECK (together > 0);  -- how many its request has
ALTER TABLE jobs ADD COLUMN waits INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1));  -- held back: no job at once yet
ALTER TABLE jobs ADD COLUMN laid_at INTEGER;  -- of several: when its video was laid in the outbox
CREATE INDEX jobs_waiting ON jobs (request_id) WHERE waits = 1 AND state = 'QUEUED';
CREATE INDEX jobs_ready ON jobs (request_id) WHERE state = 'DELIVERING' AND together > 1 AND laid_at IS NULL;

-- A list that came as a file: fetched beside the conversation, then asked as if it had been written.
CREATE TABLE lists (
  request_id INTEGER PRIMARY KEY REFERENCES requests (id),
  file_id TEXT NOT NULL,
  file_name TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  run_at INTEGER NOT NULL
);

DROP VIEW recount;
CREATE VIEW recount AS
WITH booked AS (
  SELECT entries.job_id, entries.account_id, accounts.kind, entries.effective_at AS at,
    -sum(entries.amount_microusd) AS money,
    -sum(CASE WHEN entries.bucket = 'allowance' THEN entries.amount_microusd ELSE 0 END) AS lent
  FROM entries JOIN accounts ON accounts.id = entries.account_id
  WHERE entries.job_id IS NOT NULL
  GROUP BY entries.job_id, entries.account_id, accounts.kind, entries.effective_at
), facts AS (
  SELECT jobs.id, jobs.chat_id, jobs.topic_id, jobs.user_id, jobs.account_id, jobs.created_at AS at,
    coalesce(booked.money, 0) AS money, coalesce(booked.lent, 0) AS lent,
    CASE WHEN jobs.state IN ('FAILED', 'CANCELLED') AND coalesce(jobs.error_key, '') NOT LIKE 'refused-%'
      THEN 0 ELSE 1 END AS requests,
    CASE WHEN jobs.waits = 0 AND jobs.state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
      THEN 1 ELSE 0 END AS active
  FROM jobs LEFT JOIN booked
    ON booked.job_id = jobs.id AND booked.account_id = jobs.account_id AND booked.at = jobs.created_at
)
SELECT 'service' AS scope, 0 AS scope_id, 0 AS member_id, at, money, 0 AS lent, requests, active FROM facts
UNION ALL SELECT 'service', 0, 0, at, money, 0, 0, 0 FROM booked WHERE kind = 'service'
UNION ALL SELECT 'chat', chat_id, 0, at, money, 0, requests, active FROM facts
UNION ALL SELECT 'topic', topic_id, 0, at, money, 0, requests, active FROM facts WHERE topic_id IS NOT NULL
UNION ALL SELECT 'member', chat_id, user_id, at, money, 0, requests, active FROM facts
UNION ALL SELECT 'user', user_id, 0, at, money, 0, requests, active FROM facts
UNION ALL SELECT 'account', account_id, 0, at, money, lent, requests, active FROM facts;
