"""fal's queue, embedded."""
