-- name: ask
-- Compare-and-set: a person wants all forgotten that they said until now.
UPDATE users SET forget_at = :now WHERE id = :id AND forget_at IS NULL;

-- name: asked
-- Who waits to be forgotten.
SELECT id, forget_at FROM users WHERE forget_at IS NOT NULL ORDER BY forget_at LIMIT :limit;

-- name: running
-- A person's jobs that have not ended yet.
SELECT * FROM jobs WHERE user_id = :user_id
  AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN', 'DELIVERING');

-- name: remembered
-- A person's ended jobs that are still remembered, some at a time.
SELECT * FROM jobs WHERE user_id = :user_id AND erased_at IS NULL AND created_at <= :before
  AND state IN ('DELIVERED', 'FAILED', 'CANCELLED') ORDER BY id LIMIT :limit;

-- name: past
-- Ended jobs of everybody older than the retention, oldest first; none whose task may still be at work.
SELECT * FROM jobs WHERE erased_at IS NULL AND created_at < :before
  AND state IN ('DELIVERED', 'FAILED', 'CANCELLED') AND (state <> 'FAILED' OR run_at = 0)
ORDER BY created_at LIMIT :limit;

-- name: discard_past
-- Requests that never became jobs, older than the retention: nothing is waited for, nothing is remembered.
UPDATE requests SET text = '', changes = '{}', defaults = '{}', state = 'discarded', settle_at = NULL
WHERE id IN (
  SELECT id FROM requests WHERE text <> '' AND created_at < :before AND state IN ('draft', 'discarded')
  ORDER BY created_at LIMIT :limit
);

-- name: discard_own
-- A person's requests that never became jobs.
UPDATE requests SET text = '', changes = '{}', defaults = '{}', state = 'discarded', settle_at = NULL
WHERE user_id = :user_id AND created_at <= :before AND state IN ('collecting', 'draft', 'discarded');

-- name: forget_references
-- What a job's references were is forgotten; that there were some stays.
UPDATE job_references SET path = NULL, info = NULL, sha256 = NULL WHERE job_id = :job_id;

-- name: forget_media
-- Telegram's names of what a person sent.
UPDATE media SET file_id = '', file_unique_id = 'forgotten-' || id, file_name = NULL,
  thumb_file_id = NULL
WHERE user_id = :user_id AND seen_at <= :before AND file_id <> '';

-- name: forget_used
-- The same of what a job took from somebody's message, unless somebody else still needs it.
UPDATE media SET file_id = '', file_unique_id = 'forgotten-' || id, file_name = NULL,
  thumb_file_id = NULL
WHERE user_id IS NULL AND file_id <> ''
  AND id IN (SELECT media_id FROM job_references WHERE job_id = :job_id)
  AND NOT EXISTS (SELECT 1 FROM library WHERE library.media_id = media.id)
  AND NOT EXISTS (
    SELECT 1 FROM job_references JOIN jobs ON jobs.id = job_references.job_id
    WHERE job_references.media_id = media.id AND jobs.erased_at IS NULL
  );

-- name: forget_saved
-- The same of what a person saved from somebody's message, unless somebody else still needs it.
UPDATE media SET file_id = '', file_unique_id = 'forgotten-' || id, file_name = NULL,
  thumb_file_id = NULL
WHERE user_id IS NULL AND file_id <> ''
  AND id IN (SELECT media_id FROM library WHERE user_id = :user_id)
  AND NOT EXISTS (
    SELECT 1 FROM library others WHERE others.media_id = media.id AND others.user_id <> :user_id
  )
  AND NOT EXISTS (
    SELECT 1 FROM job_references JOIN jobs ON jobs.id = job_references.job_id
    WHERE job_references.media_id = media.id AND jobs.erased_at IS NULL
  );

-- name: forget_sheet
-- The picture of a request's references is to be erased before its time.
UPDATE sheets SET wanted_at = 0 WHERE request_id = :request_id AND erased_at IS NULL;

-- name: forget_sheets
-- The same of all that a person asked.
UPDATE sheets SET wanted_at = 0
WHERE request_id IN (SELECT id FROM requests WHERE user_id = :user_id) AND erased_at IS NULL;

-- name: forget_tray
-- A person's trays.
DELETE FROM tray WHERE user_id = :user_id;

-- name: forget_library
-- A person's library.
DELETE FROM library WHERE user_id = :user_id;

-- name: forget_phrases
-- The words that a person saved.
DELETE FROM phrases WHERE user_id = :user_id;

-- name: forget_questions
-- What a person was asked.
DELETE FROM questions WHERE user_id = :user_id;

-- name: forget_buttons
-- What a person could still press.
DELETE FROM buttons WHERE user_id = :user_id;

-- name: forget_said
-- What was said to a person in their private chat.
DELETE FROM outbox WHERE state IN ('sent', 'failed') AND created_at <= :before AND chat_id IN (
  SELECT chats.owner_id FROM telegram_ids chats
  JOIN telegram_ids people ON people.kind = 'user' AND people.telegram_id = chats.telegram_id
  WHERE chats.kind = 'chat' AND people.owner_id = :user_id
);

-- name: forgotten
-- It is done.
UPDATE users SET forget_at = NULL WHERE id = :id;

-- name: private_chat
-- A person's private chat.
SELECT chats.owner_id AS chat_id FROM telegram_ids chats
JOIN telegram_ids people ON people.kind = 'user' AND people.telegram_id = chats.telegram_id
WHERE chats.kind = 'chat' AND people.owner_id = :user_id;
