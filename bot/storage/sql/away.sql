-- name: mark
-- When something last happened.
INSERT INTO marks (name, at) VALUES (:name, :now) ON CONFLICT (name) DO UPDATE SET at = excluded.at;

-- name: marked
-- The last time that something happened.
SELECT at FROM marks WHERE name = :name;

-- name: waiting_people
-- Who waits for videos, where, and for how many.
SELECT user_id, chat_id, topic_id, count(*) AS jobs FROM jobs
WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
GROUP BY +user_id, chat_id, topic_id;
