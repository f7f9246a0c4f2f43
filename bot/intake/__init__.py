"""Inbound transport: updates are committed to the inbox, then acknowledged, then dispatched in per-chat order."""
