"""`/settings`: what a person, or a chat's administrators for it or one of its topics, want unless it is said otherwise.

As a panel of choices, and as words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.errors import Refusal
from bot.core.preferences import LOCKABLE, Preferences
from bot.core.setting_words import SettingsOrder, Where, read_settings
from bot.services import homes, moderation, questions, say
from bot.services.admins import rank_of
from bot.services.choosable import UNSET, View, as_kept, choices, told, usual, zone_named
from bot.services.counting import clocks_of
from bot.services.directory import Person, Place, person_by_id, place_by_id, zone_of_group
from bot.services.env import Env
from bot.services.heard import Asked, Heard
from bot.services.operating import note_audit
from bot.services.questions import Question
from bot.services.say import Button, in_rows
from bot.storage.base import Transaction
from bot.storage.queries import load
from bot.texts import Html

Q, TOPICS = load("preferences"), load("topics")


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    """In private one's own; in a group the chat's, for those who administrate it. Words say what a tap would."""
    view = View(f"settings:{asked.update_id}", not place.is_private, asked.as_group)
    if view.chat and not (await moderation.ranked(env, tx, person, place, asked)).moderates:
        await moderation.only_moderators(env, tx, person, place, asked)
        return
    if asked.words:
        await _obey(env, tx, person, place, view, asked)
    else:
        await _draw(env, tx, person, place, view, asked.message_id)


async def _obey(env: Env, tx: Transaction, person: Person, place: Place, view: View, asked: Asked) -> None:
    """All that was said or nothing, and what holds now. Raises Refusal."""
    order = read_settings(asked.words, {*(model.id for model in env.catalog.models), "auto"})
    if (order.where is not None or order.topic) and place.is_private:
        raise Refusal("group-only")
    if order.where is not None:
        await homes.choose(env, tx, person, place, order.where)
        await homes.draw(env, tx, person, place, view, asked.message_id)
        return
    if order.topic and not place.is_forum:
        raise Refusal("where-no-topics")
    view = replace(view, topic=order.topic)
    for name, value in _ordered(env, person, place, view, order).items():
        await _put(env, tx, *await _fresh(env, tx, person, place), view, name, value)
    await _redraw(env, tx, person, place, view, asked.message_id)


def _ordered(env: Env, person: Person, place: Place, view: View, order: SettingsOrder) -> Mapping[str, str]:
    """What an order sets, as a button would carry it. Raises Refusal for what the model can't do."""
    if order.clear:
        return dict.fromkeys(LOCKABLE, UNSET)
    model = order.values.get("model", _shown(person, place, view).model)
    wanted = _shown(person, place, view).with_value("model", model)
    for name, value in order.values.items():
        if str(value) not in (offered := choices(env, wanted, name)):
            raise Refusal("settings-not-offered", value=str(value), offered=", ".join(offered))
    return {name: str(value) for name, value in order.values.items()}


async def press(
    env: Env, tx: Transaction, person: Person, place: Place, action: str, data: Mapping[str, Any]
) -> str | None:
    """A press on the panel; who may press a chat's was checked."""
    is_topic = bool(data.get("topic")) and place.is_forum
    view = View(str(data["slot"]), action.startswith("chat-"), bool(data.get("for_all")), is_topic)
    match action.rpartition("-")[2], str(data.get("name", "")):
        case "open", name if name in view.names:
            await _draw_choices(env, tx, person, place, view, name)
        case "set", name if name in view.names:
            await _set(env, tx, person, place, view, name, str(data["value"]))
        case "lock", name if name in LOCKABLE:
            await _lock(env, tx, person, place, view, name)
        case "zone", _:
            await _ask_zone(env, tx, person, place, view)
        case "where", _ if view.chat:
            await _choose_where(env, tx, person, place, view, str(data.get("where", "")))
        case _:
            await _draw(env, tx, person, place, view, None)
    return None


async def _choose_where(env: Env, tx: Transaction, person: Person, place: Place, view: View, where: str) -> None:
    if where:
        await homes.choose(env, tx, person, place, Where(where))
    await homes.draw(env, tx, person, place, view, None)


def _set_here(person: Person, place: Place, view: View) -> Preferences:
    """The preferences that the panel shows, with the two that have columns of their own."""
    if view.topic:
        return place.topic
    return place.preferences if view.chat else person.preferences


def _shown(person: Person, place: Place, view: View) -> Preferences:
    """What holds there: a topic has its chat's where it has none of its own."""
    own = _set_here(person, place, view)
    return own.within(place.preferences) if view.topic else own


def _value(person: Person, place: Place, view: View, name: str) -> object:
    if name == "language":
        return place.language if view.chat else (person.language if person.chose_language else None)
    if name == "confirm_above_microusd" and not view.chat:
        return person.confirm_above_microusd
    return getattr(_set_here(person, place, view), name)


async def _draw(env: Env, tx: Transaction, person: Person, place: Place, view: View, reply_to: int | None) -> None:
    language, names = person.language, view.names
    shown = [_line(env, person, place, view, name, unset="settings-line-usual") for name in names]
    lines = [_head(env, person, place, view), *shown]
    buttons = [view.button(env.texts.plain(language, f"settings-name-{name}"), "open", name=name) for name in names]
    rows = in_rows(buttons)
    if view.topic:
        home = replace(view, topic=False)
        rows.append([home.button(env.texts.plain(language, "button-whole-group"), "home")])
    elif view.chat and place.is_forum:
        lines += [_topic_line(env, person, place), await homes.line(env, tx, language, place)]
        topic = replace(view, topic=True).button(env.texts.plain(language, "button-this-topic"), "home")
        rows.append([topic, view.button(env.texts.plain(language, "button-where"), "where")])
    if not view.topic:
        lines += [Html(), await _counted_by(env, tx, person, place, view)]
    await say.card(env, tx, place, view.slot, Html("\n".join(lines)), person=person, buttons=rows, reply_to=reply_to)


def _head(env: Env, person: Person, place: Place, view: View) -> Html:
    """Whose settings they are, and how those that were set are told from the others."""
    language = person.language
    count = sum(_value(person, place, view, name) is not None for name in view.names)
    legend = env.texts.render(language, "settings-legend", count=count)
    if view.topic:
        head = env.texts.render(language, "settings-topic", topic=homes.shown_title(env, language, place))
    else:
        head = env.texts.render(language, "settings-chat" if view.chat else "settings-own", title=place.title)
    return Html(f"{head} {legend}\n")


def _topic_line(env: Env, person: Person, place: Place) -> Html:
    """What is set in this topic, in one line."""
    language = person.language
    values = [
        told(env, language, name, value) for name in LOCKABLE if (value := getattr(place.topic, name)) is not None
    ]
    title = homes.shown_title(env, language, place)
    return env.texts.render(language, "settings-topic-line", topic=title, values=" · ".join(values), count=len(values))


def _line(env: Env, person: Person, place: Place, view: View, name: str, *, unset: str) -> Html:
    """What is set, or what holds because nothing is, by the text `unset`."""
    language, value = person.language, _value(person, place, view, name)
    shown = env.texts.plain(language, f"settings-name-{name}")
    locked = int(name in _shown(person, place, view).locked)
    if value is not None:
        return env.texts.render(
            language, "settings-line", name=shown, value=told(env, language, name, value), locked=locked
        )
    of_chat = getattr(place.preferences, name) if view.topic else None
    if of_chat is not None:
        said = told(env, language, name, of_chat)
        return env.texts.render(language, "settings-line-of-chat", name=shown, value=said, locked=locked)
    return env.texts.render(language, unset, name=shown, value=_usually(env, person, view, name))


def _usually(env: Env, person: Person, view: View, name: str) -> str:
    value = usual(env, person, name, of_chat=view.chat)
    if value is None:
        return env.texts.plain(person.language, f"settings-usual-{name}")
    return told(env, person.language, name, value)


async def _draw_choices(env: Env, tx: Transaction, person: Person, place: Place, view: View, name: str) -> None:
    language, preferences = person.language, _set_here(person, place, view)
    now = told(env, language, name, _value(person, place, view, name))
    buttons = [
        _choice(env, language, view, name, value, now) for value in choices(env, _shown(person, place, view), name)
    ]
    rows = in_rows(buttons)
    unset = env.texts.plain(language, "settings-unset-topic" if view.topic else "settings-unset")
    ticked = f"✓ {unset}" if _value(person, place, view, name) is None else unset
    rows.append([view.button(ticked, "set", name=name, value=UNSET)])
    if name == "zone":
        rows[-1].append(view.button(env.texts.plain(language, "button-other-zone"), "zone"))
    if view.chat and name in LOCKABLE and getattr(preferences, name) is not None:
        key = "button-unlock" if name in preferences.locked else "button-lock"
        rows[-1].append(view.button(env.texts.plain(language, key), "lock", name=name))
    rows.append([view.button(env.texts.plain(language, "button-back"), "home")])
    line = _line(env, person, place, view, name, unset="settings-line-unset")
    zone = zone_of_group(env, place) if view.chat else person.zone
    lines = [line, env.texts.render(language, f"settings-about-{name}", zone=zone.key)]
    if name == "zone":
        lines.append(await _counted_by(env, tx, person, place, view))
    await say.card(env, tx, place, view.slot, Html("\n".join(lines)), person=person, buttons=rows)


async def _counted_by(env: Env, tx: Transaction, person: Person, place: Place, view: View) -> Html:
    """Where the days begin that limits count; no setting of this panel moves them."""
    clock = (await clocks_of(env, tx, person, place))["chat" if view.chat else "user"]
    said = {"zone": clock.zone.key, "hour": f"{clock.reset_hour:02}:00"}
    return env.texts.render(person.language, "settings-count-chat" if view.chat else "settings-count-own", **said)


def _choice(env: Env, language: str, view: View, name: str, value: str, now: str) -> Button:
    words = told(env, language, name, value)
    return view.button(f"✓ {words}" if words == now else words, "set", name=name, value=value)


async def _set(env: Env, tx: Transaction, person: Person, place: Place, view: View, name: str, value: str) -> None:
    await _put(env, tx, person, place, view, name, value)
    await _redraw(env, tx, person, place, view)


async def _put(env: Env, tx: Transaction, person: Person, place: Place, view: View, name: str, value: str) -> None:
    preferences = _set_here(person, place, view)
    kept = as_kept(env, _shown(person, place, view), name, value)
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


async def _note(
    env: Env, tx: Transaction, person: Person, place: Place, view: View, action: str, **data: str | int
) -> None:
    """What changes for a whole chat is in its audit."""
    if view.chat:
        of_topic = {"topic": homes.shown_topic(place)} if view.topic else {}
        await note_audit(env, tx, person.id, place.chat_id, action, **data, **of_topic)


def change_said(env: Env, language: str, data: Mapping[str, Any]) -> dict[str, str]:
    """A change of a chat's settings, as the audit keeps it, in words."""
    name = str(data["name"])
    held = env.texts.plain(language, "settings-held" if data.get("held") else "settings-not-held")
    said = held if "held" in data else told(env, language, name, data["value"] or None)
    whom = [env.texts.plain(language, f"settings-name-{name}"), *([str(data["topic"])] if "topic" in data else [])]
    return {"whom": ", ".join(whom), "limit": said}


def _owner(person: Person, place: Place, view: View) -> int:
    return place.chat_id if view.chat else person.id


async def _keep(tx: Transaction, person: Person, place: Place, view: View, preferences: Preferences) -> None:
    if view.topic:
        own = await homes.own_row(tx, place)
        await tx.run(TOPICS.prefer, id=own["id"], preferences=preferences.to_json())
        return
    query = Q.prefer_chat if view.chat else Q.prefer_user
    await tx.run(query, id=_owner(person, place, view), preferences=preferences.to_json())


async def _lock(env: Env, tx: Transaction, person: Person, place: Place, view: View, name: str) -> None:
    """Holds a chat's choice whatever its members say, or only unless they say otherwise."""
    preferences = _set_here(person, place, view)
    if view.chat and getattr(preferences, name) is not None:
        changed = preferences.with_lock(name)
        await _keep(tx, person, place, view, changed)
        await _note(env, tx, person, place, view, "setting-lock", name=name, held=int(name in changed.locked))
    await _redraw(env, tx, person, place, view)


async def _redraw(
    env: Env, tx: Transaction, person: Person, place: Place, view: View, reply_to: int | None = None
) -> None:
    """The whole panel as it is now, in the language that holds now."""
    await _draw(env, tx, *await _fresh(env, tx, person, place), view, reply_to)


async def _fresh(env: Env, tx: Transaction, person: Person, place: Place) -> tuple[Person, Place]:
    """Both as they stand after what was set."""
    return await person_by_id(env, tx, person.id), await place_by_id(tx, place.chat_id, place.topic_id)


async def _ask_zone(
    env: Env, tx: Transaction, person: Person, place: Place, view: View, *, is_again: bool = False
) -> None:
    """The question; asked again it says why."""
    html = env.texts.render(person.language, "settings-no-zone" if is_again else "ask-zone")
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
        await _ask_zone(env, tx, person, place, view, is_again=True)
        return None
    await _keep(tx, person, place, view, _set_here(person, place, view).with_value("zone", name))
    await _note(env, tx, person, place, view, "setting", name="zone", value=name)
    await _redraw(env, tx, person, place, view)
    return None
