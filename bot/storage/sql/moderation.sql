-- name: admins_seen
-- When Telegram last named the administrators of the chat behind a Telegram id.
SELECT chats.admins_seen_at FROM telegram_ids JOIN chats ON chats.id = telegram_ids.owner_id
WHERE telegram_ids.kind = 'chat' AND telegram_ids.telegram_id = :telegram_id;

-- name: mark_admins
-- The list of administrators is of this moment; NULL: it is to be asked for again.
UPDATE chats SET admins_seen_at = :seen_at WHERE id = :chat_id;

-- name: clear_admins
-- Before a list is written anew, or when it can't be believed any more.
DELETE FROM chat_admins WHERE chat_id = :chat_id;

-- name: add_admin
-- One administrator of a chat.
INSERT INTO chat_admins (chat_id, user_id) VALUES (:chat_id, :user_id) ON CONFLICT (chat_id, user_id) DO NOTHING;

-- name: administrates
-- Whether a person administrates a chat, by a list that is young enough.
SELECT 1 AS yes FROM chat_admins JOIN chats ON chats.id = chat_admins.chat_id
WHERE chat_admins.chat_id = :chat_id AND chat_admins.user_id = :user_id AND chats.admins_seen_at > :since;

-- name: held
-- What keeps a person from asking in a chat: a stop of everything, a chat kept out, its pause, a block here or everywhere,
-- that they are not in it any more, or a pause of their own after refusals.
SELECT (SELECT at FROM marks WHERE name = 'stopped') AS stopped_at,
  (SELECT denied_at FROM chats WHERE id = :chat_id) AS denied_at,
  (SELECT paused_at FROM chats WHERE id = :chat_id) AS paused_at,
  (SELECT at FROM chat_blocks WHERE chat_id = :chat_id AND user_id = :user_id) AS blocked_here_at,
  (SELECT blocked_at FROM users WHERE id = :user_id) AS blocked_at,
  (SELECT left_at FROM members WHERE chat_id = :chat_id AND user_id = :user_id) AS left_at,
  (SELECT content_paused_until FROM users WHERE id = :user_id) AS content_paused_until;

-- name: block_here
-- A chat keeps a person out.
INSERT INTO chat_blocks (chat_id, user_id, set_by, at) VALUES (:chat_id, :user_id, :set_by, :now)
ON CONFLICT (chat_id, user_id) DO NOTHING;

-- name: unblock_here
-- A chat lets a person in again.
DELETE FROM chat_blocks WHERE chat_id = :chat_id AND user_id = :user_id;

-- name: block_everywhere
-- An operator keeps a person out of everything (NULL: lets them in again).
UPDATE users SET blocked_at = :at WHERE id = :user_id;

-- name: deny_chat
-- An operator keeps a whole chat out: it lets nobody in any more, and nothing is made in it.
UPDATE chats SET denied_at = :now, allowed_at = NULL WHERE id = :chat_id;

-- name: pause_chat
-- A chat takes nothing new (NULL: it does again).
UPDATE chats SET paused_at = :at WHERE id = :chat_id;

-- name: stop_all
-- Nothing new is taken anywhere.
INSERT INTO marks (name, at) VALUES ('stopped', :now) ON CONFLICT (name) DO UPDATE SET at = excluded.at;

-- name: go_all
-- Requests are taken again.
DELETE FROM marks WHERE name = 'stopped';

-- name: count_refusal
-- Counts one more refusal of a person in a group's hour; person 0 is everybody.
INSERT INTO refusals (chat_id, user_id, hour, told) VALUES (:chat_id, :user_id, :hour, 1)
ON CONFLICT (chat_id, user_id, hour) DO UPDATE SET told = refusals.told + 1 RETURNING told;

-- name: forget_refusals
-- The hours of a group that are over.
DELETE FROM refusals WHERE chat_id = :chat_id AND hour < :hour;

-- name: card_stands
-- Whether the card of a slot is in its chat, or on its way.
SELECT 1 AS yes FROM cards WHERE chat_id = :chat_id AND slot = :slot
UNION ALL SELECT 1 FROM outbox WHERE chat_id = :chat_id AND slot = :slot AND state = 'pending' LIMIT 1;

-- name: audit_of_chat
-- The newest changes of a chat.
SELECT audit.*, users.name, users.username FROM audit LEFT JOIN users ON users.id = audit.actor_id
WHERE audit.chat_id = :chat_id ORDER BY audit.id DESC LIMIT :count;

-- name: audit_of_all
-- The newest changes of the whole service, with the group that each was made in.
SELECT audit.*, users.name, users.username, chats.title AS chat_title
FROM audit LEFT JOIN users ON users.id = audit.actor_id
LEFT JOIN chats ON chats.id = audit.chat_id AND chats.kind <> 'private'
WHERE audit.id IN (SELECT id FROM audit ORDER BY id DESC LIMIT :count) ORDER BY audit.id DESC;

-- name: members_lately
-- Who wrote in a chat lately, the newest first.
SELECT members.user_id, users.name, users.username FROM members JOIN users ON users.id = members.user_id
WHERE members.chat_id = :chat_id AND members.left_at IS NULL ORDER BY members.seen_at DESC LIMIT :count;
