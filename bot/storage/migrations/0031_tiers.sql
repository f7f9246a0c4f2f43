-- Limits under a name, for several people at once. They stand between the service's defaults and a person's own: in
-- `limits` a tier's rows are those of the user with its negative number.

CREATE TABLE tiers (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  name TEXT NOT NULL UNIQUE
);

ALTER TABLE users ADD COLUMN tier_id INTEGER REFERENCES tiers (id);
CREATE INDEX users_tier ON users (tier_id) WHERE tier_id IS NOT NULL;
