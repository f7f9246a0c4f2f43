-- name: names
-- The names in a person's library.
SELECT name FROM library WHERE user_id = :user_id ORDER BY folded;

-- name: named
-- A saved reference by its name.
SELECT media.*, library.name AS saved_as FROM library JOIN media ON media.id = library.media_id
WHERE library.user_id = :user_id AND library.folded = :folded;

-- name: items
-- All that a person saved, by name.
SELECT library.id, library.name, media.kind, media.origin, media.file_id FROM library
JOIN media ON media.id = library.media_id
WHERE library.user_id = :user_id ORDER BY library.folded;

-- name: item
-- One saved reference of a person's.
SELECT library.id, library.name, media.kind, media.origin, media.file_id FROM library
JOIN media ON media.id = library.media_id
WHERE library.id = :id AND library.user_id = :user_id;

-- name: count
-- How many other references than this one a person saved.
SELECT count(*) AS saved FROM library WHERE user_id = :user_id AND folded <> :folded;

-- name: save
-- A reference under a name; what had that name before gives it up.
INSERT INTO library (user_id, name, folded, media_id, saved_at) VALUES (:user_id, :name, :folded, :media_id, :now)
ON CONFLICT (user_id, folded) DO UPDATE SET name = excluded.name, media_id = excluded.media_id,
  saved_at = excluded.saved_at
RETURNING id;

-- name: rename
-- Another name, unless the person has that already.
UPDATE library SET name = :name, folded = :folded
WHERE id = :id AND user_id = :user_id
  AND NOT EXISTS (SELECT 1 FROM library other WHERE other.user_id = :user_id AND other.folded = :folded AND other.id <> :id);

-- name: remove
-- It is saved no more.
DELETE FROM library WHERE id = :id AND user_id = :user_id;
