"""The guide's Seedance in the sandbox; its server is `bot.sandbox.providers.guide`."""
