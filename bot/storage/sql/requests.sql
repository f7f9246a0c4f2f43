-- name: remember_media
-- An attachment that was seen; seen again (an edit), it keeps its id.
INSERT INTO media (chat_id, user_id, message_id, album_id, kind, origin, file_id, file_unique_id, mime, file_name,
                   size_bytes, width, height, duration_ms, job_id, seen_at)
VALUES (:chat_id, :user_id, :message_id, :album_id, :kind, :origin, :file_id, :file_unique_id, :mime, :file_name,
        :size_bytes, :width, :height, :duration_ms, :job_id, :now)
ON CONFLICT (chat_id, message_id) DO UPDATE SET
  file_id = excluded.file_id, file_unique_id = excluded.file_unique_id, kind = excluded.kind,
  origin = excluded.origin, mime = excluded.mime, size_bytes = excluded.size_bytes, width = excluded.width,
  height = excluded.height, duration_ms = excluded.duration_ms, job_id = coalesce(media.job_id, excluded.job_id)
RETURNING id;

-- name: media_of_message
-- A message's attachment with its whole album, in message order.
SELECT * FROM media
WHERE chat_id = :chat_id AND (message_id = :message_id OR album_id IN (
  SELECT album_id FROM media WHERE chat_id = :chat_id AND message_id = :message_id AND album_id IS NOT NULL
)) ORDER BY message_id;

-- name: media_of_album
-- All items of an album seen so far, in message order.
SELECT * FROM media WHERE chat_id = :chat_id AND album_id = :album_id ORDER BY message_id;

-- name: media_of_job
-- What a job's references were, in their order.
SELECT media.* FROM job_references JOIN media ON media.id = job_references.media_id
WHERE job_references.job_id = :job_id ORDER BY job_references.position;

-- name: add_to_tray
-- Lays an attachment in its person's tray; again, it only lives longer.
INSERT INTO tray (media_id, user_id, chat_id, added_at, expires_at)
VALUES (:media_id, :user_id, :chat_id, :now, :expires_at)
ON CONFLICT (media_id) DO UPDATE SET expires_at = excluded.expires_at, user_id = excluded.user_id;

-- name: tray
-- A person's tray in a chat, in message order.
SELECT media.* FROM tray JOIN media ON media.id = tray.media_id
WHERE tray.user_id = :user_id AND tray.chat_id = :chat_id AND tray.expires_at > :now ORDER BY media.message_id;

-- name: empty_tray
-- A request that is taken empties the tray.
DELETE FROM tray WHERE user_id = :user_id AND chat_id = :chat_id;

-- name: expire_tray
-- What nobody used in time.
DELETE FROM tray WHERE expires_at <= :now;

-- name: add
-- A request; NULL when the message or album has one already.
INSERT INTO requests (user_id, chat_id, topic_id, message_id, album_id, reply_to_message_id, source, text, changes,
                      state, settle_at, parent_job_id, created_at, updated_at)
VALUES (:user_id, :chat_id, :topic_id, :message_id, :album_id, :reply_to_message_id, :source, :text, :changes,
        :state, :settle_at, :parent_job_id, :now, :now)
ON CONFLICT DO NOTHING RETURNING *;

-- name: get
-- One request.
SELECT * FROM requests WHERE id = :id;

-- name: of_message
-- The request that a message asked.
SELECT * FROM requests WHERE chat_id = :chat_id AND message_id = :message_id AND source <> 'button';

-- name: of_album
-- The request that an album asked.
SELECT * FROM requests WHERE chat_id = :chat_id AND album_id = :album_id AND source <> 'button';

-- name: collect_more
-- One more item of an album: its caption, if it has one, is the request's text and its message the one that asks.
UPDATE requests SET
  text = coalesce(:text, text),
  message_id = CASE WHEN :text IS NOT NULL THEN :message_id ELSE message_id END,
  source = CASE WHEN :text IS NOT NULL THEN :source ELSE source END,
  reply_to_message_id = coalesce(reply_to_message_id, :reply_to_message_id),
  state = 'collecting', settle_at = :settle_at, updated_at = :now
WHERE id = :id AND state IN ('collecting', 'draft');

-- name: due
-- Albums that had time to arrive whole.
SELECT * FROM requests WHERE state = 'collecting' AND settle_at <= :now ORDER BY settle_at LIMIT :limit;

-- name: settle
-- Compare-and-set: nothing more is waited for.
UPDATE requests SET state = 'draft', settle_at = NULL, updated_at = :now WHERE id = :id AND state = 'collecting';

-- name: take
-- Compare-and-set: the request becomes jobs, once.
UPDATE requests SET state = 'taken', updated_at = :now WHERE id = :id AND state = 'draft';

-- name: reopen
-- A request whose jobs were all called back before anything was sent: an edit amends it.
UPDATE requests SET state = 'draft', updated_at = :now WHERE id = :id AND state = 'taken';

-- name: discard
-- Compare-and-set: thrown away before it was taken.
UPDATE requests SET state = 'discarded', settle_at = NULL, updated_at = :now
WHERE id = :id AND state IN ('collecting', 'draft');

-- name: rewrite
-- New words; what buttons changed no longer applies to them.
UPDATE requests SET text = :text, changes = '{}', updated_at = :now WHERE id = :id AND state = 'draft';

-- name: change
-- What buttons changed.
UPDATE requests SET changes = :changes, updated_at = :now WHERE id = :id AND state = 'draft';
