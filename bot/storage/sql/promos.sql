-- Promotion codes: made by operators, redeemed once by each person; and how often somebody guessed.

-- name: add
-- A new code; none that there is or was.
INSERT INTO promos (code, amount_microusd, most_uses, ends_at, made_by, made_at)
VALUES (:code, :amount_microusd, :most_uses, :ends_at, :made_by, :now)
ON CONFLICT (code) DO NOTHING;

-- name: newest
-- The newest codes.
SELECT * FROM promos ORDER BY id DESC LIMIT :limit;

-- name: switch_off
-- Compare-and-set: a code is redeemed no more.
UPDATE promos SET off_at = :now WHERE code = :code AND off_at IS NULL;

-- name: use
-- Compare-and-set: one more use of a code that holds; none where it does not, whatever the reason.
UPDATE promos SET uses = uses + 1
WHERE code = :code AND off_at IS NULL AND uses < most_uses AND (ends_at IS NULL OR ends_at > :now)
RETURNING amount_microusd;

-- name: tries
-- How often a person named a code in vain in an hour.
SELECT tries FROM promo_tries WHERE user_id = :user_id AND hour = :hour;

-- name: note_try
-- Once more.
INSERT INTO promo_tries (user_id, hour, tries) VALUES (:user_id, :hour, 1)
ON CONFLICT (user_id, hour) DO UPDATE SET tries = promo_tries.tries + 1;

-- name: forget_tries
-- A person's hours that are over.
DELETE FROM promo_tries WHERE user_id = :user_id AND hour < :hour;

-- name: welcome
-- Compare-and-set: a person who may ask came for the first time.
UPDATE users SET welcomed_at = :now WHERE id = :id AND welcomed_at IS NULL;
