-- Videos of one request that are ready together go out as one album: rows of one name may travel in one call.

ALTER TABLE outbox ADD COLUMN album TEXT;
CREATE INDEX outbox_album ON outbox (album) WHERE album IS NOT NULL;
