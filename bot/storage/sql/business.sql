-- name: follow
-- What Telegram tells of a connection now.
INSERT INTO connections (connection, user_id, user_chat_id, can_reply, is_enabled, updated_at)
VALUES (:connection, :user_id, :user_chat_id, :can_reply, :is_enabled, :now)
ON CONFLICT (connection) DO UPDATE SET user_id = excluded.user_id, user_chat_id = excluded.user_chat_id,
  can_reply = excluded.can_reply, is_enabled = excluded.is_enabled, updated_at = excluded.updated_at
RETURNING *;

-- name: connection
-- A connection by Telegram's name, with its owner's Telegram id.
SELECT connections.*, telegram_ids.telegram_id AS owner_telegram_id FROM connections
JOIN telegram_ids ON telegram_ids.kind = 'user' AND telegram_ids.owner_id = connections.user_id
  AND telegram_ids.is_current = 1
WHERE connections.connection = :connection;

-- name: of_owner
-- The connection by which a person's videos go out: one that is on, the newest.
SELECT * FROM connections WHERE user_id = :user_id ORDER BY is_enabled DESC, id DESC LIMIT 1;

-- name: note_order
-- Whom a message orders for; an edit of it changes nothing about that.
INSERT INTO client_orders (chat_id, message_id, client_id, client_name, ordered_at)
VALUES (:chat_id, :message_id, :client_id, :client_name, :now)
ON CONFLICT (chat_id, message_id) DO NOTHING;

-- name: drop_order
-- The message ordered nothing after all.
DELETE FROM client_orders WHERE chat_id = :chat_id AND message_id = :message_id;

-- name: order
-- Whom a message orders for, and its words.
SELECT client_orders.client_name, requests.text FROM client_orders
LEFT JOIN requests ON requests.chat_id = client_orders.chat_id AND requests.message_id = client_orders.message_id
  AND requests.source <> 'button'
WHERE client_orders.chat_id = :chat_id AND client_orders.message_id = :message_id;

-- name: of_job
-- Whom a job's video is for, as its request or the one that it was made anew from says, and whether it went there.
WITH RECURSIVE line (chat_id, message_id, parent_job_id, depth) AS (
  SELECT requests.chat_id, requests.message_id, requests.parent_job_id, 0
  FROM jobs JOIN requests ON requests.id = jobs.request_id WHERE jobs.id = :job_id
  UNION ALL
  SELECT requests.chat_id, requests.message_id, requests.parent_job_id, line.depth + 1
  FROM line JOIN jobs ON jobs.id = line.parent_job_id JOIN requests ON requests.id = jobs.request_id
  WHERE line.depth < 100
)
SELECT client_orders.client_id, client_orders.client_name, client_videos.state FROM line
JOIN client_orders ON client_orders.chat_id = line.chat_id AND client_orders.message_id = line.message_id
LEFT JOIN client_videos ON client_videos.job_id = :job_id
ORDER BY line.depth LIMIT 1;

-- name: begin
-- Compare-and-set: a job's video goes to its client, once; after a refusal again. Answers 1 or 0.
INSERT INTO client_videos (job_id, state, once, reply_to) VALUES (:job_id, 'sending', :once, :reply_to)
ON CONFLICT (job_id) DO UPDATE SET state = 'sending', once = excluded.once, reply_to = excluded.reply_to
WHERE client_videos.state = 'refused';

-- name: of_outbox
-- What a row of the outbox brings to a client; none for all other rows.
SELECT client_videos.* FROM outbox JOIN client_videos ON client_videos.once = outbox.once WHERE outbox.id = :id;

-- name: set_state
-- What came of it.
UPDATE client_videos SET state = :state WHERE job_id = :job_id;

-- name: forget_said
-- What the outbox keeps of a video's way to its client.
DELETE FROM outbox WHERE state IN ('sent', 'failed', 'parked')
  AND once IN (SELECT once FROM client_videos WHERE job_id = :job_id);

-- name: forget_video
-- That a video went to a client is forgotten with the video.
DELETE FROM client_videos WHERE job_id = :job_id;

-- name: forget_order
-- Whom a message ordered for, when none of the jobs that came of it is remembered.
DELETE FROM client_orders WHERE chat_id = :chat_id AND message_id = :message_id AND NOT EXISTS (
  SELECT 1 FROM jobs WHERE jobs.chat_id = :chat_id AND jobs.message_id = :message_id AND jobs.erased_at IS NULL
);

-- name: forget_orders
-- Whom a person ordered for until a moment.
DELETE FROM client_orders WHERE ordered_at <= :before
  AND (chat_id, message_id) IN (SELECT chat_id, message_id FROM requests WHERE user_id = :user_id);

-- name: forget_connections
-- A person's connections.
DELETE FROM connections WHERE user_id = :user_id AND updated_at <= :before;

-- name: prune_orders
-- Whom drafts were for that nobody started. Each order is asked about by its own request, not by all jobs of its chat.
DELETE FROM client_orders WHERE ordered_at < :before AND NOT EXISTS (
  SELECT 1 FROM requests CROSS JOIN jobs ON jobs.request_id = requests.id
  WHERE requests.chat_id = client_orders.chat_id AND requests.message_id = client_orders.message_id
    AND requests.source <> 'button'
);

-- name: prune_items
-- Items of an owner's albums that no order came with. No other message has so low a number as those of clients' chats
-- (bot/services/headings.BELOW, written out here so that the partial index is used).
DELETE FROM media WHERE message_id < -1099511627776 AND seen_at < :before AND album_id IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM requests WHERE requests.chat_id = media.chat_id AND requests.album_id = media.album_id
      AND requests.source <> 'button'
  )
  AND NOT EXISTS (SELECT 1 FROM job_references WHERE job_references.media_id = media.id)
  AND NOT EXISTS (SELECT 1 FROM tray WHERE tray.media_id = media.id)
  AND NOT EXISTS (SELECT 1 FROM request_media WHERE request_media.media_id = media.id)
  AND NOT EXISTS (SELECT 1 FROM library WHERE library.media_id = media.id)
  AND NOT EXISTS (SELECT 1 FROM brought WHERE brought.media_id = media.id);
