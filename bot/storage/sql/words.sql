-- Words that are not taken in requests: a chat's own, and those of the whole service (chat 0).

-- name: refused_in
-- All that hold in a chat, folded.
SELECT phrase FROM refused_words WHERE chat_id IN (0, :chat_id);

-- name: list
-- One list, as it was set.
SELECT phrase, written FROM refused_words WHERE chat_id = :chat_id ORDER BY phrase;

-- name: add
-- One more phrase; none that is there.
INSERT INTO refused_words (chat_id, phrase, written, set_by, at) VALUES (:chat_id, :phrase, :written, :set_by, :now)
ON CONFLICT (chat_id, phrase) DO NOTHING;

-- name: remove
-- One phrase less.
DELETE FROM refused_words WHERE chat_id = :chat_id AND phrase = :phrase;
