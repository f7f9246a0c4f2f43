-- A group that becomes a supergroup begins to number its messages anew: the old numbers must meet no new message.
-- What was a number becomes its negative, which no message has; it still tells messages of the old group apart.

-- name: is_there
-- Whether a chat is written to by this id already: then its old numbers are retired.
SELECT 1 AS yes FROM telegram_ids
WHERE kind = 'chat' AND telegram_id = :telegram_id AND owner_id = :chat_id AND is_current = 1;

-- name: succeed
-- A chat that was met under the new id before it was known whose it is: from now on it is the moved group.
UPDATE chats SET successor_id = :to_id WHERE id = :from_id;

-- name: hand_over_outbox
-- What still waits for it goes to the moved group.
UPDATE OR IGNORE outbox SET chat_id = :to_id WHERE chat_id = :from_id AND state IN ('pending', 'sending');

-- name: hand_over_parked
-- The same of what is kept until it can be reached.
UPDATE OR IGNORE outbox SET chat_id = :to_id WHERE chat_id = :from_id AND state = 'parked';

-- name: hand_over_cards
-- Its cards stand in the moved group.
UPDATE OR IGNORE cards SET chat_id = :to_id WHERE chat_id = :from_id;

-- name: hand_over_topics
-- Its topics are the moved group's, with what was set for them: jobs and limits go on naming them.
UPDATE OR IGNORE topics SET chat_id = :to_id WHERE chat_id = :from_id;

-- name: hand_over_forum
-- And it is a forum if the one that was met is.
UPDATE chats SET is_forum = (SELECT met.is_forum FROM chats met WHERE met.id = :from_id) WHERE chats.id = :to_id;

-- name: retire_requests
-- Requests of the old group's messages.
UPDATE requests SET message_id = -message_id, reply_to_message_id = -reply_to_message_id
WHERE chat_id = :chat_id AND message_id > 0;

-- name: retire_media
-- Attachments of the old group's messages.
UPDATE media SET message_id = -message_id WHERE chat_id = :chat_id AND message_id > 0;

-- name: retire_jobs
-- Jobs that would answer them.
UPDATE jobs SET message_id = -message_id WHERE chat_id = :chat_id AND message_id > 0;

-- name: retire_cards
-- Cards stay in the old group; what they show next is a new message.
DELETE FROM cards WHERE chat_id = :chat_id;

-- name: retire_gestures
-- Reactions and removals that still wait for messages of the old group.
UPDATE outbox SET state = 'failed', error = 'the group became a supergroup'
WHERE chat_id = :chat_id AND state = 'pending' AND state IN ('pending', 'sending') AND kind IN ('reaction', 'remove');

-- name: retire_replies
-- What still waits answers no message of the old group.
UPDATE outbox SET payload = json_remove(payload, '$.reply_to')
WHERE chat_id = :chat_id AND state IN ('pending', 'sending');

-- name: retire_parked_replies
-- What is kept for a chat that can't be reached answers none either.
UPDATE outbox SET payload = json_remove(payload, '$.reply_to') WHERE chat_id = :chat_id AND state = 'parked';
