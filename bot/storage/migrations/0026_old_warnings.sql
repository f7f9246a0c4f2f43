-- Warnings and permissions that have had their time are found by an index.

CREATE INDEX warnings_over ON warnings (until) WHERE until > 0;
CREATE INDEX passes_given ON passes (given_at);
