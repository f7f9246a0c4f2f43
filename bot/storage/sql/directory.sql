-- name: user_of
-- The person behind a Telegram id.
SELECT users.* FROM telegram_ids JOIN users ON users.id = telegram_ids.owner_id
WHERE telegram_ids.kind = 'user' AND telegram_ids.telegram_id = :telegram_id;

-- name: user
-- A person by internal id.
SELECT * FROM users WHERE id = :id;

-- name: user_named
-- The person last seen under a username.
SELECT * FROM users WHERE lower(username) = lower(:username) AND username IS NOT NULL;

-- name: add_user
-- A person seen for the first time.
INSERT INTO users (name, username, client_language, created_at)
VALUES (:name, :username, :language, :now) RETURNING *;

-- name: update_user
-- What Telegram tells of a person now.
UPDATE users SET name = :name, username = :username, client_language = :client_language WHERE id = :id;

-- name: free_username
-- A username belongs to one person at a time: the one who was seen with it last.
UPDATE users SET username = NULL WHERE lower(username) = lower(:username) AND username IS NOT NULL AND id <> :id;

-- name: set_language
-- The language a person chose.
UPDATE users SET language = :language WHERE id = :id;

-- name: allow_user
-- An operator lets a person in.
UPDATE users SET allowed_at = :now, blocked_at = NULL WHERE id = :id;

-- name: deny_user
-- An operator keeps a person out of everything, and takes back that they were let in.
UPDATE users SET blocked_at = :now, allowed_at = NULL WHERE id = :id;

-- name: chat_of
-- The chat behind a Telegram id, old ids of a migrated group included.
SELECT chats.* FROM telegram_ids JOIN chats ON chats.id = telegram_ids.owner_id
WHERE telegram_ids.kind = 'chat' AND telegram_ids.telegram_id = :telegram_id;

-- name: chat
-- A chat by internal id (or what it has become) with its present Telegram id.
SELECT chats.*, telegram_ids.telegram_id FROM chats
JOIN telegram_ids ON telegram_ids.kind = 'chat' AND telegram_ids.owner_id = chats.id AND telegram_ids.is_current = 1
WHERE chats.id = coalesce((SELECT successor_id FROM chats WHERE id = :id), :id);

-- name: add_chat
-- A chat seen for the first time.
INSERT INTO chats (kind, title, is_forum, is_direct, created_at) VALUES (:kind, :title, :is_forum, :is_direct, :now)
RETURNING *;

-- name: update_chat
-- What Telegram tells of a chat now; a message from it proves that it is reachable.
UPDATE chats SET kind = :kind, title = :title, is_forum = :is_forum, is_direct = :is_direct, unreachable_at = NULL
WHERE id = :id;

-- name: allow_chat
-- An operator lets a chat's members in.
UPDATE chats SET allowed_at = :now, denied_at = NULL WHERE id = :id;

-- name: add_telegram_id
-- Ties a Telegram id to a person or chat.
INSERT INTO telegram_ids (kind, telegram_id, owner_id) VALUES (:kind, :telegram_id, :owner_id);

-- name: retire_chat_ids
-- A group's old ids still resolve after its migration.
UPDATE telegram_ids SET is_current = 0 WHERE kind = 'chat' AND owner_id = :owner_id;

-- name: adopt_chat_id
-- The new id of a migrated group.
INSERT INTO telegram_ids (kind, telegram_id, owner_id) VALUES ('chat', :telegram_id, :owner_id)
ON CONFLICT (kind, telegram_id) DO UPDATE SET owner_id = excluded.owner_id, is_current = 1;

-- name: topic
-- A topic with its internal id, made when first seen; what is said in it proves that it is there.
INSERT INTO topics (chat_id, thread_id, title) VALUES (:chat_id, :thread_id, :title)
ON CONFLICT (chat_id, thread_id) DO UPDATE SET title = coalesce(excluded.title, title), gone_at = NULL
RETURNING id, preferences, title;

-- name: topic_by_id
-- A topic by internal id.
SELECT id, preferences, title FROM topics WHERE id = :id;

-- name: general
-- What is set for a forum's General topic, if anything ever was.
SELECT id, preferences FROM topics WHERE chat_id = :chat_id AND thread_id = 1;

-- name: see_member
-- A person wrote in a chat.
INSERT INTO members (chat_id, user_id, seen_at) VALUES (:chat_id, :user_id, :now)
ON CONFLICT (chat_id, user_id) DO UPDATE SET seen_at = excluded.seen_at, left_at = NULL;

-- name: member_of_allowed
-- Whether a person is known as a member of any allowed chat.
SELECT 1 AS yes FROM members JOIN chats ON chats.id = members.chat_id
WHERE members.user_id = :user_id AND members.left_at IS NULL AND chats.allowed_at IS NOT NULL LIMIT 1;

-- name: allowed_chats
-- The groups that let their members in, those that were let in last first.
SELECT telegram_ids.telegram_id FROM chats
JOIN telegram_ids ON telegram_ids.kind = 'chat' AND telegram_ids.owner_id = chats.id AND telegram_ids.is_current = 1
WHERE chats.allowed_at IS NOT NULL AND chats.kind <> 'private' AND chats.unreachable_at IS NULL
ORDER BY chats.allowed_at DESC LIMIT :limit;

-- name: leave_member
-- A person left a chat, or was made to.
UPDATE members SET left_at = :now WHERE chat_id = :chat_id AND user_id = :user_id;

-- name: telegram_id_of_user
-- The present Telegram id of a person.
SELECT telegram_id FROM telegram_ids WHERE kind = 'user' AND owner_id = :user_id AND is_current = 1;

-- name: note_audit
-- Who changed what.
INSERT INTO audit (at, actor_id, chat_id, action, data) VALUES (:now, :actor_id, :chat_id, :action, :data);

-- name: note_migration
-- Once, though the group and the supergroup both tell of it.
INSERT INTO audit (at, actor_id, chat_id, action, data)
SELECT :now, NULL, :chat_id, 'migrated', '{}'
WHERE NOT EXISTS (SELECT 1 FROM audit WHERE chat_id = :chat_id AND action = 'migrated');

-- name: secret
-- A secret made by the service itself.
SELECT value FROM secrets WHERE name = :name;

-- name: keep_secret
-- The first writer wins.
INSERT INTO secrets (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING;

-- name: private_chat
-- A person's private chat with the bot, as far as they opened one and the bot can write there.
SELECT chats.id FROM telegram_ids JOIN chats ON chats.id = telegram_ids.owner_id
WHERE telegram_ids.kind = 'chat' AND telegram_ids.telegram_id = :telegram_id AND chats.unreachable_at IS NULL;

-- name: left_behind
-- Money on the accounts of chats that became part of a moved group; from these few chats on (CROSS: in this order).
SELECT chats.id AS from_id, chats.successor_id AS to_id, counters.value AS balance_microusd FROM chats
CROSS JOIN accounts ON accounts.kind = 'chat' AND accounts.owner_id = chats.id
CROSS JOIN counters ON counters.scope = 'account' AND counters.scope_id = accounts.id AND counters.measure = 'balance'
  AND counters.period = 'ever' AND counters.period_start = 0
WHERE chats.successor_id IS NOT NULL AND counters.value > 0;
