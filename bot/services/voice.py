"""What a voice note is: the soundtrack, the speech, or the words of the request, as one tap of its sender says.

voice note ──▶ tray, 👌, and the question ──▶ song | speech   kept with the attachment, said in the prompt
                                          ╰─▶ words           written down by the scribe (bot.worker), then a card
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.request import Sound
from bot.services import asking, say
from bot.services.directory import Person, Place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.gathering import question_slot
from bot.services.say import Button, in_rows
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS = load("voice"), load("requests")
WORDS = "words"
CHOICES = (Sound.SONG.value, Sound.SPEECH.value, WORDS)
MAX_WORDS_MS = 120_000
MAX_AN_HOUR = 20
HOUR_MS = 3_600_000
DUE_AT_ONCE = 4
SHOWN_CHARS = 600


async def ask(env: Env, tx: Transaction, person: Person, place: Place, media: Row) -> None:
    """Asks what a voice note in the tray is, where its words could be written down."""
    if not env.policy.transcribes or media["origin"] != "voice" or not place.is_private:
        return
    buttons = in_rows([_button(env, person.language, media["id"], use) for use in CHOICES])
    html = env.texts.render(person.language, "voice-question")
    slot = question_slot(media["id"])
    await say.card(env, tx, place, slot, html, person=person, buttons=buttons, reply_to=media["message_id"])


def _button(env: Env, language: str, media_id: int, use: str) -> Button:
    return Button(env.texts.plain(language, f"voice-{use}"), "voice", {"media": media_id, "use": use})


async def press(env: Env, tx: Transaction, person: Person, place: Place, data: Mapping[str, Any]) -> str | None:
    """One of the three taps; answers the toast's key."""
    media = await tx.one(Q.media, id=data["media"])
    if media is None or media["sound"] == WORDS or (await _is_used(tx, media)):
        return "button-used"
    if data["use"] == WORDS:
        return await _write_down(env, tx, person, place, media)
    await tx.run(Q.set_sound, id=media["id"], sound=data["use"])
    html = env.texts.render(person.language, f"voice-kept-{data['use']}")
    await say.card(env, tx, place, question_slot(media["id"]), html, person=person, reply_to=media["message_id"])
    return None


async def _is_used(tx: Transaction, media: Row) -> bool:
    """A note whose message has asked already."""
    return await tx.one(REQUESTS.of_message, chat_id=media["chat_id"], message_id=media["message_id"]) is not None


async def _write_down(env: Env, tx: Transaction, person: Person, place: Place, media: Row) -> str | None:
    since = env.now_ms() - HOUR_MS
    asked = await tx.one(Q.asked_since, user_id=person.id, since=since)
    if asked is not None and asked["count"] >= MAX_AN_HOUR:
        return "voice-too-many"
    if (media["duration_ms"] or 0) > MAX_WORDS_MS:
        return "voice-too-long"
    await tx.run(Q.set_sound, id=media["id"], sound=WORDS)
    await tx.run(REQUESTS.leave_tray, media_id=media["id"])
    await tx.run(Q.ask, media_id=media["id"], user_id=person.id, chat_id=place.chat_id, now=env.now_ms())
    html = env.texts.render(person.language, "voice-listening")
    await say.card(env, tx, place, question_slot(media["id"]), html, person=person, reply_to=media["message_id"])
    return None


async def due(env: Env) -> list[Row]:
    """What the scribe has to do."""

    async def use_case(tx: Transaction) -> list[Row]:
        return await tx.all(Q.due, now=env.now_ms(), limit=DUE_AT_ONCE)

    return await env.store.read(use_case)


async def heard(env: Env, note: Row, text: str) -> None:
    """The words of a note: they ask, and their card shows what was understood; nothing starts by itself."""

    async def use_case(tx: Transaction) -> None:
        if await tx.run(Q.end, media_id=note["media_id"], state="done") == 0:
            return
        person, place = await _whose(env, tx, note)
        html = env.texts.render(person.language, "voice-heard", text=text[:SHOWN_CHARS])
        await say.card(
            env, tx, place, question_slot(note["media_id"]), html, person=person, reply_to=note["message_id"]
        )
        await asking.ask_in_words(env, tx, person, place, note["message_id"], text)

    await env.store.transact(use_case)


async def later(env: Env, note: Row, run_at: int) -> None:
    """Not written down this time."""

    async def use_case(tx: Transaction) -> None:
        await tx.run(Q.again, media_id=note["media_id"], run_at=run_at)

    await env.store.transact(use_case)


async def give_up(env: Env, note: Row, key: str) -> None:
    """It can't be written down: said, with what to do instead."""

    async def use_case(tx: Transaction) -> None:
        if await tx.run(Q.end, media_id=note["media_id"], state="failed") == 0:
            return
        person, place = await _whose(env, tx, note)
        html = env.texts.render(person.language, key)
        await say.card(
            env, tx, place, question_slot(note["media_id"]), html, person=person, reply_to=note["message_id"]
        )

    await env.store.transact(use_case)


async def _whose(env: Env, tx: Transaction, note: Row) -> tuple[Person, Place]:
    person = await person_by_id(env, tx, note["user_id"])
    return person, await place_by_id(tx, note["chat_id"], None)
