"""In quiet hours nothing makes a sound, whoever it was that began to speak."""

import json
import sqlite3

import pytest

from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN, GROUP, MIA, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

ALWAYS = json.dumps({"quiet": [0, 24]})
ADMIN = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])


PEOPLE, CHATS = "UPDATE users SET preferences = ?", "UPDATE chats SET preferences = ?"


def set_quiet(world: World, sql: str) -> None:
    """Everybody who is known keeps quiet hours from now on, all day."""
    connection = sqlite3.connect(world.folder / "data" / "kinetogram.db", timeout=10)
    with connection:
        connection.execute(sql, (ALWAYS,))
    connection.close()


def sounds(world: World, chat: int, since: int) -> list[str]:
    """What was sent to a chat with a sound, after the first `since` calls."""
    sent = [call for call in list(world.telegram.calls)[since:] if call.method.startswith("send")]
    sent = [call for call in sent if call.method != "sendChatAction" and call.params["chat_id"] == chat]
    return [
        f"{call.method} {call.params.get('text', '')}" for call in sent if not call.params.get("disable_notification")
    ]


@pytest.mark.parametrize("language", ["English", "Русский"])
async def test_progress_albums_warnings_and_alerts_are_silent_in_a_person_s_quiet_hours(
    world: World, language: str
) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/start")
        await mia.reads("Hi Mia")
        await ann.say("/language")
        await ann.press(await ann.sees(lambda m: language in buttons(m)), language)
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state = 'sent'") == 3)
        set_quiet(world, PEOPLE)
        since = len(list(world.telegram.calls))
        world.ark.fail("create", Fault(Trouble.STATUS, status=401), times=2)
        await ann.say("/video a dog runs 9:16 1:1 480p 4s")
        await mia.reads("⚠️ ark is paused")
        await mia.reads("✅ ark answers again")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await ann.sees(lambda m: "2 of 2" in words(m) or "2 из 2" in words(m).replace("\u00a0", " "))
    assert (sounds(world, ANN, since), sounds(world, MIA, since)) == ([], [])


@ADMIN
async def test_a_question_to_moderators_is_silent_in_the_chat_s_quiet_hours(world: World) -> None:
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    async with world.bot():
        await mia.say("/quota job=$0.1")
        await mia.reads("Saved")
        set_quiet(world, CHATS)
        since = len(list(world.telegram.calls))
        await ann.say("/video a dog runs")
        refusal = await ann.sees(lambda m: "Ask a moderator" in buttons(m))
        await ann.press(refusal, "Ask a moderator")
        asked = await mia.sees(lambda m: any("Allow once" in text for text in buttons(m)))
        await mia.press(asked, "Allow once")
        await until(lambda: world.books.states == ["DELIVERED"])
    assert sounds(world, GROUP, since) == []
