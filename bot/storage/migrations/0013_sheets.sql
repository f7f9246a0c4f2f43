-- A card of several references shows them: a picture of their small pictures, made beside the conversation.

ALTER TABLE media ADD COLUMN thumb_file_id TEXT;  -- Telegram's small picture of it; NULL: there is none
ALTER TABLE cards ADD COLUMN photo TEXT;          -- the picture that the card's message shows; NULL: it is a text

CREATE TABLE sheets (
  request_id INTEGER PRIMARY KEY REFERENCES requests (id),
  parts TEXT NOT NULL,                  -- what it shows: labels with their media
  path TEXT,                            -- below DATA_DIR; NULL: not made yet
  attempts INTEGER NOT NULL DEFAULT 0,
  wanted_at INTEGER NOT NULL,
  erased_at INTEGER
);
CREATE INDEX sheets_wanted ON sheets (wanted_at) WHERE path IS NULL;
CREATE INDEX sheets_age ON sheets (wanted_at) WHERE path IS NOT NULL AND erased_at IS NULL;
