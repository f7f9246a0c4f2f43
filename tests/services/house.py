"""The services on a real SQLite store, without any wire: messages heard, buttons pressed, rows looked at."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.media import MediaKind
from bot.core.money import usd
from bot.providers.config import ProviderConfig
from bot.providers.registry import build
from bot.services import asking, commands, inbox, presses
from bot.services.directory import ChatRef, UserRef
from bot.services.env import Env, Policy
from bot.services.heard import Asked, Heard, HeardMedia, Pressed, Source
from bot.services.inbox import Arrival
from bot.storage.base import Store, Transaction, Value
from bot.storage.queries import Query
from bot.storage.sqlite import open_store
from bot.texts import Texts
from tests.fresh import lay
from tests.reading import payload

ANN = UserRef(42, "Ann", "ann", "en")
BOB = UserRef(7, "Bob", "bob", "en")
MIA = UserRef(1, "Mia", "mia", "en")
AT_ANNS = ChatRef(42, "private", "Ann")
LAB = ChatRef(-100, "supergroup", "Video lab")
START_MS = 1_800_000_000_000
MODELS = ("seedance-2.0", "seedance-2.0-fast")


def photo(number: int) -> HeardMedia:
    """A picture, 16:9, as Telegram tells of it."""
    return HeardMedia(MediaKind.IMAGE, "photo", f"f{number}", f"u{number}", "image/jpeg", None, 90_000, 1280, 720)


@dataclass
class House:
    """The use cases with a clock of their own."""

    env: Env
    store: Store
    clock: list[int] = field(default_factory=lambda: [START_MS])
    updates: int = 100

    def later(self, *, ms: int = 0, s: int = 0, days: int = 0) -> None:
        """Pushes the clock."""
        self.clock[0] += ms + s * 1000 + days * 86_400_000

    async def arrived(self) -> int:
        """The number of a new update, kept."""
        self.updates += 1
        await inbox.keep(self.store, [Arrival(self.updates, "lane", "{}")], self.clock[0])
        return self.updates

    async def hear(self, text: str | None = None, **values: Any) -> int:
        """A message; answers its number."""
        update = await self.arrived()
        said: dict[str, Any] = {
            "user": ANN,
            "chat": AT_ANNS,
            "message_id": update,
            "text": text,
            "source": Source.PLAIN if text is not None else None,
            "words": text,
        }
        said |= values
        await asking.hear(self.env, Heard(update_id=update, **said))
        return int(said["message_id"])

    async def run(self, command: str, words: str = "", user: UserRef = MIA, **values: Any) -> None:
        """A command."""
        update = await self.arrived()
        said: dict[str, Any] = {"chat": AT_ANNS, "message_id": update} | values
        await commands.run(self.env, command, Asked(update_id=update, user=user, words=words, **said))

    async def press(self, nonce: str, user: UserRef = ANN, chat: ChatRef = AT_ANNS) -> str | None:
        """A press; answers its toast."""
        return await presses.press(self.env, Pressed(await self.arrived(), user, chat, 0, nonce))

    async def rows(self, sql: str, **values: Value) -> list[dict[str, Any]]:
        """What a statement answers."""

        async def use_case(tx: Transaction) -> list[dict[str, Any]]:
            return [dict(row) for row in await tx.all(Query("test", sql, "a look from outside"), **values)]

        return await self.store.transact(use_case)

    async def value(self, sql: str, **values: Value) -> Any:
        """The first column of the first row."""
        found = await self.rows(sql, **values)
        return next(iter(found[0].values())) if found else None

    async def shown(self, slot: str | None = None) -> dict[str, Any]:
        """The payload of the newest text (of a card's slot)."""
        where = "slot = :slot" if slot else ":slot IS NULL"
        text = await self.value(
            f"SELECT payload FROM outbox WHERE kind = 'text' AND {where} ORDER BY id DESC LIMIT 1",  # noqa: S608 - ours
            slot=slot,
        )
        return payload(text)

    async def words(self, slot: str | None = None) -> list[str]:
        """What stands on the buttons of the newest text."""
        return [button["text"] for row in (await self.shown(slot))["buttons"] for button in row]

    async def button(self, words: str, slot: str | None = None) -> str:
        """The nonce of the button that begins so."""
        rows = (await self.shown(slot))["buttons"]
        return next(str(button["nonce"]) for row in rows for button in row if button["text"].startswith(words))

    async def sender_is_done(self) -> None:
        """All that waits in the outbox has been sent."""
        await self.rows("UPDATE outbox SET state = 'sent' WHERE state = 'pending'")

    async def jobs(self) -> list[dict[str, Any]]:
        """All jobs, oldest first."""
        return await self.rows("SELECT * FROM jobs ORDER BY id")


@asynccontextmanager
async def opened(folder: Path, **rules: Any) -> AsyncIterator[House]:
    """A house over a new database; `rules` replace fields of Policy."""
    store = await open_store(lay(folder / "kinetogram.db"), now_ms=START_MS)
    config = ProviderConfig("ark", "https://ark.ap-southeast.bytepluses.com/api/v3", "key-for-nothing")
    catalog = build([config]).catalog("seedance-2.0", MODELS)
    policy: dict[str, Any] = {
        "operator_ids": frozenset({MIA.telegram_id}),
        "open_access": True,
        "service_microusd_per_day": usd("200"),
        "user_microusd_per_month": usd("50"),
        "user_requests_per_day": 300,
        "user_requests_per_minute": 300,
        "user_active_jobs": 30,
        "confirm_above_microusd": usd("1"),
        "zone": ZoneInfo("UTC"),
        "can_link": True,
    }
    clock = [START_MS]
    env = Env(store, Texts(), catalog, Policy(**(policy | rules)), lambda: clock[0], os.urandom, folder)
    try:
        yield House(env, store, clock)
    finally:
        await store.close()
