"""The outbox's use cases: each is one transaction over `bot/storage/sql/outbox.sql`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from bot.chat.amend import TOPIC_CLOSED, TOPIC_GONE
from bot.chat.limiter import Priority
from bot.chat.payload import FILES, OutboxRow, RowKind, Text, read_row
from bot.chat.tolerance import Sent
from bot.core.errors import Defect
from bot.storage.base import Row, Transaction, UseCase
from bot.storage.moves import retire_messages
from bot.storage.queries import load

Q = load("outbox")

FOREVER: Final = 1 << 62
HEADS: Final = 500
KEEP_MS: Final = 30 * 86_400_000
PRUNED_AT_ONCE: Final = 1000
ALBUM_MOST: Final = 10
"""So many items Telegram takes in one album."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a lane of a chat would send next; `run_at` may lie a little ahead. An album is several `messages`.

    `album`: due rows of that name may go out in the same call.
    """

    id: int
    chat_id: int
    lane: str
    kind: RowKind
    priority: Priority
    run_at: int
    telegram_id: int
    album: str | None = None
    messages: int = 1


@dataclass(frozen=True, slots=True)
class SentRow:
    """What services hear of a row that is in the chat, inside the transaction that records it.

    `message_id` 0: Telegram puts it in later, None: it is none of this chat. `file_id` of a file as Telegram keeps
    it: sending again needs no upload.
    `unparked`: so many files waited for the chat, and go there now that this got through. `lost_thread_id`: the topic
    that it was meant for and did not get into, which is gone (`thread_gone`) or closed to the bot. `telegram_id`: the
    chat's.
    """

    row_id: int
    chat_id: int
    job_id: int | None
    kind: str
    slot: str | None
    message_id: int | None
    file_id: str | None
    priority: int = Priority.ANSWER
    unparked: int = 0
    lost_thread_id: int | None = None
    thread_gone: bool = False
    telegram_id: int = 0

    @property
    def delivers(self) -> bool:
        """Whether a job's video is in the chat by this: itself, or a message with a link to it."""
        return self.kind == RowKind.VIDEO or (self.kind == RowKind.TEXT and self.priority == Priority.DELIVERY)


@dataclass(frozen=True, slots=True)
class UnsentRow:
    """What services hear of a row that did not arrive; `why` is for the log, in Telegram's words."""

    row_id: int
    chat_id: int
    job_id: int | None
    kind: str
    slot: str | None
    priority: int
    why: str


OnSent = Callable[[Transaction, SentRow], Awaitable[None]]
OnUnsent = Callable[[Transaction, UnsentRow], Awaitable[None]]


def heads(now: int, horizon: int) -> UseCase[list[Head]]:
    """The head of each lane, due or due before `horizon`, the most urgent first."""

    async def read(tx: Transaction) -> list[Head]:
        rows = await tx.all(Q.due_heads, now=now, horizon=horizon, count=HEADS, album_most=ALBUM_MOST)
        return [
            Head(
                id=row["id"],
                chat_id=row["chat_id"],
                lane=row["lane"],
                kind=RowKind(row["kind"]),
                priority=Priority(row["priority"]),
                run_at=row["run_at"],
                telegram_id=row["telegram_id"],
                album=row["album"],
                messages=row["messages"],
            )
            for row in rows
        ]

    return read


Claimed = dict[int, dict[int, OutboxRow | Defect]]
"""By the head's id, what goes out in one call: itself, or an album in the order of its jobs, by their own ids."""


def claim(heads: Sequence[Head], now: int, leases_until: Sequence[int], album_bytes: int) -> UseCase[Claimed]:
    """Takes rows for sending; those that somebody else took are left out. A row that can't be read is a Defect.

    An album holds at most `album_bytes` together: what is over goes out after it.
    """

    async def take(tx: Transaction) -> Claimed:
        taken: Claimed = {}
        for head, lease_until in zip(heads, leases_until, strict=True):
            mates = await _mates(tx, head, now, album_bytes)
            if await tx.run(Q.claim, id=head.id, now=now, lease_until=lease_until):
                for mate in mates:
                    if mate != head.id:
                        await tx.run(Q.claim_mate, id=mate, lease_until=lease_until)
                taken[head.id] = {mate: await _read(tx, mate) for mate in mates}
        return taken

    return take


async def _mates(tx: Transaction, head: Head, now: int, album_bytes: int) -> list[int]:
    """What fits into one album with a head, and the head."""
    if head.album is None:
        return [head.id]
    rows = await tx.all(Q.mates, album=head.album, chat_id=head.chat_id, now=now)
    room = album_bytes - sum(row["size_bytes"] for row in rows if row["id"] == head.id)
    chosen = {head.id}
    for row in rows:
        if row["id"] not in chosen and len(chosen) < head.messages and row["size_bytes"] <= room:
            room -= row["size_bytes"]
            chosen.add(row["id"])
    return [row["id"] for row in rows if row["id"] in chosen] or [head.id]


async def _read(tx: Transaction, row_id: int) -> OutboxRow | Defect:
    values = await tx.one(Q.row, id=row_id)
    if values is None:
        return Defect("outbox-row-without-chat", row=row_id)
    try:
        return read_row(values)
    except Defect as defect:
        return defect


def record_sent(row: OutboxRow, sent: Sent, now: int, on_sent: OnSent) -> UseCase[None]:
    """The row is in the chat: its state, its card and what services make of it, together."""

    async def record(tx: Transaction) -> None:
        changed = await tx.run(Q.mark_sent, id=row.id, message_id=sent.message_id, error=sent.note, now=now)
        if row.slot is not None:
            await _record_card(tx, row, row.slot, sent)
        if changed and sent.message_id and isinstance(row.content, Text) and row.content.words.brief_ms is not None:
            await _go_later(tx, row, sent.message_id, now + row.content.words.brief_ms, now)
        unparked = 0
        if row.chat_was_unreachable and not row.to_client:
            await tx.run(Q.mark_reachable, chat_id=row.chat_id)
            unparked = await tx.run(Q.unpark_chat, chat_id=row.chat_id, run_at=now)
        if changed:
            await on_sent(tx, replace(_arrived(row, sent), unparked=unparked))

    return record


def _arrived(row: OutboxRow, sent: Sent) -> SentRow:
    name, priority = row.kind.value, int(row.priority)
    arrived = SentRow(
        row.id,
        row.chat_id,
        row.job_id,
        name,
        row.slot,
        None if row.to_client else sent.message_id,  # a number of the client's chat, not of the row's
        sent.file_id,
        priority,
        telegram_id=row.telegram_id,
    )
    note, words = sent.note or "", getattr(row.content, "words", None)
    if words is None or (TOPIC_GONE not in note and TOPIC_CLOSED not in note):
        return arrived
    return replace(arrived, lost_thread_id=words.thread_id, thread_gone=TOPIC_GONE in note)


async def _go_later(tx: Transaction, row: OutboxRow, message_id: int, run_at: int, now: int) -> None:
    """What was meant for one person and all see stays a short while."""
    await tx.run(
        Q.put_message,
        chat_id=row.chat_id,
        topic_id=None,
        kind=RowKind.REMOVE.value,
        priority=int(Priority.DECORATION),
        once=None,
        payload=json.dumps({"message_id": message_id}),
        job_id=None,
        run_at=run_at,
        now=now,
    )


async def _record_card(tx: Transaction, row: OutboxRow, slot: str, sent: Sent) -> None:
    if sent.gone:
        await tx.run(Q.drop_card, chat_id=row.chat_id, slot=slot)
    elif (card := sent.card) is not None:
        shown = partial(
            tx.run,
            chat_id=row.chat_id,
            slot=slot,
            message_id=card.message_id,
            content=card.content,
            remade=int(card.remade),
            photo=card.photo,
        )
        await (shown(Q.save_card) if row.card is None else shown(Q.keep_card, former=row.card.message_id))


def record_together(fates: Sequence[UseCase[None]]) -> UseCase[None]:
    """What became of rows that went out in one call: all of it is recorded, or nothing."""

    async def record(tx: Transaction) -> None:
        for fate in fates:
            await fate(tx)

    return record


def record_apart(row_id: int, now: int, why: str) -> UseCase[None]:
    """Telegram refused them together: each goes by itself."""

    async def record(tx: Transaction) -> None:
        await tx.run(Q.leave_album, id=row_id, now=now, error=why)

    return record


def record_retry(row_id: int, run_at: int, why: str, *, attempt: bool) -> UseCase[None]:
    """Back to waiting; a card with newer content waiting is not needed any more."""

    async def record(tx: Transaction) -> None:
        await tx.run(Q.mark_retry, id=row_id, run_at=run_at, attempt=int(attempt), error=why)

    return record


def record_pause(row: OutboxRow, until: int, why: str) -> UseCase[None]:
    """Telegram wants quiet in this chat: nothing of it is due before `until`."""

    async def record(tx: Transaction) -> None:
        await tx.run(Q.mark_retry, id=row.id, run_at=until, attempt=0, error=why)
        await tx.run(Q.hold_chat, chat_id=row.chat_id, until=until)

    return record


def record_given_up(row_id: int, told: UnsentRow | None, why: str, on_failed: OnUnsent) -> UseCase[None]:
    """It will never go out. `told` is None when even the row could not be read."""

    async def record(tx: Transaction) -> None:
        if await tx.run(Q.mark_failed, id=row_id, error=why) and told is not None:
            await on_failed(tx, told)

    return record


def record_maybe_sent(told: UnsentRow, on_maybe_sent: OnUnsent) -> UseCase[None]:
    """A file that may be in the chat: kept until a person asks for it."""

    async def record(tx: Transaction) -> None:
        if await tx.run(Q.mark_maybe_sent, id=told.row_id, error=told.why):
            await on_maybe_sent(tx, told)

    return record


def record_parked(row: OutboxRow, why: str, on_parked: OnUnsent, on_failed: OnUnsent) -> UseCase[None]:
    """This row can't go there now: kept if it is a delivery, else given up."""

    async def record(tx: Transaction) -> None:
        await _park(tx, unsent(row, why), may_park=row.may_park, on_parked=on_parked, on_failed=on_failed)

    return record


def record_unreachable(row: OutboxRow, why: str, now: int, on_parked: OnUnsent, on_failed: OnUnsent) -> UseCase[None]:
    """Nothing reaches the chat: its deliveries are kept, the rest is given up."""

    async def record(tx: Transaction) -> None:
        await tx.run(Q.mark_unreachable, chat_id=row.chat_id, now=now)
        await _park(tx, unsent(row, why), may_park=row.may_park, on_parked=on_parked, on_failed=on_failed)
        for waiting in await tx.all(Q.waiting_of_chat, chat_id=row.chat_id):
            may_park = waiting["priority"] == Priority.DELIVERY and waiting["slot"] is None
            told = _told(waiting, row.chat_id, why)
            await _park(tx, told, may_park=may_park, on_parked=on_parked, on_failed=on_failed)

    return record


async def _park(tx: Transaction, told: UnsentRow, *, may_park: bool, on_parked: OnUnsent, on_failed: OnUnsent) -> None:
    query, hook = (Q.mark_parked, on_parked) if may_park else (Q.mark_failed, on_failed)
    if await tx.run(query, id=told.row_id, error=told.why):
        await hook(tx, told)


def record_moved(row: OutboxRow, telegram_id: int, now: int, on_failed: OnUnsent) -> UseCase[None]:
    """The group became a supergroup: the new id is its current one, the old one stays as an alias.

    The row is given up when the new id belongs to another chat of ours.
    """

    async def record(tx: Transaction) -> None:
        await retire_messages(tx, row.chat_id, telegram_id)
        if not await tx.run(Q.learn_telegram_id, chat_id=row.chat_id, telegram_id=telegram_id):
            told = unsent(row, "the supergroup is known as another chat")
            await record_given_up(row.id, told, told.why, on_failed)(tx)
            return
        await tx.run(Q.retire_telegram_id, chat_id=row.chat_id)
        await tx.run(Q.use_telegram_id, telegram_id=telegram_id)
        await tx.run(Q.become_supergroup, chat_id=row.chat_id)
        await tx.run(Q.mark_retry, id=row.id, run_at=now, attempt=1, error="the group became a supergroup")

    return record


def recover(before: int, now: int, on_maybe_sent: OnUnsent) -> UseCase[int]:
    """Rows whose lease ended before `before` with their call out: words go again, files are parked. Their count."""

    async def record(tx: Transaction) -> int:
        rows = await tx.all(Q.expired_leases, now=before, count=HEADS)
        for row in rows:
            if row["kind"] in FILES:
                told = _told(row, row["chat_id"], "the process ended while it was being sent")
                await record_maybe_sent(told, on_maybe_sent)(tx)
            else:
                await tx.run(Q.mark_retry, id=row["id"], run_at=now, attempt=1, error="its sender ended")
        return len(rows)

    return record


def prune(now: int) -> UseCase[int]:
    """Forgets what is long over; how many rows went."""

    async def forget(tx: Transaction) -> int:
        return await tx.run(Q.prune, before=now - KEEP_MS, count=PRUNED_AT_ONCE)

    return forget


def unsent(row: OutboxRow, why: str) -> UnsentRow:
    """What services hear of a row in hand."""
    return UnsentRow(row.id, row.chat_id, row.job_id, row.kind.value, row.slot, int(row.priority), why)


def _told(row: Row, chat_id: int, why: str) -> UnsentRow:
    return UnsentRow(row["id"], chat_id, row["job_id"], row["kind"], row["slot"], row["priority"], why)
