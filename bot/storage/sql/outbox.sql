-- The outbox: all that the bot says, laid in with the fact that it tells of, and sent by bot/chat/sender.
-- A row's lane: the uploads of a chat go one at a time, beside its reactions, beside its other rows. A card's removal
-- goes before what waits with the same priority, since it takes no place in the chat's pace.
-- `state IN ('pending', 'sending')` is repeated where it follows from the rest: so the partial index is used.

-- name: put_message
-- Lays in a message. Answers 1, or 0 when the fact named by `once` was told before (NULL: no such guard).
INSERT INTO outbox (chat_id, topic_id, kind, priority, once, payload, job_id, run_at, created_at)
VALUES (:chat_id, :topic_id, :kind, :priority, :once, :payload, :job_id, :run_at, :now)
ON CONFLICT (once) DO NOTHING;

-- name: replace_slot
-- Says what a card shall show (kind 'text') or that it shall go (kind 'remove'). A row of the slot that still waits
-- gets the new content, keeps the higher of both priorities and the earlier of both times.
INSERT INTO outbox (chat_id, topic_id, kind, slot, priority, payload, job_id, run_at, created_at)
VALUES (:chat_id, :topic_id, :kind, :slot, :priority, :payload, :job_id, :run_at, :now)
ON CONFLICT (chat_id, slot) WHERE state = 'pending' AND slot IS NOT NULL DO UPDATE SET
  kind = excluded.kind,
  topic_id = excluded.topic_id,
  payload = excluded.payload,
  job_id = excluded.job_id,
  attempts = 0,
  priority = CASE WHEN excluded.priority < outbox.priority THEN excluded.priority ELSE outbox.priority END,
  run_at = CASE WHEN excluded.run_at < outbox.run_at THEN excluded.run_at ELSE outbox.run_at END;

-- name: due_heads
-- The row that each lane of each chat would send next, up to `horizon` ahead; lanes with a call out are left aside.
-- `messages`: how many it will be in the chat, since an album is one for each of its items.
SELECT id, chat_id, lane, kind, priority, run_at, chat_kind, telegram_id, album,
  CASE
    WHEN kind = 'album' THEN (SELECT json_array_length(told.payload, '$.items') FROM outbox told WHERE told.id = ranked.id)
    WHEN album IS NOT NULL THEN min(:album_most, (
      SELECT count(*) FROM outbox mate WHERE mate.album = ranked.album AND mate.state = 'pending' AND mate.run_at <= :now
    ))
    ELSE 1
  END AS messages
FROM (
  SELECT o.id, o.chat_id, o.kind, o.priority, o.run_at, o.album, c.kind AS chat_kind, t.telegram_id,
    CASE WHEN o.kind IN ('video', 'document') THEN 'upload' WHEN o.kind = 'reaction' THEN 'light' ELSE 'talk' END AS lane,
    ROW_NUMBER() OVER (
      PARTITION BY o.chat_id,
        CASE WHEN o.kind IN ('video', 'document') THEN 'upload' WHEN o.kind = 'reaction' THEN 'light' ELSE 'talk' END
      ORDER BY CASE WHEN o.run_at <= :now THEN 0 ELSE o.run_at END, o.priority,
        CASE WHEN o.kind = 'remove' THEN 0 ELSE 1 END, o.id
    ) AS place
  FROM outbox o
  JOIN chats c ON c.id = o.chat_id
  JOIN telegram_ids t ON t.kind = 'chat' AND t.owner_id = o.chat_id AND t.is_current = 1
  WHERE o.state = 'pending' AND o.state IN ('pending', 'sending') AND o.run_at <= :horizon
) AS ranked
WHERE place = 1
ORDER BY priority, id
LIMIT :count;

-- name: claim
-- Takes one waiting row for sending, unless its lane has a call out. Answers 1 or 0. While it is out, `run_at` is the
-- end of its lease: so calls that are out are found by time among thousands that wait.
UPDATE outbox SET state = 'sending', lease_until = :lease_until, run_at = :lease_until
WHERE id = :id AND state = 'pending' AND NOT EXISTS (
  SELECT 1 FROM outbox busy
  WHERE busy.state IN ('pending', 'sending') AND busy.run_at > :now AND busy.state = 'sending'
    AND busy.chat_id = outbox.chat_id
    AND (busy.kind IN ('video', 'document')) = (outbox.kind IN ('video', 'document'))
    AND (busy.kind = 'reaction') = (outbox.kind = 'reaction')
);

-- name: mates
-- The rows that may go out together with one that is about to, in the order of their jobs. It is among them.
SELECT id, coalesce(json_extract(payload, '$.size_bytes'), 0) AS size_bytes FROM outbox
WHERE album = :album AND chat_id = :chat_id AND state = 'pending' AND run_at <= :now ORDER BY job_id, id;

-- name: claim_mate
-- Takes a row for sending together with another of its lane. Answers 1 or 0.
UPDATE outbox SET state = 'sending', lease_until = :lease_until, run_at = :lease_until
WHERE id = :id AND state = 'pending';

-- name: join_album
-- A row waits for others of its name, as long as the first of them does, else for a while from its own beginning.
UPDATE outbox SET album = :album, run_at = coalesce((
  SELECT min(mate.run_at) FROM outbox mate WHERE mate.album = :album AND mate.state = 'pending' AND mate.attempts = 0
), created_at + :gather_ms)
WHERE once = :once AND state = 'pending';

-- name: close_album
-- There is nothing more to wait for. What Telegram asked to hold back longer stays held.
UPDATE outbox SET run_at = :now
WHERE album = :album AND state = 'pending' AND run_at > :now AND attempts = 0 AND run_at <= created_at + :gather_ms;

-- name: leave_album
-- Goes out by itself from now on, at once.
UPDATE outbox SET album = NULL, state = 'pending', lease_until = 0, run_at = :now, error = :error
WHERE id = :id AND state = 'sending';

-- name: album_sent
-- How much of an album is in the chat, and in how many parts it came.
SELECT count(*) AS videos, count(DISTINCT sent_at) AS parts FROM outbox WHERE album = :album AND state = 'sent';

-- name: told_in
-- The message that told a fact once, where it is in the chat.
SELECT message_id FROM outbox WHERE once = :once AND state = 'sent' AND message_id IS NOT NULL;

-- name: row
-- One row with all that sending it needs: where it goes, and the card that its slot has.
SELECT o.id, o.chat_id, o.kind, o.slot, o.priority, o.payload, o.job_id, o.state, o.attempts, o.maybe_sent,
  c.kind AS chat_kind, c.is_direct, c.unreachable_at, t.telegram_id, p.thread_id,
  k.message_id AS card_message_id, k.content AS card_content, k.remade AS card_remade,
  k.photo AS card_photo
FROM outbox o
JOIN chats c ON c.id = o.chat_id
JOIN telegram_ids t ON t.kind = 'chat' AND t.owner_id = o.chat_id AND t.is_current = 1
LEFT JOIN topics p ON p.id = o.topic_id
LEFT JOIN cards k ON k.chat_id = o.chat_id AND k.slot = o.slot
WHERE o.id = :id;

-- name: mark_sent
-- The message is in the chat. `error` tells of a fall-back (a closed topic), else NULL.
UPDATE outbox SET state = 'sent', lease_until = 0, message_id = :message_id, error = :error, sent_at = :now
WHERE id = :id AND state = 'sending';

-- name: mark_retry
-- Back to waiting until `run_at`; `attempt` is 0 when it was no fault of the row. A slot that was given newer content
-- meanwhile needs the old one no more.
UPDATE outbox SET
  state = CASE WHEN EXISTS (
      SELECT 1 FROM outbox newer WHERE newer.chat_id = outbox.chat_id AND newer.slot = outbox.slot
        AND newer.state = 'pending'
    ) THEN 'failed' ELSE 'pending' END,
  lease_until = 0, run_at = :run_at, attempts = attempts + :attempt, error = :error
WHERE id = :id AND state = 'sending';

-- name: mark_parked
-- Kept until the chat can be reached again.
UPDATE outbox SET state = 'parked', lease_until = 0, error = :error
WHERE id = :id AND state IN ('pending', 'sending');

-- name: mark_failed
-- Given up; `error` says why.
UPDATE outbox SET state = 'failed', lease_until = 0, error = :error
WHERE id = :id AND state IN ('pending', 'sending');

-- name: mark_maybe_sent
-- A file that may be in the chat: kept, and sent again only when a person asks for it.
UPDATE outbox SET state = 'parked', maybe_sent = 1, lease_until = 0, error = :error
WHERE id = :id AND state = 'sending';

-- name: send_again
-- A person asks for a file that was maybe sent, or that was parked. Answers 1 or 0.
UPDATE outbox SET state = 'pending', maybe_sent = 0, attempts = 0, run_at = :now
WHERE id = :id AND state = 'parked';

-- name: unpark_chat
-- The chat can be reached again: what was kept for it goes out. What was maybe sent stays.
UPDATE outbox SET state = 'pending', attempts = 0, run_at = :run_at
WHERE chat_id = :chat_id AND state = 'parked' AND maybe_sent = 0;

-- name: hold_chat
-- Telegram asked for a pause in this chat: nothing of it is due before `until`.
UPDATE outbox SET run_at = :until
WHERE chat_id = :chat_id AND state = 'pending' AND state IN ('pending', 'sending') AND run_at < :until;

-- name: waiting_of_chat
-- What waits for a chat that turned out unreachable.
SELECT id, kind, slot, priority, job_id FROM outbox
WHERE chat_id = :chat_id AND state = 'pending' AND state IN ('pending', 'sending') ORDER BY run_at, id;

-- name: expired_leases
-- Rows whose sender died or hung while their call was out: they may have been sent.
SELECT id, chat_id, kind, slot, priority, job_id FROM outbox
WHERE state = 'sending' AND state IN ('pending', 'sending') AND run_at <= :now ORDER BY run_at LIMIT :count;

-- name: prune
-- Forgets, among the oldest `count` rows, what was told, given up or parked before a moment. A parked file is a paid
-- video that waits for its chat: it stays, and does not count among the oldest.
DELETE FROM outbox
WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT :count + (SELECT count(*) FROM outbox WHERE state = 'parked'))
  AND created_at < :before AND state NOT IN ('pending', 'sending')
  AND NOT (state = 'parked' AND kind IN ('video', 'document') AND job_id IS NOT NULL);

-- name: save_card
-- A slot is shown by this message with this content.
INSERT INTO cards (chat_id, slot, message_id, content, remade, photo)
VALUES (:chat_id, :slot, :message_id, :content, :remade, :photo)
ON CONFLICT (chat_id, slot) DO UPDATE SET
  message_id = excluded.message_id, content = excluded.content, remade = excluded.remade,
  photo = excluded.photo;

-- name: keep_card
-- The message of a slot was edited, or made anew; one that was taken from its slot meanwhile does not come back to it.
UPDATE cards SET message_id = :message_id, content = :content, remade = :remade, photo = :photo
WHERE chat_id = :chat_id AND slot = :slot AND message_id = :former;

-- name: drop_card
-- A slot has no message any more.
DELETE FROM cards WHERE chat_id = :chat_id AND slot = :slot;

-- name: mark_unreachable
-- The bot was blocked or put out of this chat, since the first time that it was noticed.
UPDATE chats SET unreachable_at = :now WHERE id = :chat_id AND unreachable_at IS NULL;

-- name: mark_reachable
-- A message got through, or a person wrote: the chat can be reached.
UPDATE chats SET unreachable_at = NULL WHERE id = :chat_id AND unreachable_at IS NOT NULL;

-- name: learn_telegram_id
-- One more id by which a chat is known. Answers 0 when that id belongs to another chat already.
INSERT INTO telegram_ids (kind, telegram_id, owner_id, is_current) VALUES ('chat', :telegram_id, :chat_id, 0)
ON CONFLICT (kind, telegram_id) DO UPDATE SET is_current = 0 WHERE telegram_ids.owner_id = excluded.owner_id;

-- name: retire_telegram_id
-- A group became a supergroup: its old id stays as an alias.
UPDATE telegram_ids SET is_current = 0 WHERE kind = 'chat' AND owner_id = :chat_id AND is_current = 1;

-- name: use_telegram_id
-- From now on the chat is written to by this id.
UPDATE telegram_ids SET is_current = 1 WHERE kind = 'chat' AND telegram_id = :telegram_id;

-- name: become_supergroup
-- The group's kind after the migration.
UPDATE chats SET kind = 'supergroup' WHERE id = :chat_id;
