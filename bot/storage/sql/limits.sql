-- name: applying
-- Every limit and ceiling that may apply to a person in a place, and each member's default there. A person's tier, whose
-- rows are those of the user with its negative number, comes before their own as a default of theirs.
SELECT scope, member_id, measure, period, value, words, lift, is_everywhere, 0 AS is_ceiling, updated_at FROM limits
WHERE scope = 'service' AND scope_id = 0 AND member_id = 0
UNION ALL
SELECT scope, member_id, measure, period, value, words, lift, is_everywhere, 0, updated_at FROM limits
WHERE scope = 'chat' AND scope_id = :chat_id AND member_id = 0
UNION ALL
SELECT scope, member_id, measure, period, value, words, lift, is_everywhere, 0, updated_at FROM limits
WHERE scope = 'topic' AND scope_id = :topic_id AND member_id = 0
UNION ALL
SELECT scope, member_id, measure, period, value, words, lift, is_everywhere, 0, updated_at FROM limits
WHERE scope = 'member' AND scope_id = :chat_id AND member_id IN (0, :user_id)
UNION ALL
SELECT scope, member_id, measure, period, value, words, lift, is_everywhere, 0, updated_at FROM limits
WHERE scope = 'user' AND scope_id = :user_id AND member_id = 0
UNION ALL
SELECT scope, -1, measure, period, value, words, lift, is_everywhere, 0, updated_at FROM limits
WHERE scope = 'user' AND scope_id = -(SELECT tier_id FROM users WHERE id = :user_id) AND member_id = 0
UNION ALL
SELECT scope, 0, measure, period, value, words, 'operator', 0, 1, updated_at FROM ceilings WHERE chat_id = :chat_id;

-- name: clocks
-- The zones and reset hours of a chat and of a person.
SELECT (SELECT timezone FROM chats WHERE id = :chat_id) AS chat_zone,
  (SELECT reset_hour FROM chats WHERE id = :chat_id) AS chat_hour,
  (SELECT timezone FROM users WHERE id = :user_id) AS user_zone,
  (SELECT reset_hour FROM users WHERE id = :user_id) AS user_hour;

-- name: taken_ever
-- What a stream took in all, and its jobs at once.
SELECT money, lent, requests, active, money_back, requests_back FROM tallies
WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id AND grain = 'ever' AND start = 0;

-- name: taken_since
-- What a stream took since a moment: quarters up to the first whole day, then days.
SELECT coalesce(sum(money), 0) AS money, coalesce(sum(lent), 0) AS lent, coalesce(sum(requests), 0) AS requests,
  coalesce(sum(money_back), 0) AS money_back, coalesce(sum(requests_back), 0) AS requests_back
FROM (
  SELECT money, lent, requests, money_back, requests_back FROM tallies
  WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id AND grain = 'quarter'
    AND start >= :since AND start < :first_day
  UNION ALL
  SELECT money, lent, requests, money_back, requests_back FROM tallies
  WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id AND grain = 'day' AND start >= :first_day
) AS parts;

-- name: newest_accepts
-- When a stream's newest requests were taken: no more of them than its limit lets in. A ceiling counts the whole.
SELECT at FROM accepts
WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id AND at > :since
  AND (:whole OR NOT EXISTS (
    SELECT 1 FROM given_back
    WHERE given_back.scope = accepts.scope AND given_back.scope_id = accepts.scope_id
      AND given_back.member_id = accepts.member_id AND given_back.measure = 'requests'
      AND given_back.job_id = accepts.job_id
  ))
ORDER BY at DESC LIMIT :most;

-- name: tally
-- Moves what every stream of a job took, in each grain; a NULL id is no stream.
INSERT INTO tallies (scope, scope_id, member_id, grain, start, money, lent, requests, active)
SELECT streams.column1, streams.column2, streams.column3, grains.column1, grains.column2, :money,
  CASE WHEN streams.column1 = 'account' THEN :lent ELSE 0 END, :requests,
  CASE WHEN grains.column1 = 'ever' THEN :active ELSE 0 END
FROM (VALUES ('service', 0, 0), ('chat', :chat_id, 0), ('topic', :topic_id, 0), ('member', :chat_id, :user_id),
             ('user', :user_id, 0), ('account', :account_id, 0)) AS streams
CROSS JOIN (VALUES ('quarter', :quarter), ('day', :day), ('ever', 0)) AS grains
WHERE streams.column2 IS NOT NULL
ON CONFLICT (scope, scope_id, member_id, grain, start) DO UPDATE SET
  money = tallies.money + excluded.money, lent = tallies.lent + excluded.lent,
  requests = tallies.requests + excluded.requests, active = tallies.active + excluded.active;

-- name: note_accept
-- When a job's request was taken, in each of its streams.
INSERT INTO accepts (scope, scope_id, member_id, at, job_id)
SELECT column1, column2, column3, :at, :job_id
FROM (VALUES ('service', 0, 0), ('chat', :chat_id, 0), ('topic', :topic_id, 0), ('member', :chat_id, :user_id),
             ('user', :user_id, 0), ('account', :account_id, 0)) AS streams
WHERE column2 IS NOT NULL;

-- name: forget_accepts
-- A few jobs that no window holds any more: more of them than come in with one job.
DELETE FROM accepts WHERE job_id IN (
  SELECT job_id FROM accepts
  WHERE scope = 'service' AND scope_id = 0 AND member_id = 0 AND at <= :until ORDER BY at LIMIT 4
);

-- name: drop_accepts
-- A request that was given back.
DELETE FROM accepts WHERE job_id = :job_id;

-- name: keep_hold
-- What is held of a job.
INSERT INTO holds (job_id, from_allowance, from_balance) VALUES (:job_id, :from_allowance, :from_balance);

-- name: take_hold
-- Compare-and-set: the one who gets it settles or releases the job.
DELETE FROM holds WHERE job_id = :job_id RETURNING from_allowance, from_balance;

-- name: order_of
-- What a job is and whose, as its admission must know it.
SELECT request_id, user_id, chat_id, topic_id, account_id, model, spec, waits, created_at FROM jobs WHERE id = :job_id;

-- name: get
-- One limit as it was set.
SELECT value, words, lift, is_everywhere FROM limits
WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id AND measure = :measure AND period = :period;

-- name: of_target
-- What was set for one scope, for its panel: in the order of the panel's rows.
SELECT measure, period, value, words, lift, is_everywhere FROM limits
WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id
ORDER BY instr('requests money active job model resolution seconds hours', measure), period;

-- name: put
-- Sets or replaces a limit.
INSERT INTO limits (scope, scope_id, member_id, measure, period, value, words, lift, is_everywhere, set_by, updated_at)
VALUES (:scope, :scope_id, :member_id, :measure, :period, :value, :words, :lift, :is_everywhere, :set_by, :now)
ON CONFLICT (scope, scope_id, member_id, measure, period) DO UPDATE SET
  value = excluded.value, words = excluded.words, lift = excluded.lift, is_everywhere = excluded.is_everywhere,
  set_by = excluded.set_by, updated_at = excluded.updated_at;

-- name: remove
-- The default applies again.
DELETE FROM limits
WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id AND measure = :measure AND period = :period;

-- name: ceiling
-- The most that a chat's administrators may set.
SELECT value, words FROM ceilings
WHERE chat_id = :chat_id AND scope = :scope AND measure = :measure AND period = :period;

-- name: put_ceiling
-- An operator sets it.
INSERT INTO ceilings (chat_id, scope, measure, period, value, words, set_by, updated_at)
VALUES (:chat_id, :scope, :measure, :period, :value, :words, :set_by, :now)
ON CONFLICT (chat_id, scope, measure, period) DO UPDATE SET
  value = excluded.value, words = excluded.words, set_by = excluded.set_by, updated_at = excluded.updated_at;

-- name: remove_ceiling
-- An operator takes it away.
DELETE FROM ceilings WHERE chat_id = :chat_id AND scope = :scope AND measure = :measure AND period = :period;

-- name: set_chat_clock
-- Where a chat's days begin.
UPDATE chats SET timezone = :timezone, reset_hour = :reset_hour WHERE id = :id;

-- name: set_user_clock
-- Where a person's days begin.
UPDATE users SET timezone = :timezone, reset_hour = :reset_hour WHERE id = :id;

-- name: give_pass
-- A moderator allows a person a request once.
INSERT INTO passes (request_id, user_id, jobs_left, met, given_by, given_at, expires_at)
VALUES (:request_id, :user_id, :jobs, :met, :given_by, :now, :expires_at)
ON CONFLICT (request_id, user_id) DO UPDATE SET
  jobs_left = excluded.jobs_left, met = excluded.met, given_by = excluded.given_by, given_at = excluded.given_at,
  expires_at = excluded.expires_at;

-- name: pass_of
-- How many jobs of a request a person is allowed once, until when and past which limits.
SELECT jobs_left, met, expires_at FROM passes WHERE request_id = :request_id AND user_id = :user_id;

-- name: use_pass
-- Compare-and-set: one job goes through.
UPDATE passes SET jobs_left = jobs_left - 1 WHERE request_id = :request_id AND user_id = :user_id AND jobs_left > 0;

-- name: prune_passes
-- Some permissions of long ago: their requests wait for no tap, and none of their jobs is under way.
DELETE FROM passes WHERE request_id IN (
  SELECT passes.request_id FROM passes JOIN requests ON requests.id = passes.request_id
  WHERE passes.given_at < :before AND requests.state <> 'draft' AND NOT EXISTS (
    SELECT 1 FROM jobs WHERE jobs.request_id = passes.request_id
      AND jobs.state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
  )
  ORDER BY passes.given_at LIMIT :limit
);

-- name: prune_warnings
-- Warnings of periods that ended long ago.
DELETE FROM warnings WHERE until > 0 AND until < :before;

-- name: warn
-- Once a period, and once more for each larger limit in it; a clock that was moved ends no period that was warned of.
INSERT INTO warnings (scope, scope_id, member_id, measure, period, until, value, at)
SELECT :scope, :scope_id, :member_id, :measure, :period, :until, :value, :now
WHERE NOT EXISTS (
  SELECT 1 FROM warnings AS before
  WHERE before.scope = :scope AND before.scope_id = :scope_id AND before.member_id = :member_id
    AND before.measure = :measure AND before.period = :period AND before.until > :now AND before.value >= :value
)
ON CONFLICT (scope, scope_id, member_id, measure, period, until) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE excluded.value > warnings.value;

-- name: give_back
-- What a person's ended jobs count in one stream since a moment, each once. One that holds money is not ended.
INSERT INTO given_back (scope, scope_id, member_id, measure, job_id, amount, at, reset_id, given_by, given_at)
SELECT :scope, :scope_id, :member_id, :measure, ended.id, ended.amount, ended.created_at, :reset_id, :actor_id, :now
FROM (
  SELECT jobs.id, jobs.created_at, CASE :measure
    WHEN 'requests' THEN
      jobs.state NOT IN ('FAILED', 'CANCELLED') OR coalesce(jobs.error_key, '') LIKE 'refused-%'
    ELSE (
      SELECT -coalesce(sum(entries.amount_microusd), 0) FROM entries
      WHERE entries.job_id = jobs.id AND entries.account_id = jobs.account_id AND entries.effective_at = jobs.created_at
    ) END AS amount
  FROM jobs
  WHERE jobs.user_id = :user_id AND jobs.created_at >= :since
    AND CASE :scope
      WHEN 'member' THEN jobs.chat_id = :scope_id
      WHEN 'account' THEN jobs.account_id = :scope_id
      ELSE jobs.user_id = :scope_id END
    AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.job_id = jobs.id)
) AS ended
WHERE ended.amount > 0
ON CONFLICT (scope, scope_id, member_id, measure, job_id) DO NOTHING;

-- name: tally_back
-- The same in each grain of its stream's counts.
INSERT INTO tallies (scope, scope_id, member_id, grain, start, money, lent, requests, active, money_back, requests_back)
SELECT given.scope, given.scope_id, given.member_id, grains.column1, CASE grains.column1
    WHEN 'quarter' THEN given.at - given.at % 900000
    WHEN 'day' THEN given.at - given.at % 86400000
    ELSE 0 END AS start, 0, 0, 0, 0,
  sum(CASE WHEN given.measure = 'money' THEN given.amount ELSE 0 END),
  sum(CASE WHEN given.measure = 'requests' THEN given.amount ELSE 0 END)
FROM given_back AS given CROSS JOIN (VALUES ('quarter'), ('day'), ('ever')) AS grains
WHERE given.reset_id = :reset_id
GROUP BY given.scope, given.scope_id, given.member_id, grains.column1, start
ON CONFLICT (scope, scope_id, member_id, grain, start) DO UPDATE SET
  money_back = tallies.money_back + excluded.money_back, requests_back = tallies.requests_back + excluded.requests_back;

-- name: given
-- What was given back at once; of a person who is counted in several streams, in the largest.
SELECT coalesce(max(requests), 0) AS requests, coalesce(max(money), 0) AS money FROM (
  SELECT sum(CASE WHEN measure = 'requests' THEN amount ELSE 0 END) AS requests,
    sum(CASE WHEN measure = 'money' THEN amount ELSE 0 END) AS money
  FROM given_back WHERE reset_id = :reset_id GROUP BY scope, scope_id, member_id
);

-- name: warn_anew
-- Four fifths of what was given back may be used up once more.
DELETE FROM warnings
WHERE scope = :scope AND scope_id = :scope_id AND member_id = :member_id AND measure = :measure;
