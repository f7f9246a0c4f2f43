-- Words that a person keeps under a name, beside the references of their library: `@noir` stands for them.

CREATE TABLE phrases (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,                   -- as it was typed
  folded TEXT NOT NULL,                 -- as it is found
  words TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  UNIQUE (user_id, folded)
);
