-- What is set for the topics of a forum. General is the one with the thread id 1.

-- name: general
-- The row of a forum's General, made when first needed.
INSERT INTO topics (chat_id, thread_id) VALUES (:chat_id, 1)
ON CONFLICT (chat_id, thread_id) DO UPDATE SET thread_id = excluded.thread_id RETURNING id;

-- name: prefer
-- What a topic wants in the place of its chat.
UPDATE topics SET preferences = :preferences WHERE id = :id;

-- name: chosen
-- The topics in which alone a group's videos are made, those that are there; none: they are made everywhere.
SELECT id, thread_id, title FROM topics
WHERE chat_id = :chat_id AND chosen_at IS NOT NULL AND gone_at IS NULL ORDER BY chosen_at, id;

-- name: choose
-- A group's videos are made here.
UPDATE topics SET chosen_at = coalesce(chosen_at, :now), gone_at = NULL WHERE id = :id;

-- name: leave_out
-- And here no more.
UPDATE topics SET chosen_at = NULL WHERE id = :id;

-- name: choose_none
-- They are made everywhere.
UPDATE topics SET chosen_at = NULL WHERE chat_id = :chat_id;

-- name: known
-- A topic by its thread id, if it was ever seen.
SELECT * FROM topics WHERE chat_id = :chat_id AND thread_id = :thread_id;

-- name: lose
-- Telegram says that there is no such topic.
UPDATE topics SET gone_at = :now WHERE id = :id AND gone_at IS NULL;
