-- Tiers: limits under a name, and who has them.

-- name: named
-- A tier by its name.
SELECT * FROM tiers WHERE name = :name;

-- name: list
-- Every tier, as many as there may be.
SELECT * FROM tiers ORDER BY id LIMIT :limit;

-- name: people
-- Some of those in a tier.
SELECT name, username FROM users WHERE tier_id = :tier_id ORDER BY id LIMIT :limit;

-- name: of_person
-- The tier that a person is in.
SELECT tiers.* FROM users JOIN tiers ON tiers.id = users.tier_id WHERE users.id = :user_id;

-- name: add
-- A new tier.
INSERT INTO tiers (name) VALUES (:name) RETURNING *;

-- name: join
-- A person is in this tier from now on, and in no other.
UPDATE users SET tier_id = :tier_id WHERE id = :user_id;

-- name: leave
-- Compare-and-set: a person is not in this tier any more.
UPDATE users SET tier_id = NULL WHERE id = :user_id AND tier_id = :tier_id;

-- name: leave_all
-- The same of everybody.
UPDATE users SET tier_id = NULL WHERE tier_id = :tier_id;

-- name: drop
-- A tier without people.
DELETE FROM tiers WHERE id = :tier_id;
