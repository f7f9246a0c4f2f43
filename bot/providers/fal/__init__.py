"""fal's queue: models of other makers behind one wire."""
