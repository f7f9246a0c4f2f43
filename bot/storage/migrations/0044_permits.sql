-- A moderator's permission is one person's, ends by itself, and lifts limits as they were when it was given. Those of
-- before did not say what they lifted: what still waits for a tap is asked about anew.

DROP TABLE passes;

CREATE TABLE passes (
  request_id INTEGER NOT NULL REFERENCES requests (id),
  user_id INTEGER NOT NULL REFERENCES users (id),     -- whom a moderator allowed it
  jobs_left INTEGER NOT NULL CHECK (jobs_left >= 0),
  met TEXT NOT NULL,                                  -- the limits of the chat's administrators as they were then
  given_by INTEGER,
  given_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,                        -- nothing starts by it from then on
  PRIMARY KEY (request_id, user_id)
);
CREATE INDEX passes_given ON passes (given_at);

UPDATE approvals SET state = 'withdrawn'
WHERE state = 'allowed' AND request_id IN (SELECT id FROM requests WHERE state = 'draft');
