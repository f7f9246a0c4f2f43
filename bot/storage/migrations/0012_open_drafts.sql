-- A file that comes without words is offered to the draft that its sender has open.

CREATE INDEX requests_open ON requests (user_id, chat_id) WHERE state = 'draft';
