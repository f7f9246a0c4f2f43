"""Moments in each reader's own zone: before a Telegram that knows them, and before one that does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.chat.moments import FARTHEST_MS
from bot.sandbox.telegram.server import Options
from bot.sandbox.telegram.world import ANN, BOB, GROUP, WorldOptions
from tests.chat.rig import Rig, now, rigged

STARTED = WorldOptions(started=True)
OLD = Options(moments=False, world=STARTED)
WORDS = "It lapses tomorrow 00:00 (Berlin)."


def lapses(at_ms: int, tail: str = "") -> str:
    return f'<b>It</b> lapses <tg-time unix="{at_ms // 1000}" format="dt">tomorrow 00:00 (Berlin)</tg-time>.{tail}'


def entities(rig: Rig, chat: int) -> list[dict[str, Any]]:
    """Those of all our messages in a chat."""
    ours = [m.body for m in rig.server.world.chats[chat].messages.values() if m.sender_id == rig.server.world.bot.id]
    return [entity for body in ours for entity in body.get("entities", [])]


async def test_a_moment_arrives_as_its_words_with_the_time_that_each_reader_s_own_app_tells(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=Options(world=STARTED)) as rig:
        await rig.text(1, lapses(now()))
        await rig.settled()
        assert rig.texts(ANN) == [WORDS]
        bold, moment = entities(rig, ANN)
        assert bold["type"] == "bold"
        assert (moment["type"], moment["date_time_format"]) == ("date_time", "dt")
        assert abs(moment["unix_time"] - now() // 1000) < 60


async def test_a_server_that_does_not_know_it_refuses_once_and_every_message_arrives_once_in_words(
    tmp_path: Path,
) -> None:
    async with rigged(tmp_path, options=OLD) as rig:
        for chat in (1, 2, 1):
            await rig.text(chat, lapses(now()))
            await rig.settled()
        rows = await rig.rows()
        assert (rig.texts(ANN), rig.texts(BOB)) == ([WORDS, WORDS], [WORDS])
        assert [call.status for call in rig.server.calls.of("sendMessage")] == [400, 200, 200, 200]
        assert {entity["type"] for entity in entities(rig, ANN)} == {"bold"}
        assert [row["error"] for row in rows] == ["moments told in words", None, None]


async def test_a_card_is_edited_in_words_before_a_server_that_does_not_know_it(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=OLD) as rig:
        await rig.card(1, "request:1", "Wait")
        await rig.settled()
        await rig.card(1, "request:1", lapses(now()))
        await rig.settled()
        assert rig.texts(ANN) == [WORDS]
        assert [call.status for call in rig.server.calls.of("editMessageText")] == [400, 200]


@pytest.mark.parametrize("away", [FARTHEST_MS + 60_000, 300 * 365 * 86_400_000])
async def test_a_time_too_far_for_telegram_is_told_in_words(tmp_path: Path, away: int) -> None:
    async with rigged(tmp_path, options=Options(world=STARTED)) as rig:
        await rig.text(1, lapses(now() + away))
        await rig.settled()
        assert (rig.texts(ANN), len(rig.server.calls.of("sendMessage"))) == ([WORDS], 1)
        assert {entity["type"] for entity in entities(rig, ANN)} == {"bold"}


async def test_what_is_one_person_s_alone_goes_to_them_in_words_and_never_to_the_group(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=OLD) as rig:
        aside = {"private": {"chat": ANN, "pointer": "It is in our private chat."}}
        await rig.put(3, "text", {"text": lapses(now()), "only_for": ANN, "brief_ms": 60_000} | aside)
        await rig.until(lambda: rig.told.sent)
        assert (rig.texts(ANN), rig.texts(GROUP)) == ([WORDS], ["It is in our private chat."])
