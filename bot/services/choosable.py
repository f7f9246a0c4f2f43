"""What there is to choose in `/settings`, how a value is told, and how a button's or a word's is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.catalog import Model
from bot.core.money import usd
from bot.core.parsing import ratio_value
from bot.core.preferences import DO, LOCKABLE, OFFER, ON, Preferences, quiet_of
from bot.core.resolve.output import USUAL_DURATION_S, USUAL_RESOLUTION
from bot.services.directory import Person
from bot.services.env import Env
from bot.services.say import Button

NAMES = (
    "model",
    "ratio",
    "duration_s",
    "resolution",
    "confirm_above_microusd",
    "language",
    "zone",
    "quiet",
    "downgrade",
    "spoiler",
    "protect",
)
PERSON_ONLY, CHAT_ONLY = frozenset({"downgrade"}), frozenset({"protect"})
AMOUNTS = ("0", "0.5", "1", "2", "5")
QUIET = ("21-6", "22-7", "23-8", "0-9")
ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "Europe/Moscow",
    "Asia/Yekaterinburg",
    "Asia/Almaty",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "America/New_York",
    "America/Los_Angeles",
)
MAX_SECONDS = 12
UNSET = ""


@dataclass(frozen=True, slots=True)
class View:
    """Whose settings one panel shows: `chat` those of the place, with `topic` of the topic alone, else the person's;
    `slot` is its card.
    """

    slot: str
    chat: bool
    for_all: bool = False
    topic: bool = False

    @property
    def names(self) -> Sequence[str]:
        """What can be set there."""
        if self.topic:
            return LOCKABLE
        return [name for name in NAMES if name not in (PERSON_ONLY if self.chat else CHAT_ONLY)]

    def button(self, words: str, action: str, **data: str | int) -> Button:
        name = f"chat-settings-{action}" if self.chat else f"settings-{action}"
        state: dict[str, str | int] = {"slot": self.slot, "for_all": int(self.for_all), "topic": int(self.topic)}
        return Button(words, name, {**state, **data}, for_all=self.for_all)


def told(env: Env, language: str, name: str, value: object) -> str:
    """A value in words."""
    if value is None:
        return env.texts.plain(language, "settings-unset")
    match name:
        case "model":
            titles = {model.id: model.title for model in env.catalog.models}
            return titles.get(str(value), str(value))
        case "duration_s":
            return env.texts.seconds(language, int(str(value)))
        case "confirm_above_microusd":
            return env.texts.money(language, int(str(value)))
        case "language":
            return env.texts.plain(str(value), "language-name")
        case "quiet":
            start, end = value if isinstance(value, tuple) else quiet_of(str(value))
            return f"{start:02}:00–{end:02}:00"
        case "downgrade" | "spoiler" | "protect":
            return env.texts.plain(language, f"settings-{name}-{value}")
        case _:
            return str(value)


def usual(env: Env, person: Person, name: str, *, of_chat: bool) -> object:
    """What holds where nothing is set; None where it takes words of its own."""
    usual: Mapping[str, object] = {
        "model": env.catalog.default_model,
        "duration_s": USUAL_DURATION_S,
        "resolution": USUAL_RESOLUTION,
        "confirm_above_microusd": env.policy.confirm_above_microusd,
        "language": None if of_chat else person.language,
        "zone": env.policy.zone.key,
        "downgrade": OFFER,
    }
    return usual.get(name)


def _model(env: Env, preferences: Preferences) -> Model | None:
    """The model whose choices are offered."""
    wanted = {preferences.model, env.catalog.default_model}
    models = env.catalog.models
    return next((model for model in models if model.id in wanted), models[0] if models else None)


def choices(env: Env, preferences: Preferences, name: str) -> Sequence[str]:
    """What may be chosen, as buttons carry it: only what there is."""
    model = _model(env, preferences)
    offered: Mapping[str, Sequence[str]] = {
        "model": [*(one.id for one in env.catalog.models), "auto"],
        "ratio": [ratio for ratio in model.ratios if ratio_value(ratio) is not None] if model else [],
        "duration_s": [str(second) for second in model.seconds_for()[:MAX_SECONDS]] if model else [],
        "resolution": model.resolutions if model else [],
        "confirm_above_microusd": [str(usd(amount)) for amount in AMOUNTS],
        "language": env.texts.languages,
        "zone": ZONES,
        "quiet": QUIET,
        "downgrade": (OFFER, DO),
        "spoiler": (ON,),
        "protect": (ON,),
    }
    return offered[name]


def as_kept(env: Env, preferences: Preferences, name: str, value: str) -> object:
    """A button's value as it is kept; one that is offered no more is not set."""
    if value not in choices(env, preferences, name) and name != "zone":
        return None
    if name in {"duration_s", "confirm_above_microusd"}:
        return int(value)
    return quiet_of(value) if name == "quiet" else value or None


def zone_named(words: str) -> str | None:
    """A zone by its name or by its city.

    >>> zone_named("berlin"), zone_named("Asia/Tokyo"), zone_named("../x"), zone_named("moon")
    ('Europe/Berlin', 'Asia/Tokyo', None, None)
    """
    wanted = words.strip().replace(" ", "_")
    for zone in ZONES:
        if wanted.casefold() in {zone.casefold(), zone.rpartition("/")[2].casefold()}:
            return zone
    try:
        return ZoneInfo(wanted).key if "/" in wanted else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
