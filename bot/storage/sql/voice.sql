-- Voice notes: what each is for, and those that are to be written down.

-- name: media
-- One attachment.
SELECT * FROM media WHERE id = :id;

-- name: set_sound
-- What a sound is for, until it is written down: that is for good.
UPDATE media SET sound = :sound WHERE id = :id AND sound IS NOT 'words';

-- name: asked_since
-- How many voice notes a person had written down since a moment.
SELECT count(*) AS count FROM transcripts WHERE user_id = :user_id AND created_at > :since;

-- name: ask
-- A voice note shall be written down; once.
INSERT INTO transcripts (media_id, user_id, chat_id, run_at, created_at)
VALUES (:media_id, :user_id, :chat_id, :now, :now) ON CONFLICT (media_id) DO NOTHING;

-- name: due
-- What waits to be written down, oldest first.
SELECT transcripts.*, media.file_id, media.mime, media.message_id FROM transcripts
JOIN media ON media.id = transcripts.media_id
WHERE transcripts.state = 'waiting' AND transcripts.run_at <= :now ORDER BY transcripts.run_at LIMIT :limit;

-- name: again
-- Later once more.
UPDATE transcripts SET attempts = attempts + 1, run_at = :run_at WHERE media_id = :media_id AND state = 'waiting';

-- name: end
-- Compare-and-set: written down, or given up.
UPDATE transcripts SET state = :state WHERE media_id = :media_id AND state = 'waiting';
