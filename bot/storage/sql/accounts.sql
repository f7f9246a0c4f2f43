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

-- name: entry
-- One entry by its business id.
SELECT amount_microusd, effective_at FROM entries WHERE business_id = :business_id;

-- name: total
-- What the service spent in its day, a payer was lent in all and a person has at once; a loss is lent to nobody.
INSERT INTO counters (scope, scope_id, measure, period, period_start, value)
SELECT totals.scope, totals.scope_id, totals.measure, totals.period, totals.period_start, totals.delta
FROM (
  SELECT 'service' AS scope, 0 AS scope_id, 'money' AS measure, 'day' AS period, :day AS period_start, :money AS delta
  UNION ALL SELECT kind, owner_id, 'money', 'ever', 0, :lent FROM accounts WHERE id = :account_id AND kind <> 'service'
  UNION ALL SELECT 'user', :user_id, 'active', 'now', 0, :active WHERE :user_id IS NOT NULL
) AS totals
WHERE true
ON CONFLICT (scope, scope_id, measure, period, period_start) DO UPDATE SET value = counters.value + excluded.value;

-- name: move_balance
-- Moves an account's balance together with its entries.
INSERT INTO counters (scope, scope_id, measure, period, period_start, value)
VALUES ('account', :account_id, 'balance', 'ever', 0, :delta)
ON CONFLICT (scope, scope_id, measure, period, period_start) DO UPDATE SET value = counters.value + excluded.value;

-- name: counter
-- One counter's value.
SELECT value FROM counters
WHERE scope = :scope AND scope_id = :scope_id AND measure = :measure AND period = :period
  AND period_start = :period_start;

-- name: was_funded
-- Whether a chat was ever given money of its own: only then its account has a balance.
SELECT 1 AS yes FROM accounts JOIN counters ON counters.scope_id = accounts.id
WHERE accounts.kind = 'chat' AND accounts.owner_id = :chat_id
  AND counters.scope = 'account' AND counters.measure = 'balance' AND counters.period = 'ever'
  AND counters.period_start = 0;

-- name: booked
-- Whether an entry was booked before.
SELECT 1 AS yes FROM entries WHERE business_id = :business_id;
