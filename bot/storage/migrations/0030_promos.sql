-- Codes that give money once to each who redeems them, and money to try it for who is new.

CREATE TABLE promos (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,            -- in capitals
  amount_microusd INTEGER NOT NULL CHECK (amount_microusd > 0),
  most_uses INTEGER NOT NULL CHECK (most_uses > 0),
  uses INTEGER NOT NULL DEFAULT 0,
  ends_at INTEGER,                      -- NULL: no end
  off_at INTEGER,                       -- an operator ended it
  made_by INTEGER,
  made_at INTEGER NOT NULL,
  CHECK (uses BETWEEN 0 AND most_uses)
);

CREATE TABLE promo_tries (
  user_id INTEGER NOT NULL REFERENCES users (id),
  hour INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  PRIMARY KEY (user_id, hour)
);

ALTER TABLE users ADD COLUMN welcomed_at INTEGER;  -- when they first came and might ask; NULL: they are new
UPDATE users SET welcomed_at = created_at;
