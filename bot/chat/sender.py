"""The sender: takes from the outbox what may go out, sends it, and records what came of it.

read the heads of all lanes ─▶ which may go now? (limiter) ─▶ claim them (CAS, lease) ─▶ call Telegram
       ▲                                                                                      │
       ╰── record: sent | again | pause | moved | unreachable | maybe sent | given up ◀── judge ╯
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, assert_never

import structlog
import telegram

from bot.chat import outbox, verdict
from bot.chat.calls import Calls
from bot.chat.limiter import Kind, Limiter, Priority
from bot.chat.outbox import Claimed, Head, OnSent, OnUnsent, SentRow, UnsentRow
from bot.chat.payload import FILES, OutboxRow, RowKind
from bot.chat.tolerance import Sent
from bot.core.errors import Defect, Transient
from bot.storage.base import Store, Transaction, UseCase

log = structlog.get_logger(__name__)

NAP_MS: Final = 1000
TALK_LEASE_MS: Final = 120_000
UPLOAD_LEASE_MS: Final = 900_000
RECOVER_EVERY_MS: Final = 10_000
PRUNE_EVERY_MS: Final = 3_600_000
UPLOADS: Final = "upload"
"""The lane of files, as `due_heads` names it."""

ALBUM_BYTES: Final = 50_000_000
GRACE_S: Final = 8.0
LAST_WORDS_S: Final = 2.0
RECORD_PAUSES_S: Final = (0.05, 0.2, 1.0, 5.0, 15.0)
"""A database that is slow or full for a moment must not cost us the knowledge that something was sent."""


async def _nothing_sent(tx: Transaction, row: SentRow) -> None:
    """Nobody needs to know."""


async def _nothing_unsent(tx: Transaction, row: UnsentRow) -> None:
    """Nobody needs to know."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What services do in the transaction that records a row's fate. They may await that transaction alone."""

    on_sent: OnSent = _nothing_sent
    on_parked: OnUnsent = _nothing_unsent
    on_maybe_sent: OnUnsent = _nothing_unsent
    on_failed: OnUnsent = _nothing_unsent


class Sender:
    """Sends what the outbox holds, for one `run()`.

    `alone`: no other process sends from this database, so what is marked as being sent at the start of `run()` was cut
    off by the end of the last one and is looked after at once, not when its lease ends. `root` is the folder that
    rows' relative paths start from. `album_bytes`: so much Telegram takes in one call, all files of an album together.
    """

    def __init__(
        self,
        store: Store,
        bot: telegram.Bot,
        limiter: Limiter,
        now_ms: Callable[[], int],
        hooks: Hooks | None = None,
        *,
        root: Path = Path(),
        concurrency: int = 8,
        alone: bool = True,
        album_bytes: int = ALBUM_BYTES,
    ) -> None:
        self._store = store
        self._calls = Calls(bot, root, now_ms)
        self._limiter = limiter
        self._now_ms = now_ms
        self._hooks = hooks or Hooks()
        self._concurrency = concurrency
        self._alone = alone
        self._album_bytes = album_bytes
        self._wake = asyncio.Event()
        self._stopping = False
        self._busy: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._quiet_until = 0
        self._recover_at = 0
        self._prune_at = 0

    def wake(self) -> None:
        """Something was laid into the outbox: look at once."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until `stop()` or cancellation; then what is out gets `GRACE_S` to end."""
        try:
            if self._alone:
                await self._recover(before=outbox.FOREVER)
            while not self._stopping:
                await self._round()
        finally:
            await self._drain(GRACE_S)

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """Takes nothing more, and waits for what is out; an upload that did not go out whole waits for the next run."""
        self._stopping = True
        self.wake()
        await self._drain(grace_s)

    async def _round(self) -> None:
        self._wake.clear()
        try:
            nap_ms = await self._send_what_may_go()
            await self._look_after()
        except Transient as error:
            log.warning("outbox_waits", why=error.key)
            nap_ms = NAP_MS
        try:
            async with asyncio.timeout(nap_ms / 1000):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _send_what_may_go(self) -> int:
        """Starts sending all that may go out now; how many milliseconds nothing else will be due."""
        now = self._now_ms()
        if now < self._quiet_until:
            return min(NAP_MS, self._quiet_until - now)
        chosen: list[Head] = []
        nap_ms = NAP_MS
        heads = await self._store.read(outbox.heads(now, now + NAP_MS))
        urgent = self._delivering(heads, now)
        for head in heads:
            late = head.chat_id in urgent and _may_be_late(head)
            wait_ms = NAP_MS if late else self._wait_ms(head, now, len(chosen))
            if wait_ms:
                nap_ms = min(nap_ms, wait_ms)
            else:
                chosen.append(head)
                self._limiter.note_started(head.telegram_id, _counts_as(head.kind), head.priority, head.messages)
        await self._start(chosen, now)
        return nap_ms

    def _delivering(self, heads: list[Head], now: int) -> set[int]:
        """Chats in which a file goes out or is due: their statuses wait until it is there."""
        due = {head.chat_id for head in heads if head.kind in FILES and head.run_at <= now}
        return due | {chat_id for chat_id, lane in self._busy if lane == UPLOADS}

    def _wait_ms(self, head: Head, now: int, chosen: int) -> int:
        """0: it may go. What waits for a call to end is woken by that end."""
        if (head.chat_id, head.lane) in self._busy or len(self._busy) + chosen >= self._concurrency:
            return NAP_MS
        if head.run_at > now:
            return head.run_at - now
        return self._limiter.delay_ms(head.telegram_id, _counts_as(head.kind), head.priority, now, head.messages)

    async def _start(self, chosen: list[Head], now: int) -> None:
        rows: Claimed = {}
        try:
            if chosen:
                rows = await self._claim(chosen, now)
        finally:
            for head in chosen:
                if head.id not in rows:
                    self._note_sent(head, 0)
        for head in chosen:
            if head.id in rows:
                lane = (head.chat_id, head.lane)
                self._busy[lane] = asyncio.create_task(self._send(head, rows[head.id]), name=f"send-{head.id}")
                self._busy[lane].add_done_callback(partial(self._freed, lane))

    async def _claim(self, chosen: list[Head], now: int) -> Claimed:
        """Claims; a stop in the middle gives back what was claimed, since it certainly did not go out."""
        leases = [now + (UPLOAD_LEASE_MS if head.kind in FILES else TALK_LEASE_MS) for head in chosen]
        use_case = outbox.claim(chosen, now, leases, self._album_bytes)
        claiming = asyncio.ensure_future(self._store.transact(use_case))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            for row_id in chain.from_iterable((await claiming).values()):
                await self._record(outbox.record_retry(row_id, now, "stopped before it was sent", attempt=False))
            raise

    def _freed(self, lane: tuple[int, str], _: asyncio.Task[None]) -> None:
        del self._busy[lane]
        self.wake()

    def _note_sent(self, head: Head, counted: int) -> None:
        """Of as many messages as a call was expected to be, so many count."""
        kind, now = _counts_as(head.kind), self._now_ms()
        self._limiter.note_sent(head.telegram_id, kind, head.priority, now, head.messages, counted)

    async def _send(self, head: Head, claimed: Mapping[int, OutboxRow | Defect]) -> None:
        """What goes out in one call, from its claim to its record; nothing comes out of here but cancellation."""
        fates = [self._broken(row_id, row) for row_id, row in claimed.items() if isinstance(row, Defect)]
        rows = [row for row in claimed.values() if not isinstance(row, Defect)]
        counted = went = head.messages if head.kind is RowKind.ALBUM else len(rows)
        try:
            rulings = await self._perform(rows)
            counted = 0 if any(isinstance(one, verdict.Again) and one.for_all for one in rulings) else went
        finally:
            self._note_sent(head, counted)
        now = self._now_ms()
        fates += [self._fate(row, ruling, now) for row, ruling in zip(rows, rulings, strict=True)]
        await self._record(outbox.record_together(fates))

    def _broken(self, row_id: int, defect: Defect) -> UseCase[None]:
        log.error("outbox_row_broken", row=row_id, why=str(defect))
        return outbox.record_given_up(row_id, None, str(defect), self._hooks.on_failed)

    async def _perform(self, rows: list[OutboxRow]) -> Sequence[Sent | verdict.Verdict]:
        """What came of each; one alone is no album."""
        try:
            if len(rows) > 1:
                return await self._calls.perform_album(rows)
            return [await self._calls.perform(row) for row in rows]
        except Exception as error:  # noqa: BLE001 - judged, all of them: the rows' fates must be recorded
            rulings = verdict.judge_all(error, rows)
            for row, ruling in zip(rows, rulings, strict=True):
                _tell(row, ruling, error)
            return rulings

    def _fate(self, row: OutboxRow, ruling: Sent | verdict.Verdict, now: int) -> UseCase[None]:  # noqa: PLR0911 - one each
        """The use case that writes a ruling down."""
        hooks = self._hooks
        match ruling:
            case Sent():
                return outbox.record_sent(row, ruling, now, hooks.on_sent)
            case verdict.Again():
                if ruling.for_all:
                    self._quiet_until = max(self._quiet_until, now + ruling.pause_ms)
                return outbox.record_retry(row.id, now + ruling.pause_ms, ruling.why, attempt=ruling.attempt)
            case verdict.Slower():
                self._limiter.pause(row.telegram_id, now + ruling.pause_ms)
                return outbox.record_pause(row, now + ruling.pause_ms, ruling.why)
            case verdict.Moved():
                return outbox.record_moved(row, ruling.telegram_id, now, hooks.on_failed)
            case verdict.Unreachable():
                return outbox.record_unreachable(row, ruling.why, now, hooks.on_parked, hooks.on_failed)
            case verdict.Park():
                return outbox.record_parked(row, ruling.why, hooks.on_parked, hooks.on_failed)
            case verdict.MaybeSent():
                return outbox.record_maybe_sent(outbox.unsent(row, ruling.why), hooks.on_maybe_sent)
            case verdict.Apart():
                return outbox.record_apart(row.id, now, ruling.why)
            case verdict.GiveUp():
                told = outbox.unsent(row, ruling.why)
                return outbox.record_given_up(row.id, told, ruling.why, hooks.on_failed)
            case _ as never:
                assert_never(never)

    async def _record(self, fate: UseCase[None]) -> None:
        """Writes a fate down, patiently; what can't be written is looked after when the lease ends."""
        for pause_s in (*RECORD_PAUSES_S, None):
            try:
                await self._store.transact(fate)
            except Transient as error:
                log.warning("outbox_not_recorded", why=error.key)
                if pause_s is None:
                    return
                await asyncio.sleep(pause_s)
            except Exception:
                log.exception("outbox_not_recorded")
                return
            else:
                return

    async def _look_after(self) -> None:
        now = self._now_ms()
        if now >= self._recover_at:
            self._recover_at = now + RECOVER_EVERY_MS
            await self._recover(before=now)
        if now >= self._prune_at:
            self._prune_at = now + PRUNE_EVERY_MS
            await self._store.transact(outbox.prune(now))

    async def _recover(self, before: int) -> None:
        count = await self._store.transact(outbox.recover(before, self._now_ms(), self._hooks.on_maybe_sent))
        if count:
            log.info("outbox_recovered", rows=count)

    async def _drain(self, grace_s: float) -> None:
        tasks = list(self._busy.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LAST_WORDS_S)


def _may_be_late(head: Head) -> bool:
    """A status or a decoration that takes a place in the chat's pace."""
    return head.priority >= Priority.STATUS and _counts_as(head.kind) is not Kind.FREE


def _counts_as(kind: RowKind) -> Kind:
    """A card's row may be an edit or a new message; both count alike."""
    return Kind.FREE if kind in {RowKind.REACTION, RowKind.REMOVE} else Kind.MESSAGE


def _tell(row: OutboxRow, ruling: verdict.Verdict, error: Exception) -> None:
    """What an operator may want to know; never the words of a message."""
    told = log.bind(row=row.id, kind=row.kind.value, job=row.job_id)
    match ruling:
        case verdict.GiveUp(why, defect=True):
            told.error("outbox_defect", why=why, exc_info=error)
        case verdict.GiveUp(why) | verdict.Park(why) | verdict.MaybeSent(why) | verdict.Apart(why):
            told.warning("outbox_not_sent", ruling=type(ruling).__name__, why=why)
        case _:
            told.info("outbox_later", ruling=type(ruling).__name__)
