"""A finished video that was ordered in a client's chat: the button that sends it there, and what came of that.

One tap, one video: without a tap nothing is ever written to a client. Telegram's answer is told in the owner's chat.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.core.request import VideoSpec
from bot.core.shortening import shortened
from bot.services import say
from bot.services.directory import Person, Place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, JOBS = load("business"), load("jobs")
ACTION: Final = "to-client"
NAME_CHARS: Final = 20
REFUSED: Final = "refused"
SENDING: Final = "client-sending"
_OFF = ("business connection not found", "business_connection", "bot_business_missing")
_NO_RIGHT = ("not enough rights", "no rights", "forbidden")
_LATE = ("business_peer_usage_missing",)
_ELSEWHERE = ("business_peer_invalid", "chat not found", "peer_id_invalid")


def short(name: str) -> str:
    """A client's name as a button shows it.

    >>> short("Ann"), short("Bartholomew the Younger of Sand")
    ('Ann', 'Bartholomew the You…')
    """
    return shortened(" ".join(name.split()), NAME_CHARS)


async def row(env: Env, tx: Transaction, person: Person, place: Place, job: Row) -> list[list[Button]]:
    """The button, as a row below a video; none where the video is for no client, or was sent already."""
    if not place.is_private or job["user_id"] != person.id:
        return []
    order = await tx.one(Q.of_job, job_id=job["id"])
    return [] if order is None or order["state"] not in {None, REFUSED} else [[_button(env, person, order, job)]]


def _button(env: Env, person: Person, order: Row, job: Row) -> Button:
    words = env.texts.plain(person.language, "button-to-client", name=short(order["client_name"]))
    return Button(words, ACTION, {"job": job["id"]})


def slot_of(job_id: int) -> str:
    """The card that says what came of it."""
    return f"client:{job_id}"


async def send(env: Env, tx: Transaction, person: Person, place: Place, job: Row, message_id: int) -> str | None:
    """The tap. Answers a toast's key; None: it is said in a message."""
    order = await tx.one(Q.of_job, job_id=job["id"])
    if order is None:
        return "button-old"
    if order["state"] not in {None, REFUSED}:
        return "client-already"
    if job["file_id"] is None:
        return "client-no-file"
    connection = await tx.one(Q.of_owner, user_id=person.id)
    if connection is None or not connection["is_enabled"] or not connection["can_reply"]:
        why = "right" if connection is not None and connection["is_enabled"] else "off"
        await _tell_refused(env, tx, person, place, job, order, why, message_id)
        return None
    once = f"client:{job['id']}:{env.now_ms()}"
    if await tx.run(Q.begin, job_id=job["id"], once=once, reply_to=message_id) == 0:
        return "client-already"
    lane = replace(place, topic_id=None)  # a topic of the owner's chat is none of the client's
    await say.paper(env, tx, lane, "video", _payload(job, order, connection), person=person, buttons=(), once=once)
    return SENDING


def _payload(job: Row, order: Row, connection: Row) -> dict[str, object]:
    """By the name that Telegram gave the video, and without a word of ours."""
    return {
        "caption": "",
        "path": "",
        "file_id": job["file_id"],
        "spoiler": bool(VideoSpec.from_json(job["spec"]).spoiler),
        "client": {"connection": connection["connection"], "chat": order["client_id"]},
    }


async def arrived(env: Env, tx: Transaction, outbox_id: int) -> None:
    """A row of the outbox is sent; if it was for a client, its owner reads so."""
    await _came(env, tx, outbox_id, "sent")


async def maybe_arrived(env: Env, tx: Transaction, outbox_id: int) -> None:
    """Telegram did not confirm it: only the owner can see whether the video is there."""
    await _came(env, tx, outbox_id, "maybe")


async def refused(env: Env, tx: Transaction, outbox_id: int, why: str) -> None:
    """Telegram refused it: the owner reads what to do, and can tap again."""
    await _came(env, tx, outbox_id, REFUSED, reason(why))


def reason(why: str) -> str:
    """Telegram's words as one of ours: the connection is off, a right is missing, it is too late, or all else."""
    text = why.lower()
    signs = {"late": _LATE, "elsewhere": _ELSEWHERE, "off": _OFF, "right": _NO_RIGHT}
    return next((name for name, those in signs.items() if any(sign in text for sign in those)), "other")


async def _came(env: Env, tx: Transaction, outbox_id: int, state: str, why: str = "") -> None:
    video = await tx.one(Q.of_outbox, id=outbox_id)
    if video is None:
        return
    await tx.run(Q.set_state, job_id=video["job_id"], state=state)
    job, order = await tx.one(JOBS.get, id=video["job_id"]), await tx.one(Q.of_job, job_id=video["job_id"])
    if job is None or order is None:
        return  # forgotten meanwhile
    person, place = await person_by_id(env, tx, job["user_id"]), await place_by_id(tx, job["chat_id"], None)
    if state == REFUSED:
        await _tell_refused(env, tx, person, place, job, order, why, video["reply_to"])
        return
    buttons = [[_again(env, person, outbox_id)]] if state == "maybe" else []
    html = env.texts.render(person.language, f"client-{state}", name=order["client_name"])
    slot, answered = slot_of(job["id"]), video["reply_to"]
    await say.card(env, tx, place, slot, html, person=person, buttons=buttons, reply_to=answered)


def _again(env: Env, person: Person, outbox_id: int) -> Button:
    return Button(env.texts.plain(person.language, "button-send-again"), "send-again", {"outbox": outbox_id})


async def _tell_refused(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, order: Row, why: str, message_id: int
) -> None:
    """What is so, that the video is the owner's as before, what to do; and the button once more."""
    html = env.texts.render(person.language, "client-refused", name=order["client_name"], why=why)
    buttons = [[_button(env, person, order, job)]]
    slot = slot_of(job["id"])
    await say.card(env, tx, place, slot, html, person=person, buttons=buttons, reply_to=message_id)


async def forget(tx: Transaction, job: Row) -> None:
    """With a video it is forgotten whom it was for, and that it went there."""
    await tx.run(Q.forget_said, job_id=job["id"])
    await tx.run(Q.forget_video, job_id=job["id"])
    await tx.run(Q.forget_order, chat_id=job["chat_id"], message_id=job["message_id"])
