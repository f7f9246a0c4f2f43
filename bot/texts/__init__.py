"""Everything the bot says. A language is a folder of Fluent files; `en` is the one that all others must match. An
operator's own texts are one file a language, laid over these.
"""

from bot.texts.markup import Html
from bot.texts.own import read_own
from bot.texts.texts import Texts

__all__ = ["Html", "Texts", "read_own"]
