"""A video passed on: from a group to its asker alone, and to the operators when something is wrong with it."""

from __future__ import annotations

import json

from bot.services import alerts, delivery, say
from bot.services.directory import Person, Place, known_operator
from bot.services.env import Env
from bot.services.say import Link
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, DIRECTORY = load("after"), load("directory")
MINUTE_MS, DAY_MS = 60_000, 86_400_000
REPORTS_A_DAY = 5


async def to_asker(env: Env, tx: Transaction, person: Person, place: Place, job: Row, message_id: int) -> str | None:
    """Sends it into the asker's private chat; who has none yet, or left it, gets the way there. A toast's key."""
    found = await known_operator(env, tx, person.telegram_id)
    chat = await tx.one(DIRECTORY.chat, id=found[1].chat_id) if found is not None else None
    if found is None or chat is None or chat["unreachable_at"] is not None:
        await _show_way(env, tx, person, place, job, message_id)
        return None
    once = f"to-me:{job['id']}:{env.now_ms() // MINUTE_MS}"
    return await delivery.redeliver(env, tx, person, found[1], job["id"], once, "video") or "sent-to-you"


async def _show_way(env: Env, tx: Transaction, person: Person, place: Place, job: Row, message_id: int) -> None:
    code = job["code"].lstrip("#")
    html = env.texts.render(person.language, "not-begun")
    link = Link(env.texts.plain(person.language, "button-begin"), f"https://t.me/{env.own.username}?start={code}")
    once = f"begin:{job['id']}:{env.now_ms() // MINUTE_MS}"
    await say.message(
        env,
        tx,
        place,
        html,
        person=person,
        buttons=[[link]],
        reply_to=message_id,
        once=once,
        silent=True,
        only_for=person,
    )


async def begun_with(env: Env, tx: Transaction, person: Person, place: Place, code: str) -> bool:
    """`/start K7Q2`, as the link says it: the video comes; False when it is none of theirs."""
    job = await tx.one(Q.of_code, user_id=person.id, code=f"#{code.strip().upper()}")
    if job is None or job["state"] != "DELIVERED":
        return False
    once = f"to-me:{job['id']}:{env.now_ms() // MINUTE_MS}"
    return await delivery.redeliver(env, tx, person, place, job["id"], once, "video") is None


async def report(env: Env, tx: Transaction, person: Person, job: Row) -> str:
    """The operators hear which video it is and whose, a few a day of one person. Answers the toast's key."""
    now, code = env.now_ms(), job["code"].lstrip("#")
    row = await tx.one(Q.reports, user_id=person.id, since=now - DAY_MS)
    if row is not None and row["reports"] > REPORTS_A_DAY:
        return "report-enough"
    data = json.dumps({"code": job["code"]})
    await tx.run(DIRECTORY.note_audit, now=now, actor_id=person.id, chat_id=job["chat_id"], action="report", data=data)
    await alerts.alert(env, tx, "alert-report", str(job["id"]), code=code, name=person.name, model=job["model"])
    return "report-thanks"
