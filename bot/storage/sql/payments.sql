-- name: add_invoice
-- An offer to one person.
INSERT INTO invoices (nonce, account_id, user_id, chat_id, topic_id, stars, amount_microusd, star_microusd, created_at,
                      expires_at, period_s)
VALUES (:nonce, :account_id, :user_id, :chat_id, :topic_id, :stars, :amount_microusd, :star_microusd, :now,
        :expires_at, :period_s);

-- name: invoice
-- An offer by its nonce, with whose account it fills: a chat's that became part of a moved group, the group's.
SELECT invoices.*, accounts.kind AS account_kind, coalesce((
  SELECT chats.successor_id FROM chats WHERE accounts.kind = 'chat' AND chats.id = accounts.owner_id
), accounts.owner_id) AS owner_id FROM invoices
JOIN accounts ON accounts.id = invoices.account_id
WHERE invoices.nonce = :nonce;

-- name: let_through
-- The checkout of an offer was approved; `opens`: its payer may open a pool.
UPDATE invoices SET checked_at = :now, opens = :opens WHERE id = :id AND paid_at IS NULL;

-- name: mark_paid
-- An offer is used up.
UPDATE invoices SET paid_at = :now WHERE id = :id AND paid_at IS NULL;

-- name: prune_invoices
-- Forgets offers that nobody paid.
DELETE FROM invoices WHERE paid_at IS NULL AND expires_at < :before
  AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.invoice_id = invoices.id);

-- name: payment
-- A payment by its charge, with whose account it filled (as above), where its offer was made and to whom.
SELECT payments.*, accounts.kind AS account_kind, coalesce((
  SELECT chats.successor_id FROM chats WHERE accounts.kind = 'chat' AND chats.id = accounts.owner_id
), accounts.owner_id) AS owner_id, invoices.chat_id, invoices.topic_id, invoices.user_id FROM payments
LEFT JOIN accounts ON accounts.id = payments.account_id
LEFT JOIN invoices ON invoices.id = payments.invoice_id
WHERE payments.charge = :charge;

-- name: add_payment
-- A payment is known from now on. Answers 0 when its charge was known before.
INSERT INTO payments (charge, telegram_user_id, invoice_id, account_id, stars, amount_microusd, state, run_at, paid_at,
                      updated_at)
VALUES (:charge, :telegram_user_id, :invoice_id, :account_id, :stars, :amount_microusd, :state, :now, :now, :now)
ON CONFLICT (charge) DO NOTHING;

-- name: move_payment
-- Compare-and-set of a payment's state; `taken` is 1 when its money is taken back with this step.
UPDATE payments SET state = :after, refunds = refunds + :taken, attempts = 0, run_at = :now, updated_at = :now
WHERE charge = :charge AND state = :before;

-- name: due_refunds
-- Refunds that are to be asked for now.
SELECT charge, telegram_user_id, attempts FROM payments
WHERE state = 'refunding' AND run_at <= :now ORDER BY run_at LIMIT :limit;

-- name: refund_later
-- A refund could not be asked for: another try at `run_at`.
UPDATE payments SET run_at = :run_at, attempts = attempts + 1 WHERE charge = :charge AND state = 'refunding';

-- name: note_listed
-- Telegram's own list names the payment.
UPDATE payments SET listed_at = :now WHERE charge = :charge AND listed_at IS NULL;

-- name: count_unlisted
-- Payments of a span of time that Telegram's list does not name.
SELECT COUNT(*) AS missing FROM payments WHERE listed_at IS NULL AND paid_at >= :since AND paid_at < :before;

-- name: any_payment
-- Whether there ever was one.
SELECT 1 AS yes FROM payments LIMIT 1;

-- name: last_reconciliation
-- The newest reading of Telegram's list, ended or not.
SELECT * FROM reconciliations ORDER BY id DESC LIMIT 1;

-- name: begin_reconciliation
-- A new reading goes on where the last one ended.
INSERT INTO reconciliations (started_at, position) VALUES (:now, :position);

-- name: advance_reconciliation
-- A page was read, together with what it changed. Answers 0 when somebody else read it.
UPDATE reconciliations SET position = position + :count, credited = credited + :credited,
  refunded = refunded + :refunded, strange = strange + :strange
WHERE id = :id AND position = :position AND ended_at IS NULL;

-- name: end_reconciliation
-- The list was read to its end.
UPDATE reconciliations SET ended_at = :now, missing = :missing WHERE id = :id AND ended_at IS NULL;

-- name: reconciled_before
-- The reading before another one.
SELECT started_at FROM reconciliations WHERE id < :id ORDER BY id DESC LIMIT 1;
