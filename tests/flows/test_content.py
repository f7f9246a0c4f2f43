"""Requests refused for their content: several in a day pause their person, who is told so; who may end it."""

from __future__ import annotations

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA
from tests.flows.stage import World, until
from tests.flows.talk import Talk

AT = "@kinetogram_bot"
PAUSE_MINUTES = 61


async def refused(world: World, bob: Talk, times: int, prompt: str = "/video a dog [nsfw]") -> None:
    """So many requests of Bob's that end so."""
    for _ in range(times):
        ended = len(world.books.states) + 1
        await bob.say(prompt)
        await until(lambda ended=ended: world.books.states.count("FAILED") == ended)  # type: ignore[misc]


async def test_the_fifth_refusal_in_a_day_pauses_for_an_hour_and_costs_nothing(world: World) -> None:
    bob, mia = Talk(world.bob, BOB), Talk(world.mia, MIA)
    async with world.bot():
        await bob.say("a cat sings")
        card = await bob.card()
        await refused(world, bob, 4)
        await bob.say("/video a dog [nsfw] sings")
        await bob.reads("За сутки из-за содержания отклонено 5 ваших запросов, поэтому до", "Деньги не списаны")
        await bob.press(card, "▶")
        assert "За сутки из-за содержания отклонено 5 ваших запросов" in await bob.toast()
        asked = await bob.say("/video a bird flies")
        assert "новых видео не будет" in (await bob.answer(asked))["text"]
        await mia.say("/audit")
        await mia.reads("the service: paused, after refused content, Bob")
        world.clock.push(minutes=PAUSE_MINUTES)
        await bob.say("/video a bird flies")
        await bob.video()
    assert world.books.states.count("FAILED") == 5
    assert sum(job["cost_microusd"] or 0 for job in world.books.jobs if job["state"] == "FAILED") == 0


async def test_refusals_of_yesterday_and_those_that_had_their_pause_count_no_more(world: World) -> None:
    bob = Talk(world.bob, BOB)
    async with world.bot(content_refusals=2):
        await refused(world, bob, 1)
        world.clock.push(days=1, minutes=1)
        await refused(world, bob, 1)
        assert world.books.rows("SELECT * FROM users WHERE content_paused_until IS NOT NULL") == []
        await refused(world, bob, 1)
        await bob.reads("отклонены 2 ваших запроса")
        world.clock.push(minutes=PAUSE_MINUTES)
        await refused(world, bob, 1)
        await bob.say("/video a bird flies")
        await bob.video()


async def test_a_failure_that_is_no_refusal_pauses_nobody_and_zero_minutes_never_do(world: World) -> None:
    bob = Talk(world.bob, BOB)
    async with world.bot(content_refusals=1):
        await refused(world, bob, 2, "/video a dog [fail]")
    async with world.bot(content_refusals=1, content_pause_minutes=0):
        await refused(world, bob, 2)
        await bob.say("/video a bird flies")
        await bob.video()


async def test_administrators_end_a_pause_only_where_an_operator_let_the_group_in(world: World) -> None:
    ann, bob, mia = Talk(world.ann, GROUP), Talk(world.bob, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=(ANN,), content_refusals=1):
        await bob.say(f"/video{AT} a dog [nsfw]")
        await bob.reads("отклонён 1 ваш запрос")
        await mia.say(f"/unblock{AT} @bob")
        await mia.reads("Bob is paused until", "Only an operator can end that sooner")
        await bob.say(f"/video{AT} a bird")
        await until(lambda: len([m for m in world.telegram.calls.of("sendMessage") if "поэтому" in str(m.params)]) == 2)
        await ann.say(f"/allow{AT}")
        await ann.reads("may")
        await mia.say(f"/unblock{AT} @bob")
        await mia.reads("Bob is no longer paused for refused content")
        await bob.say(f"/video{AT} a bird")
        await bob.video()
        await mia.say(f"/audit{AT}")
        await mia.reads(
            "Mia: ended the pause, for refused content, of Bob", "the service: paused, after refused content, Bob"
        )


async def test_what_waits_of_a_list_is_not_sent_while_its_person_is_paused(world: World) -> None:
    bob, mia = Talk(world.bob, BOB), Talk(world.mia, MIA)
    lines = "\n".join(f"a dog {n} [nsfw] 480p 4s" for n in range(4))
    async with world.bot(content_refusals=2, user_active_jobs=1):
        await bob.say(f"/batch\n{lines}")
        await bob.start()
        await bob.reads("отклонены 2 ваших запроса")
        assert sorted(world.books.states) == ["FAILED", "FAILED", "QUEUED", "QUEUED"]
        await mia.say("/unblock @bob")
        await mia.reads("Bob is no longer paused")
        await until(lambda: world.books.states.count("FAILED") == 4)
