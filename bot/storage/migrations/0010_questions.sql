-- A question's card has a name of its own: the number of one that was answered may be given to another.

ALTER TABLE questions ADD COLUMN slot TEXT NOT NULL DEFAULT '';
