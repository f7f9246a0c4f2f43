"""Use cases, one transaction each. They know no Telegram and no network: what they say is laid in the outbox."""
