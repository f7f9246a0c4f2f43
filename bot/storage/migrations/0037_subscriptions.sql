-- Top-ups that renew themselves every thirty days: what was offered so, and what became of it.

ALTER TABLE invoices ADD COLUMN period_s INTEGER CHECK (period_s > 0);  -- NULL: paid once

CREATE TABLE subscriptions (
  id INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL UNIQUE REFERENCES invoices (id),  -- every payment of it names this offer
  user_id INTEGER NOT NULL REFERENCES users (id),
  telegram_user_id INTEGER NOT NULL,
  charge TEXT NOT NULL UNIQUE,          -- of its first payment: by which Telegram knows it
  stars INTEGER NOT NULL CHECK (stars > 0),
  amount_microusd INTEGER NOT NULL CHECK (amount_microusd > 0),
  state TEXT NOT NULL CHECK (state IN ('on', 'stopping', 'off', 'allowing', 'allowed', 'ending', 'ended')),
  expires_at INTEGER NOT NULL,          -- paid until then; the next payment comes about then
  run_at INTEGER NOT NULL DEFAULT 0,    -- when Telegram is asked next, while something is to be asked
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX subscriptions_user ON subscriptions (user_id);
CREATE INDEX subscriptions_lapsing ON subscriptions (expires_at) WHERE state IN ('on', 'off', 'allowed');
CREATE INDEX subscriptions_due ON subscriptions (run_at) WHERE state IN ('stopping', 'allowing', 'ending');
