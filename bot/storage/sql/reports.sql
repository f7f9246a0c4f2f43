-- name: inbox
-- Updates that wait, and since when.
SELECT count(*) AS open, min(received_at) AS oldest FROM inbox WHERE state = 'open';

-- name: jobs
-- Jobs under way by state, and since when the oldest of each waits.
SELECT state, count(*) AS jobs, min(created_at) AS oldest FROM jobs
WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN') GROUP BY state;

-- name: outbox
-- Messages that wait or are being sent, and when the first of them is due.
SELECT count(*) AS waiting, min(run_at) AS due FROM outbox WHERE state IN ('pending', 'sending');

-- name: parked
-- Messages kept for chats that can't be reached.
SELECT count(*) AS parked FROM outbox WHERE state = 'parked';

-- name: alive
-- The database answers.
SELECT 1 AS yes;
