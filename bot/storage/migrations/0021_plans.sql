-- What is cleaned up or forgotten is found by an index, however long the service has run.

CREATE INDEX invoices_unpaid ON invoices (expires_at) WHERE paid_at IS NULL;
CREATE INDEX statements_over ON statements (created_at) WHERE state <> 'due';
CREATE INDEX buttons_of_user ON buttons (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX questions_of_user ON questions (user_id);
