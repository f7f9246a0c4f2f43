-- name: add
-- An accepted job, its money reserved in the same transaction.
INSERT INTO jobs (uid, code, request_id, ordinal, user_id, chat_id, topic_id, message_id, slot, account_id, provider, model,
                  spec, state, run_at, created_at, updated_at, deadline_at, trace, callback_token, quote_microusd,
                  parent_job_id, together, waits, any_model)
VALUES (:uid, '', :request_id, :ordinal, :user_id, :chat_id, :topic_id, :message_id, :slot, :account_id, :provider, :model,
        :spec, 'QUEUED', :run_at, :now, :now, :deadline_at, :trace, :callback_token, :quote_microusd, :parent_job_id,
        :together, :waits, :any_model)
RETURNING id, uid, created_at;

-- name: set_code
-- The display code follows from the id.
UPDATE jobs SET code = :code WHERE id = :id;

-- name: add_reference
-- One labelled attachment of a job.
INSERT INTO job_references (job_id, position, label, role, media_id)
VALUES (:job_id, :position, :label, :role, :media_id);

-- name: references
-- A job's references in their order, with where their bytes come from.
SELECT job_references.*, media.kind, media.origin, media.file_id, media.file_unique_id, media.mime, media.size_bytes,
       media.duration_ms AS told_ms, media.job_id AS output_of_job_id
FROM job_references JOIN media ON media.id = job_references.media_id
WHERE job_references.job_id = :job_id ORDER BY position;

-- name: set_prepared
-- The file that goes out for a reference.
UPDATE job_references SET path = :path, info = :info, sha256 = :sha256
WHERE job_id = :job_id AND position = :position;

-- name: get
-- One job.
SELECT * FROM jobs WHERE id = :id;

-- name: by_callback
-- The job that a callback's secret path belongs to.
SELECT id FROM jobs WHERE callback_token = :token;

-- name: by_task
-- The job that a provider's task belongs to.
SELECT id FROM jobs WHERE provider = :provider AND task_id = :task_id;

-- name: next_ordinal
-- The first free ordinal of a request.
SELECT coalesce(max(ordinal) + 1, 0) AS ordinal FROM jobs WHERE request_id = :request_id;

-- name: of_request
-- The jobs of a request.
SELECT * FROM jobs WHERE request_id = :request_id ORDER BY ordinal;

-- name: due
-- Jobs that are due and that nobody holds, oldest first.
SELECT id FROM jobs
WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
  AND run_at <= :now AND lease_until <= :now
ORDER BY run_at LIMIT :limit;

-- name: lease
-- Compare-and-set: one worker holds a due job until the lease ends. Every nudge until now is answered by that.
UPDATE jobs SET lease_until = :lease_until, lease_token = :lease_token, nudged_at = NULL
WHERE id = :id AND run_at <= :now AND lease_until <= :now
  AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
RETURNING *;

-- name: free_leases
-- At the start of the only worker: whoever held a job has ended.
UPDATE jobs SET lease_until = 0, lease_token = NULL
WHERE lease_until > 0 AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN');

-- name: free_late_leases
-- The same of the tasks that outlive their jobs.
UPDATE jobs SET lease_until = 0, lease_token = NULL WHERE lease_until > 0 AND state = 'FAILED' AND run_at > 0;

-- name: renew_lease
-- A long step keeps its hold; a longer one that it has is not cut.
UPDATE jobs SET lease_until = CASE WHEN lease_until > :lease_until THEN lease_until ELSE :lease_until END
WHERE id = :id AND lease_token = :lease_token;

-- name: move
-- Compare-and-set of a job's state by the worker that holds it. A nudge that came meanwhile makes it due at once; a
-- create call that was not taken is one more attempt of the same way, back into the queue and out again.
UPDATE jobs SET
  state = :to_state, lease_until = 0, lease_token = NULL, updated_at = :now,
  run_at = CASE
    WHEN nudged_at IS NOT NULL AND :to_state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
      AND :run_at > :now THEN :now
    ELSE :run_at END,
  attempts = CASE
    WHEN :to_state = :from_state THEN attempts + :attempt
    WHEN :to_state IN ('QUEUED', 'SUBMITTING') AND :from_state IN ('QUEUED', 'SUBMITTING') THEN attempts + :attempt
    ELSE 0 END
WHERE id = :id AND state = :from_state AND lease_token = :lease_token;

-- name: move_unheld
-- Compare-and-set of a job's state by a person's wish: only while no worker holds it.
UPDATE jobs SET state = :to_state, updated_at = :now, attempts = 0, lease_until = 0, lease_token = NULL
WHERE id = :id AND state = :from_state AND lease_until <= :now;

-- name: deliver
-- The outbox put it into the chat.
UPDATE jobs SET state = 'DELIVERED', file_id = :file_id, delivered_message_id = :message_id, finished_at = :now,
  updated_at = :now
WHERE id = :id AND state = 'DELIVERING';

-- name: note_file_id
-- A job sent again keeps Telegram's newest name for its file.
UPDATE jobs SET file_id = coalesce(:file_id, file_id) WHERE id = :id;

-- name: note_inputs
-- From now on files of its references may lie in its folder.
UPDATE jobs SET inputs_at = coalesce(inputs_at, :now) WHERE id = :id;

-- name: old_inputs
-- Jobs that need the files of their references no more, and still have them.
SELECT id FROM jobs
WHERE inputs_at IS NOT NULL AND state IN ('DELIVERING', 'DELIVERED', 'FAILED', 'CANCELLED') AND lease_until <= :now
ORDER BY id LIMIT :limit;

-- name: forget_inputs
-- They are gone.
UPDATE jobs SET inputs_at = NULL WHERE id = :id;

-- name: start_prepare
-- Counted before any file is opened: no file is tried more than twice.
UPDATE jobs SET prepare_attempts = prepare_attempts + 1, updated_at = :now
WHERE id = :id AND lease_token = :lease_token;

-- name: start_submit
-- The intention, committed before the call that cannot be taken back. The model's own time begins here.
UPDATE jobs SET submitted_at = :now, key_name = :key_name, patience_at = :patience_at,
  queue_deadline_at = deadline_at, deadline_at = :deadline_at
WHERE id = :id;

-- name: reroute
-- Another offer makes it, before it went out anywhere; its hold stays what it was. Its files are prepared anew.
UPDATE jobs SET provider = :provider, model = :model, spec = :spec, prepare_attempts = 0, attempts = 0
WHERE id = :id AND lease_token = :lease_token AND state = 'QUEUED' AND submitted_at IS NULL;

-- name: forget_prepared
-- What was made of a job's references for another model.
UPDATE job_references SET path = NULL, info = NULL, sha256 = NULL WHERE job_id = :id;

-- name: end_submit
-- The create call ended without a clear answer.
UPDATE jobs SET submit_ended_at = :now WHERE id = :id AND submit_ended_at IS NULL;

-- name: clear_submit
-- Provably not taken: as if it had never gone out.
UPDATE jobs SET submitted_at = NULL, submit_ended_at = NULL, lookup = '{}',
  deadline_at = coalesce(queue_deadline_at, deadline_at)
WHERE id = :id;

-- name: set_task
-- The provider's task; never another in its place.
UPDATE jobs SET task_id = :task_id, key_name = :key_name WHERE id = :id AND task_id IS NULL;

-- name: found_taken
-- The provider has the task after all: the job goes on with it, and whoever held it holds it no more.
UPDATE jobs SET state = 'RUNNING', lease_until = 0, lease_token = NULL, attempts = 0, run_at = :run_at, updated_at = :now,
  submitted_at = coalesce(submitted_at, :now)
WHERE id = :id AND state IN ('QUEUED', 'SUBMITTING', 'UNCERTAIN');

-- name: watch_taken
-- The same for a job that has ended meanwhile: its task is watched on.
UPDATE jobs SET run_at = :run_at, submitted_at = coalesce(submitted_at, :now), released_at = coalesce(released_at, :now)
WHERE id = :id AND state = 'FAILED';

-- name: tasks_since
-- The tasks that jobs hold at a provider, for create calls since a moment.
SELECT task_id FROM jobs WHERE provider = :provider AND task_id IS NOT NULL AND submitted_at >= :since;

-- name: unanswered
-- Other orders to a provider that are out without an answer, told or given up.
SELECT id FROM jobs
WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
  AND provider = :provider AND task_id IS NULL AND submitted_at IS NOT NULL AND id <> :id
UNION ALL
SELECT id FROM jobs WHERE state = 'FAILED' AND run_at > 0 AND provider = :provider AND task_id IS NULL AND id <> :id
LIMIT 1;

-- name: set_lookup
-- What the look-up has seen so far.
UPDATE jobs SET lookup = :lookup WHERE id = :id;

-- name: set_progress
-- Percent as the provider tells it; never backwards.
UPDATE jobs SET progress = :progress WHERE id = :id AND (progress IS NULL OR progress < :progress);

-- name: set_deadline
-- Time spent waiting for a place or on a paused provider does not count.
UPDATE jobs SET deadline_at = :deadline_at WHERE id = :id;

-- name: set_cost
-- What it really cost its payer, and what the provider reported.
UPDATE jobs SET cost_microusd = :cost_microusd, receipt = :receipt WHERE id = :id;

-- name: set_error
-- Why it ended without an output.
UPDATE jobs SET error_key = :error_key, error_data = :error_data, finished_at = :now WHERE id = :id;

-- name: set_released
-- The money went back; a later output is free.
UPDATE jobs SET released_at = :now WHERE id = :id AND released_at IS NULL;

-- name: ask_cancel
-- A person wants it stopped; a worker looks now.
UPDATE jobs SET cancel_requested_at = coalesce(cancel_requested_at, :now), run_at = :now, nudged_at = :now
WHERE id = :id AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'UNCERTAIN');

-- name: forget_cancel
-- The wish was answered.
UPDATE jobs SET cancel_requested_at = NULL WHERE id = :id;

-- name: nudge
-- Look now: a callback came, or somebody pressed. It never delays; a step that is out is followed by another look.
-- Answers 0 when a nudge already waits for that.
UPDATE jobs SET run_at = CASE WHEN run_at > :now THEN :now ELSE run_at END, nudged_at = :now
WHERE id = :id AND state IN ('RUNNING', 'UNCERTAIN', 'COLLECTING') AND nudged_at IS NULL;

-- name: nudge_waiting
-- A provider healed: what waited for it goes on.
UPDATE jobs SET run_at = :now, nudged_at = :now
WHERE provider = :provider AND state = 'QUEUED' AND waits = 0 AND run_at > :now
  AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN');

-- name: nudge_next
-- A place at a provider is free: whoever has waited there the longest tries now. One that still rests is not waiting.
UPDATE jobs SET run_at = :now, nudged_at = :now WHERE id = (
  SELECT id FROM jobs
  WHERE state = 'QUEUED' AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
    AND provider = :provider AND run_at > :now AND lease_until <= :now AND updated_at > created_at
  ORDER BY +id LIMIT 1
);

-- name: place_in_queue
-- How many wait before this one.
SELECT count(*) AS ahead FROM jobs
WHERE waits = 0 AND state IN ('QUEUED', 'SUBMITTING') AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN') AND +id < :id;

-- name: count_out
-- How many have a task at a provider or are about to.
SELECT count(*) AS out FROM jobs
WHERE state IN ('SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
  AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN');

-- name: add_file
-- A file that is ours: the provider's bytes and what was made of them.
INSERT INTO job_files (job_id, kind, path, size_bytes, sha256, info, created_at)
VALUES (:job_id, :kind, :path, :size_bytes, :sha256, :info, :now)
ON CONFLICT (job_id, kind) DO UPDATE SET path = excluded.path, size_bytes = excluded.size_bytes,
  sha256 = excluded.sha256, info = excluded.info, created_at = excluded.created_at, erased_at = NULL;

-- name: files
-- A job's files that still exist.
SELECT * FROM job_files WHERE job_id = :job_id AND erased_at IS NULL AND unwanted_at IS NULL;

-- name: old_files
-- Files kept longer than the retention or not wanted any more, oldest first; none that is still to be sent, or that a job goes out with.
SELECT job_id, kind, path, size_bytes FROM job_files
WHERE erased_at IS NULL AND (created_at < :before OR unwanted_at IS NOT NULL)
  AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = job_files.job_id AND jobs.state <> 'DELIVERING')
  AND NOT EXISTS (
    SELECT 1 FROM outbox WHERE outbox.job_id = job_files.job_id AND outbox.state IN ('pending', 'sending', 'parked')
  )
  AND job_id NOT IN (
    SELECT media.job_id FROM media WHERE media.job_id IS NOT NULL AND media.id IN (
      SELECT media_id FROM job_references WHERE job_references.job_id IN (
        SELECT id FROM jobs WHERE state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN')
      )
    )
  )
ORDER BY created_at LIMIT :limit;

-- name: kept_bytes
-- How much is kept.
SELECT coalesce(sum(size_bytes), 0) AS bytes FROM job_files WHERE erased_at IS NULL;

-- name: mark_erased
-- The file is gone; its digest and size stay.
UPDATE job_files SET erased_at = :now WHERE job_id = :job_id AND kind = :kind;

-- name: lease_late
-- Of the jobs that ended for their person while a task may still run there, the one that is due the longest: held by one.
UPDATE jobs SET lease_until = :lease_until, lease_token = :lease_token WHERE id = (
  SELECT id FROM jobs
  WHERE state = 'FAILED' AND released_at IS NOT NULL AND submitted_at IS NOT NULL AND run_at <= :now AND run_at > 0
    AND lease_until <= :now
  ORDER BY run_at LIMIT 1
)
RETURNING *;

-- name: watch_later
-- When a late task is looked at again, by whoever holds it; 0 ends the watch.
UPDATE jobs SET run_at = :run_at, lease_until = 0, lease_token = NULL
WHERE id = :id AND state = 'FAILED' AND lease_token = :lease_token;

-- name: pace
-- How long a model takes, by the orders that are the most alike.
SELECT usual_ms, spread_permille, samples, (resolution = :resolution AND duration_s = :duration_s) AS exact FROM paces
WHERE provider = :provider AND model = :model
ORDER BY resolution <> :resolution, abs(duration_s - :duration_s) LIMIT 1;

-- name: learn_pace
-- One more finished task taught it.
INSERT INTO paces (provider, model, resolution, duration_s, usual_ms, spread_permille, samples)
VALUES (:provider, :model, :resolution, :duration_s, :usual_ms, :spread_permille, :samples)
ON CONFLICT (provider, model, resolution, duration_s) DO UPDATE SET
  usual_ms = excluded.usual_ms, spread_permille = excluded.spread_permille, samples = excluded.samples;

-- name: pause
-- A provider, or one model of it, is paused; the first reason stays.
INSERT INTO pauses (provider, model, key_name, reason, data, since, until)
VALUES (:provider, :model, :key_name, :reason, :data, :now, :until)
ON CONFLICT (provider, model, key_name) DO UPDATE SET until = excluded.until
RETURNING (since = :now) AS fresh;

-- name: pauses
-- What is paused.
SELECT * FROM pauses;

-- name: probe
-- The pause is over for one caller, who finds out for all; for the others it goes on.
UPDATE pauses SET until = :until
WHERE provider = :provider AND model = :model AND key_name = :key_name AND until <= :now;

-- name: unpause
-- A provider works again, and this model of it.
DELETE FROM pauses WHERE provider = :provider AND model IN ('', :model) AND key_name IN ('', :key_name)
RETURNING model, key_name, since;

-- name: newest
-- The newest jobs of everybody, for the operator.
SELECT code, state, provider, model, quote_microusd, cost_microusd, error_key FROM jobs ORDER BY id DESC LIMIT :limit;

-- name: count_delivering
-- Files that are about to be sent; parked ones wait for their chat and do not count.
SELECT count(*) AS delivering FROM outbox
WHERE state IN ('pending', 'sending') AND kind IN ('video', 'document');

-- name: nudge_queued
-- The drain is over: what waited goes on.
UPDATE jobs SET run_at = :now, nudged_at = :now
WHERE state = 'QUEUED' AND waits = 0 AND run_at > :now AND state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN');
