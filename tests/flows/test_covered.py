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
        await ann.say("/video@kinetogram_bot a dog runs")
        await ann.video()
    (call,) = world.telegram.calls.of("sendVideo")
    assert (call.params["has_spoiler"], call.params["protect_content"]) == (False, True)
