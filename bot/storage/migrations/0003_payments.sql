-- Telegram Stars: what was offered, what was paid, how far Telegram's own list was read. An invoice goes out by the
-- outbox, so its table is rebuilt to know that kind.

CREATE TABLE invoices (
  id INTEGER PRIMARY KEY,
  nonce TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  user_id INTEGER NOT NULL REFERENCES users (id),   -- who alone may pay
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  stars INTEGER NOT NULL CHECK (stars > 0),
  amount_microusd INTEGER NOT NULL CHECK (amount_microusd > 0),
  star_microusd INTEGER NOT NULL CHECK (star_microusd > 0),  -- the rate of the offer
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  checked_at INTEGER,                   -- the checkout was let through
  paid_at INTEGER
);

CREATE TABLE payments (
  id INTEGER PRIMARY KEY,
  charge TEXT NOT NULL UNIQUE,          -- telegram_payment_charge_id: what makes a credit once
  telegram_user_id INTEGER NOT NULL,    -- who paid, and who gets a refund
  invoice_id INTEGER REFERENCES invoices (id),
  account_id INTEGER REFERENCES accounts (id),  -- NULL: it could not be credited
  stars INTEGER NOT NULL CHECK (stars > 0),
  amount_microusd INTEGER NOT NULL CHECK (amount_microusd >= 0),
  state TEXT NOT NULL CHECK (state IN ('credited', 'refunding', 'refunded', 'stuck')),
  refunds INTEGER NOT NULL DEFAULT 0,   -- how often its money was taken back: part of those entries' business ids
  run_at INTEGER NOT NULL DEFAULT 0,    -- when a refund is asked for next
  attempts INTEGER NOT NULL DEFAULT 0,
  paid_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  listed_at INTEGER,                    -- when Telegram's own list named it
  CHECK (account_id IS NOT NULL OR amount_microusd = 0)
);
CREATE INDEX payments_invoice ON payments (invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX payments_refunding ON payments (run_at) WHERE state = 'refunding';
CREATE INDEX payments_unlisted ON payments (paid_at) WHERE listed_at IS NULL;

CREATE TABLE reconciliations (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  position INTEGER NOT NULL,            -- how many of Telegram's transactions were read, ever
  credited INTEGER NOT NULL DEFAULT 0,
  refunded INTEGER NOT NULL DEFAULT 0,
  strange INTEGER NOT NULL DEFAULT 0,
  missing INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX reconciliations_open ON reconciliations (ended_at) WHERE ended_at IS NULL;

CREATE TABLE outbox_next (
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  kind TEXT NOT NULL CHECK (kind IN ('text', 'video', 'document', 'photo', 'invoice', 'reaction', 'remove')),
  slot TEXT,
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
  once TEXT UNIQUE,
  payload TEXT NOT NULL,
  job_id INTEGER REFERENCES jobs (id),
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'parked', 'failed')),
  run_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  maybe_sent INTEGER NOT NULL DEFAULT 0 CHECK (maybe_sent IN (0, 1)),
  message_id INTEGER,
  error TEXT,
  created_at INTEGER NOT NULL,
  sent_at INTEGER
);
INSERT INTO outbox_next (id, chat_id, topic_id, kind, slot, priority, once, payload, job_id, state, run_at, lease_until,
                         attempts, maybe_sent, message_id, error, created_at, sent_at)
SELECT id, chat_id, topic_id, kind, slot, priority, once, payload, job_id, state, run_at, lease_until,
       attempts, maybe_sent, message_id, error, created_at, sent_at
FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_next RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (run_at, priority) WHERE state IN ('pending', 'sending');
CREATE UNIQUE INDEX outbox_slot ON outbox (chat_id, slot) WHERE state = 'pending' AND slot IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (chat_id) WHERE state = 'parked';
CREATE INDEX outbox_job ON outbox (job_id) WHERE job_id IS NOT NULL;
