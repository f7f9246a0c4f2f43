-- Statements: charts and tables that people ask for, made beside the conversation. They take the place of `charts`, which
-- nothing has written to yet.

DROP TABLE charts;

CREATE TABLE statements (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),   -- who asked
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  message_id INTEGER,                   -- the message that asked; NULL: a button
  kind TEXT NOT NULL CHECK (kind IN ('chart', 'jobs', 'ledger', 'audit')),
  scope TEXT NOT NULL CHECK (scope IN ('service', 'chat', 'user')),
  period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month', 'ever')),
  for_all INTEGER NOT NULL DEFAULT 0 CHECK (for_all IN (0, 1)),  -- an anonymous administrator's: whoever moderates may press
  state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);
CREATE INDEX statements_due ON statements (id) WHERE state = 'due';

-- Jobs as a statement tells of them.
CREATE VIEW told_jobs AS
SELECT jobs.id, jobs.code, jobs.created_at, jobs.finished_at, jobs.user_id, users.name AS user_name, users.username,
  jobs.chat_id, chats.title AS chat_title, chats.kind AS chat_kind, jobs.provider, jobs.model, jobs.spec, jobs.state,
  jobs.error_key, jobs.quote_microusd, jobs.cost_microusd
FROM jobs JOIN users ON users.id = jobs.user_id JOIN chats ON chats.id = jobs.chat_id;

-- The ledger as an accountant reads it: whose account, and who did it.
CREATE VIEW told_entries AS
SELECT entries.id, entries.booked_at, entries.effective_at, accounts.kind AS account,
  (SELECT telegram_id FROM telegram_ids
   WHERE is_current = 1 AND kind = accounts.kind AND owner_id = accounts.owner_id) AS owner,
  coalesce(users.name, chats.title, '') AS owner_name,
  entries.kind, entries.bucket, entries.amount_microusd, jobs.code AS job, entries.business_id, entries.note,
  (SELECT telegram_id FROM telegram_ids
   WHERE is_current = 1 AND kind = 'user' AND owner_id = entries.actor_id) AS actor
FROM entries JOIN accounts ON accounts.id = entries.account_id
LEFT JOIN jobs ON jobs.id = entries.job_id
LEFT JOIN users ON accounts.kind = 'user' AND users.id = accounts.owner_id
LEFT JOIN chats ON accounts.kind = 'chat' AND chats.id = accounts.owner_id;

-- Every change, with who made it and where.
CREATE VIEW told_changes AS
SELECT audit.id, audit.at, audit.chat_id, coalesce(users.name, '') AS actor_name,
  (SELECT telegram_id FROM telegram_ids
   WHERE is_current = 1 AND kind = 'user' AND owner_id = audit.actor_id) AS actor,
  coalesce(chats.title, '') AS chat_title,
  (SELECT telegram_id FROM telegram_ids
   WHERE is_current = 1 AND kind = 'chat' AND owner_id = audit.chat_id) AS chat,
  audit.action, audit.data
FROM audit LEFT JOIN users ON users.id = audit.actor_id LEFT JOIN chats ON chats.id = audit.chat_id;
