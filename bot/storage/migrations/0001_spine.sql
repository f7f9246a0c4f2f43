-- The spine: people and chats, the durable inbox, requests with their media, jobs, money, the outbox.
-- Times are integer milliseconds UTC, money integer micro-dollars, ids internal; Telegram's ids live in telegram_ids
-- (so that a group's migration is one row) and in message_id columns, which are per chat.

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL DEFAULT '',
  username TEXT,
  language TEXT,                        -- chosen with /language; NULL: as the client tells
  client_language TEXT NOT NULL DEFAULT 'en',
  confirm_above_microusd INTEGER CHECK (confirm_above_microusd >= 0),
  allowed_at INTEGER,                   -- an operator let this person in
  blocked_at INTEGER,
  created_at INTEGER NOT NULL
);

CREATE TABLE chats (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('private', 'group', 'supergroup', 'channel')),
  title TEXT NOT NULL DEFAULT '',
  language TEXT,
  allowed_at INTEGER,                   -- an operator let its members in
  unreachable_at INTEGER,               -- blocked, kicked or deactivated: results are parked
  created_at INTEGER NOT NULL
);

CREATE TABLE telegram_ids (
  kind TEXT NOT NULL CHECK (kind IN ('user', 'chat')),
  telegram_id INTEGER NOT NULL,
  owner_id INTEGER NOT NULL,
  is_current INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)),
  PRIMARY KEY (kind, telegram_id)
);
CREATE UNIQUE INDEX telegram_ids_current ON telegram_ids (kind, owner_id) WHERE is_current = 1;

CREATE TABLE topics (
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  thread_id INTEGER NOT NULL,
  UNIQUE (chat_id, thread_id)
);

CREATE TABLE members (
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  seen_at INTEGER NOT NULL,
  left_at INTEGER,
  PRIMARY KEY (chat_id, user_id)
);
CREATE INDEX members_user ON members (user_id);

-- Inbox: an update is committed here before Telegram counts it delivered.
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY,
  update_id INTEGER NOT NULL UNIQUE,
  lane TEXT NOT NULL,                   -- updates of one lane are handled in order
  payload TEXT NOT NULL,                -- the raw update, JSON
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  received_at INTEGER NOT NULL,
  closed_at INTEGER,
  error TEXT,
  CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX inbox_open ON inbox (id) WHERE state = 'open';
CREATE INDEX inbox_closed ON inbox (closed_at) WHERE state <> 'open';

-- Media: every attachment that was seen, so that a reply finds its whole album and a tray survives a restart.
CREATE TABLE media (
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  user_id INTEGER REFERENCES users (id),
  message_id INTEGER NOT NULL,
  album_id TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'audio')),
  origin TEXT NOT NULL,                 -- photo, document, voice, video_note, ...: as Telegram names it
  file_id TEXT NOT NULL,
  file_unique_id TEXT NOT NULL,
  mime TEXT,
  file_name TEXT,
  size_bytes INTEGER CHECK (size_bytes >= 0),
  width INTEGER,
  height INTEGER,
  duration_ms INTEGER,
  job_id INTEGER,                       -- the bot's own output: its original is kept and used instead
  seen_at INTEGER NOT NULL,
  UNIQUE (chat_id, message_id)
);
CREATE INDEX media_album ON media (chat_id, album_id) WHERE album_id IS NOT NULL;
CREATE INDEX media_seen ON media (seen_at);

CREATE TABLE tray (
  media_id INTEGER PRIMARY KEY REFERENCES media (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  added_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX tray_owner ON tray (user_id, chat_id);
CREATE INDEX tray_expiry ON tray (expires_at);

-- Requests: the person's wish. 'collecting' waits for the rest of an album, 'draft' for a tap or a mend.
CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  message_id INTEGER NOT NULL,          -- the message that asks; answers reply to it
  album_id TEXT,
  reply_to_message_id INTEGER,
  source TEXT NOT NULL CHECK (source IN ('command', 'plain', 'mention', 'button')),
  text TEXT,                            -- NULL while an album's caption has not come
  changes TEXT NOT NULL DEFAULT '{}',   -- JSON: what buttons changed, applied over what the text says
  state TEXT NOT NULL CHECK (state IN ('collecting', 'draft', 'taken', 'discarded')),
  settle_at INTEGER,
  parent_job_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((state = 'collecting') = (settle_at IS NOT NULL))
);
CREATE UNIQUE INDEX requests_message ON requests (chat_id, message_id) WHERE source <> 'button';
CREATE UNIQUE INDEX requests_album ON requests (chat_id, album_id) WHERE album_id IS NOT NULL AND source <> 'button';
CREATE INDEX requests_settle ON requests (settle_at) WHERE state = 'collecting';

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,             -- UUIDv7, the business id
  code TEXT NOT NULL,                   -- '#K7Q2', for people
  request_id INTEGER NOT NULL REFERENCES requests (id),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  user_id INTEGER NOT NULL REFERENCES users (id),
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  message_id INTEGER NOT NULL,          -- the asking message
  slot TEXT NOT NULL,                   -- the card that shows its status
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  spec TEXT NOT NULL,                   -- JSON of core.request.VideoSpec
  state TEXT NOT NULL CHECK (state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'DELIVERING', 'DELIVERED',
                                       'UNCERTAIN', 'FAILED', 'CANCELLED')),
  run_at INTEGER NOT NULL,              -- when a worker looks at it next
  lease_until INTEGER NOT NULL DEFAULT 0,
  lease_token TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,  -- tries of the present step; a snooze is no attempt
  prepare_attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  submitted_at INTEGER,                 -- the create call went out
  submit_ended_at INTEGER,              -- ... and ended without a clear answer
  patience_at INTEGER,
  deadline_at INTEGER NOT NULL,
  finished_at INTEGER,
  cancel_requested_at INTEGER,
  task_id TEXT,                         -- the provider's
  key_name TEXT,                        -- which of the provider's keys the task belongs to
  trace TEXT NOT NULL UNIQUE,           -- opaque id that the provider echoes (safety_identifier), for look-ups
  callback_token TEXT NOT NULL UNIQUE,
  progress INTEGER CHECK (progress BETWEEN 0 AND 100),
  lookup TEXT NOT NULL DEFAULT '{}',    -- JSON: what the look-up of an UNCERTAIN job has seen so far
  quote_microusd INTEGER NOT NULL CHECK (quote_microusd >= 0),
  cost_microusd INTEGER CHECK (cost_microusd >= 0 AND cost_microusd <= quote_microusd),
  receipt TEXT NOT NULL DEFAULT '{}',   -- JSON: model version, seed, tokens, ... as the provider reported
  error_key TEXT,
  error_data TEXT NOT NULL DEFAULT '{}',
  released_at INTEGER,                  -- the money went back: a later output is free ('late')
  file_id TEXT,                         -- Telegram's, after delivery: sending again never uploads again
  delivered_message_id INTEGER,
  parent_job_id INTEGER REFERENCES jobs (id),
  UNIQUE (request_id, ordinal),
  CHECK (state NOT IN ('RUNNING', 'COLLECTING') OR task_id IS NOT NULL),
  CHECK (state NOT IN ('DELIVERING', 'DELIVERED') OR cost_microusd IS NOT NULL)
);
CREATE INDEX jobs_due ON jobs (run_at)
  WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN');
CREATE INDEX jobs_late ON jobs (run_at) WHERE state = 'FAILED' AND run_at > 0;
CREATE INDEX jobs_of_user ON jobs (user_id, id);
CREATE INDEX jobs_of_chat ON jobs (chat_id, id);
CREATE UNIQUE INDEX jobs_task ON jobs (provider, task_id) WHERE task_id IS NOT NULL;

CREATE TABLE job_references (
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  position INTEGER NOT NULL,
  label TEXT NOT NULL,                  -- 'image1'
  role TEXT NOT NULL CHECK (role IN ('first', 'last', 'reference')),
  media_id INTEGER NOT NULL REFERENCES media (id),
  path TEXT,                            -- prepared file, below DATA_DIR
  info TEXT,                            -- JSON of core.media.MediaInfo of the prepared file
  sha256 TEXT,
  PRIMARY KEY (job_id, position)
);

CREATE TABLE job_files (
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  kind TEXT NOT NULL CHECK (kind IN ('output', 'last_frame', 'playable', 'thumbnail')),
  path TEXT NOT NULL,                   -- below DATA_DIR; 'output' and 'last_frame' are the provider's bytes, unmodified
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  sha256 TEXT NOT NULL,
  info TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  erased_at INTEGER,
  PRIMARY KEY (job_id, kind)
);
CREATE INDEX job_files_age ON job_files (created_at) WHERE erased_at IS NULL;

-- Money: two buckets an account, an append-only ledger, counters that equal it.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('user', 'chat', 'service')),
  owner_id INTEGER NOT NULL,            -- users.id, chats.id; 0 for the service (the operator's own account)
  UNIQUE (kind, owner_id)
);

CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  kind TEXT NOT NULL CHECK (kind IN ('GRANT', 'RESERVE', 'SETTLE', 'RELEASE', 'REFUND', 'TOPUP', 'ADJUST')),
  bucket TEXT NOT NULL CHECK (bucket IN ('allowance', 'balance')),
  amount_microusd INTEGER NOT NULL,     -- signed; a bucket is the sum of its entries
  job_id INTEGER REFERENCES jobs (id),
  business_id TEXT NOT NULL UNIQUE,     -- makes each entry once
  actor_id INTEGER,                     -- users.id of who did it; NULL: the service itself
  note TEXT NOT NULL DEFAULT '',
  effective_at INTEGER NOT NULL,        -- the period it counts in: when the money was held
  booked_at INTEGER NOT NULL,
  CHECK (kind NOT IN ('GRANT', 'TOPUP', 'RELEASE') OR amount_microusd >= 0),
  CHECK (kind NOT IN ('RESERVE', 'SETTLE') OR amount_microusd <= 0)
);
CREATE INDEX entries_account ON entries (account_id, bucket);
CREATE INDEX entries_job ON entries (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE counters (
  scope TEXT NOT NULL CHECK (scope IN ('service', 'chat', 'topic', 'member', 'user', 'account')),
  scope_id INTEGER NOT NULL,
  measure TEXT NOT NULL CHECK (measure IN ('money', 'requests', 'active', 'balance')),
  period TEXT NOT NULL CHECK (period IN ('now', 'day', 'week', 'month', 'ever')),
  period_start INTEGER NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (scope, scope_id, measure, period, period_start)
);

CREATE TABLE limits (
  scope TEXT NOT NULL CHECK (scope IN ('service', 'chat', 'topic', 'member', 'user')),
  scope_id INTEGER NOT NULL,
  measure TEXT NOT NULL CHECK (measure IN ('money', 'requests', 'active')),
  period TEXT NOT NULL CHECK (period IN ('now', 'day', 'week', 'month', 'ever')),
  value INTEGER NOT NULL CHECK (value >= 0),
  set_by INTEGER,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (scope, scope_id, measure, period)
);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor_id INTEGER,
  chat_id INTEGER,
  action TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT '{}'
);

-- Outbox: all that the bot says. A slot is a card edited in place; only its newest pending content is kept.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  kind TEXT NOT NULL CHECK (kind IN ('text', 'video', 'document', 'reaction', 'remove')),
  slot TEXT,
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),  -- 0 delivery, 1 answer, 2 status, 3 decoration
  once TEXT UNIQUE,                     -- the fact that makes this message once
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
CREATE INDEX outbox_due ON outbox (run_at, priority) WHERE state IN ('pending', 'sending');
CREATE UNIQUE INDEX outbox_slot ON outbox (chat_id, slot) WHERE state = 'pending' AND slot IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (chat_id) WHERE state = 'parked';
CREATE INDEX outbox_job ON outbox (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE cards (
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  slot TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  content TEXT NOT NULL DEFAULT '',     -- digest of what it shows: the same is not sent twice
  remade INTEGER NOT NULL DEFAULT 0,    -- made again once after a person deleted it
  PRIMARY KEY (chat_id, slot)
);

CREATE TABLE buttons (
  nonce TEXT PRIMARY KEY,
  user_id INTEGER REFERENCES users (id),  -- who may press; NULL: anyone in the chat
  action TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT '{}',
  expires_at INTEGER NOT NULL,
  used_at INTEGER
);
CREATE INDEX buttons_expiry ON buttons (expires_at);

CREATE TABLE timings (
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  resolution TEXT NOT NULL,
  usual_ms INTEGER NOT NULL CHECK (usual_ms > 0),
  spread_ms INTEGER NOT NULL DEFAULT 0,
  samples INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (provider, model, resolution)
);

CREATE TABLE pauses (
  provider TEXT NOT NULL,
  key_name TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL,                 -- a text key
  data TEXT NOT NULL DEFAULT '{}',
  since INTEGER NOT NULL,
  until INTEGER,                        -- NULL: until an operator or a working call ends it
  PRIMARY KEY (provider, key_name)
);

CREATE TABLE marks (
  name TEXT PRIMARY KEY,                -- 'alive': the last sign of life of the service
  at INTEGER NOT NULL
);

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
