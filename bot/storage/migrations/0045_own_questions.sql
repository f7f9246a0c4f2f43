-- Each who takes part in a shared draft may ask the moderators about it, by limits of their own.

DROP INDEX approvals_once;
DROP INDEX approvals_standing;
CREATE UNIQUE INDEX approvals_once ON approvals (request_id, user_id, shown) WHERE state <> 'withdrawn';
CREATE UNIQUE INDEX approvals_standing ON approvals (request_id, user_id) WHERE state IN ('open', 'allowed', 'raised');
