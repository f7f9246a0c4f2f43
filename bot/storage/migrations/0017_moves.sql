-- A group's requests are found when it becomes a supergroup.

CREATE INDEX requests_chat ON requests (chat_id);
