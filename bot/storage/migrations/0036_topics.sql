-- A forum's topics have defaults of their own, and a group's videos may be made in some of them alone.
-- General has no thread id of its own in what the bot sends; here it is the topic with the thread id 1.

ALTER TABLE chats ADD COLUMN is_forum INTEGER NOT NULL DEFAULT 0 CHECK (is_forum IN (0, 1));

ALTER TABLE topics ADD COLUMN title TEXT;                           -- as last seen; NULL: not told yet
ALTER TABLE topics ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';
ALTER TABLE topics ADD COLUMN chosen_at INTEGER;                    -- the group's videos are made here; NULL: not chosen
ALTER TABLE topics ADD COLUMN gone_at INTEGER;                      -- Telegram said that there is no such topic
