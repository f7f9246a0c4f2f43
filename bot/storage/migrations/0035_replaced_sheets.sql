-- Pictures of references that another one took the place of: their files go too. And what was brought to drafts that
-- nobody started is found by its age.

CREATE TABLE replaced_sheets (
  path TEXT PRIMARY KEY,                -- below DATA_DIR
  replaced_at INTEGER NOT NULL
);
CREATE INDEX replaced_sheets_age ON replaced_sheets (replaced_at);
CREATE INDEX brought_age ON brought (brought_at);
