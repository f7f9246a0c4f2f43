-- name: page
-- A person's jobs (in one chat, of some states), newest first.
SELECT * FROM jobs
WHERE user_id = :user_id AND (:chat_id IS NULL OR chat_id = :chat_id)
  AND (:states = '' OR instr(:states, '|' || state || '|') > 0)
ORDER BY id DESC LIMIT :limit OFFSET :offset;
