"""Reads and changes media in a child process that is bounded and holds no secrets; `bot.media.tool` is the way in."""
