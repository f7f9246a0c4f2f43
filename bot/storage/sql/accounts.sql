-- name: account
-- An owner's account, made when first needed.
INSERT INTO accounts (kind, owner_id) VALUES (:kind, :owner_id)
ON CONFLICT (kind, owner_id) DO UPDATE SET owner_id = excluded.owner_id RETURNING id;

-- name: add_entry
-- One ledger entry; its business id makes it once.
INSERT INTO entries (account_id, kind, bucket, amount_microusd, job_id, business_id, actor_id, note, effective_at,
                     booked_at)
VALUES (:account_id, :kind, :bucket, :amount_microusd, :job_id, :business_id, :actor_id, :note, :effective_at, :now)
ON CONFLICT (business_id) DO NOTHING;

-- name: entries_of_job
-- What was booked for a job on its payer's account.
SELECT entries.kind, entries.bucket, entries.amount_microusd, entries.effective_at FROM entries
WHERE entries.job_id = :job_id AND entries.account_id = :account_id ORDER BY entries.id;

-- name: entry
-- One entry by its business id.
SELECT effective_at FROM entries WHERE business_id = :business_id;

-- name: bump
-- Moves a counter together with what it counts.
INSERT INTO counters (scope, scope_id, measure, period, period_start, value)
VALUES (:scope, :scope_id, :measure, :period, :period_start, :delta)
ON CONFLICT (scope, scope_id, measure, period, period_start) DO UPDATE SET value = counters.value + excluded.value;

-- name: counter
-- One counter's value.
SELECT value FROM counters
WHERE scope = :scope AND scope_id = :scope_id AND measure = :measure AND period = :period
  AND period_start = :period_start;

-- name: limit
-- An override of a default limit.
SELECT value FROM limits
WHERE scope = :scope AND scope_id = :scope_id AND measure = :measure AND period = :period;

-- name: was_funded
-- Whether a chat was ever given money of its own.
SELECT 1 AS yes FROM entries JOIN accounts ON accounts.id = entries.account_id
WHERE accounts.kind = 'chat' AND accounts.owner_id = :chat_id AND entries.kind IN ('GRANT', 'TOPUP') LIMIT 1;

-- name: account_by_id
-- Whose account it is.
SELECT kind, owner_id FROM accounts WHERE id = :id;
