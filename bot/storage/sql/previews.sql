-- Previews: how videos stand whose cards a chat has moved away from, shown at its bottom by bot/worker/previewer.

-- name: under_way
-- Requests of private chats with jobs at work that nobody asked to stop, the newest first, with their cards and what
-- these were told to show last. Asked every second: from the few jobs at work on (CROSS: in this order), not from all chats.
SELECT requests.id, telegram_ids.telegram_id, topics.thread_id, cards.message_id AS card_message_id,
  jobs.user_id, jobs.code, jobs.spec, jobs.together, (
    SELECT outbox.payload FROM outbox
    WHERE outbox.chat_id = requests.chat_id AND outbox.slot = jobs.slot AND outbox.slot IS NOT NULL
      AND outbox.kind = 'text'
    ORDER BY outbox.id DESC LIMIT 1
  ) AS shown
FROM jobs
CROSS JOIN requests ON requests.id = jobs.request_id
JOIN chats ON chats.id = requests.chat_id
JOIN telegram_ids ON telegram_ids.kind = 'chat' AND telegram_ids.owner_id = chats.id AND telegram_ids.is_current = 1
JOIN cards ON cards.chat_id = requests.chat_id AND cards.slot = jobs.slot
LEFT JOIN topics ON topics.id = requests.topic_id
WHERE jobs.state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN') AND jobs.cancel_requested_at IS NULL
  AND requests.stopped_at IS NULL AND chats.kind = 'private' AND chats.unreachable_at IS NULL
GROUP BY requests.id
ORDER BY requests.id DESC LIMIT :count;

-- name: stoppable
-- A request of a chat with jobs that are not over.
SELECT requests.*, jobs.slot, jobs.together, min(jobs.id) AS job_id, cards.message_id AS card_message_id
FROM requests JOIN jobs ON jobs.request_id = requests.id
LEFT JOIN cards ON cards.chat_id = requests.chat_id AND cards.slot = jobs.slot
WHERE requests.id = :request_id AND requests.chat_id = :chat_id
  AND jobs.state IN ('QUEUED', 'SUBMITTING', 'RUNNING', 'COLLECTING', 'UNCERTAIN', 'DELIVERING')
GROUP BY requests.id;

-- name: stop
-- Its person pressed Stop. Answers 1 or, a second time, 0.
UPDATE requests SET stopped_at = :now WHERE id = :request_id AND stopped_at IS NULL;
