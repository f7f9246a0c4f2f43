"""Inbound Telegram: updates become plain words for the services. No storage, no provider, no decision here."""
