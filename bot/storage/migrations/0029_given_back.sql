-- What was given back of a person's counts: of each ended job, once in each stream that counts it. An operator's ceiling
-- counts all the same, and money stays where it went.

CREATE TABLE given_back (
  scope TEXT NOT NULL CHECK (scope IN ('member', 'user', 'account')),
  scope_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  measure TEXT NOT NULL CHECK (measure IN ('money', 'requests')),
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  at INTEGER NOT NULL,                  -- when the job was taken
  reset_id TEXT NOT NULL,               -- the business id of the giving back
  given_by INTEGER,
  given_at INTEGER NOT NULL,
  PRIMARY KEY (scope, scope_id, member_id, measure, job_id)
);
CREATE INDEX given_back_at_once ON given_back (reset_id);
CREATE INDEX given_back_job ON given_back (job_id);

ALTER TABLE tallies ADD COLUMN money_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN requests_back INTEGER NOT NULL DEFAULT 0;
