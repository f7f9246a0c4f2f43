-- A pause may be of one key of a provider: the others go on.

CREATE TABLE pauses_by_key (
  provider TEXT NOT NULL,
  model TEXT NOT NULL DEFAULT '',       -- '': the whole provider
  key_name TEXT NOT NULL DEFAULT '',    -- '': all its keys
  reason TEXT NOT NULL,                 -- a text key
  data TEXT NOT NULL DEFAULT '{}',
  since INTEGER NOT NULL,
  until INTEGER,                        -- NULL: until an operator or a working call ends it
  PRIMARY KEY (provider, model, key_name)
);
INSERT INTO pauses_by_key (provider, model, reason, data, since, until)
SELECT provider, model, reason, data, since, until FROM pauses;
DROP TABLE pauses;
ALTER TABLE pauses_by_key RENAME TO pauses;
