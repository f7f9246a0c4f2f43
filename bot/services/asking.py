"""From a message to a request: media remembered, albums joined, the tray kept, edits taken in."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.request import label_attachments
from bot.services import (
    amending,
    answers,
    approvals,
    gathering,
    homes,
    inbox,
    list_files,
    moderation,
    questions,
    quiet,
    redeeming,
    replies,
    say,
    sharing,
    submission,
    voice,
)
from bot.services.directory import Person, Place, may_ask, see
from bot.services.env import Env
from bot.services.gathering import remember
from bot.services.heard import Heard, HeardReply, Source
from bot.services.refusals import error_text, uncharged
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("requests")
SEEN = "👌"
SETTLE_BATCH = 50
LIST_MS = 10 * 60_000
"""After that a list that could not be fetched is given up."""


async def hear(env: Env, heard: Heard) -> None:
    """Takes one message in; its inbox row is closed in the same transaction as all that follows from it."""

    async def use_case(tx: Transaction) -> None:
        if await inbox.close(tx, heard.update_id, env.now_ms()):
            await take_in(env, tx, heard)

    await env.store.transact(use_case)


async def take_in(env: Env, tx: Transaction, heard: Heard) -> None:
    """One message and all that follows from it."""
    person, place = await see(env, tx, heard.user, heard.chat)
    draft = await sharing.meant(tx, place, heard)
    if await _is_turned_away(env, tx, person, place, heard, draft):
        return
    replaces = await _remember_all(env, tx, person, place, heard)
    if (question := await questions.answered(env, tx, person, place, heard)) is not None:
        await answers.take(env, tx, person, place, heard, question)
    elif draft is not None:
        await _bring(env, tx, person, place, heard, draft)
    else:
        await _take(env, tx, person, place, heard, other_media=replaces)


async def _is_turned_away(
    env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, draft: Row | None
) -> bool:
    """Who may not ask, and what is of no use: told where the message was meant for the bot."""
    brings = heard.media is not None or heard.useless is not None
    addressed = heard.source is not None or (place.is_private and brings) or draft is not None
    if addressed and (reason := await moderation.held(env, tx, person, place)) is not None:
        await _refuse(env, tx, person, place, heard, reason)
        return True
    if not await may_ask(env.policy, tx, person, place):  # nothing is kept of those who may not ask
        if addressed:
            await _refuse(env, tx, person, place, heard, stranger(env, person))
        return True
    if heard.useless is not None and addressed:
        await _refuse(env, tx, person, place, heard, Refusal("useless", kind=heard.useless))
        return True
    if addressed:
        await redeeming.greet(env, tx, person, place)
    return False


async def _take(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, *, other_media: bool) -> None:
    if heard.edited:
        await amending.amend(env, tx, person, place, heard, other_media=other_media)
    elif replies.is_to_bot(place, heard):
        await _take_reply(env, tx, person, place, heard)
    elif heard.source is None and not (place.is_private and heard.media is not None):
        await _join_silently(env, tx, place, heard)
    elif heard.album_id is not None:
        await _collect(env, tx, person, place, heard)
    elif heard.source is None:
        await _to_tray(env, tx, person, place, heard.message_id)
        await offer_to_draft(env, tx, person, place)
        await _ask_what_it_is(env, tx, person, place, heard.message_id)
    else:
        await _ask(env, tx, person, place, heard)


async def _bring(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, draft: Row) -> None:
    try:
        await sharing.bring(env, tx, person, place, draft, heard.message_id)
    except Refusal as refusal:
        await _refuse(env, tx, person, place, heard, refusal)


async def _take_reply(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard) -> None:
    if (reason := await moderation.held(env, tx, person, place)) is not None:
        await _hold_reply(env, tx, person, place, heard, reason)
        return
    if heard.media is not None and heard.album_id is not None:
        await _collect(env, tx, person, place, heard)
    elif heard.media is not None:
        await _to_tray(env, tx, person, place, heard.message_id)
        await offer_to_draft(env, tx, person, place)
    elif (wish := await replies.as_wish(tx, person, place, heard)) is not None:
        await _ask(env, tx, person, place, wish)
    else:
        await replies.rewrites_card(env, tx, person, place, heard)


async def _hold_reply(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, reason: Refusal) -> None:
    """Who is held back is not told so for mere talk; the way to where videos are made is for who wishes one."""
    if reason.key == homes.ELSEWHERE and await replies.as_wish(tx, person, place, heard) is not None:
        await _refuse(env, tx, person, place, heard, reason)


async def _remember_all(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard) -> bool:
    """Answers whether the message held another file before."""
    await remember_reply(env, tx, place, heard.reply, person.id if place.is_private else None)
    if heard.media is None:
        return False
    kept = await remember(env, tx, place, person.id, heard.message_id, heard.album_id, heard.media)
    return kept.replaces


async def remember_reply(
    env: Env, tx: Transaction, place: Place, reply: HeardReply | None, user_id: int | None = None
) -> None:
    """The replied-to message's media, as far as the update shows it; `user_id`: with whom it is forgotten."""
    if reply is not None and reply.media is not None:
        await remember(env, tx, place, user_id, reply.message_id, reply.album_id, reply.media)


async def join(env: Env, tx: Transaction, heard: Heard) -> None:
    """An item of an album that asks nothing: it belongs to the one that does, and answers nothing by itself."""
    person, place = await see(env, tx, heard.user, heard.chat)
    if heard.media is not None and await may_ask(env.policy, tx, person, place):
        await remember(env, tx, place, person.id, heard.message_id, heard.album_id, heard.media)
        await _join_silently(env, tx, place, heard)


async def _join_silently(env: Env, tx: Transaction, place: Place, heard: Heard) -> None:
    """In a group an album's other items ask nothing themselves; they only join the captioned one."""
    if heard.album_id is None:
        return
    row = await tx.one(Q.of_album, chat_id=place.chat_id, album_id=heard.album_id)
    if row is not None:
        await _collect_more(env, tx, row, heard)


async def _refuse(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, refusal: Refusal) -> None:
    html = uncharged(env, person.language, error_text(env, person.language, refusal, person.zone))
    await quiet.refuse(env, tx, person, place, html, heard.message_id, about=heard.album_id)


def stranger(env: Env, person: Person) -> Refusal:
    """Who may not ask is told their id and whom to ask."""
    operator = ", ".join(str(operator) for operator in sorted(env.policy.operator_ids))
    return Refusal("stranger", id=str(person.telegram_id), operator=operator)


async def _new_request(
    env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, settle_at: int | None
) -> Row | None:
    return await tx.one(
        Q.add,
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        message_id=heard.message_id,
        album_id=heard.album_id,
        reply_to_message_id=heard.reply.message_id if heard.reply else None,
        source=(heard.source or Source.PLAIN).value,
        text=heard.text if heard.source else None,
        changes="{}",
        state="draft" if settle_at is None else "collecting",
        settle_at=settle_at,
        parent_job_id=None,
        lines=int(heard.lines),
        now=env.now_ms(),
    )


async def _ask(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard) -> None:
    settle_at = None if heard.list_file is None else env.now_ms() + LIST_MS
    row = await _new_request(env, tx, person, place, heard, settle_at)
    if row is not None and heard.list_file is not None:
        await list_files.expect(env, tx, row, heard.list_file)
    elif row is not None:
        await submission.consider(env, tx, person, place, row)


async def _collect(env: Env, tx: Transaction, person: Person, place: Place, heard: Heard) -> None:
    """An album item writes itself into the durable request, which waits a moment for the rest."""
    settle_at = env.now_ms() + env.policy.album_ms
    if await _new_request(env, tx, person, place, heard, settle_at) is not None:
        return
    row = await tx.one(Q.of_album, chat_id=place.chat_id, album_id=heard.album_id)
    if row is not None:
        await _collect_more(env, tx, row, heard)


async def _collect_more(env: Env, tx: Transaction, row: Row, heard: Heard) -> None:
    await submission.call_back_resting(env, tx, row)
    joined = await tx.run(
        Q.collect_more,
        id=row["id"],
        text=heard.text if heard.source else None,
        message_id=heard.message_id,
        source=heard.source.value if heard.source else None,
        lines=int(heard.lines),
        reply_to_message_id=heard.reply.message_id if heard.reply else None,
        settle_at=env.now_ms() + env.policy.album_ms,
        now=env.now_ms(),
    )
    if joined == 0:
        await _came_too_late(env, tx, row, heard)
    else:
        await approvals.withdraw(env, tx, row["id"])


async def _came_too_late(env: Env, tx: Transaction, row: Row, heard: Heard) -> None:
    """An item of an album that is being made already, or was thrown away: kept in the tray, and said once."""
    person, place = await submission.whose(env, tx, row)
    await _to_tray(env, tx, person, place, heard.message_id, alone=True)
    html = env.texts.render(person.language, "album-item-late")
    await say.message(env, tx, place, html, person=person, reply_to=heard.message_id, once=f"late-item:{row['id']}")


async def _to_tray(
    env: Env, tx: Transaction, person: Person, place: Place, message_id: int, *, alone: bool = False
) -> None:
    """The message's attachment; its album with it, unless `alone`."""
    now = env.now_ms()
    for media in await tx.all(Q.media_of_message, chat_id=place.chat_id, message_id=message_id):
        if alone and media["message_id"] != message_id:
            continue
        await tx.run(
            Q.add_to_tray,
            media_id=media["id"],
            user_id=person.id,
            chat_id=place.chat_id,
            now=now,
            expires_at=now + env.policy.tray_ms,
        )
    if message_id > 0:  # else it stands in a client's chat, where nothing is to be seen of us
        await say.reaction(env, tx, place, message_id, SEEN)


async def ask_in_words(env: Env, tx: Transaction, person: Person, place: Place, message_id: int, text: str) -> None:
    """A request in words that were spoken in a message: shown as a card, whatever it costs."""
    row = await tx.one(
        Q.add,
        user_id=person.id,
        chat_id=place.chat_id,
        topic_id=place.topic_id,
        message_id=message_id,
        album_id=None,
        reply_to_message_id=None,
        source=Source.PLAIN.value,
        text=text,
        changes="{}",
        state="draft",
        settle_at=None,
        parent_job_id=None,
        lines=0,
        now=env.now_ms(),
    )
    if row is not None:
        await submission.consider(env, tx, person, place, row, card=True)


async def _ask_what_it_is(env: Env, tx: Transaction, person: Person, place: Place, message_id: int) -> None:
    for media in await tx.all(Q.media_of_message, chat_id=place.chat_id, message_id=message_id):
        await voice.ask(env, tx, person, place, media)


async def offer_to_draft(env: Env, tx: Transaction, person: Person, place: Place) -> None:
    """What came without words while a card is open: where it is named it mends, else the card offers it by a tap."""
    since = env.now_ms() - env.policy.tray_ms
    row = await tx.one(Q.open_of, user_id=person.id, chat_id=place.chat_id, since=since)
    if row is not None and row["text"] is not None:
        await submission.consider(env, tx, person, place, row, card=True)


async def settle_albums(env: Env) -> int:
    """Closes the albums that had time to arrive whole; answers how many. Called by upkeep."""

    async def due(tx: Transaction) -> list[Row]:
        return await tx.all(Q.due, now=env.now_ms(), limit=SETTLE_BATCH)

    rows = await env.store.read(due)
    for row in rows:
        await _settle(env, row["id"])
    return len(rows)


async def _settle(env: Env, request_id: int) -> None:
    async def use_case(tx: Transaction) -> None:
        if await tx.run(Q.settle, id=request_id, now=env.now_ms()) == 0:
            return
        row = await tx.one(Q.get, id=request_id)
        if row is None:
            return
        person, place = await submission.whose(env, tx, row)
        if row["text"] is None:
            await _to_tray(env, tx, person, place, row["message_id"])
            await tx.run(Q.discard, id=request_id, now=env.now_ms())
            await offer_to_draft(env, tx, person, place)
        else:
            await submission.consider(env, tx, person, place, row)

    await env.store.transact(use_case)


async def add_to_album(env: Env, tx: Transaction, person: Person, place: Place, reply: HeardReply) -> bool:
    """`/add` in reply to an item of an album whose request is still a card: it belongs to it, and the card shows it."""
    if reply.media is None or reply.album_id is None:
        return False
    row = await tx.one(Q.of_album, chat_id=place.chat_id, album_id=reply.album_id)
    if row is None or row["user_id"] != person.id or row["state"] != "draft" or row["text"] is None:
        return False
    await approvals.withdraw(env, tx, row["id"])
    await say.reaction(env, tx, place, reply.message_id, SEEN)
    await submission.consider(env, tx, person, place, row, card=True)
    return True


async def add_to_tray(env: Env, tx: Transaction, person: Person, place: Place, message_id: int) -> str | None:
    """`/add` in reply: the label that the attachment got in the tray, None when the message has none."""
    if not await tx.all(Q.media_of_message, chat_id=place.chat_id, message_id=message_id):
        return None
    await _to_tray(env, tx, person, place, message_id)
    labelled = label_attachments(await gathering.tray(env, tx, person, place))
    return str(list(labelled)[-1])


async def show_tray(env: Env, tx: Transaction, person: Person, place: Place, message_id: int) -> str | None:
    """What lies in the tray, with a button to empty it."""
    labelled = label_attachments(await gathering.tray(env, tx, person, place))
    if not labelled:
        return env.texts.render(person.language, "tray-empty")
    items = ", ".join(f"@{label}" for label in labelled)
    button = say.Button(env.texts.plain(person.language, "button-clear-tray"), "clear-tray")
    html = env.texts.render(person.language, "tray-shown", items=items)
    await say.message(env, tx, place, html, person=person, buttons=[[button]], reply_to=message_id)
    return None


async def clear_tray(tx: Transaction, person: Person, place: Place) -> str:
    """Empties the tray; answers the toast's key."""
    await tx.run(Q.empty_tray, user_id=person.id, chat_id=place.chat_id)
    return "tray-cleared"
