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
-- How many other references and words than these a person saved.
SELECT (SELECT count(*) FROM library WHERE user_id = :user_id AND folded <> :folded)
  + (SELECT count(*) FROM phrases WHERE user_id = :user_id AND folded <> :folded) AS saved;

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
  AND NOT EXISTS (SELECT 1 FROM library other WHERE other.user_id = :user_id AND other.folded = :folded AND other.id <> :id)
  AND NOT EXISTS (SELECT 1 FROM phrases WHERE phrases.user_id = :user_id AND phrases.folded = :folded);

-- name: remove
-- It is saved no more.
DELETE FROM library WHERE id = :id AND user_id = :user_id;

-- name: give_up
-- A name that means words from now on is no reference's any more.
DELETE FROM library WHERE user_id = :user_id AND folded = :folded;

-- name: phrases
-- The words that a person saved, by name.
SELECT id, name, folded, words FROM phrases WHERE user_id = :user_id ORDER BY folded;

-- name: phrase
-- One of them.
SELECT id, name, words FROM phrases WHERE id = :id AND user_id = :user_id;

-- name: save_phrase
-- Words under a name; what had that name before gives it up.
INSERT INTO phrases (user_id, name, folded, words, saved_at) VALUES (:user_id, :name, :folded, :words, :now)
ON CONFLICT (user_id, folded) DO UPDATE SET name = excluded.name, words = excluded.words, saved_at = excluded.saved_at;

-- name: give_up_phrase
-- A name that means a reference from now on is no words' any more.
DELETE FROM phrases WHERE user_id = :user_id AND folded = :folded;

-- name: remove_phrase
-- They are saved no more.
DELETE FROM phrases WHERE id = :id AND user_id = :user_id;
