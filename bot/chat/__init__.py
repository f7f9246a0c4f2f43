"""Outbound Telegram: the transport, the pace, the outbox's sender, and the files that people sent."""
