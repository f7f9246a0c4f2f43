-- A request that was changed after a refusal is another question: each order is asked about once, one at a time.

DROP INDEX approvals_once;
CREATE UNIQUE INDEX approvals_once ON approvals (request_id, shown) WHERE state <> 'withdrawn';
CREATE UNIQUE INDEX approvals_standing ON approvals (request_id) WHERE state IN ('open', 'allowed', 'raised');
