-- The direct messages of a channel: a chat in which each writer has a topic of their own.

ALTER TABLE chats ADD COLUMN is_direct INTEGER NOT NULL DEFAULT 0 CHECK (is_direct IN (0, 1));
