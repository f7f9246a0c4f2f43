-- Whether another able model may make a job in the place of its own, before it is taken anywhere (`auto`).

ALTER TABLE jobs ADD COLUMN any_model INTEGER NOT NULL DEFAULT 0 CHECK (any_model IN (0, 1));
