-- name: remember_media
-- An attachment that was seen; the same file seen again keeps its id.
INSERT INTO media (chat_id, user_id, message_id, album_id, kind, origin, file_id, file_unique_id, mime, file_name,
                   size_bytes, width, height, duration_ms, thumb_file_id, job_id, seen_at)
VALUES (:chat_id, :user_id, :message_id, :album_id, :kind, :origin, :file_id, :file_unique_id, :mime, :file_name,
        :size_bytes, :width, :height, :duration_ms, :thumb_file_id, :job_id, :now)
ON CONFLICT (chat_id, message_id, file_unique_id) DO UPDATE SET
  file_id = excluded.file_id, seen_at = excluded.seen_at, replaced_at = NULL
RETURNING id;

-- name: replace_media
-- An edit put another file into a message: the former one counts no more, but its row stays for the jobs that use it.
UPDATE media SET replaced_at = :now
WHERE chat_id = :chat_id AND message_id = :message_id AND file_unique_id <> :file_unique_id AND replaced_at IS NULL
  AND job_id IS NULL
RETURNING id;

-- name: follow_in_tray
-- What lay in a tray is replaced there too.
INSERT INTO tray (user_id, chat_id, media_id, added_at, expires_at)
SELECT user_id, chat_id, :new_id, added_at, expires_at FROM tray WHERE media_id = :old_id
ON CONFLICT (user_id, chat_id, media_id) DO UPDATE SET expires_at = excluded.expires_at;

-- name: leave_tray
-- An attachment that was replaced lies in no tray any more.
DELETE FROM tray WHERE media_id = :media_id;

-- name: own_output
-- The job that made a message's video: what the bot sent itself is never replaced by what an update tells of it.
SELECT id FROM media
WHERE chat_id = :chat_id AND message_id = :message_id AND job_id IS NOT NULL AND origin <> 'last_frame';

-- name: job_shown_in
-- The job whose video a message of the bot's shows.
SELECT jobs.* FROM media JOIN jobs ON jobs.id = media.job_id
WHERE media.chat_id = :chat_id AND media.message_id = :message_id AND media.origin <> 'last_frame'
  AND jobs.erased_at IS NULL;

-- name: draft_shown_in
-- A person's own open request whose card a message of the bot's is.
SELECT requests.* FROM requests JOIN cards ON cards.chat_id = requests.chat_id AND cards.slot = 'request:' || requests.id
WHERE requests.user_id = :user_id AND requests.chat_id = :chat_id AND requests.state = 'draft'
  AND cards.message_id = :message_id;

-- name: prune_media
-- Forgets attachments that no job, tray or output needs, some at a time.
DELETE FROM media WHERE id IN (
  SELECT id FROM media WHERE seen_at < :before AND job_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM job_references WHERE job_references.media_id = media.id)
    AND NOT EXISTS (SELECT 1 FROM tray WHERE tray.media_id = media.id)
    AND NOT EXISTS (SELECT 1 FROM request_media WHERE request_media.media_id = media.id)
    AND NOT EXISTS (SELECT 1 FROM library WHERE library.media_id = media.id)
    AND NOT EXISTS (SELECT 1 FROM brought WHERE brought.media_id = media.id)
  ORDER BY seen_at LIMIT :limit
);

-- name: media_of_message
-- A message's attachment with its whole album, in message order; a voice note that was the request's words is none.
SELECT * FROM media
WHERE chat_id = :chat_id AND replaced_at IS NULL AND origin <> 'last_frame' AND (message_id = :message_id OR album_id IN (
  SELECT album_id FROM media WHERE chat_id = :chat_id AND message_id = :message_id AND album_id IS NOT NULL
)) AND sound IS NOT 'words' ORDER BY message_id;

-- name: media_of_album
-- All items of an album seen so far, in message order.
SELECT * FROM media WHERE chat_id = :chat_id AND album_id = :album_id AND replaced_at IS NULL ORDER BY message_id;

-- name: media_of_job
-- What a job's references were, in their order.
SELECT media.* FROM job_references JOIN media ON media.id = job_references.media_id
WHERE job_references.job_id = :job_id ORDER BY job_references.position;

-- name: given_media
-- References of a request that come from elsewhere than its messages.
SELECT media.* FROM request_media JOIN media ON media.id = request_media.media_id
WHERE request_media.request_id = :request_id ORDER BY request_media.position;

-- name: add_to_tray
-- Lays an attachment in its person's tray; again, it only lives longer.
INSERT INTO tray (user_id, chat_id, media_id, added_at, expires_at)
VALUES (:user_id, :chat_id, :media_id, :now, :expires_at)
ON CONFLICT (user_id, chat_id, media_id) DO UPDATE SET expires_at = excluded.expires_at;

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
                      state, settle_at, parent_job_id, lines, created_at, updated_at)
VALUES (:user_id, :chat_id, :topic_id, :message_id, :album_id, :reply_to_message_id, :source, :text, :changes,
        :state, :settle_at, :parent_job_id, :lines, :now, :now)
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
-- An album that settled without words (its items went into the tray) is open again. Answers 1, or 0 when it is too late.
UPDATE requests SET
  text = coalesce(:text, text),
  message_id = CASE WHEN :text IS NOT NULL THEN :message_id ELSE message_id END,
  source = CASE WHEN :text IS NOT NULL THEN :source ELSE source END,
  lines = CASE WHEN :text IS NOT NULL THEN :lines ELSE lines END,
  reply_to_message_id = coalesce(reply_to_message_id, :reply_to_message_id),
  state = 'collecting', settle_at = :settle_at, updated_at = :now
WHERE id = :id AND (state IN ('collecting', 'draft') OR (state = 'discarded' AND text IS NULL));

-- name: due
-- Albums that had time to arrive whole.
SELECT * FROM requests WHERE state = 'collecting' AND settle_at <= :now ORDER BY settle_at LIMIT :limit;

-- name: settle
-- Compare-and-set: nothing more is waited for.
UPDATE requests SET state = 'draft', settle_at = NULL, updated_at = :now WHERE id = :id AND state = 'collecting';

-- name: open_of
-- The newest draft of a person in a chat that is still at hand.
SELECT * FROM requests
WHERE user_id = :user_id AND chat_id = :chat_id AND state = 'draft' AND updated_at > :since
ORDER BY id DESC LIMIT 1;

-- name: drafts_of
-- What a person asked in a chat and did not start yet, oldest first: cards, and what is still arriving.
SELECT * FROM requests
WHERE user_id = :user_id AND chat_id = :chat_id AND state = 'draft' AND updated_at > :since
UNION ALL SELECT * FROM requests WHERE user_id = :user_id AND chat_id = :chat_id AND state = 'collecting'
ORDER BY id;

-- name: waiting_for_money
-- Drafts of a chat (of one person there) whose card stands and has a button of this kind, newest first.
SELECT requests.* FROM requests
WHERE requests.chat_id = :chat_id AND requests.state = 'draft' AND (:user_id IS NULL OR requests.user_id = :user_id)
  AND EXISTS (
    SELECT 1 FROM buttons WHERE slot = 'request:' || requests.id AND used_at IS NULL AND action = :action
    UNION ALL SELECT 1 FROM buttons WHERE slot = 'request:' || requests.id AND used_at IS NOT NULL AND action = :action
  )
  AND EXISTS (
    SELECT 1 FROM cards WHERE chat_id = :chat_id AND slot = 'request:' || requests.id
    UNION ALL SELECT 1 FROM outbox
    WHERE chat_id = :chat_id AND slot = 'request:' || requests.id AND state = 'pending' AND slot IS NOT NULL
  )
ORDER BY requests.id DESC LIMIT :limit;

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

-- name: give_up
-- A person cancelled all its jobs: an edit of its message starts nothing.
UPDATE requests SET state = 'discarded', updated_at = :now
WHERE id = :id AND state = 'taken' AND NOT EXISTS (
  SELECT 1 FROM jobs WHERE jobs.request_id = requests.id AND jobs.state <> 'CANCELLED'
);

-- name: rewrite
-- New words; what buttons changed no longer applies to them.
UPDATE requests SET text = :text, lines = :lines, changes = '{}', opened = NULL, updated_at = :now WHERE id = :id AND state = 'draft';

-- name: change
-- What buttons changed.
UPDATE requests SET changes = :changes, opened = NULL, updated_at = :now WHERE id = :id AND state = 'draft';

-- name: open
-- Which choice of its card is open; NULL: none.
UPDATE requests SET opened = :opened WHERE id = :id AND state = 'draft';
