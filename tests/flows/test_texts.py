"""What the bot says: faults together with their mends, languages, and figures that are real."""

from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words


async def test_faults_are_answered_together_with_their_mends(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video @image3 dances for 20 seconds in 5:7", dog, cat)
        told = await ann.reads("3 things to settle")
        assert "@image3: you attached 2 pictures" in words(told)
        assert "20 s" in words(told)
        assert "5:7" in words(told)
        assert {"use @image2", "15 s", "✕"} <= set(buttons(told))
        assert any("Seedance 2.5" in text for text in buttons(told))
        assert any(text in {"3:4", "9:16"} for text in buttons(told))
    assert world.books.jobs == []


async def test_each_mend_repairs_by_one_tap(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("a dog dances for 20 seconds in 5:7")
        told = await ann.reads("2 things to settle")
        await ann.press(told, "15 s")
        one = await ann.reads("5:7 is not offered", without="20 s")
        assert one["id"] == told["id"]
        await ann.press(one, next(text for text in buttons(one) if ":" in text))
        card = await ann.card()
        assert "15 s" in words(card)


async def test_a_label_without_its_attachment_is_replaced_by_one_tap(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("@image3 dances", dog)
        await ann.press(await ann.reads("@image3"), "use @image1")
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert task.ask.text.startswith("Image 1 dances")


@pytest.mark.parametrize(("language", "without"), [("English", "without @image3"), ("Русский", "без @фото3")])
async def test_a_label_without_its_attachment_is_left_out_by_one_tap(world: World, language: str, without: str) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/language")
        await ann.press(await ann.sees(lambda m: language in buttons(m)), language)
        await until(lambda: world.books.value("SELECT language FROM users"))
        await ann.say("/video the dog dances like @photo3")
        told = await ann.sees(lambda m: without in buttons(m))
        assert buttons(told)[:-1] == [without]
        await ann.press(told, without)
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert task.ask.text.startswith("the dog dances like")
    assert "photo" not in task.ask.text


async def test_the_cross_below_faults_throws_the_request_away(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("a dog dances for 20 seconds")
        told = await ann.reads("20 s")
        await ann.press(told, "✕")
        await ann.reads("Thrown away. Nothing was charged.")
    assert world.books.value("SELECT state FROM requests") == "discarded"


async def test_a_russian_user_is_answered_in_russian(world: World) -> None:
    bob, mia = Talk(world.bob, BOB), Talk(world.bob, GROUP)
    async with world.bot():
        await bob.say("собака танцует 20 секунд")
        await bob.reads("20 с: Seedance 2.0 снимает 4–15 с")
        await mia.say("/video@kinetogram_bot собака танцует 20 секунд")
        await mia.reads("20 с: Seedance 2.0 снимает 4–15 с")


async def test_the_role_of_a_single_picture_is_changed_by_one_tap(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("the dog runs 15s", dog)
        card = await ann.reads("@image1 first frame")
        await ann.press(card, "@image1: reference")
        changed = await ann.reads("@image1 reference")
        await ann.press(changed, "@image1: first frame")
        await ann.reads("@image1 first frame")


async def test_flags_of_providers_are_taken_out_and_told(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("the dog runs --watermark true --camerafixed false", dog)
        card = await ann.card()
        assert "--watermark true" in words(card)
        await ann.press(card, "▶")
        await ann.video()
    (task,) = world.ark.tasks.values()
    assert "--" not in task.ask.text


async def test_three_videos_are_three_jobs_with_three_seeds(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_usd_per_month=20):
        await ann.say("/video a dog runs --n 3")
        card = await ann.reads("3 videos")
        assert "$2.29" in words(card)
        await ann.press(card, "▶")
        await until(lambda: world.books.states == ["DELIVERED"] * 3)
        assert len(await ann.videos()) == 3
    assert len(world.ark.tasks) == 3


@pytest.mark.parametrize("person", ["ann", "bob"])
async def test_help_models_and_balance_tell_real_figures(world: World, person: str) -> None:
    talk = Talk(world.ann, ANN) if person == "ann" else Talk(world.bob, BOB)
    price, limit = ("$0.76", "$5.00") if person == "ann" else ("$0,76", "$5,00")
    async with world.bot():
        await talk.say("/help")
        await talk.reads(price, "Seedance 2.0")
        await talk.say("/models")
        models = await talk.reads("seedance-2.0-fast", "seedance-2.5")
        assert price in words(models)
        assert "4–15" in words(models)
        await talk.say("/balance")
        await talk.reads(limit, "30")


async def test_the_balance_follows_what_was_spent(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()
        await ann.say("/balance")
        await ann.reads("Your allowance: $4.24 left of $5.00 a month, until", "Today: 1 of 30 videos")


async def test_the_language_is_chosen_by_a_button_and_kept(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/language")
        await ann.press(await ann.reads("Choose a language."), "Русский")
        await ann.reads("Теперь по-русски.")
        await ann.say("/balance")
        await ann.reads("$5,00")
    async with world.bot():
        await ann.say("/nosuchcommand")
        await ann.sees(lambda m: "/help" in words(m) and "don't" not in words(m))


async def test_menus_are_set_in_every_language(world: World) -> None:
    async with world.bot():
        for person, word in ((world.ann, "Models and prices"), (world.bob, "Модели")):
            commands = (await person.world())["bot"]["commands"]
            assert any(command["description"].startswith(word) for command in commands)


async def test_operators_are_told_more(world: World) -> None:
    mia, ann = Talk(world.mia, MIA), Talk(world.ann, ANN)
    async with world.bot():
        await mia.say("/help")
        await mia.reads("For operators")
        await ann.say("/help")
        assert "For operators" not in words(await ann.reads("How to ask"))


async def test_start_greets_by_name(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/start")
        await ann.reads("Hi Ann.")


async def test_a_command_that_nobody_knows_is_answered_in_private_only(world: World) -> None:
    ann, group = Talk(world.ann, ANN), Talk(world.ann, GROUP)
    async with world.bot():
        await group.say("/nosuchcommand@kinetogram_bot")
        await ann.say("/nosuchcommand")
        await ann.reads("I don't know that command")
        assert await group.heard() == []


async def test_without_a_provider_nothing_is_promised(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(ark_api_key=None):
        await ann.say("/models")
        await ann.reads("No video model is set up yet")
        await ann.say("a dog runs")
        await ann.reads("No video model is set up yet. Ask whoever runs this bot.")
        await ann.say("/help")
        await ann.reads("How to ask")


@pytest.mark.parametrize("person", ["ann", "bob"])
async def test_the_list_of_commands_in_the_help_has_one_a_line_and_tells_how_long_the_tray_waits(
    world: World, person: str
) -> None:
    talk = Talk(world.ann, ANN) if person == "ann" else Talk(world.bob, BOB)
    async with world.bot(tray_minutes=40, stars_usd_rate="0.013"):
        await talk.say("/help")
        told = words(await talk.reads("/library"))
    listed = told[told.index("/jobs") : told.index("/topup")].splitlines()
    assert [line.split()[0] for line in listed] == [
        *("/jobs", "/cancel", "/save", "/library", "/balance", "/redeem"),
        *("/stats", "/models", "/settings", "/privacy", "/language"),
    ]
    assert {"ann": "waits here for 40 min", "bob": "ждёт 40 мин"}[person] in told
