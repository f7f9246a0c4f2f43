"""Kling: the new design by an API key, the legacy one by an access key and its secret."""
