"""Veo on Vertex in the sandbox; its server is that of `bot.sandbox.providers.google`."""
