-- Upkeep looks for money on the accounts of chats that became part of a moved group: few ever do.

CREATE INDEX chats_successor ON chats (successor_id) WHERE successor_id IS NOT NULL;
