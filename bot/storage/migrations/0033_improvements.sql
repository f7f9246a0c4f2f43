-- Richer words that were asked for a draft: what came of it, and which message shows it.

CREATE TABLE improvements (
  id INTEGER PRIMARY KEY,
  request_id INTEGER NOT NULL REFERENCES requests (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'shown', 'used', 'failed', 'over')),
  own TEXT NOT NULL,                    -- digest of the words that it is for
  proposal TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  run_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX improvements_standing ON improvements (request_id) WHERE state <> 'over';
CREATE INDEX improvements_request ON improvements (request_id);
CREATE INDEX improvements_due ON improvements (run_at) WHERE state = 'waiting';
CREATE INDEX improvements_user ON improvements (user_id, created_at);
CREATE INDEX improvements_created ON improvements (created_at);
