-- What the database itself refuses, whoever asks: the ledger is append-only, and an ended job stays ended.

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are append-only');
END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are append-only');
END;

CREATE TRIGGER jobs_stay_ended BEFORE UPDATE OF state ON jobs
WHEN old.state IN ('DELIVERED', 'FAILED', 'CANCELLED') AND new.state <> old.state
BEGIN
  SELECT RAISE(ABORT, 'an ended job stays ended');
END;
