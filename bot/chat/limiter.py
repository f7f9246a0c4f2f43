"""The pace at which the bot writes: pure, told the time, so that Telegram's flood limits are not met.

Telegram's limits are unpublished; the FAQ says about a message a second in a chat (bursts tolerated), twenty a minute
in a group, thirty a second in all, and edits count in a group. What is out but not answered counts as sent right now,
since nobody knows when Telegram will count it; a call is stamped when its answer is there.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

MINUTE_MS = 60_000
SECOND_MS = 1000
NETWORK_MARGIN_MS = 300
"""Telegram's clock sees calls closer together than ours does when the network's delay shrinks."""

IN_FLIGHT_MS = 50
"""When only calls that are out fill a window, look again this soon; their end wakes the sender anyway."""

CHATS_KEPT = 1000


class Kind(StrEnum):
    """What a call counts as."""

    MESSAGE = "message"
    EDIT = "edit"
    FREE = "free"
    """A reaction or a deletion: no message, so no place in a chat's minute."""


class Priority(IntEnum):
    """As in the outbox."""

    DELIVERY = 0
    ANSWER = 1
    STATUS = 2
    DECORATION = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast. Of a group's minute, `group_statuses_per_min` at most are statuses, `group_kept` are for deliveries.

    In a private chat statuses keep `private_status_gap_ms` between them; what changes meanwhile goes out as one.
    """

    chat_per_s: float = 1.0
    chat_burst: int = 3
    group_per_min: int = 20
    group_statuses_per_min: int = 6
    group_kept: int = 8
    overall_per_s: int = 30
    private_status_gap_ms: int = 5_000


@dataclass(slots=True)
class _Window:
    """Moments of the last `length_ms`, oldest first."""

    length_ms: int
    stamps: deque[int] = field(default_factory=deque)

    def note(self, now: int, messages: int = 1) -> None:
        self.forget(now)
        self.stamps.extend([now] * messages)

    def forget(self, now: int) -> None:
        while self.stamps and self.stamps[0] <= now - self.length_ms:
            self.stamps.popleft()

    def wait_ms(self, limit: int, in_flight: int, now: int, messages: int = 1) -> int:
        """Until so many more fit below `limit`."""
        self.forget(now)
        free = limit - in_flight - len(self.stamps) - min(messages, limit) + 1
        if free > 0:
            return 0
        if -free >= len(self.stamps):
            return IN_FLIGHT_MS
        return self.stamps[-free] + self.length_ms - now


def _minute() -> _Window:
    return _Window(MINUTE_MS + NETWORK_MARGIN_MS)


@dataclass(slots=True)
class _Chat:
    """`full_at` is when the chat's bucket of a burst would be full again."""

    full_at: float = 0.0
    paused_until: int = 0
    in_flight: list[Priority] = field(default_factory=list)
    deliveries: _Window = field(default_factory=_minute)
    answers: _Window = field(default_factory=_minute)
    statuses: _Window = field(default_factory=_minute)

    def window(self, priority: Priority) -> _Window:
        match priority:
            case Priority.DELIVERY:
                return self.deliveries
            case Priority.ANSWER:
                return self.answers
            case _:
                return self.statuses

    def is_idle(self, now: int) -> bool:
        for window in (self.deliveries, self.answers, self.statuses):
            window.forget(now)
        kept = self.in_flight or self.deliveries.stamps or self.answers.stamps or self.statuses.stamps
        return not kept and max(self.full_at, self.paused_until) <= now


class Limiter:
    """Counts what goes out. Telegram's chat ids: a group's is negative."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self._chats: dict[int, _Chat] = {}
        self._overall = _Window(SECOND_MS + 50)
        self._in_flight = 0
        self._sweep_at = 0

    def delay_ms(self, chat: int, kind: Kind, priority: Priority, now: int, messages: int = 1) -> int:
        """How long a call to this chat has to wait; 0 when it may go out. An album is as many `messages` as items.

        An album larger than what is left of a burst may begin: the chat is quiet for the longer after it.
        """
        waits = [self._overall.wait_ms(self.pace.overall_per_s, self._in_flight, now, messages)]
        state = self._chats.get(chat)
        if state is not None:
            waits.append(state.paused_until - now)
            if kind is not Kind.FREE:
                waits.append(self._burst_wait_ms(state, now))
                waits += self._group_waits_ms(state, priority, now, messages) if chat < 0 else []
                waits += self._private_waits_ms(state, now) if chat > 0 and priority >= Priority.STATUS else []
        return max(0, *waits)

    def note_started(self, chat: int, kind: Kind, priority: Priority, messages: int = 1) -> None:
        """A call goes out. Each is followed by one `note_sent` with as many messages."""
        self._in_flight += messages
        if kind is not Kind.FREE:
            self._chats.setdefault(chat, _Chat()).in_flight += [priority] * messages

    def note_sent(
        self, chat: int, kind: Kind, priority: Priority, now: int, messages: int = 1, counted: int | None = None
    ) -> None:
        """It was answered; `counted` is how many of its messages reached Telegram, None: all."""
        reached = messages if counted is None else counted
        self._in_flight -= messages
        self._overall.note(now, reached)
        if kind is not Kind.FREE:
            state = self._chats[chat]
            for _ in range(messages):
                state.in_flight.remove(priority)
            if reached:
                state.full_at = max(state.full_at, now) + reached * SECOND_MS / self.pace.chat_per_s
                state.window(priority).note(now, reached)
        self._forget_idle(now)

    def pause(self, chat: int, until: int) -> None:
        """Telegram asked for a pause in this chat: nothing goes there before `until`."""
        state = self._chats.setdefault(chat, _Chat())
        state.paused_until = max(state.paused_until, until)

    def _burst_wait_ms(self, state: _Chat, now: int) -> int:
        step_ms = SECOND_MS / self.pace.chat_per_s
        busy_until = max(state.full_at, now) + step_ms * (len(state.in_flight) - self.pace.chat_burst + 1)
        return max(0, round(busy_until + 0.5) - now) if busy_until > now else 0

    def _private_waits_ms(self, state: _Chat, now: int) -> list[int]:
        if any(one >= Priority.STATUS for one in state.in_flight):
            return [IN_FLIGHT_MS]
        return [stamp + self.pace.private_status_gap_ms - now for stamp in list(state.statuses.stamps)[-1:]]

    def _group_waits_ms(self, state: _Chat, priority: Priority, now: int, messages: int) -> list[int]:
        pace, out = self.pace, state.in_flight
        whole = _merged(now, state.deliveries, state.answers, state.statuses)
        waits = [whole.wait_ms(pace.group_per_min, len(out), now, messages)]
        if priority is not Priority.DELIVERY:
            others = _merged(now, state.answers, state.statuses)
            others_out = sum(one is not Priority.DELIVERY for one in out)
            waits.append(others.wait_ms(pace.group_per_min - pace.group_kept, others_out, now, messages))
        if priority >= Priority.STATUS:
            statuses_out = sum(one >= Priority.STATUS for one in out)
            waits.append(state.statuses.wait_ms(pace.group_statuses_per_min, statuses_out, now, messages))
        return waits

    def _forget_idle(self, now: int) -> None:
        """Chats that nothing needs to be known of, once a minute or when they grow many."""
        if now < self._sweep_at and len(self._chats) < CHATS_KEPT:
            return
        self._sweep_at = now + MINUTE_MS
        for chat in [chat for chat, state in self._chats.items() if state.is_idle(now)]:
            del self._chats[chat]


def _merged(now: int, *windows: _Window) -> _Window:
    for window in windows:
        window.forget(now)
    return _Window(windows[0].length_ms, deque(sorted(stamp for window in windows for stamp in window.stamps)))
