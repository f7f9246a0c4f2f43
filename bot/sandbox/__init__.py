"""Embedded outside worlds: Telegram and the providers at the wire, for the demo and every test."""
