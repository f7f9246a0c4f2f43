"""Attachments of a request in their one fixed order: those of the video that it comes from, the message with its album
and the links in its words, the reply with its album, what the words name of the library, the tray (of a shared draft:
what its group's members brought).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.errors import Defect
from bot.core.media import MediaKind
from bot.core.parsing.links import Link, find_links
from bot.core.parsing.names import expanded, folded, mentioned
from bot.core.request import Attachment, Origin, Sound
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import HeardMedia
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, LIBRARY, SHARED = load("requests"), load("library"), load("shared")
KEEP_MS = 9 * 24 * 3_600_000
"""Longer than a card's buttons live: what a card shows is still known when it is started."""
FORGOTTEN_AT_ONCE = 500
NO_MESSAGE = 0
"""Where a link is kept: no message has this number, so none is asked for what another one's words hold."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A kept attachment; `replaces` says that the message held another file before."""

    id: int
    replaces: bool = False


async def remember(
    env: Env,
    tx: Transaction,
    place: Place,
    user_id: int | None,
    message_id: int,
    album_id: str | None,
    media: HeardMedia,
    job_id: int | None = None,
) -> Remembered:
    """Keeps what Telegram tells of an attachment. Another file in the same message is another attachment."""
    if job_id is None:
        own = await tx.one(Q.own_output, chat_id=place.chat_id, message_id=message_id)
        if own is not None:
            return Remembered(own["id"])
    row = await tx.one(
        Q.remember_media,
        chat_id=place.chat_id,
        user_id=user_id,
        message_id=message_id,
        album_id=album_id,
        kind=media.kind.value,
        origin=media.origin,
        file_id=media.file_id,
        file_unique_id=media.file_unique_id,
        mime=media.mime,
        file_name=media.file_name,
        size_bytes=media.size_bytes,
        width=media.width,
        height=media.height,
        duration_ms=media.duration_ms,
        thumb_file_id=media.thumb_file_id,
        job_id=job_id,
        now=env.now_ms(),
    )
    if row is None:
        raise Defect("media-not-kept")
    return Remembered(row["id"], await _replaced(env, tx, place, message_id, media.file_unique_id, row["id"]))


async def _replaced(env: Env, tx: Transaction, place: Place, message_id: int, unique_id: str, new_id: int) -> bool:
    """Jobs keep the file that they took; the message's former one counts no more, nor in a tray."""
    former = await tx.all(
        Q.replace_media, chat_id=place.chat_id, message_id=message_id, file_unique_id=unique_id, now=env.now_ms()
    )
    for old in former:
        await tx.run(Q.follow_in_tray, old_id=old["id"], new_id=new_id)
        await tx.run(Q.leave_tray, media_id=old["id"])
        await tx.run(SHARED.follow, old_id=old["id"], new_id=new_id)
    return bool(former)


async def forget(env: Env) -> int:
    """Forgets attachments that nobody asked with for days; how many went. Called by upkeep."""

    async def use_case(tx: Transaction) -> int:
        return await tx.run(Q.prune_media, before=env.now_ms() - KEEP_MS, limit=FORGOTTEN_AT_ONCE)

    return await env.store.transact(use_case)


def attachment(row: Row, origin: Origin) -> Attachment:
    """A media row as the pure core sees it."""
    return Attachment(
        media_id=row["id"],
        kind=MediaKind(row["kind"]),
        origin=origin,
        mime=row["mime"],
        size_bytes=row["size_bytes"],
        width=row["width"],
        height=row["height"],
        duration_ms=row["duration_ms"],
        sound=Sound(row["sound"]) if row["sound"] in set(Sound) else None,
    )


async def tray(env: Env, tx: Transaction, person: Person, place: Place) -> list[Attachment]:
    """What lies in a person's tray here."""
    rows = await tx.all(Q.tray, user_id=person.id, chat_id=place.chat_id, now=env.now_ms())
    return [attachment(row, Origin.TRAY) for row in rows]


def question_slot(media_id: int) -> str:
    """The card that asks what a voice note is."""
    return f"voice:{media_id}"


async def gather(env: Env, tx: Transaction, person: Person, place: Place, request: Row) -> list[Attachment]:
    """Every attachment of a request, each once, in the order in which labels are given."""
    found: list[Attachment] = []
    words = await _words(tx, person, request["text"] or "")
    given = await tx.all(Q.given_media, request_id=request["id"])
    found += [attachment(row, Origin.PARENT) for row in given]
    found += [attachment(row, Origin.MESSAGE) for row in await _own(tx, request)]
    found += [await _linked(env, tx, person, place, link) for link in find_links(words)]
    if request["reply_to_message_id"] is not None:
        rows = await tx.all(Q.media_of_message, chat_id=request["chat_id"], message_id=request["reply_to_message_id"])
        found += [attachment(row, Origin.REPLY) for row in rows]
    saved = await _saved(tx, person, words)
    if await tx.one(SHARED.get, request_id=request["id"]) is not None:
        return _once([*found, *saved, *await _brought(tx, request)])
    return _once([*found, *saved, *await tray(env, tx, person, place)])


async def _brought(tx: Transaction, request: Row) -> list[Attachment]:
    """What members brought to a shared draft. It takes the place of the tray, which is one person's."""
    rows = await tx.all(SHARED.brought, request_id=request["id"])
    return [replace(attachment(row, Origin.BROUGHT), is_out=row["out_at"] is not None) for row in rows]


async def _linked(env: Env, tx: Transaction, person: Person, place: Place, link: Link) -> Attachment:
    """A link in the words is kept as what nothing is known of yet; its address stands for Telegram's name of a file."""
    row = await tx.one(
        Q.remember_media,
        chat_id=place.chat_id,
        user_id=person.id,
        message_id=NO_MESSAGE,
        album_id=None,
        kind=link.kind.value,
        origin="link",
        file_id=link.url,
        file_unique_id=f"link-{person.id}-{link.url}",
        mime=link.mime,
        **dict.fromkeys(("file_name", "size_bytes", "width", "height", "duration_ms", "thumb_file_id", "job_id")),
        now=env.now_ms(),
    )
    if row is None:
        raise Defect("media-not-kept")
    return Attachment(row["id"], link.kind, Origin.MESSAGE, link.mime)


async def _words(tx: Transaction, person: Person, text: str) -> str:
    """What was said, with the words that the person saved under names in their places."""
    phrases = await tx.all(LIBRARY.phrases, user_id=person.id) if mentioned(text) else []
    return expanded(text, {row["folded"]: row["words"] for row in phrases})


async def _saved(tx: Transaction, person: Person, text: str) -> list[Attachment]:
    """The references of their library that a person's words name."""
    found = []
    for name in mentioned(text):
        row = await tx.one(LIBRARY.named, user_id=person.id, folded=folded(name))
        if row is not None:
            found.append(replace(attachment(row, Origin.LIBRARY), name=folded(row["saved_as"])))
    return found


async def _own(tx: Transaction, request: Row) -> list[Row]:
    if request["album_id"] is not None:
        return await tx.all(Q.media_of_album, chat_id=request["chat_id"], album_id=request["album_id"])
    return await tx.all(Q.media_of_message, chat_id=request["chat_id"], message_id=request["message_id"])


def _once(attachments: list[Attachment]) -> list[Attachment]:
    found: dict[int, Attachment] = {}
    for item in attachments:
        known = found.setdefault(item.media_id, item)
        if known.name is None and item.name is not None:
            found[item.media_id] = replace(known, name=item.name)
    return list(found.values())
