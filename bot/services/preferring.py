"""`/settings`: what a person, or a chat's administrators, want unless it is said otherwise - as a panel of choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.catalog import Model
from bot.core.money import usd
from bot.core.parsing import ratio_value
from bot.core.preferences import DO, LOCKABLE, OFFER, ON, Preferences, quiet_of
from bot.core.resolve.output import USUAL_DURATION_S, USUAL_RESOLUTION
from bot.services import moderation, questions, say
from bot.services.admins import rank_of
from bot.services.counting import clocks_of
from bot.services.directory import Person, Place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.heard import Asked, Heard
from bot.services.operating import note_audit
from bot.services.questions import Question
from bot.services.say import Button, in_rows
from bot.storage.base import Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("preferences")
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
    """Whose settings one panel shows: `chat` those of the place, else the person's; `slot` is its card."""

    slot: str
    chat: bool
    for_all: bool = False

    def button(self, words: str, action: str, **data: str | int) -> Button:
        name = f"chat-settings-{action}" if self.chat else f"settings-{action}"
        return Button(words, name, {"slot": self.slot, "for_all": int(self.for_all), **data}, for_all=self.for_all)


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    """In private one's own; in a group the chat's, for those who administrate it."""
    view = View(f"settings:{asked.update_id}", not place.is_private, asked.as_group)
    if view.chat and not (await moderation.ranked(env, tx, person, place, asked)).moderates:
        await moderation.only_moderators(env, tx, person, place, asked)
        return
    await _draw(env, tx, person, place, view, asked.message_id)


async def press(
    env: Env, tx: Transaction, person: Person, place: Place, action: str, data: Mapping[str, Any]
) -> str | None:
    """A press on the panel; who may press a chat's was checked."""
    view = View(str(data["slot"]), action.startswith("chat-"), bool(data.get("for_all")))
    match action.rpartition("-")[2], str(data.get("name", "")):
        case "open", name if name in NAMES:
            await _draw_choices(env, tx, person, place, view, name)
        case "set", name if name in NAMES:
            await _set(env, tx, person, place, view, name, str(data["value"]))
        case "lock", name if name in LOCKABLE:
            await _lock(env, tx, person, place, view, name)
        case "zone", _:
            await _ask_zone(env, tx, person, place, view)
        case _:
            await _draw(env, tx, person, place, view, None)
    return None


def _set_here(person: Person, place: Place, view: View) -> Preferences:
    """The preferences that the panel shows, with the two that have columns of their own."""
    return place.preferences if view.chat else person.preferences


def _value(person: Person, place: Place, view: View, name: str) -> object:
    if name == "language":
        return place.language if view.chat else (person.language if person.chose_language else None)
    if name == "confirm_above_microusd" and not view.chat:
        return person.confirm_above_microusd
    return getattr(_set_here(person, place, view), name)


def _told(env: Env, language: str, name: str, value: object) -> str:
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


async def _draw(env: Env, tx: Transaction, person: Person, place: Place, view: View, reply_to: int | None) -> None:
    language, names = person.language, [name for name in NAMES if name not in (PERSON_ONLY if view.chat else CHAT_ONLY)]
    head = "settings-chat" if view.chat else "settings-own"
    lines = [env.texts.render(language, head, title=place.title)]
    lines += [_line(env, person, place, view, name) for name in names]
    lines.append(await _counted_by(env, tx, person, place, view))
    buttons = [view.button(env.texts.plain(language, f"settings-name-{name}"), "open", name=name) for name in names]
    rows = in_rows(buttons)
    html = Html("\n".join(lines))
    await say.card(env, tx, place, view.slot, html, person=person, buttons=rows, reply_to=reply_to)


def _line(env: Env, person: Person, place: Place, view: View, name: str) -> Html:
    """What is set, or what holds because nothing is."""
    language, value = person.language, _value(person, place, view, name)
    shown = env.texts.plain(language, f"settings-name-{name}")
    if value is None:
        usual = _usual(env, person, view, name)
        told = (
            env.texts.plain(language, f"settings-usual-{name}") if usual is None else _told(env, language, name, usual)
        )
        return env.texts.render(language, "settings-line-unset", name=shown, value=told)
    locked = int(name in _set_here(person, place, view).locked)
    return env.texts.render(
        language, "settings-line", name=shown, value=_told(env, language, name, value), locked=locked
    )


def _usually(env: Env, person: Person, view: View, name: str) -> str:
    usual = _usual(env, person, view, name)
    if usual is None:
        return env.texts.plain(person.language, f"settings-usual-{name}")
    return _told(env, person.language, name, usual)


def _usual(env: Env, person: Person, view: View, name: str) -> object:
    """What holds where nothing is set; None where it takes words of its own."""
    usual: Mapping[str, object] = {
        "model": env.catalog.default_model,
        "duration_s": USUAL_DURATION_S,
        "resolution": USUAL_RESOLUTION,
        "confirm_above_microusd": env.policy.confirm_above_microusd,
        "language": None if view.chat else person.language,
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


async def _draw_choices(env: Env, tx: Transaction, person: Person, place: Place, view: View, name: str) -> None:
    language, preferences = person.language, _set_here(person, place, view)
    now = _told(env, language, name, _value(person, place, view, name))
    buttons = [_choice(env, language, view, name, value, now) for value in choices(env, preferences, name)]
    rows = in_rows(buttons)
    rows.append([view.button(env.texts.plain(language, "settings-unset"), "set", name=name, value=UNSET)])
    if name == "zone":
        rows[-1].append(view.button(env.texts.plain(language, "button-other-zone"), "zone"))
    if view.chat and name in LOCKABLE and getattr(preferences, name) is not None:
        key = "button-unlock" if name in preferences.locked else "button-lock"
        rows[-1].append(view.button(env.texts.plain(language, key), "lock", name=name))
    rows.append([view.button(env.texts.plain(language, "button-back"), "home")])
    lines = [_line(env, person, place, view, name), env.texts.render(language, f"settings-about-{name}")]
    if name == "zone":
        lines.append(await _counted_by(env, tx, person, place, view))
    await say.card(env, tx, place, view.slot, Html("\n".join(lines)), person=person, buttons=rows)


async def _counted_by(env: Env, tx: Transaction, person: Person, place: Place, view: View) -> Html:
    """Where the days begin that limits count; no setting of this panel moves them."""
    clock = (await clocks_of(env, tx, person, place))["chat" if view.chat else "user"]
    said = {"zone": clock.zone.key, "hour": f"{clock.reset_hour:02}:00"}
    return env.texts.render(person.language, "settings-count-chat" if view.chat else "settings-count-own", **said)


def _choice(env: Env, language: str, view: View, name: str, value: str, now: str) -> Button:
    words = _told(env, language, name, value)
    return view.button(f"✓ {words}" if words == now else words, "set", name=name, value=value)


def _read(env: Env, preferences: Preferences, name: str, value: str) -> object:
    """A button's value as it is kept; one that is offered no more is not set."""
    if value not in choices(env, preferences, name) and name != "zone":
        return None
    if name in {"duration_s", "confirm_above_microusd"}:
        return int(value)
    return quiet_of(value) if name == "quiet" else value or None


async def _set(env: Env, tx: Transaction, person: Person, place: Place, view: View, name: str, value: str) -> None:
    preferences = _set_here(person, place, view)
    kept = _read(env, preferences, name, value)
    if name == "language":
        await tx.run(
            Q.speak_chat if view.chat else Q.speak_user,
            id=_owner(person, place, view),
            language=None if kept is None else str(kept),
        )
    elif name == "confirm_above_microusd" and not view.chat:
        await tx.run(Q.confirm_user, id=person.id, amount=kept if isinstance(kept, int) else None)
    else:
        await _keep(tx, person, place, view, preferences.with_value(name, kept))
    if kept != _value(person, place, view, name):
        await _note(env, tx, person, place, view, "setting", name=name, value=UNSET if kept is None else value)
    await _redraw(env, tx, person, place, view)


async def _note(
    env: Env, tx: Transaction, person: Person, place: Place, view: View, action: str, **data: str | int
) -> None:
    """What changes for a whole chat is in its audit."""
    if view.chat:
        await note_audit(env, tx, person.id, place.chat_id, action, **data)


def change_said(env: Env, language: str, data: Mapping[str, Any]) -> dict[str, str]:
    """A change of a chat's settings, as the audit keeps it, in words."""
    name = str(data["name"])
    held = env.texts.plain(language, "settings-held" if data.get("held") else "settings-not-held")
    said = held if "held" in data else _told(env, language, name, data["value"] or None)
    return {"whom": env.texts.plain(language, f"settings-name-{name}"), "limit": said}


def _owner(person: Person, place: Place, view: View) -> int:
    return place.chat_id if view.chat else person.id


async def _keep(tx: Transaction, person: Person, place: Place, view: View, preferences: Preferences) -> None:
    query = Q.prefer_chat if view.chat else Q.prefer_user
    await tx.run(query, id=_owner(person, place, view), preferences=preferences.to_json())


async def _lock(env: Env, tx: Transaction, person: Person, place: Place, view: View, name: str) -> None:
    """Holds a chat's choice whatever its members say, or only unless they say otherwise."""
    preferences = place.preferences
    if view.chat and getattr(preferences, name) is not None:
        changed = preferences.with_lock(name)
        await _keep(tx, person, place, view, changed)
        await _note(env, tx, person, place, view, "setting-lock", name=name, held=int(name in changed.locked))
    await _redraw(env, tx, person, place, view)


async def _redraw(env: Env, tx: Transaction, person: Person, place: Place, view: View) -> None:
    """The whole panel as it is now, in the language that holds now."""
    fresh_person = await person_by_id(env, tx, person.id)
    fresh_place = await place_by_id(tx, place.chat_id, place.topic_id)
    await _draw(env, tx, fresh_person, fresh_place, view, None)


async def _ask_zone(env: Env, tx: Transaction, person: Person, place: Place, view: View) -> None:
    html = env.texts.render(person.language, "ask-zone")
    words = (html, env.texts.plain(person.language, "field-zone"))
    await questions.ask(env, tx, person, place, "zone", {"slot": view.slot, "chat": int(view.chat)}, words, None)


async def take_zone(
    env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, question: Question
) -> str | None:
    """`Europe/Berlin`, or just `berlin` of those that are offered."""
    view = View(str(question.data["slot"]), bool(question.data["chat"]))
    if view.chat and not (await rank_of(env, tx, person, place)).moderates:
        return "moderators-only"  # asked while they did
    name = zone_named(heard.words or "")
    if name is None:
        await _ask_zone(env, tx, person, place, view)
        return "settings-no-zone"
    await _keep(tx, person, place, view, _set_here(person, place, view).with_value("zone", name))
    await _note(env, tx, person, place, view, "setting", name="zone", value=name)
    await _redraw(env, tx, person, place, view)
    return None


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
