-- Pictures of a request's references, for its card.

-- name: get
-- What was made or is wanted for a request.
SELECT * FROM sheets WHERE request_id = :request_id;

-- name: want
-- The references are others than before: a new picture is wanted.
INSERT INTO sheets (request_id, parts, wanted_at) VALUES (:request_id, :parts, :now)
ON CONFLICT (request_id) DO UPDATE SET
  parts = excluded.parts, path = NULL, attempts = 0, wanted_at = excluded.wanted_at, erased_at = NULL;

-- name: replace
-- A picture's file that no card shows soon.
INSERT INTO replaced_sheets (path, replaced_at) VALUES (:path, :now) ON CONFLICT DO NOTHING;

-- name: replaced
-- Such files of some time ago: whatever waited to be sent has been.
SELECT path FROM replaced_sheets WHERE replaced_at < :before ORDER BY replaced_at LIMIT :limit;

-- name: unlinked
-- Such a file is gone.
DELETE FROM replaced_sheets WHERE path = :path;

-- name: due
-- Pictures to make now: each is tried twice at most, and soon or never.
SELECT * FROM sheets WHERE path IS NULL AND erased_at IS NULL AND wanted_at > :since AND attempts < :most
ORDER BY wanted_at LIMIT :limit;

-- name: over
-- Pictures that are not tried any more and were not given up yet.
SELECT request_id FROM sheets
WHERE path IS NULL AND erased_at IS NULL AND wanted_at > :since AND (attempts >= :most OR wanted_at <= :before)
ORDER BY wanted_at LIMIT :limit;

-- name: attempt
-- Counted before any file is opened.
UPDATE sheets SET attempts = attempts + 1 WHERE request_id = :request_id AND parts = :parts;

-- name: media
-- What is known of one reference.
SELECT kind, origin, file_id, thumb_file_id, size_bytes, duration_ms FROM media WHERE id = :id;

-- name: made
-- Compare-and-set: the picture shows what is still wanted.
UPDATE sheets SET path = :path WHERE request_id = :request_id AND parts = :parts AND path IS NULL;

-- name: old
-- Pictures that no card shows any more.
SELECT request_id, path FROM sheets
WHERE path IS NOT NULL AND erased_at IS NULL AND wanted_at < :before ORDER BY wanted_at LIMIT :limit;

-- name: erase
-- The file is gone, or there will be none: then `path` is NULL.
UPDATE sheets SET erased_at = :now WHERE request_id = :request_id;
