-- How long a model takes, learnt by seconds too, as the median and the deviation of its logarithm. They take the place of
-- `timings`, whose spread was of another kind: a few finished tasks teach it anew.

DROP TABLE timings;

CREATE TABLE paces (
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  resolution TEXT NOT NULL,
  duration_s INTEGER NOT NULL,          -- of the output
  usual_ms INTEGER NOT NULL CHECK (usual_ms > 0),
  spread_permille INTEGER NOT NULL CHECK (spread_permille >= 0),
  samples INTEGER NOT NULL CHECK (samples > 0),
  PRIMARY KEY (provider, model, resolution, duration_s)
);
