"""An edited message: it changes a request that nobody has sent yet; after that it gets the truth, what can still be
stopped, and the new words at a tap.
"""

from __future__ import annotations

from bot.core.anew import settings_of
from bot.core.changes import Changes
from bot.core.job import State
from bot.core.preferences import options_json
from bot.core.request import VideoSpec
from bot.services import approvals, jobs, say, submission
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Heard, Source
from bot.services.pressing import Press
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, AFTER, JOBS = load("requests"), load("after"), load("jobs")
STOPPABLE = frozenset({State.QUEUED, State.SUBMITTING, State.RUNNING, State.UNCERTAIN})
"""Where a stop may still be asked; whether it comes in time is known only then."""


async def amend(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, *, other_media: bool) -> None:
    """An edited message: new words or another file for a request that nobody has sent yet; after that, the truth."""
    row = await tx.one(Q.of_message, chat_id=place.chat_id, message_id=heard.message_id)
    if row is None and heard.album_id is not None:
        row = await tx.one(Q.of_album, chat_id=place.chat_id, album_id=heard.album_id)
    if row is None or row["user_id"] != person.id:
        return
    said = heard.words if heard.source is None and row["source"] == Source.PLAIN else heard.text
    words = said if row["message_id"] == heard.message_id and said != row["text"] else None
    if row["state"] == "discarded" or (words is None and not other_media):
        return
    if not await submission.call_back_resting(env, tx, row):
        if not await jobs.all_cancelled(tx, row["id"]):
            await _too_late(env, tx, person, place, row, row["text"] if words is None else words)
        return
    if row["state"] == "collecting":
        if row["text"] is None and words is None:
            return  # it settles by itself, with the other file
        await tx.run(Q.settle, id=row["id"], now=env.now_ms())
    if words is not None:
        await tx.run(Q.rewrite, id=row["id"], text=words, lines=int(heard.lines), now=env.now_ms())
    await approvals.withdraw(env, tx, row["id"])
    fresh = await tx.one(Q.get, id=row["id"])
    if fresh is not None:
        await submission.consider(env, tx, person, place, fresh)


async def _too_late(env: Env, tx: Transaction, person: Person, place: Place, row: Row, words: str) -> None:
    """One card a request: each later edit changes what its button would make."""
    language, made = person.language, await tx.all(JOBS.of_request, request_id=row["id"])
    running = [job for job in made if job["state"] in STOPPABLE]
    price = sum(job["quote_microusd"] for job in running)
    stage = "running" if running else "made"
    html = env.texts.render(language, "edit-too-late", stage=stage, price=env.texts.money(language, price))
    again = Button(env.texts.plain(language, "button-reword"), "reword", {"request": row["id"], "words": words})
    buttons = [*_stop(env, language, row, running), [again]]
    slot, asked = f"reword:{row['id']}", row["message_id"]
    await say.card(env, tx, place, slot, html, person=person, buttons=buttons, reply_to=asked, silent=True)


def _stop(env: Env, language: str, row: Row, running: list[Row]) -> list[list[Button]]:
    if len(running) > 1:
        return [[Button(env.texts.plain(language, "button-cancel-all"), "cancel-all", {"request": row["id"]})]]
    return [[jobs.cancel_button(env, language, job["id"])] for job in running]


async def press(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """The new words as a draft of its own, with the media and the settings of what was made of the old ones."""
    row = await tx.one(Q.get, id=pressed.data["request"])
    made = await tx.all(JOBS.of_request, request_id=row["id"]) if row is not None else []
    if row is None or not made or any(job["erased_at"] is not None for job in made):
        return "receipt-none"
    person, place = await submission.whose(env, tx, row)
    draft = await _draft(env, tx, row, made, str(pressed.data["words"]))
    await submission.consider(env, tx, person, place, draft, card=True)
    return None


async def _draft(env: Env, tx: Transaction, row: Row, made: list[Row], words: str) -> Row:
    spec = VideoSpec.from_json(made[0]["spec"])
    roles = {} if row["lines"] else {ref.label: ref.role for ref in spec.references}
    draft = await tx.one(
        Q.add,
        user_id=row["user_id"],
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        message_id=row["message_id"],
        album_id=None,
        reply_to_message_id=row["reply_to_message_id"],
        source=Source.BUTTON.value,
        text=words,
        changes=Changes(roles=roles).to_json(),
        state="draft",
        settle_at=None,
        parent_job_id=made[0]["id"],
        lines=row["lines"],
        now=env.now_ms(),
    )
    assert draft is not None, "a button's request has no unique key to collide with"  # noqa: S101 - for the type
    defaults = row["defaults"] if row["lines"] else options_json(settings_of(spec))
    await tx.run(AFTER.set_defaults, id=draft["id"], defaults=defaults)
    for position, media_id in enumerate(await _media(tx, row, made)):
        await tx.run(AFTER.give_media, request_id=draft["id"], position=position, media_id=media_id)
    return {**draft, "defaults": defaults}


async def _media(tx: Transaction, row: Row, made: list[Row]) -> list[int]:
    """All that the old words could name, in the order that gave the labels: its tray is empty by now."""
    rows = await tx.all(Q.given_media, request_id=row["id"])
    for message_id in (row["message_id"], row["reply_to_message_id"]):
        if message_id is not None:
            rows += await tx.all(Q.media_of_message, chat_id=row["chat_id"], message_id=message_id)
    for job in made:
        rows += [media for media in await tx.all(Q.media_of_job, job_id=job["id"]) if media["replaced_at"] is None]
    return list(dict.fromkeys(media["id"] for media in rows))
