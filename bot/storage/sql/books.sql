-- name: ledger
-- The ledger for an accountant, a page at a time; amounts in micro-dollars, moments in milliseconds UTC.
SELECT entries.id, entries.booked_at, entries.effective_at, accounts.kind AS account, accounts.owner_id AS owner,
       entries.kind, entries.bucket, entries.amount_microusd, jobs.code AS job, entries.business_id, entries.note
FROM entries JOIN accounts ON accounts.id = entries.account_id LEFT JOIN jobs ON jobs.id = entries.job_id
WHERE entries.id > :after ORDER BY entries.id LIMIT :limit;

-- name: audit
-- Every change, a page at a time.
SELECT id, at, actor_id, chat_id, action, data FROM audit WHERE id > :after ORDER BY id LIMIT :limit;
