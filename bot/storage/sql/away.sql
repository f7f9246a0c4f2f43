-- name: mark
-- When something last happened.
INSERT INTO marks (name, at) VALUES (:name, :now) ON CONFLICT (name) DO UPDATE SET at = excluded.at;

-- name: marked
-- The last time that something happened.
SELECT at FROM marks WHERE name = :name;

-- name: on_their_way
-- Videos that somebody waits for, those of one person in one place together.
SELECT code, state, user_id, chat_id, topic_id, message_id FROM jobs
WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
ORDER BY +user_id, chat_id, topic_id, id;
