-- Top-ups that renew themselves.
--
--   on -> stopping -> off -> allowing -> allowed     by its payer, each step confirmed by Telegram; a payment: on again
--   any of them -> ending -> ended                   by a refund; a payment that comes all the same: ending again

-- name: add
-- Its first payment arrived.
INSERT INTO subscriptions (invoice_id, user_id, telegram_user_id, charge, stars, amount_microusd, state, expires_at,
                           created_at, updated_at)
VALUES (:invoice_id, :user_id, :telegram_user_id, :charge, :stars, :amount_microusd, 'on', :expires_at, :now, :now);

-- name: renewed
-- A later payment of it arrived: so it was not stopped, or not in time.
UPDATE subscriptions SET updated_at = :now, run_at = :now, charge = coalesce(:charge, charge),
  expires_at = CASE WHEN :expires_at > expires_at THEN :expires_at ELSE expires_at END,
  state = CASE WHEN state IN ('ending', 'ended') THEN 'ending' WHEN state = 'stopping' THEN 'stopping' ELSE 'on' END
WHERE invoice_id = :invoice_id;

-- name: of_invoice
-- The subscription that an offer became.
SELECT * FROM subscriptions WHERE invoice_id = :invoice_id;

-- name: get
-- One by its id.
SELECT * FROM subscriptions WHERE id = :id;

-- name: live
-- A person's subscription that is paid for, or may still be paid for; the newest.
SELECT * FROM subscriptions WHERE user_id = :user_id AND state <> 'ended' AND expires_at > :since
ORDER BY expires_at DESC LIMIT 1;

-- name: move
-- Compare-and-set of the state.
UPDATE subscriptions SET state = :after, attempts = 0, run_at = :now, updated_at = :now
WHERE id = :id AND state = :before;

-- name: due
-- What Telegram is to be told now.
SELECT id, telegram_user_id, charge, state, attempts FROM subscriptions
WHERE state IN ('stopping', 'allowing', 'ending') AND run_at <= :now ORDER BY run_at LIMIT :limit;

-- name: later
-- Telegram could not be told: another try at `run_at`.
UPDATE subscriptions SET run_at = :run_at, attempts = attempts + 1 WHERE id = :id AND state = :state;

-- name: lapse
-- No payment came for it: over, whoever stopped it.
UPDATE subscriptions SET state = 'ended', updated_at = :now
WHERE state IN ('on', 'off', 'allowed') AND expires_at < :before;
