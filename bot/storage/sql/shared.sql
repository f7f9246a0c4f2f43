-- Drafts of groups that several members add to.

-- name: get
-- How a draft is shared; none where it is its asker's alone.
SELECT * FROM shared_drafts WHERE request_id = :request_id;

-- name: share
-- A draft with the next number of its chat; again, it is only open again.
INSERT INTO shared_drafts (request_id, chat_id, number, shared_at)
VALUES (:request_id, :chat_id,
        (SELECT coalesce(max(number), 0) + 1 FROM shared_drafts WHERE chat_id = :chat_id), :now)
ON CONFLICT (request_id) DO UPDATE SET is_open = 1;

-- name: close
-- Nothing more is added.
UPDATE shared_drafts SET is_open = 0 WHERE request_id = :request_id;

-- name: numbered
-- The request that a chat's shared draft is.
SELECT requests.* FROM shared_drafts JOIN requests ON requests.id = shared_drafts.request_id
WHERE shared_drafts.chat_id = :chat_id AND shared_drafts.number = :number;

-- name: shown_in
-- The request of the shared draft whose card a message is.
SELECT requests.* FROM cards JOIN shared_drafts ON shared_drafts.request_id = CAST(substr(cards.slot, 9) AS INTEGER)
JOIN requests ON requests.id = shared_drafts.request_id
WHERE cards.chat_id = :chat_id AND cards.message_id = :message_id AND cards.slot = 'request:' || requests.id;

-- name: brought
-- What was brought to a draft, in its order, with who brought it.
SELECT media.*, brought.id AS brought_id, brought.user_id AS bringer_id, brought.out_at, users.name AS bringer
FROM brought JOIN media ON media.id = brought.media_id JOIN users ON users.id = brought.user_id
WHERE brought.request_id = :request_id ORDER BY brought.id;

-- name: bring
-- One more file; what was taken out comes back as what it was.
INSERT INTO brought (request_id, media_id, user_id, brought_at, out_at)
VALUES (:request_id, :media_id, :user_id, :now, :out_at)
ON CONFLICT (request_id, media_id) DO UPDATE SET out_at = NULL, user_id = excluded.user_id;

-- name: one
-- One file of a draft.
SELECT * FROM brought WHERE id = :id AND request_id = :request_id;

-- name: take_out
-- Compare-and-set: it is in the draft no more.
UPDATE brought SET out_at = :now WHERE id = :id AND out_at IS NULL;

-- name: follow
-- Another file took the place of one in its message.
UPDATE OR IGNORE brought SET media_id = :new_id WHERE media_id = :old_id;

-- name: touch
-- A draft that was added to is at hand again.
UPDATE requests SET updated_at = :now, opened = NULL WHERE id = :request_id AND state = 'draft';

-- name: hand_over
-- Who pays for a request has it from then on.
UPDATE requests SET user_id = :user_id WHERE id = :request_id AND state = 'taken';

-- name: end
-- The draft is over: who brought what is kept no longer.
DELETE FROM brought WHERE request_id = :request_id;

-- name: tidy
-- Who brought what to drafts that are over, or that nobody touched for long, is kept no longer.
DELETE FROM brought WHERE brought_at < :before AND NOT EXISTS (
  SELECT 1 FROM requests WHERE requests.id = brought.request_id AND state = 'draft' AND updated_at >= :before
);

-- name: drafts_with
-- Drafts that hold what a person brought, or sent.
SELECT requests.* FROM requests WHERE state = 'draft' AND id IN (
  SELECT request_id FROM brought WHERE user_id = :user_id AND brought_at <= :before
  UNION SELECT brought.request_id FROM media JOIN brought ON brought.media_id = media.id
  WHERE media.user_id = :user_id AND media.seen_at <= :before
);

-- name: take_sent_out
-- What a person sent, and another brought, is in no draft either.
UPDATE brought SET out_at = :now WHERE out_at IS NULL
  AND media_id IN (SELECT id FROM media WHERE user_id = :user_id AND seen_at <= :before);

-- name: take_all_out
-- What a person brought is in no draft any more.
UPDATE brought SET out_at = :now WHERE user_id = :user_id AND brought_at <= :before AND out_at IS NULL;
