"""Telegram's flood limits: a message a second in a chat, twenty a minute in a group, thirty a second in all."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.telegram.errors import too_many

_MINUTE_MS = 60_000
_SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """The limits; the real ones are unpublished, these are what the FAQ says. Edits count in a group's minute."""

    chat_per_s: float = 1.0
    chat_burst: int = 3
    group_per_min: int = 20
    overall_per_s: int = 30


class Flood:
    """Counts what the bot writes and refuses with 429 and the seconds to wait."""

    def __init__(self, limits: FloodLimits | None, now_ms: Callable[[], int]) -> None:
        self.limits = limits
        self._now_ms = now_ms
        self._overall: deque[int] = deque()
        self._groups: dict[int, deque[int]] = {}
        self._burst: dict[int, tuple[float, int]] = {}  # chat → (tokens left, at)

    def check(self, chat_id: int, *, is_group: bool, is_edit: bool, messages: int = 1) -> None:
        """Count a send or an edit; raises ApiError 429 and counts nothing then.

        An album is as many messages as items: all must fit a window; a burst that has one left lets it begin, and owes
        the rest.
        """
        if self.limits is None:
            return
        now = self._now_ms()
        waits_ms = [self._window_wait_ms(self._overall, _SECOND_MS, self.limits.overall_per_s, now, messages)]
        if is_group:
            group = self._groups.setdefault(chat_id, deque())
            waits_ms.append(self._window_wait_ms(group, _MINUTE_MS, self.limits.group_per_min, now, messages))
        if not is_edit:
            waits_ms.append(self._burst_wait_ms(chat_id, now))
        if max(waits_ms) > 0:
            raise too_many(max(1, math.ceil(max(waits_ms) / 1000)))
        self._count(chat_id, now, is_group=is_group, is_edit=is_edit, messages=messages)

    @staticmethod
    def _window_wait_ms(sent: deque[int], window_ms: int, limit: int, now: int, messages: int) -> float:
        while sent and sent[0] <= now - window_ms:
            sent.popleft()
        too_many = len(sent) + min(messages, limit) - limit
        return sent[too_many - 1] + window_ms - now if too_many > 0 else 0

    def _burst_wait_ms(self, chat_id: int, now: int) -> float:
        assert self.limits is not None  # noqa: S101 - check() returned before otherwise
        left = self._tokens(chat_id, now)
        return 0 if left >= 1 else (1 - left) / self.limits.chat_per_s * 1000

    def _tokens(self, chat_id: int, now: int) -> float:
        assert self.limits is not None  # noqa: S101 - check() returned before otherwise
        left, at = self._burst.get(chat_id, (float(self.limits.chat_burst), now))
        return min(float(self.limits.chat_burst), left + (now - at) / 1000 * self.limits.chat_per_s)

    def _count(self, chat_id: int, now: int, *, is_group: bool, is_edit: bool, messages: int) -> None:
        self._overall.extend([now] * messages)
        if is_group:
            self._groups[chat_id].extend([now] * messages)
        if not is_edit:
            self._burst[chat_id] = (self._tokens(chat_id, now) - messages, now)
