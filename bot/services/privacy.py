"""`/privacy` and `/forget`: what is kept, for how long, and how it goes before its time.

Forgotten is what a person said, sent, saved and got: words, references, files. What it cost, and who changed which
limit, stays: the books must balance without it.
"""

from __future__ import annotations

from bot.services import after, gathering, inbox, jobs, say, sharing
from bot.services.directory import Person, Place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, DIRECTORY, IMPROVING, BUSINESS = load("privacy"), load("directory"), load("improving"), load("business")
DAY_MS = 86_400_000
FILES_MS = 30 * DAY_MS
"""How long videos are kept on our side, unless all is forgotten sooner."""
PEOPLE, BATCH = 10, 50


def files_ms(env: Env) -> int:
    """How long files are kept."""
    return min(FILES_MS, env.policy.retention_ms)


async def tell(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    """`/privacy`."""
    del tx, place, asked
    return env.texts.render(
        person.language,
        "privacy",
        words=env.policy.retention_ms // DAY_MS,
        files=files_ms(env) // DAY_MS,
        media=gathering.KEEP_MS // DAY_MS,
        raw=inbox.KEEP_MS // DAY_MS,
        minutes=env.policy.tray_ms // 60_000,
        speech=env.policy.transcribe_host,
        richer=env.policy.enhance_host,
    )


async def ask(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    """`/forget`: asks once."""
    running = len(await tx.all(Q.running, user_id=person.id))
    html = env.texts.render(person.language, "forget-ask", count=running)
    words = env.texts.plain(person.language, "button-forget")
    buttons = [[Button(words, "forget")]]
    await say.message(env, tx, place, html, person=person, buttons=buttons, reply_to=asked.message_id)


async def agreed(env: Env, tx: Transaction, person: Person, place: Place) -> str | None:
    """The tap: what runs ends first and honestly, then all goes."""
    if await tx.run(Q.ask, id=person.id, now=env.now_ms()) == 0:
        return "forget-already"
    for job in await tx.all(Q.running, user_id=person.id):
        its_place = await place_by_id(tx, job["chat_id"], job["topic_id"])
        await jobs.cancel(env, tx, person, its_place, job["id"])
    running = len(await tx.all(Q.running, user_id=person.id))
    html = env.texts.render(person.language, "forget-begun", count=running)
    await say.message(env, tx, place, html, person=person)
    return None


async def forget_due(env: Env) -> None:
    """Takes away what was asked to be forgotten, some of each at a time. Called by upkeep."""
    for row in await env.store.read(lambda tx: tx.all(Q.asked, limit=PEOPLE)):
        await _forget(env, row["id"], row["forget_at"])


async def _forget(env: Env, user_id: int, before: int) -> None:
    async def use_case(tx: Transaction) -> None:
        running = await tx.all(Q.running, user_id=user_id)
        if any(job["created_at"] <= before for job in running) or await inbox.is_open(tx, user_id, before):
            return
        found = await tx.all(Q.remembered, user_id=user_id, before=before, limit=BATCH)
        for job in found:
            await _erase(env, tx, job)
        if len(found) < BATCH and await inbox.forget(tx, user_id, before):
            await _forget_rest(env, tx, user_id, before)

    await env.store.transact(use_case)


async def _erase(env: Env, tx: Transaction, job: Row) -> None:
    await after.erase(env, tx, job)
    await tx.run(Q.forget_references, job_id=job["id"])
    await tx.run(Q.forget_used, job_id=job["id"])
    await tx.run(Q.forget_sheet, request_id=job["request_id"])


async def _forget_rest(env: Env, tx: Transaction, user_id: int, before: int) -> None:
    """What belongs to no job; then it is said."""
    await tx.run(Q.discard_own, user_id=user_id, before=before)
    await sharing.forget(env, tx, user_id, before)
    await tx.run(BUSINESS.forget_orders, user_id=user_id, before=before)
    await tx.run(BUSINESS.forget_connections, user_id=user_id, before=before)
    await tx.run(Q.forget_tray, user_id=user_id)
    await tx.run(Q.forget_sheets, user_id=user_id)
    await tx.run(Q.forget_saved, user_id=user_id)
    await tx.run(Q.forget_library, user_id=user_id)
    await tx.run(Q.forget_phrases, user_id=user_id)
    await tx.run(Q.forget_questions, user_id=user_id)
    await tx.run(IMPROVING.forget, user_id=user_id, before=before)
    await tx.run(Q.forget_buttons, user_id=user_id)
    await tx.run(Q.forget_media, user_id=user_id, before=before)
    await tx.run(Q.forget_said, user_id=user_id, before=before)
    await tx.run(Q.forgotten, id=user_id)
    await tx.run(DIRECTORY.note_audit, now=env.now_ms(), actor_id=user_id, chat_id=None, action="forgot", data="{}")
    await _tell_done(env, tx, user_id)


async def _tell_done(env: Env, tx: Transaction, user_id: int) -> None:
    row = await tx.one(Q.private_chat, user_id=user_id)
    if row is None:
        return
    person, place = await person_by_id(env, tx, user_id), await place_by_id(tx, row["chat_id"], None)
    await say.message(env, tx, place, env.texts.render(person.language, "forget-done"), person=person)


async def forget_past(env: Env) -> None:
    """What is older than the retention goes, some at a time. Called by upkeep."""
    before = env.now_ms() - env.policy.retention_ms

    async def use_case(tx: Transaction) -> None:
        for job in await tx.all(Q.past, before=before, limit=BATCH):
            await _erase(env, tx, job)
        await tx.run(Q.discard_past, before=before, limit=BATCH)

    await env.store.transact(use_case)
