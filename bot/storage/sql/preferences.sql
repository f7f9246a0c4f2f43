-- name: prefer_user
-- What a person wants unless they say otherwise.
UPDATE users SET preferences = :preferences WHERE id = :id;

-- name: prefer_chat
-- What a chat wants unless its members say otherwise, or whatever they say.
UPDATE chats SET preferences = :preferences WHERE id = :id;

-- name: speak_user
-- The language a person chose; NULL: as the client tells.
UPDATE users SET language = :language WHERE id = :id;

-- name: speak_chat
-- The language of a chat for those who chose none.
UPDATE chats SET language = :language WHERE id = :id;

-- name: confirm_user
-- The price above which a person wants to tap first; NULL: as the service has it.
UPDATE users SET confirm_above_microusd = :amount WHERE id = :id;
