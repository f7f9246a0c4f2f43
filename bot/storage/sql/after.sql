-- name: spent
-- What was pressed already of the buttons of a slot.
SELECT action, data FROM buttons WHERE slot = :slot AND used_at IS NOT NULL;

-- name: output_media
-- A job's own video, as it lies in a chat.
SELECT id FROM media WHERE chat_id = :chat_id AND message_id = :message_id AND job_id = :job_id
  AND origin <> 'last_frame';

-- name: of_code
-- A person's own job by the code that they see.
SELECT * FROM jobs WHERE user_id = :user_id AND code = :code AND erased_at IS NULL;

-- name: reports
-- How many videos a person reported since a moment, the present press with them.
SELECT count(*) AS reports FROM buttons WHERE user_id = :user_id AND action = 'report' AND used_at > :since;

-- name: set_defaults
-- What the options of a request are unless its words say otherwise.
UPDATE requests SET defaults = :defaults WHERE id = :id;

-- name: give_media
-- A reference that comes from elsewhere than the request's messages.
INSERT INTO request_media (request_id, position, media_id) VALUES (:request_id, :position, :media_id);

-- name: erase_job
-- Its words, its references and Telegram's name of its video are gone; what it was and what it cost stays.
UPDATE jobs SET spec = :spec, file_id = NULL, erased_at = :now, updated_at = :now
WHERE id = :id AND erased_at IS NULL;

-- name: unwant_files
-- Its files are to be erased before their time.
UPDATE job_files SET unwanted_at = :now WHERE job_id = :job_id AND erased_at IS NULL;

-- name: erase_request
-- The words of a request none of whose jobs is remembered.
UPDATE requests SET text = '', changes = '{}', defaults = '{}'
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.request_id = requests.id AND jobs.erased_at IS NULL);

-- name: erase_said
-- What was said of a job in chats; what waits for a chat goes too.
DELETE FROM outbox WHERE job_id = :job_id AND state IN ('sent', 'failed', 'parked');

-- name: erase_output
-- Telegram's name of its video is forgotten wherever it lies.
UPDATE media SET file_id = '', file_name = NULL, thumb_file_id = NULL WHERE job_id = :job_id;
