-- Progress that follows a person down their chat, with Telegram's own Stop on it.

ALTER TABLE requests ADD COLUMN stopped_at INTEGER;  -- its person pressed Stop: no preview of it any more
CREATE INDEX outbox_of_slot ON outbox (chat_id, slot) WHERE slot IS NOT NULL;
