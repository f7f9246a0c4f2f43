"""`/settings` as words: whose settings, what they are from now on, and where a group's videos are made. Pure.

    /settings [topic] options…      options as in a request: 9:16 8s 720p --model NAME, or a model's name alone
    /settings [topic] off           nothing is set any more
    /settings only here | here too | not here | everywhere

Words may stand in English or Russian, in any case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.errors import Faults, Refusal
from bot.core.parsing import clean, read
from bot.core.preferences import LOCKABLE
from bot.core.request import Options, render


class Where(StrEnum):
    """Where a group's videos are made: in this topic alone, here besides, here no more, wherever it is asked."""

    HERE = "here"
    TOO = "too"
    NOT = "not"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class SettingsOrder:
    """`values` are what is set, by the name of the setting; `clear` takes all of that back."""

    topic: bool = False
    where: Where | None = None
    clear: bool = False
    values: Mapping[str, str | int] = field(default_factory=dict)


_TOPIC = frozenset({"topic", "тема", "теме", "темы", "тему"})
_OFF = frozenset({"off", "default", "выкл", "убрать", "сброс"})
_WHERE: Mapping[str, Where] = {
    **dict.fromkeys(("only here", "here only", "только здесь", "здесь только", "только тут"), Where.HERE),
    **dict.fromkeys(("here too", "also here", "и здесь", "здесь тоже", "тоже здесь", "и тут"), Where.TOO),
    **dict.fromkeys(("not here", "не здесь", "не тут"), Where.NOT),
    **dict.fromkeys(("everywhere", "anywhere", "везде"), Where.EVERYWHERE),
}


def read_settings(text: str, models: Collection[str] = ()) -> SettingsOrder:
    """The order that the words after `/settings` give; `models` are those that can be named alone. Raises Faults.

    >>> read_settings("Topic 9:16 8s").values["duration_s"], read_settings("только здесь").where.value
    (8, 'here')
    """
    words = clean(text).split()
    where = _WHERE.get(" ".join(words).casefold())
    if where is not None:
        return SettingsOrder(where=where)
    is_topic = bool(words) and words[0].casefold() in _TOPIC
    rest = words[1:] if is_topic else words
    if len(rest) == 1 and rest[0].casefold() in _OFF:
        return SettingsOrder(topic=is_topic, clear=True)
    return SettingsOrder(topic=is_topic, values=_values(rest, models))


def _is_value(before: list[str]) -> bool:
    """Whether what follows is the value of an option: `--model`, as a phone writes it too."""
    return bool(before) and not before[-1][0].isalnum()


def _values(words: list[str], models: Collection[str]) -> Mapping[str, str | int]:
    """What options set; what is no option of `/settings`, or no option at all, is a fault."""
    alone = [at for at, word in enumerate(words) if word.casefold() in models and not _is_value(words[:at])]
    named = [words[at] for at in alone]
    reading = read(" ".join(word for at, word in enumerate(words) if at not in alone), [])
    if reading.faults:
        raise Faults(reading.faults)
    said = reading.request.options
    values = {name: value for name in LOCKABLE if (value := getattr(said, name)) is not None}
    strange = render(reading.request.prompt, str).strip() or " ".join(reading.request.stripped)
    models_said = [*(name.casefold() for name in named), *filter(None, [said.model])]
    if strange or said != Options(**values) or len(models_said) > 1:
        raise Refusal("settings-words", words=strange or " ".join(words))
    return {**values, "model": models_said[0]} if models_said else values
