-- A group's pool is open as long as something that was given to it was not taken back, and it closes with the last of
-- it, unless an operator's terms for the group's money stand: then when these are taken away.

ALTER TABLE accounts ADD COLUMN given_microusd INTEGER NOT NULL DEFAULT 0;  -- of a chat: granted and paid, less refunds
ALTER TABLE accounts ADD COLUMN is_pool INTEGER NOT NULL DEFAULT 0 CHECK (is_pool IN (0, 1));  -- it pays for who asks there
ALTER TABLE invoices ADD COLUMN opens INTEGER NOT NULL DEFAULT 0 CHECK (opens IN (0, 1));  -- its payer may open a pool

-- What was given to every chat, counted again from the books. What goes out of a pool to a person was given all the same.
CREATE VIEW recount_given AS
SELECT accounts.id AS account_id, sum(entries.amount_microusd) AS given_microusd
FROM entries JOIN accounts ON accounts.id = entries.account_id
WHERE accounts.kind = 'chat' AND entries.bucket = 'balance' AND entries.job_id IS NULL
  AND entries.business_id NOT LIKE '%:out'
GROUP BY accounts.id;

UPDATE accounts SET given_microusd = (
  SELECT recount_given.given_microusd FROM recount_given WHERE recount_given.account_id = accounts.id
)
WHERE id IN (SELECT account_id FROM recount_given);
UPDATE accounts SET is_pool = 1
WHERE id IN (SELECT account_id FROM recount_given)
  AND (
    given_microusd > 0
    OR owner_id IN (
      SELECT scope_id FROM limits WHERE scope = 'chat' AND measure = 'money' AND lift = 'operator'
      UNION SELECT chat_id FROM ceilings WHERE scope = 'chat' AND measure = 'money'
    )
  );
