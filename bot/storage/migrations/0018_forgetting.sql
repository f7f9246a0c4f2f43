-- What a person said is found by the person and by its age, so that it can be forgotten without reading all.

CREATE INDEX requests_of_user ON requests (user_id);
CREATE INDEX requests_said ON requests (created_at) WHERE text <> '';
CREATE INDEX media_of_user ON media (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX outbox_said ON outbox (chat_id) WHERE state IN ('sent', 'failed');
