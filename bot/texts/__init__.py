"""Everything the bot says. A language is a folder of Fluent files; `en` is the one that all others must match."""

from bot.texts.markup import Html
from bot.texts.texts import Texts

__all__ = ["Html", "Texts"]
