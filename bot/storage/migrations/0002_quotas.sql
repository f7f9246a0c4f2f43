-- Quotas: limits of every kind, ceilings, counts by time, passes and warnings.

ALTER TABLE users ADD COLUMN timezone TEXT;                 -- IANA name; NULL: the service's own
ALTER TABLE users ADD COLUMN reset_hour INTEGER NOT NULL DEFAULT 0 CHECK (reset_hour BETWEEN 0 AND 23);
ALTER TABLE chats ADD COLUMN timezone TEXT;
ALTER TABLE chats ADD COLUMN reset_hour INTEGER NOT NULL DEFAULT 0 CHECK (reset_hour BETWEEN 0 AND 23);

ALTER TABLE limits RENAME TO limits_0001;

CREATE TABLE limits (
  scope TEXT NOT NULL CHECK (scope IN ('service', 'chat', 'topic', 'member', 'user')),
  scope_id INTEGER NOT NULL,            -- 0, chats.id, topics.id, chats.id of a member, users.id
  member_id INTEGER NOT NULL DEFAULT 0, -- users.id of a member; 0: each member's default, and all other scopes
  measure TEXT NOT NULL CHECK (measure IN ('money', 'requests', 'active', 'job', 'model', 'resolution', 'seconds',
                                           'hours')),
  period TEXT NOT NULL CHECK (period IN ('now', 'minute', 'hour', 'day', 'week', 'month', 'ever')),
  value INTEGER CHECK (value >= 0),     -- NULL: unlimited, whatever the default says
  words TEXT NOT NULL DEFAULT '',       -- models 'a,b', a resolution '720p', hours '9-23'
  lift TEXT NOT NULL DEFAULT 'operator' CHECK (lift IN ('operator', 'admin')),
  is_everywhere INTEGER NOT NULL DEFAULT 0 CHECK (is_everywhere IN (0, 1)),
  set_by INTEGER,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (scope, scope_id, member_id, measure, period)
);
INSERT INTO limits (scope, scope_id, measure, period, value, set_by, updated_at)
SELECT scope, scope_id, measure, period, value, set_by, updated_at FROM limits_0001;
DROP TABLE limits_0001;

-- What an operator lets a chat's administrators set at most, for each of its scopes.
CREATE TABLE ceilings (
  chat_id INTEGER NOT NULL REFERENCES chats (id),
  scope TEXT NOT NULL CHECK (scope IN ('chat', 'topic', 'member')),
  measure TEXT NOT NULL CHECK (measure IN ('money', 'requests', 'active', 'job', 'model', 'resolution', 'seconds',
                                           'hours')),
  period TEXT NOT NULL CHECK (period IN ('now', 'minute', 'hour', 'day', 'week', 'month', 'ever')),
  value INTEGER NOT NULL CHECK (value >= 0),
  words TEXT NOT NULL DEFAULT '',
  set_by INTEGER,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (chat_id, scope, measure, period)
);

-- What each stream took, in quarters of an hour and days of UTC and in all: any period of any zone is a sum of few rows.
CREATE TABLE tallies (
  scope TEXT NOT NULL CHECK (scope IN ('service', 'chat', 'topic', 'member', 'user', 'account')),
  scope_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  grain TEXT NOT NULL CHECK (grain IN ('quarter', 'day', 'ever')),
  start INTEGER NOT NULL,               -- 0 for 'ever'
  money INTEGER NOT NULL,               -- held or paid
  lent INTEGER NOT NULL,                -- the part of it that was the operator's; for accounts
  requests INTEGER NOT NULL,
  active INTEGER NOT NULL,              -- jobs at once; 'ever' only
  PRIMARY KEY (scope, scope_id, member_id, grain, start)
);

-- When each request of the last hour was taken, for the limits that slide.
CREATE TABLE accepts (
  scope TEXT NOT NULL,
  scope_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  job_id INTEGER NOT NULL REFERENCES jobs (id),
  PRIMARY KEY (scope, scope_id, member_id, at, job_id)
);
CREATE INDEX accepts_job ON accepts (job_id);

-- A job's open hold: the one who deletes it settles or releases the job.
CREATE TABLE holds (
  job_id INTEGER PRIMARY KEY REFERENCES jobs (id),
  from_allowance INTEGER NOT NULL CHECK (from_allowance >= 0),
  from_balance INTEGER NOT NULL CHECK (from_balance >= 0)
);

-- A moderator's "allow once": so many jobs of a request pass the limits of the chat's administrators.
CREATE TABLE passes (
  request_id INTEGER PRIMARY KEY REFERENCES requests (id),
  jobs_left INTEGER NOT NULL CHECK (jobs_left >= 0),
  given_by INTEGER,
  given_at INTEGER NOT NULL
);

CREATE TABLE warnings (
  scope TEXT NOT NULL,
  scope_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  measure TEXT NOT NULL,
  period TEXT NOT NULL,
  until INTEGER NOT NULL,               -- the end of the period; 0 for ever
  at INTEGER NOT NULL,
  PRIMARY KEY (scope, scope_id, member_id, measure, period, until)
);

-- What every job and loss takes from every stream: the counts of `tallies`, counted again from the books.
CREATE VIEW recount AS
WITH booked AS (
  SELECT entries.job_id, entries.account_id, accounts.kind, entries.effective_at AS at,
    -sum(entries.amount_microusd) AS money,
    -sum(CASE WHEN entries.bucket = 'allowance' THEN entries.amount_microusd ELSE 0 END) AS lent
  FROM entries JOIN accounts ON accounts.id = entries.account_id
  WHERE entries.job_id IS NOT NULL
  GROUP BY entries.job_id, entries.account_id, accounts.kind, entries.effective_at
), facts AS (
  SELECT jobs.id, jobs.chat_id, jobs.topic_id, jobs.user_id, jobs.account_id, jobs.created_at AS at,
    coalesce(booked.money, 0) AS money, coalesce(booked.lent, 0) AS lent,
    CASE WHEN jobs.state IN ('FAILED', 'CANCELLED') AND coalesce(jobs.error_key, '') NOT LIKE 'refused-%'
      THEN 0 ELSE 1 END AS requests,
    CASE WHEN jobs.state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN') THEN 1 ELSE 0 END AS active
  FROM jobs LEFT JOIN booked
    ON booked.job_id = jobs.id AND booked.account_id = jobs.account_id AND booked.at = jobs.created_at
)
SELECT 'service' AS scope, 0 AS scope_id, 0 AS member_id, at, money, 0 AS lent, requests, active FROM facts
UNION ALL SELECT 'service', 0, 0, at, money, 0, 0, 0 FROM booked WHERE kind = 'service'
UNION ALL SELECT 'chat', chat_id, 0, at, money, 0, requests, active FROM facts
UNION ALL SELECT 'topic', topic_id, 0, at, money, 0, requests, active FROM facts WHERE topic_id IS NOT NULL
UNION ALL SELECT 'member', chat_id, user_id, at, money, 0, requests, active FROM facts
UNION ALL SELECT 'user', user_id, 0, at, money, 0, requests, active FROM facts
UNION ALL SELECT 'account', account_id, 0, at, money, lent, requests, active FROM facts;

-- A database from before: its books are counted once.
INSERT INTO tallies (scope, scope_id, member_id, grain, start, money, lent, requests, active)
SELECT scope, scope_id, member_id, 'quarter', at - at % 900000, sum(money), sum(lent), sum(requests), 0
FROM recount GROUP BY scope, scope_id, member_id, at - at % 900000;
INSERT INTO tallies (scope, scope_id, member_id, grain, start, money, lent, requests, active)
SELECT scope, scope_id, member_id, 'day', at - at % 86400000, sum(money), sum(lent), sum(requests), 0
FROM recount GROUP BY scope, scope_id, member_id, at - at % 86400000;
INSERT INTO tallies (scope, scope_id, member_id, grain, start, money, lent, requests, active)
SELECT scope, scope_id, member_id, 'ever', 0, sum(money), sum(lent), sum(requests), sum(active)
FROM recount GROUP BY scope, scope_id, member_id;
INSERT INTO holds (job_id, from_allowance, from_balance)
SELECT jobs.id,
  -coalesce(sum(CASE WHEN entries.bucket = 'allowance' THEN entries.amount_microusd END), 0),
  -coalesce(sum(CASE WHEN entries.bucket = 'balance' THEN entries.amount_microusd END), 0)
FROM jobs LEFT JOIN entries ON entries.job_id = jobs.id AND entries.account_id = jobs.account_id
WHERE jobs.state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
GROUP BY jobs.id;
