"""Words that a group or the whole service does not take: who sets them, and where they are met."""

from __future__ import annotations

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from tests.flows.stage import World
from tests.flows.talk import Talk, words

AT = "@kinetogram_bot"
OPERATORS = (ANN,)
REFUSED = "Здесь есть слова, с которыми запросы не принимаются"


async def test_a_groups_administrators_say_which_words_it_does_not_take(world: World) -> None:
    bob, mia, alone = Talk(world.bob, GROUP), Talk(world.mia, GROUP), Talk(world.bob, BOB)
    async with world.bot(operator_ids=OPERATORS):
        await bob.say(f"/words{AT} add dog")
        await bob.reads("могут только администраторы")
        await mia.say(f"/words{AT}")
        await mia.reads("This chat takes all words")
        await mia.say(f"/words{AT} add dog, Чёрный Ящик")
        await mia.reads("Not taken any more: dog, Чёрный Ящик")
        for text in ("a DOG runs", 'a cat --negative "черный ящик"'):
            asked = await bob.say(f"/video{AT} {text}")
            told = words(await bob.answer(asked))
            assert (REFUSED in told, "dog" in told, "Ничего не списано" in told) == (True, False, True)
        await alone.say("/video a dog runs")
        await alone.video()
        await mia.say(f"/words{AT} remove DOG")
        await mia.reads("Taken again: DOG")
        await mia.say(f"/words{AT}")
        await mia.reads("Not taken in this chat: Чёрный Ящик")
        await bob.say(f"/video{AT} a dog runs")
        await bob.video()
        await mia.say(f"/audit{AT}")
        await mia.reads("Mia: added to the refused words", "Mia: took out of the refused words")
    assert world.books.states == ["DELIVERED", "DELIVERED"]


async def test_an_operators_words_hold_everywhere_in_lists_and_for_what_was_made_before(world: World) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot(operator_ids=OPERATORS):
        await bob.say("/words add dog")
        await bob.reads("только оператор")
        await bob.say("/video a dog runs")
        video = await bob.video()
        await bob.say("a dog sits")
        card = await bob.card()
        await ann.say("/words добавить dog")
        await ann.reads("Not taken any more: dog")
        await bob.press(video, "↻")
        assert REFUSED in await bob.toast()
        await bob.press(card, "▶")
        await bob.reads(REFUSED)
        await bob.say("/batch\na cat 480p 4s\na dog 480p 4s")
        await bob.reads("2", REFUSED)
        await Talk(world.bob, GROUP).say(f"/video{AT} a dog")
        await Talk(world.bob, GROUP).reads(REFUSED)
    assert world.books.states == ["DELIVERED"]


async def test_a_list_has_bounds_and_says_them(world: World) -> None:
    mia = Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/words add …")
        await mia.reads("“…” can't be in the list")
        await mia.say(f"/words add {'a' * 51}")
        await mia.reads("50 characters at most")
        await mia.say(f"/words add {', '.join(f'word {n}' for n in range(101))}")
        await mia.reads("The list has no room for that: it holds 100 words and phrases")
        await mia.say(f"/words add {', '.join(f'w{n}' for n in range(100))}")
        await mia.reads("Not taken any more: w0, w1")
        await mia.say("/words add W5")
        await mia.reads("That is in the list already: W5")
        await mia.say("/words remove nothing")
        await mia.reads("That is not in the list: nothing")
        await mia.say("/words drop w5")
        await mia.reads("/words remove one")
    assert world.books.value("SELECT count(*) FROM refused_words") == 100
