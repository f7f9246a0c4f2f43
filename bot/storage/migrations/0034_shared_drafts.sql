-- A group's draft to which several members add references; one of those who take part pays, and then it is theirs.

CREATE TABLE shared_drafts (
  request_id INTEGER PRIMARY KEY REFERENCES requests (id),
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  number INTEGER NOT NULL CHECK (number > 0),  -- as people call it in their chat
  is_open INTEGER NOT NULL DEFAULT 1 CHECK (is_open IN (0, 1)),
  shared_at INTEGER NOT NULL,
  UNIQUE (chat_id, number)
);

CREATE TABLE brought (
  id INTEGER PRIMARY KEY,
  request_id INTEGER NOT NULL REFERENCES shared_drafts (request_id),
  media_id INTEGER NOT NULL REFERENCES media (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  brought_at INTEGER NOT NULL,
  out_at INTEGER,                       -- taken out again: its label stays its own, so that no other file gets it
  UNIQUE (request_id, media_id)
);
CREATE INDEX brought_user ON brought (user_id);
CREATE INDEX brought_media ON brought (media_id);
CREATE INDEX cards_message ON cards (chat_id, message_id);

ALTER TABLE passes ADD COLUMN user_id INTEGER;  -- whom a moderator allowed it; NULL: whoever asked
