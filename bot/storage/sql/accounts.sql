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

-- name: given_as
-- What was given under a business id, and to whom.
SELECT entries.amount_microusd, accounts.kind, accounts.owner_id FROM entries
JOIN accounts ON accounts.id = entries.account_id WHERE entries.business_id = :business_id;

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

-- name: pool
-- A chat's account, if it is a pool: then it pays for who asks there.
SELECT id FROM accounts WHERE kind = 'chat' AND owner_id = :chat_id AND is_pool = 1;

-- name: weigh_pool
-- What was given to a chat, or taken back, moves; its pool is open while some of it is left, and stays open without
-- while an operator's terms for the chat's money stand.
UPDATE accounts SET
  given_microusd = given_microusd + :given,
  is_pool = CASE
    WHEN given_microusd + :given > 0 THEN 1
    WHEN EXISTS (
      SELECT 1 FROM limits WHERE scope = 'chat' AND scope_id = :chat_id AND member_id = 0 AND measure = 'money'
        AND lift = 'operator'
    ) THEN is_pool
    WHEN EXISTS (SELECT 1 FROM ceilings WHERE chat_id = :chat_id AND scope = 'chat' AND measure = 'money') THEN is_pool
    ELSE 0
  END
WHERE kind = 'chat' AND owner_id = :chat_id;

-- name: booked
-- Whether an entry was booked before.
SELECT 1 AS yes FROM entries WHERE business_id = :business_id;
