-- name: add
-- A question to the moderators; nothing when this order was laid before them already, or another of the request is.
INSERT INTO approvals (request_id, user_id, chat_id, topic_id, shown, jobs, price_microusd, raise_to, language, told,
                       expires_at, created_at)
VALUES (:request_id, :user_id, :chat_id, :topic_id, :shown, :jobs, :price_microusd, :raise_to, :language, :told,
        :expires_at, :now)
ON CONFLICT DO NOTHING RETURNING id;

-- name: get
-- One question.
SELECT * FROM approvals WHERE id = :id;

-- name: standing
-- The questions about a request that wait for their answer, or were agreed to; a person's, or everybody's (NULL).
SELECT * FROM approvals
WHERE request_id = :request_id AND (:user_id IS NULL OR user_id = :user_id) AND state IN ('open', 'allowed', 'raised');

-- name: of_order
-- A person's question about one order of a request, unless it was taken back.
SELECT * FROM approvals
WHERE request_id = :request_id AND user_id = :user_id AND shown = :shown AND state <> 'withdrawn';

-- name: close
-- Compare-and-set: a question is answered once.
UPDATE approvals SET state = :state, decided_by = :decided_by, decided_at = :now WHERE id = :id AND state = 'open';

-- name: lately
-- How many questions a person has open in a chat, and how many they put there since a moment.
SELECT count(*) AS asked, coalesce(sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END), 0) AS open FROM approvals
WHERE user_id = :user_id AND chat_id = :chat_id AND created_at > :since;

-- name: overdue
-- Questions that nobody answered in time.
SELECT * FROM approvals WHERE state = 'open' AND expires_at <= :now ORDER BY expires_at LIMIT :limit;

-- name: drop_pass
-- A request that was changed is allowed no more; to one person, or to anybody (NULL).
DELETE FROM passes WHERE request_id = :request_id AND (:user_id IS NULL OR user_id = :user_id);

-- name: recall
-- What was allowed was another request: this one may be laid before the moderators; by one person, or by all (NULL).
UPDATE approvals SET state = 'withdrawn'
WHERE request_id = :request_id AND (:user_id IS NULL OR user_id = :user_id)
  AND state <> 'withdrawn' AND state IN ('allowed', 'raised');

-- name: recall_all
-- What a person was allowed in a chat (NULL: anywhere) and did not start yet may be asked about anew.
UPDATE approvals SET state = 'withdrawn'
WHERE user_id = :user_id AND (:chat_id IS NULL OR chat_id = :chat_id) AND state IN ('allowed', 'raised')
  AND request_id IN (SELECT id FROM requests WHERE state = 'draft');

-- name: drop_passes
-- The permissions for it.
DELETE FROM passes WHERE user_id = :user_id AND request_id IN (
  SELECT id FROM requests WHERE state = 'draft' AND (:chat_id IS NULL OR chat_id = :chat_id)
);

-- name: raise_to
-- What "raise" would set now.
UPDATE approvals SET raise_to = :raise_to WHERE id = :id AND state = 'open';

-- name: moderators_at
-- Where a chat's questions go.
SELECT moderators_at FROM chats WHERE id = :chat_id;

-- name: set_moderators_at
-- A moderator chose where they go; NULL: where the request was asked.
UPDATE chats SET moderators_at = :topic_id WHERE id = :chat_id;

-- name: languages
-- What the administrators of a chat speak.
SELECT users.language, users.client_language FROM chat_admins JOIN users ON users.id = chat_admins.user_id
WHERE chat_admins.chat_id = :chat_id;
