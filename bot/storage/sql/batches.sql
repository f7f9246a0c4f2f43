-- Jobs of one request that share a card: which wait, which are ready to be sent together.

-- name: waiting_requests
-- Requests with jobs that wait for others to end, page by page.
SELECT DISTINCT request_id FROM jobs WHERE waits = 1 AND state = 'QUEUED' AND request_id > :after
ORDER BY request_id LIMIT :limit;

-- name: waiting
-- Those of one request, in their order.
SELECT * FROM jobs WHERE request_id = :request_id AND waits = 1 AND state = 'QUEUED' ORDER BY ordinal LIMIT :limit;

-- name: running
-- How many of a request are at work.
SELECT count(*) AS running FROM jobs
WHERE request_id = :request_id AND waits = 0
  AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN');

-- name: nearly_ready
-- How many of a request's jobs are at work that began about when one that is ready did, or were due by then.
SELECT count(*) AS jobs FROM jobs
WHERE request_id = :request_id AND (
  (state IN ('SUBMITTING', 'RUNNING', 'COLLECTING') AND submitted_at <= :began + :gather_ms)
  OR (state = 'QUEUED' AND waits = 0 AND run_at <= :began)
);

-- name: let_go
-- Compare-and-set: a job waits no more, unless its person is paused. Its time in the queue begins here.
UPDATE jobs SET waits = 0, run_at = :run_at, deadline_at = deadline_at - created_at + :now
WHERE id = :id AND waits = 1 AND state = 'QUEUED'
  AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = jobs.user_id AND users.content_paused_until > :now);

-- name: add_list
-- A list to fetch.
INSERT INTO lists (request_id, file_id, file_name, run_at) VALUES (:request_id, :file_id, :file_name, :now);

-- name: due_lists
-- Lists that are to be fetched now.
SELECT * FROM lists WHERE run_at <= :now ORDER BY run_at LIMIT :limit;

-- name: try_list_later
-- It could not be fetched yet.
UPDATE lists SET attempts = attempts + 1, run_at = :run_at WHERE request_id = :request_id;

-- name: drop_list
-- It was read, or never will be.
DELETE FROM lists WHERE request_id = :request_id;

-- name: fill
-- Compare-and-set: the request has its lines now.
UPDATE requests SET text = :text, state = 'draft', settle_at = NULL, updated_at = :now
WHERE id = :id AND state = 'collecting';
