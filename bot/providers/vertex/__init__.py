"""Veo on Vertex, by the wire that it shares with the Gemini API (`bot.providers.google`)."""
