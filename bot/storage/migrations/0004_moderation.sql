-- Moderation in the chat: who administrates it, whom it keeps out, what a moderator is asked, which charts are due.

ALTER TABLE chats ADD COLUMN admins_seen_at INTEGER;  -- when Telegram named the administrators; NULL: to be asked again
ALTER TABLE chats ADD COLUMN paused_at INTEGER;

CREATE TABLE chat_admins (
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  PRIMARY KEY (chat_id, user_id)
);

CREATE TABLE chat_blocks (
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  set_by INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (chat_id, user_id)
);

-- How often a group was refused something in an hour: after a few, a reaction says it.
CREATE TABLE hushes (
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  hour INTEGER NOT NULL,
  refusals INTEGER NOT NULL,
  PRIMARY KEY (chat_id, hour)
);

-- A request over a limit that its asker laid before the chat's moderators.
CREATE TABLE approvals (
  id INTEGER PRIMARY KEY,
  request_id INTEGER NOT NULL REFERENCES requests (id),
  limit_key TEXT NOT NULL,
  limit_data TEXT NOT NULL,             -- JSON: the limit as it was refused
  jobs INTEGER NOT NULL CHECK (jobs > 0),
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'allowed', 'raised', 'refused', 'expired')),
  expires_at INTEGER NOT NULL,
  decided_by INTEGER,
  decided_at INTEGER,
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX approvals_open ON approvals (request_id) WHERE state = 'open';
CREATE INDEX approvals_expiry ON approvals (expires_at) WHERE state = 'open';

-- Pictures asked for with /stats: drawn beside the conversation, then laid in the outbox.
CREATE TABLE charts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  message_id INTEGER,                   -- the message that asked
  kind TEXT NOT NULL CHECK (kind IN ('chart', 'table')),
  scope TEXT NOT NULL CHECK (scope IN ('service', 'chat', 'user')),
  period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
  state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);
CREATE INDEX charts_due ON charts (id) WHERE state = 'due';
CREATE INDEX audit_of_chat ON audit (chat_id, id);
