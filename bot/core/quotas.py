"""`/quota` as words: whom it is for and which limits it sets. Pure: an order, or Faults with all that is wrong.

    /quota [whom] limit…          whom: nothing (each member's default here) · @name · 12345 · a reply
                                        chat|group|группа · topic|тема · service|сервис
    limits: 5/day  $2/week  active=2  job=$1  model=a,b  res=720p  sec=10  hours=09-23
            0 forbids · off removes the override · unlimited is taken up to the operator's ceiling
            off and unlimited alone speak of every limit
            reset alone gives back what a person used up
            everywhere: those after it (or, last, all) count what pools pay for a person too

Words may stand in English or Russian, in any case, with spaces around `/` and `=`; models as the catalog has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from bot.core.amounts import FRACTION, dollars
from bot.core.errors import Faults, Refusal
from bot.core.money import Microusd, usd
from bot.core.parsing import clean

OFF: Literal["off"] = "off"
UNLIMITED: Literal["unlimited"] = "unlimited"
MAX_MONEY = usd(1_000_000)
MAX_COUNT = 1_000_000
MAX_SECONDS = 3_600
HOURS_A_DAY = 24


class Whom(StrEnum):
    """Whose limits an order sets."""

    MEMBERS = "members"
    MEMBER = "member"
    TOPIC = "topic"
    CHAT = "chat"
    SERVICE = "service"


class Kind(StrEnum):
    """What a limit limits."""

    REQUESTS = "requests"
    MONEY = "money"
    ACTIVE = "active"
    JOB = "job"
    MODEL = "model"
    RESOLUTION = "resolution"
    SECONDS = "seconds"
    HOURS = "hours"


Value = int | str
"""Counts and micro-dollars are whole numbers; models `a,b`, a resolution `720p` and hours `9-23` are words."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One limit. `period` is "" for kinds that have none; `value` "off" or "unlimited" besides the kind's own.

    `everywhere`: a person's, which counts what pools pay for them too.
    """

    kind: Kind
    period: str
    value: Value
    everywhere: bool = False

    @property
    def key(self) -> tuple[Kind, str]:
        """What it limits: one setting of each for a target."""
        return self.kind, self.period


@dataclass(frozen=True, slots=True)
class QuotaOrder:
    """`name` is the member's @name or number id where one was written; `clear` removes every override at once.

    `unlimited`: every limit that is not named is taken away. `everywhere`: a person is meant wherever they ask.
    `reset`: what they used up is given back.
    """

    whom: Whom = Whom.MEMBERS
    name: str | None = None
    settings: tuple[Setting, ...] = ()
    clear: bool = False
    unlimited: bool = False
    everywhere: bool = False
    reset: bool = False

    @property
    def is_panel(self) -> bool:
        """Nothing to set: the panel is asked for."""
        return not (self.settings or self.clear or self.unlimited or self.reset)


_TARGETS: Mapping[str, Whom] = {
    **dict.fromkeys(("chat", "group", "чат", "группа", "группе", "группы"), Whom.CHAT),
    **dict.fromkeys(("topic", "тема", "теме", "темы"), Whom.TOPIC),
    **dict.fromkeys(("service", "сервис", "сервиса"), Whom.SERVICE),
    **dict.fromkeys(("members", "everyone", "all", "участники", "участникам", "все", "всем"), Whom.MEMBERS),
}
_PERIODS: Mapping[str, str] = {
    **dict.fromkeys(("min", "minute", "m", "мин", "минуту", "минута"), "minute"),
    **dict.fromkeys(("h", "hour", "ч", "час"), "hour"),
    **dict.fromkeys(("d", "day", "д", "день", "сутки"), "day"),
    **dict.fromkeys(("w", "week", "н", "нед", "неделю", "неделя"), "week"),
    **dict.fromkeys(("mo", "month", "мес", "месяц"), "month"),
    **dict.fromkeys(("ever", "total", "всего", "итого"), "ever"),
}
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("active", "at-once", "сразу", "одновременно"), Kind.ACTIVE),
    **dict.fromkeys(("job", "video", "видео", "ролик"), Kind.JOB),
    **dict.fromkeys(("model", "models", "модель", "модели"), Kind.MODEL),
    **dict.fromkeys(("res", "resolution", "разрешение"), Kind.RESOLUTION),
    **dict.fromkeys(("sec", "seconds", "dur", "сек", "секунд", "секунды"), Kind.SECONDS),
    **dict.fromkeys(("hours", "часы"), Kind.HOURS),
}
_OFF = frozenset({"off", "default", "выкл", "убрать"})
_RESET = frozenset({"reset", "сброс", "сбросить"})
_UNLIMITED = frozenset({"unlimited", "∞", "безлимит", "безлимитно"})
_EVERYWHERE = frozenset({"everywhere", "везде"})
_MONEY_PERIODS = ("day", "week", "month", "ever")
_REQUEST_PERIODS = ("minute", "hour", "day")
EVERY: tuple[tuple[Kind, str], ...] = (
    *((Kind.REQUESTS, period) for period in _REQUEST_PERIODS),
    *((Kind.MONEY, period) for period in _MONEY_PERIODS),
    *((kind, "") for kind in Kind if kind not in {Kind.REQUESTS, Kind.MONEY}),
)
"""Every limit that there is."""

_GLUE = re.compile(r"\s*([/=])\s*")
_LIST = re.compile(r"(=[^\s=]*)\s*,\s+(?=[^\s=/]+(?:\s|,|$))")
_COMMA = re.compile(r"\s*,(?:\s+|$)")
_PER = re.compile(r"(?<=\S)\s+(?:per|a|an|each|в|за)\s+(?=\w)", re.IGNORECASE)
_USD = re.compile(r"(\d)\s*(?:usd|dollars?|долл?\w*|бакс\w*)(?=/|\s|$)", re.IGNORECASE)
_VIDEOS = re.compile(r"(\d)\s+(?:videos?|requests?|видео|запрос\w*|ролик\w*)(?=/|\s|$)", re.IGNORECASE)
_AMOUNT = re.compile(rf"(?:\$(\d{{1,7}}(?:{FRACTION})?)|(\d{{1,7}}(?:{FRACTION})?)\$)$")
_COUNT = re.compile(r"\d{1,9}$")
_NAME = re.compile(r"@\w{3,32}$")
_ID = re.compile(r"\d{5,19}$")
_RESOLUTION = re.compile(r"[1-9]\d{0,4}[pk]$")
_HOURS = re.compile(r"(\d{1,2})(?::00)?\s*[-–—]\s*(\d{1,2})(?::00)?$")
_MODEL = re.compile(r"[\w.\-]+(?:,[\w.\-]+)*$")


def read_quota(text: str, models: Collection[str] = ()) -> QuotaOrder:
    """The order that the words after `/quota` give; `models` are found whatever their case. Raises Faults.

    >>> read_quota("@ann 5/day $2/week active=2").settings[1]
    Setting(kind=<Kind.MONEY: 'money'>, period='week', value=2000000, everywhere=False)
    """
    words = _words(text)
    whom, name = _target(words)
    words, marked = _marked(words)
    everywhere = marked is not None
    if len(words) == 1 and words[0] in _OFF | _RESET:
        is_reset = words[0] in _RESET
        return QuotaOrder(whom, name, clear=not is_reset, everywhere=everywhere, reset=is_reset)
    settings: dict[tuple[Kind, str], Setting] = {}
    faults: list[Refusal] = []
    for index, word in enumerate(words):
        try:
            if word not in _UNLIMITED:
                said = _as_listed(_setting(word), models)
                _put(settings, replace(said, everywhere=marked is not None and index >= marked), word)
        except Refusal as refusal:
            faults.append(refusal)
    if faults:
        raise Faults(faults)
    unlimited = not _UNLIMITED.isdisjoint(words)
    return QuotaOrder(whom, name, tuple(settings.values()), unlimited=unlimited, everywhere=everywhere)


def _marked(words: list[str]) -> tuple[list[str], int | None]:
    """The words without `everywhere`, and the first that it speaks of: all of them where it stands last."""
    found = next((index for index, word in enumerate(words) if word in _EVERYWHERE), None)
    if found is None:
        return words, None
    return [word for word in words if word not in _EVERYWHERE], 0 if found == len(words) - 1 else found


def _as_listed(setting: Setting, models: Collection[str]) -> Setting:
    """Models under the names that the catalog has."""
    if setting.kind is not Kind.MODEL or not isinstance(setting.value, str) or setting.value in {OFF, UNLIMITED}:
        return setting
    listed = {name.casefold(): name for name in sorted(models)} | {name: name for name in models}
    found = [listed.get(name) or listed.get(name.casefold(), name) for name in setting.value.split(",")]
    return replace(setting, value=",".join(found))


def _folded(word: str) -> str:
    """In one case, but for the names of models: two of them may differ in nothing else."""
    name, equals, value = word.partition("=")
    is_names = equals and _KINDS.get(name.casefold()) is Kind.MODEL and _special(value.casefold()) is None
    return f"{name.casefold()}={value}" if is_names else word.casefold()


def _words(text: str) -> list[str]:
    glued = _GLUE.sub(r"\1", clean(text).strip())
    glued = _COMMA.sub(" ", _LIST.sub(r"\1,", glued))
    glued = _VIDEOS.sub(r"\1", _USD.sub(r"\1$", glued))
    return [_folded(word) for word in _PER.sub("/", glued).split()]


def _target(words: list[str]) -> tuple[Whom, str | None]:
    if not words:
        return Whom.MEMBERS, None
    first = words[0]
    if first in _TARGETS:
        return _TARGETS[words.pop(0)], None
    if _NAME.match(first) or _ID.match(first):
        return Whom.MEMBER, words.pop(0)
    return Whom.MEMBERS, None


def _put(settings: dict[tuple[Kind, str], Setting], setting: Setting, word: str) -> None:
    if setting.key in settings:
        raise Refusal("quota-twice", word=word)
    settings[setting.key] = setting


def _setting(word: str) -> Setting:
    name, equals, value = word.partition("=")
    if equals:
        return _named(name, value, word)
    amount, slash, period = word.rpartition("/")
    if slash:
        return _rate(amount, period, word)
    if word == "0":
        return Setting(Kind.REQUESTS, "day", 0)
    raise Refusal("quota-unknown-word", word=word)


def _rate(amount: str, period_word: str, word: str) -> Setting:
    period = _PERIODS.get(period_word)
    if period is None:
        raise Refusal("quota-unknown-period", word=period_word or word)
    if amount == "$":
        raise Refusal("quota-no-amount", word=word)
    money = _AMOUNT.match(amount)
    if money is not None or amount in {"$off", "$unlimited"}:
        return _periodic(
            Kind.MONEY, period, _MONEY_PERIODS, _special(amount.lstrip("$")) or _microusd(money, word), word
        )
    value = _special(amount)
    if value is None and _COUNT.match(amount) is None:
        raise Refusal("quota-no-amount", word=word)
    return _periodic(Kind.REQUESTS, period, _REQUEST_PERIODS, value or _whole(amount, MAX_COUNT, word), word)


def _periodic(kind: Kind, period: str, allowed: Sequence[str], value: Value, word: str) -> Setting:
    if period not in allowed:
        raise Refusal(f"quota-period-{kind}", word=word, period=period)
    return Setting(kind, period, value)


def _special(value: str) -> Value | None:
    return OFF if value in _OFF else UNLIMITED if value in _UNLIMITED else None


def _microusd(match: re.Match[str] | None, word: str) -> Microusd:
    if match is None:
        raise Refusal("quota-no-amount", word=word)
    amount = dollars(match[1] or match[2])
    if amount > MAX_MONEY:
        raise Refusal("quota-too-much", word=word)
    return amount


def _whole(text: str, most: int, word: str) -> int:
    if _COUNT.match(text) is None:
        raise Refusal("quota-no-amount", word=word)
    if int(text) > most:
        raise Refusal("quota-too-much", word=word)
    return int(text)


def _named(name: str, value: str, word: str) -> Setting:
    kind = _KINDS.get(name)
    if kind is None:
        raise Refusal("quota-unknown-limit", word=name or word)
    special = _special(value)
    return Setting(kind, "", special if special is not None else _READERS[kind](value, word))


def _job(value: str, word: str) -> Value:
    return 0 if value == "0" else _microusd(_AMOUNT.match(value), word)


def _active(value: str, word: str) -> Value:
    return _whole(value, MAX_COUNT, word)


def _seconds(value: str, word: str) -> Value:
    return _whole(value.rstrip("sс"), MAX_SECONDS, word)


def _models(value: str, word: str) -> Value:
    if value == "0":
        return 0
    if _MODEL.match(value) is None:
        raise Refusal("quota-bad-model", word=word)
    return value


def _resolution(value: str, word: str) -> Value:
    if value == "0":
        return 0
    if _RESOLUTION.match(value) is None:
        raise Refusal("quota-bad-resolution", word=word)
    return value.upper() if value == "2k" else value


def _hours(value: str, word: str) -> Value:
    """`9-23`: from nine o'clock until before twenty-three; `22-6` runs over midnight."""
    if value == "0":
        return 0
    match = _HOURS.match(value)
    if match is None:
        raise Refusal("quota-bad-hours", word=word)
    start, end = int(match[1]), int(match[2])
    if start >= HOURS_A_DAY or end > HOURS_A_DAY or start == end:
        raise Refusal("quota-bad-hours", word=word)
    return f"{start}-{end % HOURS_A_DAY}"


_READERS: Mapping[Kind, Callable[[str, str], Value]] = {
    Kind.ACTIVE: _active,
    Kind.JOB: _job,
    Kind.MODEL: _models,
    Kind.RESOLUTION: _resolution,
    Kind.SECONDS: _seconds,
    Kind.HOURS: _hours,
}


def is_every(settings: Sequence[Setting]) -> bool:
    """Whether every limit that there is is among them."""
    return set(EVERY) <= {setting.key for setting in settings}


def written(settings: Sequence[Setting]) -> str:
    """Settings as the words that would give them: for the audit and for "the same as words".

    >>> written(read_quota("5 a day, $2 a week").settings)
    '5/day $2/week'
    """
    own = [_written(setting) for setting in settings if not setting.everywhere]
    marked = [_written(setting) for setting in settings if setting.everywhere]
    return " ".join([*own, *(["everywhere", *marked] if marked else [])])


def _written(setting: Setting) -> str:
    value = str(setting.value)
    if setting.kind in {Kind.MONEY, Kind.JOB} and isinstance(setting.value, int):
        value = f"${(Decimal(setting.value) / 1_000_000).normalize():f}"
    elif setting.kind is Kind.MONEY:
        value = f"${value}"
    if setting.period:
        return f"{value}/{setting.period}"
    names = {Kind.ACTIVE: "active", Kind.JOB: "job", Kind.MODEL: "model", Kind.RESOLUTION: "res", Kind.SECONDS: "sec"}
    return f"{names.get(setting.kind, 'hours')}={value}"
