-- Business mode: the accounts that people connected the bot to, what they ordered in chats with their clients, and what
-- was sent there. What else is said in those chats only passes through the inbox: it is blanked as soon as it is handled.

ALTER TABLE inbox ADD COLUMN is_fleeting INTEGER NOT NULL DEFAULT 0 CHECK (is_fleeting IN (0, 1));

CREATE TABLE connections (
  id INTEGER PRIMARY KEY,
  connection TEXT NOT NULL UNIQUE,      -- as Telegram names it
  user_id INTEGER NOT NULL REFERENCES users (id),  -- its owner
  user_chat_id INTEGER NOT NULL,        -- the owner's private chat with the bot, by Telegram's id
  can_reply INTEGER NOT NULL CHECK (can_reply IN (0, 1)),
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  updated_at INTEGER NOT NULL
);
CREATE INDEX connections_user ON connections (user_id);

CREATE TABLE client_orders (
  chat_id INTEGER NOT NULL REFERENCES chats (id),  -- the owner's private chat
  message_id INTEGER NOT NULL,          -- the one that orders: below all numbers of the owner's chat
  client_id INTEGER NOT NULL,           -- Telegram's: no person and no chat of ours is meant by it
  client_name TEXT NOT NULL,
  ordered_at INTEGER NOT NULL,
  PRIMARY KEY (chat_id, message_id)
);
CREATE INDEX client_orders_age ON client_orders (ordered_at);

CREATE TABLE client_videos (
  job_id INTEGER PRIMARY KEY REFERENCES jobs (id),
  state TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'maybe', 'refused')),
  once TEXT NOT NULL UNIQUE,            -- of the outbox's row that brings it
  reply_to INTEGER NOT NULL             -- the message with the button, in the owner's chat
);
