"""The `/v1/videos` format, embedded, in the dialect of each server that speaks it."""

from bot.sandbox.providers.openai.knobs import OpenAIKnobs
from bot.sandbox.providers.openai.server import OpenAIServer
from bot.sandbox.providers.openai.videos import State, Video

__all__ = ["OpenAIKnobs", "OpenAIServer", "State", "Video"]
