-- What people do with a video, keep and prefer: questions that wait for an answer, references of a request that came
-- from elsewhere than a message, saved references, preferences, and what is erased. The outbox learns to change the
-- buttons of a message, to send an album, and to send again what Telegram keeps.

ALTER TABLE users ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';  -- JSON of core.preferences.Preferences
ALTER TABLE users ADD COLUMN forget_at INTEGER;       -- asked for: what the person said and sent goes, when no job runs
ALTER TABLE chats ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';
ALTER TABLE requests ADD COLUMN defaults TEXT NOT NULL DEFAULT '{}';  -- JSON: options of the job that it comes from
ALTER TABLE jobs ADD COLUMN erased_at INTEGER;        -- its words and its video are gone; its money stays in the books
ALTER TABLE job_files ADD COLUMN unwanted_at INTEGER; -- to be erased before its time
CREATE INDEX media_job ON media (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX users_forget ON users (forget_at) WHERE forget_at IS NOT NULL;
CREATE INDEX jobs_said ON jobs (created_at) WHERE erased_at IS NULL;
CREATE INDEX job_files_unwanted ON job_files (unwanted_at) WHERE unwanted_at IS NOT NULL AND erased_at IS NULL;
CREATE INDEX buttons_spent ON buttons (slot) WHERE slot IS NOT NULL AND used_at IS NOT NULL;

CREATE TABLE request_media (
  request_id INTEGER NOT NULL REFERENCES requests (id),
  position INTEGER NOT NULL,
  media_id INTEGER NOT NULL REFERENCES media (id),
  PRIMARY KEY (request_id, position)
);
CREATE INDEX request_media_media ON request_media (media_id);

-- A message of the bot's that waits for words in reply; its card is the slot 'question:<id>'.
CREATE TABLE questions (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  purpose TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT '{}',
  expires_at INTEGER NOT NULL
);
CREATE INDEX questions_of ON questions (chat_id, user_id);
CREATE INDEX questions_expiry ON questions (expires_at);

CREATE TABLE library (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,                   -- as it was typed
  folded TEXT NOT NULL,                 -- as it is found
  media_id INTEGER NOT NULL REFERENCES media (id),
  saved_at INTEGER NOT NULL,
  UNIQUE (user_id, folded)
);
CREATE INDEX library_media ON library (media_id);

CREATE TABLE outbox_next (
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),
  kind TEXT NOT NULL CHECK (kind IN ('text', 'video', 'document', 'photo', 'invoice', 'reaction', 'remove', 'markup',
                                     'album', 'kept')),
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
