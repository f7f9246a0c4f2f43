-- A card shows its own buttons, or the choices of one of them: shown anew, it shows the same.

ALTER TABLE requests ADD COLUMN opened TEXT;
