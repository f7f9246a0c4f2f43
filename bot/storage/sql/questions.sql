-- name: ask
-- Something of the bot's that waits for words in reply.
INSERT INTO questions (user_id, chat_id, purpose, data, slot, expires_at)
VALUES (:user_id, :chat_id, :purpose, :data, :slot, :expires_at);

-- name: asked_in
-- The question that a message of the bot's asks a person.
SELECT questions.* FROM questions
JOIN cards ON cards.chat_id = questions.chat_id AND cards.slot = questions.slot
WHERE questions.chat_id = :chat_id AND questions.user_id = :user_id AND questions.expires_at > :now
  AND cards.message_id = :message_id;

-- name: answer
-- Compare-and-set: a question is answered once.
DELETE FROM questions WHERE id = :id;

-- name: expire
-- Nobody answered in time.
DELETE FROM questions WHERE expires_at <= :now;
