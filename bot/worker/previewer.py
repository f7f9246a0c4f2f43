"""The previewer: keeps how a video stands at the bottom of a private chat that has moved on from its card."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from bot.chat.previews import Bottoms, Previews
from bot.core.errors import KinetogramError
from bot.services import previews
from bot.services.env import Env
from bot.services.previews import Preview

TURN_MS: Final = 1_000
GAP_MS: Final = 4_000
"""Between two changes of one."""
KEEP_MS: Final = 20_000
"""Telegram forgets a preview after 30 seconds."""
AT_ONCE: Final = 16
OUT_OF_SIGHT: Final = 3
"""So many messages below it push a card from a phone's screen, more or less."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a chat was shown, above which message, when."""

    preview: Preview
    above: int
    at_ms: int


class Previewer:
    """Runs until cancelled. One preview a chat: of the newest request whose card is out of sight."""

    def __init__(self, env: Env, chat: Previews, bottoms: Bottoms) -> None:
        self._env = env
        self._chat = chat
        self._bottoms = bottoms
        self._shown: dict[int, _Shown] = {}

    async def run(self) -> None:
        """A look every second; what fails is looked at again."""
        while True:
            try:
                await self.turn()
            except KinetogramError as error:
                log.warning("previews-wait", reason=error.key)
            await asyncio.sleep(TURN_MS / 1000)

    async def turn(self) -> None:
        """Shows what is news, some at a time, first where nothing was shown for longest."""
        wanted = await previews.wanted(self._env, self._is_out_of_sight)
        chats = {one.chat for one in wanted}
        self._shown = {chat: shown for chat, shown in self._shown.items() if chat in chats}
        due = [one for one in wanted if self._is_due(one) and self._chat.may(one.chat)]
        due.sort(key=self._shown_at)
        await asyncio.gather(*(self._show(one) for one in due[:AT_ONCE]))

    def _shown_at(self, one: Preview) -> int:
        shown = self._shown.get(one.chat)
        return shown.at_ms if shown is not None else 0

    def _is_out_of_sight(self, chat: int, card: int) -> bool:
        return self._bottoms.below(chat, card) >= OUT_OF_SIGHT

    def _is_due(self, one: Preview) -> bool:
        """A message of the bot's takes a preview away; else a change is news, and all of it after a while."""
        shown = self._shown.get(one.chat)
        if shown is None or shown.above != self._bottoms.last(one.chat):
            return True
        age_ms = self._env.now_ms() - shown.at_ms
        return age_ms >= (GAP_MS if shown.preview != one else KEEP_MS)

    async def _show(self, one: Preview) -> None:
        if not self._chat.may(one.chat):  # those before it in this turn have used up the second
            return
        above = self._bottoms.last(one.chat)
        if await self._chat.show(one.chat, one.thread_id, one.number, one.html):
            self._shown[one.chat] = _Shown(one, above, self._env.now_ms())
