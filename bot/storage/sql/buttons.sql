-- name: add
-- A button that can be pressed once.
INSERT INTO buttons (nonce, user_id, action, data, slot, expires_at)
VALUES (:nonce, :user_id, :action, :data, :slot, :expires_at);

-- name: keep
-- A card that is shown again keeps its button: only one that was pressed, or that means something else, is new.
UPDATE buttons SET expires_at = :expires_at
WHERE slot = :slot AND used_at IS NULL AND action = :action AND data = :data
  AND coalesce(user_id, 0) = coalesce(:user_id, 0) AND expires_at > :now
RETURNING nonce;

-- name: take_back
-- A card shows no button of this kind any more: those that it had, pressed or not, mean nothing.
DELETE FROM buttons WHERE nonce IN (
  SELECT nonce FROM buttons WHERE slot = :slot AND used_at IS NULL AND action = :action
  UNION ALL SELECT nonce FROM buttons WHERE slot = :slot AND used_at IS NOT NULL AND action = :action
);

-- name: get
-- What a press means.
SELECT * FROM buttons WHERE nonce = :nonce;

-- name: use
-- Compare-and-set: 1 for the first press. What a press until `over` led to is over: it counts no more.
UPDATE buttons SET used_at = :now
WHERE nonce = :nonce AND (used_at IS NULL OR used_at <= :over) AND expires_at > :now;

-- name: prune
-- Old buttons answer that they are too old; nothing else remembers them.
DELETE FROM buttons WHERE expires_at < :now;
