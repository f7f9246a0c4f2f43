"""What one person alone shall see in a group, before servers that can, that can't, and that would not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.chat.private import REFUSED_MS
from bot.sandbox.telegram.server import Options
from bot.sandbox.telegram.world import ANN, BOB, GROUP, WorldOptions
from bot.storage.base import Row
from tests.chat.rig import Rig, rigged

ADMIN = WorldOptions(started=True, bot_is_admin=True)


async def whisper(rig: Rig, text: str, **more: Any) -> None:
    payload = {"text": text, "only_for": ANN, "brief_ms": 60_000} | more
    await rig.put(3, "text", payload)
    await rig.settled()


def seen_by(rig: Rig, person: int) -> list[str]:
    """The bot's words in the group that this person has before them."""
    messages = rig.server.world.chats[GROUP].messages.values()
    ours = [m for m in messages if m.sender_id == rig.server.world.bot.id and m.receiver_id in {None, person}]
    return [str(message.body["text"]) for message in ours]


def removals(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["kind"] == "remove"]


async def test_a_server_that_can_is_tried_once_and_then_tells_that_person_alone(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=Options(world=ADMIN)) as rig:
        await whisper(rig, "no money left")
        await whisper(rig, "none today")
        assert (seen_by(rig, ANN), seen_by(rig, BOB)) == (["no money left", "none today"], [])
        assert rig.methods("sendMessage", "deleteEphemeralMessage") == [
            "sendMessage",
            "deleteEphemeralMessage",
            *["sendMessage"] * 2,
        ]
        assert removals(await rig.rows()) == []


async def test_an_older_server_shows_everybody_a_harmless_word_once_and_takes_it_back(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=Options(ephemeral=False, world=ADMIN)) as rig:
        await rig.put(3, "text", {"text": "no money left", "only_for": ANN, "brief_ms": 60_000})
        await rig.put(3, "text", {"text": "none today", "only_for": ANN, "brief_ms": 60_000})
        await rig.until(lambda: len(rig.told.sent) >= 2)
        assert seen_by(rig, BOB) == ["no money left", "none today"]
        texts = [call.params["text"] for call in rig.server.calls.of("sendMessage")]
        assert (texts, len(rig.server.calls.of("deleteMessage"))) == (["…", "no money left", "none today"], 1)
        await rig.stop()
        rows = removals(await rig.rows())
        assert len(rows) == 2
        assert all(row["run_at"] - row["created_at"] == 60_000 for row in rows)


async def test_a_chat_where_the_bot_may_not_is_not_asked_again_for_an_hour(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=Options(world=WorldOptions(started=True))) as rig:
        await rig.put(3, "text", {"text": "one", "only_for": ANN})
        await rig.put(3, "text", {"text": "two", "only_for": ANN})
        await rig.settled()
        assert seen_by(rig, BOB) == ["one", "two"]
        wishes = [call for call in rig.server.calls.of("sendMessage") if "ephemeral_message_parameters" in call.params]
        assert len(wishes) == 1
        assert REFUSED_MS == 3_600_000


async def test_somebody_who_is_not_there_any_more_is_no_reason_to_stop_whispering(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=Options(world=ADMIN)) as rig:
        await rig.put(3, "text", {"text": "gone", "only_for": 123_456})
        await rig.settled()
        await whisper(rig, "still here")
        assert (seen_by(rig, ANN), seen_by(rig, BOB)) == (["gone", "still here"], ["gone"])


async def test_in_a_private_chat_nothing_is_whispered(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=Options(world=ADMIN)) as rig:
        await rig.put(1, "text", {"text": "hello", "only_for": ANN})
        await rig.settled()
        assert rig.texts(ANN) == ["hello"]


ASIDE = {"private": {"chat": ANN, "pointer": "in private"}}


async def told(rig: Rig, **more: Any) -> None:
    """Said where one person can't be told alone."""
    await rig.put(3, "text", {"text": "no money left", "only_for": ANN, "brief_ms": 60_000, **ASIDE, **more})
    await rig.until(lambda: rig.told.sent)
    await rig.stop()


async def test_where_the_group_would_see_it_the_person_s_own_chat_has_it_and_the_group_a_word(rig: Rig) -> None:
    await told(rig, reply_to=7, buttons=[[{"text": "Older", "nonce": "n"}]])
    (own,) = rig.server.world.chats[ANN].messages.values()
    assert own.body["text"] == "no money left"
    assert "reply_markup" in own.body
    assert seen_by(rig, BOB) == ["in private"]
    assert len(removals(await rig.rows())) == 1, "the word goes after a while"


async def test_who_closed_their_own_chat_reads_it_in_the_group_for_a_short_while(rig: Rig) -> None:
    rig.server.set_member(ANN, rig.server.world.bot.id, "kicked", ANN)
    await told(rig)
    assert seen_by(rig, BOB) == ["no money left"]
    assert len(removals(await rig.rows())) == 1


async def test_where_one_person_can_be_told_alone_the_group_reads_nothing(tmp_path: Path) -> None:
    async with rigged(tmp_path, options=Options(world=ADMIN)) as rig:
        await whisper(rig, "no money left", **ASIDE)
        assert (seen_by(rig, ANN), seen_by(rig, BOB)) == (["no money left"], [])
        assert list(rig.server.world.chats[ANN].messages) == []
