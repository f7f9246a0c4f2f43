-- A limit that was raised is warned of once more in its period, when four fifths of the new one are used.

ALTER TABLE warnings ADD COLUMN value INTEGER NOT NULL DEFAULT 0;  -- the largest limit that was warned of
