-- name: names
-- The names in a person's library.
SELECT name FROM library WHERE user_id = :user_id ORDER BY folded;
