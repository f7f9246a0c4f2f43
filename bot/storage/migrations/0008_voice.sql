-- What a voice note is, as its sender says: a song or speech for the video, or the words of a request, to be written down.

ALTER TABLE media ADD COLUMN sound TEXT CHECK (sound IN ('song', 'speech', 'words'));

CREATE TABLE transcripts (
  media_id INTEGER PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  run_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX transcripts_due ON transcripts (run_at) WHERE state = 'waiting';
CREATE INDEX transcripts_user ON transcripts (user_id, created_at);
