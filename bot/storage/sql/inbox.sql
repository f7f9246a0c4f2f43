-- name: add
-- Keeps a raw update; a repeated update_id changes nothing.
INSERT INTO inbox (update_id, lane, payload, sender_id, is_fleeting, received_at)
VALUES (:update_id, :lane, :payload, :sender_id, :is_fleeting, :now)
ON CONFLICT (update_id) DO NOTHING;

-- name: open_after
-- What is still to be handled, in the order of arrival.
SELECT id, update_id, lane, payload, attempts FROM inbox
WHERE state = 'open' AND id > :after ORDER BY id LIMIT :limit;

-- name: close
-- Compare-and-set: 1 when this call closed it, 0 when it was closed before. Of what is fleeting only that it came stays.
UPDATE inbox SET state = 'closed', closed_at = :now,
  payload = CASE WHEN is_fleeting = 1 THEN '{}' ELSE payload END,
  sender_id = CASE WHEN is_fleeting = 1 THEN NULL ELSE sender_id END
WHERE update_id = :update_id AND state = 'open';

-- name: start_attempt
-- Counted before the handlers run, so that an update that kills the process is not tried for ever.
UPDATE inbox SET attempts = attempts + 1 WHERE id = :id AND state = 'open';

-- name: undo_attempt
-- An attempt that the database itself broke off does not count.
UPDATE inbox SET attempts = attempts - 1 WHERE id = :id AND state = 'open' AND attempts > 0;

-- name: fail
-- Gives up on an update after its last attempt.
UPDATE inbox SET state = 'failed', closed_at = :now, error = :error,
  payload = CASE WHEN is_fleeting = 1 THEN '{}' ELSE payload END,
  sender_id = CASE WHEN is_fleeting = 1 THEN NULL ELSE sender_id END
WHERE id = :id AND state = 'open';

-- name: prune
-- Forgets handled updates; Telegram repeats none after a day. The newest stays, so that ids only ever grow.
DELETE FROM inbox WHERE state <> 'open' AND closed_at < :before AND id < (SELECT max(id) FROM inbox);

-- name: open_of
-- A person's updates until a moment that are still to be handled.
SELECT id FROM inbox WHERE state = 'open' AND received_at <= :before AND sender_id = (
  SELECT telegram_id FROM telegram_ids WHERE kind = 'user' AND owner_id = :user_id AND is_current = 1
) LIMIT 1;

-- name: forget
-- What a person sent until a moment and is handled, some at a time: that it came stays, so that a repeat changes nothing.
UPDATE inbox SET payload = '{}', sender_id = NULL WHERE id IN (
  SELECT id FROM inbox WHERE state <> 'open' AND received_at <= :before AND sender_id = (
    SELECT telegram_id FROM telegram_ids WHERE kind = 'user' AND owner_id = :user_id AND is_current = 1
  ) LIMIT :limit
);
