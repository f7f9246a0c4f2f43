"""Videos that come covered, and such as nobody may pass on: set with buttons, in both languages."""

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons

COVER = {"en": ("Cover", "on", "No forwarding"), "ru": ("Спойлер", "включено", "Без пересылки")}


@pytest.mark.parametrize("language", COVER)
async def test_a_person_s_videos_come_covered_if_they_want_it(world: World, language: str) -> None:
    talk = Talk(world.ann, ANN) if language == "en" else Talk(world.bob, BOB)
    cover, on, protect = COVER[language]
    async with world.bot():
        await talk.say("/settings")
        panel = await talk.sees(lambda m: cover in buttons(m))
        assert protect not in buttons(panel)
        await talk.press(panel, cover)
        await talk.sees(lambda m: on in buttons(m))
        await talk.press(panel, on)
        await until(lambda: world.books.value("SELECT count(*) FROM users WHERE preferences LIKE '%spoiler%'") == 1)
        await talk.say("/video a dog runs")
        await talk.video()
    (call,) = world.telegram.calls.of("sendVideo")
    assert (call.params["has_spoiler"], call.params.get("protect_content")) == (True, None)


async def test_a_group_s_administrators_keep_its_videos_from_being_passed_on(world: World) -> None:
    mia, ann = Talk(world.mia, GROUP), Talk(world.ann, GROUP)
    async with world.bot():
        await mia.say("/settings@kinetogram_bot")
        panel = await mia.sees(lambda m: "No forwarding" in buttons(m))
        await mia.press(panel, "No forwarding")
        await mia.sees(lambda m: "on" in buttons(m))
        await mia.press(panel, "on")
        await until(lambda: world.books.value("SELECT count(*) FROM chats WHERE preferences LIKE '%protect%'") == 1)
        await ann.say("/video@kinetogram_bot a dog runs --n 2")
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await ann.say("/jobs@kinetogram_bot")
        await ann.press(await ann.sees(lambda m: any(text.startswith("🎞") for text in buttons(m))), "🎞")
        await until(lambda: len(world.telegram.calls.of("sendMediaGroup")) == 2)
    for call in world.telegram.calls.of("sendMediaGroup"):
        assert call.params["protect_content"]
        assert {item.get("has_spoiler", False) for item in call.params["media"]} == {False}


ASKED = {
    "en": ("--spoiler", "It comes covered", "↻ Again", "Send #"),
    "ru": ("—спойлер", "Придёт закрытым", "↻ Ещё раз", "Прислать #"),
}


@pytest.mark.parametrize("language", ASKED)
async def test_one_request_is_covered_and_stays_so_when_it_is_made_or_sent_again(world: World, language: str) -> None:
    talk = Talk(world.ann, ANN) if language == "en" else Talk(world.bob, BOB)
    asked, told, again, send = ASKED[language]
    async with world.bot():
        await talk.say(f"a dog runs {asked}")
        await talk.reads(told)
        await talk.start()
        await talk.press(await talk.video(), again)
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await talk.say("/jobs")
        listed = await talk.sees(lambda m: any(text.startswith(send) for text in buttons(m)))
        await talk.press(listed, send)
        await until(lambda: len(world.telegram.calls.of("sendVideo")) == 3)
        await talk.press(listed, "🎞")
        await until(lambda: world.telegram.calls.of("sendMediaGroup"))
    (album,) = world.telegram.calls.of("sendMediaGroup")
    assert [item["has_spoiler"] for item in album.params["media"]] == [True, True]
    assert [call.params["has_spoiler"] for call in world.telegram.calls.of("sendVideo")] == [True] * 3


async def test_a_request_uncovers_what_its_person_covers_and_not_what_the_chat_covers(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, GROUP)
    async with world.bot():
        for talk, command in ((ann, "/settings"), (mia, "/settings@kinetogram_bot")):
            await talk.say(command)
            panel = await talk.sees(lambda m: "Cover" in buttons(m))
            await talk.press(panel, "Cover")
            await talk.sees(lambda m: "on" in buttons(m))
            await talk.press(panel, "on")
            await talk.sees(lambda m: "Cover" in buttons(m))
        await ann.say("/video a dog --no-spoiler")
        await ann.video()
        await mia.say("/video@kinetogram_bot a cat --no-spoiler")
        await mia.video()
    assert [call.params["has_spoiler"] for call in world.telegram.calls.of("sendVideo")] == [False, True]
