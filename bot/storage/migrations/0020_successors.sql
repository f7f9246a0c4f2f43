-- A supergroup that was met before its old group was known to have become it: a chat of its own, and then another's.

ALTER TABLE chats ADD COLUMN successor_id INTEGER REFERENCES chats (id);  -- what it is now; NULL: itself
