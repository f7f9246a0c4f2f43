"""Two hundred videos at once, in twenty chats, before a Telegram that counts."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.chat.limiter import Limiter
from bot.sandbox.telegram.flood import FloodLimits
from bot.sandbox.telegram.server import Options
from bot.sandbox.telegram.world import ANN, User, WorldOptions
from tests.chat.rig import UNLIMITED, Rig, rigged

CHATS = 20
EACH = 10
FIRST_GROUP = -1_009_000_000_000
FIRST_PERSON = 9_000
TRIES = 3


async def peopled(rig: Rig) -> dict[int, int]:
    """Ten groups and ten people more: Telegram's id of each chat by ours."""
    world = rig.server.world
    chats: dict[int, int] = {}
    for number in range(CHATS):
        if number % 2:
            telegram_id, kind = FIRST_GROUP - number, "supergroup"
            world.add_group(telegram_id, "supergroup", f"group {number}", {ANN: "member", world.bot.id: "member"})
        else:
            telegram_id, kind = FIRST_PERSON + number, "private"
            world.add_user(User(telegram_id, f"person {number}"), started=True)
        chats[100 + number] = telegram_id
        await rig.add_chat(100 + number, telegram_id, kind)
    return chats


def bound_s(limits: FloodLimits) -> float:
    """What the limits allow: of one chat's ten after its burst, of all two hundred together."""
    one_chat = (EACH - limits.chat_burst) / limits.chat_per_s
    return max(one_chat, math.floor(CHATS * EACH / limits.overall_per_s))


async def rendering(rig: Rig, chats: Iterable[int]) -> None:
    """The status of every job is in its chat already, sent while nobody counted."""
    limiter, rig.limiter = rig.limiter, Limiter(UNLIMITED)
    rig.sender = rig.new_sender()
    await statuses(rig, chats, "rendering")
    await rig.until(lambda: len(rig.told.sent) == CHATS * EACH, 20)
    await rig.stop()
    rig.limiter = limiter
    rig.sender = rig.new_sender()
    rig.server.calls.clear()


async def statuses(rig: Rig, chats: Iterable[int], word: str) -> None:
    """Each job's status says something else."""
    for number in range(EACH):
        for chat_id in chats:
            await rig.card(chat_id, f"job:{number}", f"{word} {number}")


class Lateness:
    """How much later than asked for a short sleep ends, in all: what a busy machine keeps back is no pace of ours."""

    NAP_S = 0.05

    def __init__(self) -> None:
        self.total_s = 0.0

    async def watch(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(self.NAP_S)
            self.total_s += max(time.monotonic() - began - self.NAP_S - 0.002, 0)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("shown", [False, True], ids=["statuses to send", "statuses to edit"])
async def test_two_hundred_videos_at_once_come_in_the_limits_own_time_and_before_any_status(
    tmp_path: Path, clip: Path, *, shown: bool
) -> None:
    """What else the machine does can only add to the time: the best of a few tries counts."""
    most_s = 1.3 * bound_s(FloodLimits())
    took_s: list[float] = []
    while len(took_s) < TRIES and min(took_s, default=math.inf) > most_s:
        folder = tmp_path / str(len(took_s))
        folder.mkdir()
        took_s.append(await delivering(folder, clip, shown=shown))
    assert min(took_s) <= most_s, took_s


async def delivering(folder: Path, clip: Path, *, shown: bool) -> float:
    """The seconds that all the videos took; that they came in their order, and unhindered, holds at every try."""
    async with rigged(folder, None, Options(world=WorldOptions(started=True))) as rig:
        chats = await peopled(rig)
        rig.limiter = Limiter()
        if shown:
            await rendering(rig, chats)
        rig.server.exchange.flood.limits = FloodLimits()
        rig.sender = rig.new_sender()
        await statuses(rig, chats, "sending")
        for number in range(EACH):
            for chat_id in chats:
                payload: dict[str, Any] = {"caption": str(number), "path": str(clip)}
                await rig.put(chat_id, "video", payload, priority=0)
        started, lateness = rig.now_ms(), Lateness()
        watching = asyncio.create_task(lateness.watch())
        await rig.until(lambda: sum(row.kind == "video" for row in rig.told.sent) == CHATS * EACH, 40)
        watching.cancel()
        await rig.until(lambda: len(rig.server.calls.of("editMessageText" if shown else "sendMessage")) >= 5, 20)
        videos = [call for call in rig.server.calls.of("sendVideo") if call.status == 200]
        throttled = Counter(call.params["chat_id"] for call in rig.server.calls if call.status == 429)
        assert len(videos) == CHATS * EACH
        assert max(throttled.values(), default=0) <= 1
        assert too_early(rig) == []
        return (max(call.at_ms for call in videos) - started) / 1000 - lateness.total_s


def too_early(rig: Rig) -> list[int]:
    """Chats in which a status went out before the last video."""
    done: Counter[int] = Counter()
    early: list[int] = []
    for call in rig.server.calls.of("sendVideo", "sendMessage", "editMessageText"):
        if call.method == "sendVideo" and call.status == 200:
            done[call.params["chat_id"]] += 1
        elif call.method != "sendVideo" and done[call.params["chat_id"]] < EACH:
            early.append(call.params["chat_id"])
    return early
