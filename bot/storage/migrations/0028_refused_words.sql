-- Words that a chat's administrators, or operators for the whole service, do not take in requests.

CREATE TABLE refused_words (
  chat_id INTEGER NOT NULL,             -- chats.id; 0 for the whole service
  phrase TEXT NOT NULL,                 -- folded: as it is looked for
  written TEXT NOT NULL,                -- as it was set
  set_by INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (chat_id, phrase)
);
