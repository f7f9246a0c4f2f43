"""A finished video goes on: shared from a private chat, to its asker from a group, and reported to the operators."""

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, is_video, words

SHARE = {"en": "↗ Share", "ru": "↗ Поделиться"}
TO_ME = {
    "en": ("To our chat", "It is in our private chat.", "We have no private chat yet", "Open our chat"),
    "ru": ("В личный чат", "Видео в нашем личном чате.", "Личного чата у нас ещё нет", "Открыть личный чат"),
}
REPORT = {
    "en": ("⚑ Report", "Thank you. The operators will look at it.", "You reported several videos today"),
    "ru": ("⚑ Пожаловаться", "Спасибо. Операторы посмотрят.", "Сегодня вы сообщили уже о нескольких видео"),
}
STRANGERS = pytest.mark.parametrize("world_options", [WorldOptions()], ids=["not-begun"])


def whose(world: World, language: str, chat: int | None = None) -> Talk:
    person, own = (world.ann, ANN) if language == "en" else (world.bob, BOB)
    return Talk(person, chat or own)


@pytest.mark.parametrize("language", SHARE)
async def test_a_video_is_shared_by_its_code_from_a_private_chat_only(world: World, language: str) -> None:
    talk, group = whose(world, language), whose(world, language, GROUP)
    async with world.bot():
        await talk.say("/video a dog runs")
        video = await talk.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await talk.press(video, "⋯")
        shown = await talk.sees(lambda m: SHARE[language] in buttons(m))
        (share,) = [b for row in shown["buttons"] for b in row if b["text"] == SHARE[language]]
        assert f"#{share['share']}" == world.books.jobs[0]["code"]
        found = await talk.person.type_inline(GROUP, share["share"])
        assert [result["title"] for result in found["results"]] == ["a dog runs"]
        await group.say("/video@kinetogram_bot a cat runs")
        video = await group.video()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await group.press(video, "⋯")
        shown = await group.sees(lambda m: TO_ME[language][0] in buttons(m))
        assert SHARE[language] not in buttons(shown)


@pytest.mark.parametrize("language", TO_ME)
async def test_a_group_s_video_comes_into_its_asker_s_own_chat(world: World, language: str) -> None:
    own, group = whose(world, language), whose(world, language, GROUP)
    button, toast, _, _ = TO_ME[language]
    async with world.bot():
        await own.say("/help")
        await group.say("/video@kinetogram_bot a dog runs")
        video = await group.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await group.unfold(video, button)
        assert await group.toast(1) == toast
        copy = await own.video()
        assert "reply_to" not in copy
    assert world.telegram.calls.of("sendVideo")[1].params["video"] == world.books.jobs[0]["file_id"]


@STRANGERS
@pytest.mark.parametrize("language", TO_ME)
async def test_who_never_began_a_chat_gets_the_way_there_and_then_the_video(world: World, language: str) -> None:
    own, group = whose(world, language), whose(world, language, GROUP)
    button, _, said, way = TO_ME[language]
    async with world.bot():
        await group.say("/video@kinetogram_bot a dog runs")
        video = await group.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await group.unfold(video, button)
        told = await group.reads(said)
        (link,) = [b for row in told["buttons"] for b in row]
        code = world.books.jobs[0]["code"].lstrip("#")
        assert (link["text"], link["url"]) == (way, f"https://t.me/kinetogram_bot?start={code}")
        await own.say(f"/start {code}")
        await own.video()


@pytest.mark.parametrize("language", REPORT)
async def test_a_report_reaches_the_operators_with_the_video_s_code(world: World, language: str) -> None:
    talk, mia = whose(world, language), Talk(world.mia, MIA)
    button, thanks, enough = REPORT[language]
    world.patch.setattr("bot.services.passing.REPORTS_A_DAY", 1)
    async with world.bot(user_usd_per_month=50):
        await mia.say("/start")
        await talk.say("/video a dog runs 4s 480p")
        video = await talk.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await talk.unfold(video, button)
        assert await talk.toast(1) == thanks
        await mia.reads("⚑", world.books.jobs[0]["code"])
        await talk.say("/video a cat runs 4s 480p")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        other = await talk.sees(lambda m: is_video(m) and m["id"] != video["id"])
        await talk.unfold(other, button)
        await until(lambda: any(toast.startswith(enough) for toast in talk.toasts()))
        assert len([m for m in await mia.heard() if "⚑" in words(m)]) == 1
    assert world.books.value("SELECT count(*) FROM audit WHERE action = 'report'") == 1
