"""The service's web part: provider callbacks, signed media links, health, metrics."""
