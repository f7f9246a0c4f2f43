"""Codes that give money, once a person and never more often than was said, and money for who is new."""

from __future__ import annotations

from argparse import Namespace

import pytest

from bot import verbs
from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words

AT = "@kinetogram_bot"
IN_VAIN = "This code is not valid"


def granted(world: World) -> list[tuple[str, int]]:
    """What was given, by its business id."""
    rows = world.books.rows("SELECT business_id, amount_microusd FROM entries WHERE kind = 'GRANT' ORDER BY id")
    return [(row["business_id"].rpartition(":")[0], row["amount_microusd"]) for row in rows]


async def test_a_code_gives_its_money_once_and_lets_its_person_in(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(access="granted"):
        await ann.say("/promo")
        await ann.reads("Only an operator")
        await mia.say("/promo new summer $2 uses=2 until=2027-12-31")
        await mia.reads("SUMMER gives $2.00 to each of 2 people, $4.00 at most in all, until")
        await mia.say("/promo new SUMMER $3")
        await mia.reads("There is a code SUMMER already")
        await ann.say("/video a dog runs")
        await ann.reads("This bot works for invited people")
        await ann.say("/redeem")
        await ann.reads("Write /redeem and your code after it")
        await ann.say("/redeem Summer")
        await ann.reads("$2.00 are on your account now; it holds $2.00")
        await ann.say("/redeem summer")
        await ann.reads("You have redeemed SUMMER already")
        await ann.say("/video a dog runs")
        await ann.video()
        await mia.say("/promo")
        await mia.reads("SUMMER · $2.00 · 1 of 2 used · until")
        await mia.say("/promo off SUMMER")
        await mia.reads("SUMMER is ended")
        await mia.say("/promo")
        await mia.reads("SUMMER · $2.00 · 1 of 2 used · until", "ended")
        await mia.say("/audit")
        await mia.reads("Mia: made a code for $2.00", "Ann: redeemed a code for $2.00", "Mia: ended a code")
    assert granted(world) == [("promo:SUMMER", 2_000_000)]


async def test_a_link_redeems_its_code_and_greets(world: World) -> None:
    bob, mia = Talk(world.bob, BOB), Talk(world.mia, MIA)
    async with world.bot(access="granted"):
        await mia.say("/promo new TRY_IT 0.50")
        await mia.reads("?start=promo_TRY_IT")
        await bob.say("/start promo_nothing")
        await bob.reads("Этот код не действует", "Этот бот работает по приглашению")
        await bob.say("/start promo_TRY_IT")
        await bob.reads("$0,50 зачислено", "Напишите, что хотите увидеть")
    assert granted(world) == [("promo:TRY_IT", 500_000)]


async def test_those_who_come_together_use_a_code_no_more_often_than_it_is_good_for(world: World) -> None:
    ann, bob, mia = Talk(world.ann, ANN), Talk(world.bob, BOB), Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/promo new ONCE $1")
        await mia.reads("ONCE gives $1.00 to one person")
        async with world.stopped():
            await ann.say("/redeem ONCE")
            await bob.say("/redeem ONCE")
            await ann.say("/redeem ONCE")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 4)
    assert granted(world) == [("promo:ONCE", 1_000_000)]
    assert world.books.value("SELECT uses FROM promos") == 1


async def test_guesses_end_after_a_few_and_every_vain_one_is_told_alike(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        for order in ("new OVER $1 until=2027-01-01", "new ENDED $1", "off ENDED", "new GOOD $1"):
            await mia.say(f"/promo {order}")
        await mia.reads("GOOD gives")
        world.clock.push(days=60)
        for code in ("OVER", "ENDED", "never", "?!", "ENDED"):
            asked = await ann.say(f"/redeem {code}")
            assert words(await ann.answer(asked)).startswith(IN_VAIN)
        await ann.say("/redeem GOOD")
        await ann.reads("Too many codes that are not valid. Try again in an hour")
        assert granted(world) == []
        world.clock.push(minutes=60)
        await ann.say("/redeem GOOD")
        await ann.reads("$1.00 are on your account now")
    assert granted(world) == [("promo:GOOD", 1_000_000)]


async def test_who_is_kept_out_gets_in_by_no_code_and_no_group_sees_one_made(world: World) -> None:
    bob, mia, group = Talk(world.bob, BOB), Talk(world.mia, MIA), Talk(world.mia, GROUP)
    async with world.bot():
        await bob.say("/help")
        await group.say(f"/promo{AT} new SUMMER $2")
        await group.reads("in our private chat")
        await mia.say("/promo new SUMMER $2")
        await mia.reads("SUMMER gives")
        await mia.say("/deny @bob")
        await mia.reads("Bob")
        await bob.say("/redeem SUMMER")
        await bob.reads("Оператор приостановил ваши запросы")
        for wrong in ("new X $1", "new LONG", "new LONG $1 uses=0", "new LONG $1 until=2027-13-01", "LONG"):
            asked = await mia.say(f"/promo {wrong}")
            assert "/promo new SUMMER" in words(await mia.answer(asked))
        await mia.say("/promo new LONG $1 until=2020-01-01")
        await mia.reads("That day is over")
        await mia.say("/promo off LONG")
        await mia.reads("No code LONG is open")
    assert granted(world) == []


async def test_who_is_new_gets_money_to_try_it_once(world: World) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, GROUP)
    async with world.bot():
        await ann.say("/start")
        await ann.reads("Hi Ann", "I make a video of it")
    async with world.bot(welcome_usd="0.25"):
        await ann.say("/start")
        await bob.say(f"/video{AT} a dog runs")
        await bob.reads("На счёте $0,25 на пробу")
        await bob.say(f"/start{AT}")
        await bob.video()
    assert granted(world) == [("welcome", 250_000)]


async def test_a_stranger_is_new_until_they_are_let_in(world: World) -> None:
    bob, mia = Talk(world.bob, BOB), Talk(world.mia, MIA)
    async with world.bot(access="granted", welcome_usd="0.25"):
        await bob.say("/start")
        await bob.reads("по приглашению")
        assert granted(world) == []
        await mia.say("/allow @bob")
        await mia.reads("Bob")
        await bob.say("/start")
        await bob.reads("На счёте $0,25 на пробу")
    assert granted(world) == [("welcome", 250_000)]


async def test_codes_are_made_listed_and_ended_at_the_terminal(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run(*said: str) -> tuple[int, str]:
        code = await verbs.VERBS["promo"](Namespace(words=list(said)), world.settings())
        return code, "".join(capsys.readouterr())

    code, told = await run("new", "summer", "2", "uses=3")
    assert (code, told.startswith("SUMMER gives $2.00 to each of 3 people, $6.00 at most")) == (0, True)
    assert "/redeem SUMMER, or the bot's link with ?start=promo_SUMMER at its end.\n" in told
    assert await run() == (0, "Codes\nSUMMER · $2.00 · 0 of 3 used\n")
    assert (await run("off", "SUMMER"))[0] == 0
    assert await run("off", "SUMMER") == (verbs.BAD_WORDS, "No code SUMMER is open. /promo lists them.\n")
