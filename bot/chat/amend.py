"""What Telegram refuses about a message, and the same message without it: arriving plainer beats not arriving. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from bot.chat import moments
from bot.chat.payload import CAPTION_MAX, TEXT_MAX, Album, File, Invoice, Kept, Text, Words

M = TypeVar("M", bound=Text | File | Invoice | Album | Kept)


@dataclass(frozen=True, slots=True)
class _Rule:
    """When a refusal contains one of `signs`, `mend` the words; `note` is kept with the row."""

    signs: tuple[str, ...]
    mend: Callable[[Words, int], Words]
    note: str


def _to_the_chat(words: Words) -> Words:
    """In the direct messages of a channel there is no chat itself to write to."""
    return words if words.is_direct else replace(words, thread_id=None)


TOPIC_GONE: Final = "the topic is gone: sent to the chat itself"
TOPIC_CLOSED: Final = "the topic is closed: sent to the chat itself"

_RULES = (
    _Rule(
        ("message thread not found", "topic_deleted", "topic_id_invalid"),
        lambda words, _: _to_the_chat(words),
        TOPIC_GONE,
    ),
    _Rule(("topic_closed", "topic closed"), lambda words, _: _to_the_chat(words), TOPIC_CLOSED),
    _Rule(
        moments.REFUSED,
        lambda words, _: replace(words, text=moments.plain_after(words.text, 0)),
        "moments told in words",
    ),
    _Rule(
        ("can't parse entities", "caption is too long", "message is too long", "entities_too_long"),
        lambda words, max_units: words.plain(max_units),
        "sent without markup",
    ),
    _Rule(
        ("button_", "reply keyboard", "reply markup", "reply_markup", "inline keyboard"),
        lambda words, _: replace(words, buttons=None),
        "sent without buttons",
    ),
    _Rule(("effect",), lambda words, _: replace(words, effect=None), "sent without the effect"),
)
_BAD_FILE_ID = (
    "wrong file identifier",
    "wrong remote file",
    "file reference",
    "can't use file of type",
    "wrong file_id",
)


def amended(message: M, refusal: str) -> tuple[M, str] | None:
    """The message mended after a refusal, and a note for the log; None when that refusal can't be mended.

    Each mend takes something away, so a message is mended a few times at most.
    """
    refusal = refusal.lower()
    if isinstance(message, File) and message.file_id and any(sign in refusal for sign in _BAD_FILE_ID):
        return replace(message, file_id=None), "uploaded again"
    below = isinstance(message, File | Kept) or (isinstance(message, Text) and message.photo is not None)
    max_units = CAPTION_MAX if below else TEXT_MAX
    for rule in _RULES:
        words = rule.mend(message.words, max_units)
        if words != message.words and any(sign in refusal for sign in rule.signs):
            return replace(message, words=words), rule.note
    return None
