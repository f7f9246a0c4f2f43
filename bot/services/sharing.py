"""A group's draft that several members add to: opened by its asker, brought to, taken out of, paid for by one of them.

Who adds replies to its card with a file, or to a file in the chat with `/add 3` (3: the draft's number). What the
video shows is said by its asker alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.changes import Changes
from bot.core.errors import Faults, Refusal
from bot.core.request import Attachment, Origin
from bot.services import approvals, gathering, moderation, say, shared, submission, terms
from bot.services.admins import rank_of
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked, Heard
from bot.services.planning import plan_of
from bot.services.pressing import Press
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS = load("shared"), load("requests")
MAX_EACH, MAX_ALL = 4, 12
"""Files in a draft: of one member, and of all together."""
MAX_DIGITS = 6
SEEN = "👌"


async def _draft(tx: Transaction, pressed: Press) -> Row | None:
    row = await tx.one(REQUESTS.get, id=pressed.data["request"])
    return row if row is not None and row["state"] == "draft" else None


async def share(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """*Let others add*, by its asker: from now on the draft has a number, and a card for all."""
    row = await _draft(tx, pressed)
    if row is None:
        return "button-used"
    asker, place = await submission.whose(env, tx, row)
    is_new = await tx.one(Q.get, request_id=row["id"]) is None
    tray = await gathering.tray(env, tx, asker, place) if is_new else []
    used = await _used(env, tx, asker, place, row) if tray else set()
    await tx.run(Q.share, request_id=row["id"], chat_id=row["chat_id"], now=env.now_ms())
    for item in tray:  # all of it, so that no label changes; what was not used stays out
        out_at = None if item.media_id in used else env.now_ms()
        await _put(env, tx, row, asker, item.media_id, out_at)
        await tx.run(REQUESTS.leave_tray, media_id=item.media_id)
    await _show(env, tx, row)
    return None


async def _used(env: Env, tx: Transaction, asker: Person, place: Place, row: Row) -> set[int]:
    """The files that the draft is made of now; of one that can't be made, all."""
    attachments = await gathering.gather(env, tx, asker, place, row)
    on = await terms.of(tx, asker, place, row)
    try:
        made = plan_of(env, row, Changes.from_json(row["changes"]), attachments, on)
    except Refusal:
        return {item.media_id for item in attachments}
    return {ref.media_id for ref in made.resolution.spec.references}


async def unshare(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """*No more files*: what was brought stays, and who takes part may pay as before."""
    row = await _draft(tx, pressed)
    if row is None:
        return "button-used"
    await tx.run(Q.close, request_id=row["id"])
    await _show(env, tx, row)
    return None


async def _put(env: Env, tx: Transaction, row: Row, person: Person, media_id: int, out_at: int | None) -> None:
    values = {"request_id": row["id"], "media_id": media_id, "user_id": person.id, "out_at": out_at}
    await tx.run(Q.bring, **values, now=env.now_ms())


async def _show(env: Env, tx: Transaction, row: Row) -> None:
    """It became another order: what moderators were asked about was not this one."""
    await approvals.withdraw(env, tx, row["id"])
    await tx.run(Q.touch, request_id=row["id"], now=env.now_ms())
    fresh = await tx.one(REQUESTS.get, id=row["id"])
    if fresh is not None and fresh["state"] == "draft":
        asker, place = await submission.whose(env, tx, fresh)
        await submission.consider(env, tx, asker, place, fresh, card=True)


async def meant(tx: Transaction, place: Place, heard: Heard) -> Row | None:
    """The shared draft whose card a message replies to with a file."""
    reply, brings = heard.reply, heard.media is not None or heard.useless is not None
    if place.is_private or heard.source is not None or reply is None or not reply.to_bot or not brings:
        return None
    return await tx.one(Q.shown_in, chat_id=place.chat_id, message_id=reply.message_id)


async def bring(env: Env, tx: Transaction, person: Person, place: Place, row: Row, message_id: int) -> None:
    """A member's files into a draft. Raises Refusal that says why they stay out; then nothing was changed."""
    if (reason := await moderation.held(env, tx, person, place)) is not None:
        raise reason
    board = await shared.of(tx, row)
    if board is None or row["state"] != "draft" or row["updated_at"] <= env.now_ms() - env.policy.button_ms:
        raise Refusal("shared-over")
    if not board.is_open and person.id != board.asker_id:
        raise Refusal("shared-closed", number=board.number)
    sent = await tx.all(REQUESTS.media_of_message, chat_id=row["chat_id"], message_id=message_id)
    new = [media for media in sent if media["id"] not in board.within]
    theirs = sum(one["bringer_id"] == person.id for one in board.within.values())
    if theirs + len(new) > MAX_EACH or len(board.within) + len(new) > MAX_ALL:
        raise Refusal("shared-enough", each=MAX_EACH, all=MAX_ALL)
    await _check_fits(env, tx, row, [gathering.attachment(media, Origin.BROUGHT) for media in new])
    for media in new:
        await _put(env, tx, row, person, media["id"], None)
    await say.reaction(env, tx, place, message_id, SEEN)
    await _show(env, tx, row)


async def _check_fits(env: Env, tx: Transaction, row: Row, more: Sequence[Attachment]) -> None:
    """Raises Refusal for files that would break a draft that can be made, or break it in one more way."""
    asker, place = await submission.whose(env, tx, row)
    attachments = await gathering.gather(env, tx, asker, place, row)
    on = await terms.of(tx, asker, place, row)

    def wrong(files: Sequence[Attachment]) -> dict[str, Refusal]:
        try:
            plan_of(env, row, Changes.from_json(row["changes"]), files, on)
        except Faults as refused:
            return {fault.key: fault for fault in refused.faults}
        return {}

    known = {item.media_id for item in attachments if not item.is_out}
    before, after = wrong(attachments), wrong([*attachments, *(item for item in more if item.media_id not in known)])
    if grown := [after[key] for key in after if key not in before]:
        raise grown[0]


async def add(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> bool:
    """`/add 3` in reply to a file, or `/add` below a file in reply to the card. False: it is about the tray.

    Raises Refusal.
    """
    if place.is_private or asked.reply is None:
        return False
    word = asked.words.strip().lstrip("#№")
    if word.isdecimal() and len(word) <= MAX_DIGITS:
        row = await tx.one(Q.numbered, chat_id=place.chat_id, number=int(word))
        if row is None:
            raise Refusal("shared-no-such", number=word)
        message_id = asked.reply.message_id
    else:
        row, message_id = (
            await tx.one(Q.shown_in, chat_id=place.chat_id, message_id=asked.reply.message_id),
            asked.message_id,
        )
        if row is None:
            return False
    await _remember(env, tx, person, place, asked)
    if not await tx.all(REQUESTS.media_of_message, chat_id=place.chat_id, message_id=message_id):
        raise Refusal("shared-how")
    await bring(env, tx, person, place, row, message_id)
    return True


async def _remember(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    if asked.media is not None:
        await gathering.remember(env, tx, place, person.id, asked.message_id, asked.album_id, asked.media)


async def take_out(env: Env, tx: Transaction, pressed: Press) -> str | None:
    """✕ of a file: by who brought it, the asker, or a moderator. Its label goes to no other file."""
    row, person = await _draft(tx, pressed), pressed.person
    one = await tx.one(Q.one, id=pressed.data["brought"], request_id=pressed.data["request"])
    if row is None or one is None or one["out_at"] is not None:
        return "button-used"
    may = person.id in {one["user_id"], row["user_id"]} or (await rank_of(env, tx, person, pressed.place)).moderates
    if not may:
        return "shared-not-yours"
    await tx.run(Q.take_out, id=one["id"], now=env.now_ms())
    await _show(env, tx, row)
    return None


async def forget(env: Env, tx: Transaction, user_id: int, before: int) -> None:
    """What a person brought, or sent and another brought, goes out of every draft, and their name with it."""
    drafts = await tx.all(Q.drafts_with, user_id=user_id, before=before)
    for query in (Q.take_all_out, Q.take_sent_out):
        await tx.run(query, user_id=user_id, before=before, now=env.now_ms())
    for row in drafts:
        await _show(env, tx, row)
