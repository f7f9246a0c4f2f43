"""All that the bot says is laid in the outbox, in the transaction of the fact that it tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from bot.core.codes import nonce
from bot.core.preferences import ON
from bot.services.directory import PLACEHOLDERS, Person, Place, own_place, person_of, zone_of_group
from bot.services.env import Env
from bot.services.headings import headed
from bot.storage.base import Transaction
from bot.storage.queries import load

OUTBOX, BUTTONS = load("outbox"), load("buttons")


BRIEF_MS = 2 * 60_000
BRIEF_WITH_BUTTONS_MS = 15 * 60_000


class Priority(IntEnum):
    """Smaller goes first."""

    DELIVERY = 0
    ANSWER = 1
    STATUS = 2
    DECORATION = 3


ROW_WIDTHS = ((3, 8), (2, 16))
"""How many buttons stand side by side, by the length of the longest: at 390 px a phone shows about so much."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a message: one press does `action` with `data`; bound to one person unless `for_all`."""

    text: str
    action: str
    data: Mapping[str, str | int] = field(default_factory=dict)
    for_all: bool = False


def in_rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """Three in a row where their words are short, two or one where a phone would cut them."""
    rows: list[list[Button]] = []
    for button in buttons:
        longest = max(len(one.text) for one in (*(rows[-1] if rows else ()), button))
        width = next((width for width, most in ROW_WIDTHS if longest <= most), 1)
        if rows and len(rows[-1]) < width:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Share:
    """A button that lets a person choose a chat, with these words after the bot's name in its field."""

    text: str
    query: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that Telegram keeps: sent again by its name. `origin` is Telegram's word for its kind, `spoiler`: it comes
    covered.
    """

    origin: str
    file_id: str
    caption: str
    spoiler: bool = False


ALBUM_LEAST, ALBUM_MOST = 2, 10
Rows = Sequence[Sequence[Button | Link | Share]]


async def _lay_buttons(
    env: Env, tx: Transaction, person: Person | None, rows: Rows, slot: str | None = None
) -> list[list[dict[str, str]]]:
    return [[await _lay_button(env, tx, person, button, slot) for button in row] for row in rows]


async def _lay_button(
    env: Env, tx: Transaction, person: Person | None, button: Button | Link | Share, slot: str | None
) -> dict[str, str]:
    if isinstance(button, Link):
        return {"text": button.text, "url": button.url}
    if isinstance(button, Share):
        return {"text": button.text, "share": button.query}
    expires_at = env.now_ms() + env.policy.button_ms
    meaning: dict[str, str | int | None] = {
        "user_id": None if button.for_all or person is None else person.id,
        "action": button.action,
        "data": json.dumps(dict(button.data)),
        "slot": slot,
    }
    kept = await tx.one(BUTTONS.keep, **meaning, expires_at=expires_at, now=env.now_ms()) if slot else None
    if kept is not None:
        return {"text": button.text, "nonce": kept["nonce"]}
    name = nonce(env.random_bytes(12))
    await tx.run(BUTTONS.add, **meaning, nonce=name, expires_at=expires_at)
    return {"text": button.text, "nonce": name}


def _payload(html: str, buttons: list[list[dict[str, str]]], reply_to: int | None, *, silent: bool) -> dict[str, Any]:
    return {"text": html, "buttons": buttons, "reply_to": reply_to, "silent": silent}


async def is_quiet(env: Env, tx: Transaction, person: Person | None, place: Place) -> bool:
    """Whether it is an hour in which nothing makes a sound here: by whose private chat it is, in a group by the chat.

    `person` need not be known, nor be the one who reads it.
    """
    if not place.is_private:
        return place.preferences.is_quiet(env.now_ms(), zone_of_group(env, place))
    is_own = person is not None and person.telegram_id == place.telegram_id
    reader = person if is_own else await person_of(env, tx, place)
    return reader is not None and reader.preferences.is_quiet(env.now_ms(), reader.zone)


async def message(
    env: Env,
    tx: Transaction,
    place: Place,
    html: str,
    *,
    person: Person | None = None,
    buttons: Rows = (),
    reply_to: int | None = None,
    once: str | None = None,
    priority: Priority = Priority.ANSWER,
    job_id: int | None = None,
    silent: bool = False,
    only_for: Person | None = None,
    slot: str | None = None,
) -> None:
    """A message of its own; `once` names the fact that it may tell only once, `silent` makes no sound.

    `only_for`: in a group that person alone sees it where Telegram can, else it is there for all, for a short while.
    `slot` names its buttons, as for a file.
    """
    silent = silent or await is_quiet(env, tx, person, place)
    html = await headed(env, tx, person, place, reply_to, html)
    payload = _payload(html, await _lay_buttons(env, tx, person, buttons, slot), reply_to, silent=silent)
    if only_for is not None and place.is_shared and only_for.telegram_id not in PLACEHOLDERS:
        payload |= {"only_for": only_for.telegram_id, "brief_ms": BRIEF_WITH_BUTTONS_MS if buttons else BRIEF_MS}
    await _put(env, tx, place, "text", payload, once=once, priority=priority, job_id=job_id)


async def alone(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    html: str,
    *,
    buttons: Rows = (),
    reply_to: int | None,
    once: str | None = None,
) -> None:
    """What is nobody else's: in a group for that person's eyes where Telegram can, else in their own chat with a word
    here that it is there; who has none reads it here, for a short while.
    """
    own = await own_place(tx, person) if place.is_shared else None
    silent = await is_quiet(env, tx, person, own or place)
    payload = _payload(html, await _lay_buttons(env, tx, person, buttons), reply_to, silent=silent)
    if place.is_shared and person.telegram_id not in PLACEHOLDERS:
        payload |= {"only_for": person.telegram_id, "brief_ms": BRIEF_WITH_BUTTONS_MS if buttons else BRIEF_MS}
        if own is not None:
            pointer = env.texts.render(person.language, "answer-in-private")
            payload |= {"private": {"chat": own.telegram_id, "pointer": pointer}}
    await _put(env, tx, place, "text", payload, once=once, priority=Priority.ANSWER)


async def card(
    env: Env,
    tx: Transaction,
    place: Place,
    slot: str,
    html: str,
    *,
    person: Person | None = None,
    buttons: Rows = (),
    reply_to: int | None = None,
    priority: Priority = Priority.ANSWER,
    job_id: int | None = None,
    silent: bool = False,
    placeholder: str | None = None,
    photo: str | None = None,
) -> None:
    """What the card of a slot shows from now on: sent the first time, edited in place after that.

    With a `placeholder` it waits for words: the person's field is opened for a reply. A `photo` (below DATA_DIR) stays
    above the words until another takes its place.
    """
    silent = silent or await is_quiet(env, tx, person, place)
    html = await headed(env, tx, person, place, reply_to, html)
    payload = _payload(html, await _lay_buttons(env, tx, person, buttons, slot), reply_to, silent=silent)
    full = {**payload, "placeholder": placeholder, **({"photo": photo} if photo else {})}
    await _slot(env, tx, place, "text", slot, full, priority, job_id)


async def markup(
    env: Env, tx: Transaction, place: Place, message_id: int, slot: str, *, person: Person, buttons: Rows
) -> None:
    """Other buttons below a message that stays; those of `slot` that it had already are the same buttons."""
    laid = await _lay_buttons(env, tx, person, buttons, slot)
    await _put(env, tx, place, "markup", {"message_id": message_id, "buttons": laid}, priority=Priority.ANSWER)


async def remove(env: Env, tx: Transaction, place: Place, message_id: int) -> None:
    """A message of ours goes."""
    await _put(env, tx, place, "remove", {"message_id": message_id}, priority=Priority.ANSWER)


async def remove_card(env: Env, tx: Transaction, place: Place, slot: str) -> None:
    """The card of a slot goes."""
    await _slot(env, tx, place, "remove", slot, {}, Priority.STATUS, None)


async def reaction(env: Env, tx: Transaction, place: Place, message_id: int, emoji: str) -> None:
    """A reaction on a person's message: seen without a notification."""
    await _put(env, tx, place, "reaction", {"message_id": message_id, "emoji": emoji}, priority=Priority.DECORATION)


async def file(
    env: Env,
    tx: Transaction,
    place: Place,
    kind: str,
    payload: Mapping[str, Any],
    *,
    person: Person | None,
    buttons: Rows,
    once: str,
    job_id: int | None,
    slot: str | None = None,
) -> None:
    """A video (kind "video") or untouched file ("document"), before all else of its chat.

    `slot` names its buttons, so that they can be shown anew without being other ones.
    """
    laid = await _lay_buttons(env, tx, person, buttons, slot)
    silent = await is_quiet(env, tx, person, place)
    full = {**payload, "buttons": laid, "silent": silent, **_guarded(person, place, said=payload.get("spoiler"))}
    await _put(env, tx, place, kind, full, once=once, priority=Priority.DELIVERY, job_id=job_id)


def is_covered(person: Person | None, place: Place, *, said: bool | None) -> bool:
    """As the chat, the request (`said`) or else the person wants a video: covered until a tap. What a chat covers no
    request uncovers.
    """
    own = (person is not None and person.preferences.spoiler == ON) if said is None else said
    return own or place.preferences.spoiler == ON


def _guarded(person: Person | None, place: Place, *, said: bool | None) -> dict[str, bool]:
    return {"spoiler": is_covered(person, place, said=said), **_protected(place)}


def _protected(place: Place) -> dict[str, bool]:
    """Not to be passed on, where the chat wants that."""
    return {"protect": place.preferences.protect == ON}


async def paper(
    env: Env,
    tx: Transaction,
    place: Place,
    kind: str,
    payload: Mapping[str, Any],
    *,
    person: Person,
    buttons: Rows,
    once: str,
) -> None:
    """A chart (kind "photo") or a table ("document") that somebody asked for: an answer like any other."""
    full = {**payload, "buttons": await _lay_buttons(env, tx, person, buttons), "silent": not place.is_private}
    await _put(env, tx, place, kind, full, once=once, priority=Priority.ANSWER)


async def album(env: Env, tx: Transaction, place: Place, items: Sequence[Kept], *, person: Person, once: str) -> None:
    """Pictures and videos that Telegram keeps, together; one alone is sent alone, none not at all."""
    if len(items) == 1:
        await kept(env, tx, place, items[0], person=person, buttons=(), once=once)
    elif items:
        told = [_told(item) | {"type": item.origin} for item in items[:ALBUM_MOST]]
        full = {"items": told, **_protected(place)}
        await _put(env, tx, place, "album", full, once=once, priority=Priority.ANSWER)


async def kept(
    env: Env, tx: Transaction, place: Place, item: Kept, *, person: Person, buttons: Rows, once: str
) -> None:
    """One file that Telegram keeps, of whatever kind."""
    laid = await _lay_buttons(env, tx, person, buttons)
    payload = _told(item) | {"origin": item.origin, "buttons": laid, **_protected(place)}
    await _put(env, tx, place, "kept", payload, once=once, priority=Priority.ANSWER)


def _told(item: Kept) -> dict[str, Any]:
    return {"file_id": item.file_id, "caption": item.caption, "spoiler": item.spoiler}


async def invoice(
    env: Env,
    tx: Transaction,
    place: Place,
    words: tuple[str, str],
    stars: int,
    payload: str,
    *,
    reply_to: int | None,
) -> None:
    """An invoice in Telegram Stars with its title and description; `payload` comes back with the payment."""
    title, description = words
    shown = {"title": title, "description": description, "stars": stars, "payload": payload, "reply_to": reply_to}
    await _put(env, tx, place, "invoice", shown, once=f"invoice:{payload}", priority=Priority.ANSWER)


async def subscription(
    env: Env, tx: Transaction, place: Place, words: tuple[str, str], stars: int, payload: str, renews: tuple[int, str]
) -> None:
    """An offer that is paid again each time; `renews`: its period in seconds, and the words on its button."""
    (title, description), (period_s, button) = words, renews
    shown = {"title": title, "description": description, "stars": stars, "payload": payload}
    shown |= {"period_s": period_s, "button": button}
    await _put(env, tx, place, "invoice", shown, once=f"invoice:{payload}", priority=Priority.ANSWER)


async def _put(
    env: Env,
    tx: Transaction,
    place: Place,
    kind: str,
    payload: Mapping[str, Any],
    *,
    priority: Priority,
    once: str | None = None,
    job_id: int | None = None,
) -> None:
    now = env.now_ms()
    await tx.run(
        OUTBOX.put_message,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        kind=kind,
        priority=int(priority),
        once=once,
        payload=json.dumps(payload, ensure_ascii=False),
        job_id=job_id,
        run_at=now,
        now=now,
    )


async def _slot(
    env: Env,
    tx: Transaction,
    place: Place,
    kind: str,
    slot: str,
    payload: Mapping[str, Any],
    priority: Priority,
    job_id: int | None,
) -> None:
    now = env.now_ms()
    await tx.run(
        OUTBOX.replace_slot,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        kind=kind,
        slot=slot,
        priority=int(priority),
        payload=json.dumps(payload, ensure_ascii=False),
        job_id=job_id,
        run_at=now,
        now=now,
    )
