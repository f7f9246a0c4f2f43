-- Questions to a chat's moderators: where they go, what was asked, how it was answered. Refusals, counted by person.

ALTER TABLE chats ADD COLUMN moderators_at INTEGER;   -- topics.id; 0: outside the topics; NULL: where it was asked
ALTER TABLE chats ADD COLUMN denied_at INTEGER;       -- an operator keeps this chat out

DROP TABLE approvals;                                 -- nothing was ever written into it

CREATE TABLE approvals (
  id INTEGER PRIMARY KEY,
  request_id INTEGER NOT NULL REFERENCES requests (id),
  user_id INTEGER NOT NULL REFERENCES users (id),     -- who asks
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  topic_id INTEGER REFERENCES topics (id),            -- where the card stands
  shown TEXT NOT NULL,                                -- digest of what is asked for: an answer is for that alone
  jobs INTEGER NOT NULL CHECK (jobs > 0),
  price_microusd INTEGER NOT NULL CHECK (price_microusd >= 0),
  raise_to TEXT NOT NULL DEFAULT '',                  -- the limit that "raise" sets, in the words of /quota
  language TEXT NOT NULL,
  told TEXT NOT NULL,                                 -- the question as the moderators read it
  state TEXT NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'allowed', 'raised', 'refused', 'lapsed', 'withdrawn')),
  expires_at INTEGER NOT NULL,
  decided_by INTEGER,
  decided_at INTEGER,
  created_at INTEGER NOT NULL,
  CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX approvals_once ON approvals (request_id) WHERE state <> 'withdrawn';
CREATE INDEX approvals_of_asker ON approvals (user_id, chat_id, created_at);
CREATE INDEX approvals_expiry ON approvals (expires_at) WHERE state = 'open';

DROP TABLE hushes;

-- How often somebody was refused something in a group's hour; user 0: everybody there.
CREATE TABLE refusals (
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  user_id INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  told INTEGER NOT NULL,
  PRIMARY KEY (chat_id, user_id, hour)
);
