"""Money and access: budgets hold under a rush, failures cost nothing, strangers make no call, operators let them in."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, User, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words
from tests.reading import as_read

ZED = 1234567890
AGAIN, EDIT = "↻ Again", "✏️ Edit the words"
STRANGER = WorldOptions(started=True, bot_is_admin=True, extra_users=(User(ZED, "Zed", "en", "zed_here"),))


async def test_of_twenty_requests_at_once_with_money_for_one_exactly_one_is_taken(world: World) -> None:
    world.ark.knobs.render_s = 600
    people = [Talk(world.ann, ANN), Talk(world.ann, GROUP)]
    async with world.bot(user_usd_per_month=1, user_active_jobs=50):
        await asyncio.gather(*(people[n % 2].say(f"/video@kinetogram_bot a dog runs, take {n}") for n in range(20)))
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 20)
        await until(lambda: world.books.states == ["RUNNING"])
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)
        world.books.check()
    assert len(world.ark.tasks) == 1
    told = [words(m) for talk in people for m in await talk.heard()]
    assert sum("you have $0.24 left until" in text for text in told) == 19


async def test_the_service_s_own_day_holds_for_all_together(world: World) -> None:
    world.ark.knobs.render_s = 600
    async with world.bot(service_usd_per_day=1):
        await asyncio.gather(
            Talk(world.ann, ANN).say("/video a dog runs"),
            Talk(world.bob, BOB).say("/video a dog runs"),
            Talk(world.mia, MIA).say("/video a dog runs"),
        )
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 3)
        await until(lambda: world.books.states == ["RUNNING"])


async def test_a_limit_is_told_fully_with_the_largest_setting_that_fits(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_usd_per_month=1):
        await ann.say("/video a dog runs 1080p")
        told = await ann.reads("you have $1.00 left until")
        fits = next(text for text in buttons(told) if "fits" in text)
        assert "720p · 5 s" in fits
        await ann.press(told, fits)
        await ann.video()
    assert world.books.states == ["DELIVERED"]


async def test_jobs_at_once_and_requests_a_day_are_limits_too(world: World) -> None:
    world.ark.knobs.render_s = 600
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot(user_active_jobs=1, user_requests_per_day=1):
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["RUNNING"])
        await ann.say("/video a cat runs")
        await ann.reads("1 video a day is used up")
    async with world.bot(user_active_jobs=1):
        await ann.say("/video a bird flies")
        await ann.reads("1 video at a time is the most")
        await bob.say("/video a bird flies")
        await until(lambda: len(world.books.states) == 2)


async def test_a_burst_ends_at_so_many_requests_a_minute_in_private_too(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_requests_per_minute=1):
        await ann.say("/video a dog runs")
        await ann.video()
        await ann.say("/video a cat runs")
        await ann.reads("1 video a minute is used up")
        world.clock.push(minutes=1)
        await ann.say("/video a bird flies")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)


async def test_a_card_that_outlived_its_money_is_told_so(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_usd_per_month=1):
        await ann.say("first a dog")
        card = await ann.card()
        await ann.say("/video then a cat")
        await ann.video()
        await ann.press(card, "▶")
        await ann.reads("you have $0.24 left until")
    assert world.books.states == ["DELIVERED"]
    assert world.books.value("SELECT state FROM requests ORDER BY id") == "draft"


@pytest.mark.parametrize(
    ("prompt", "said", "counted", "ways"),
    [
        ("a dog [fail]", "The model could not make this video", 0, [AGAIN]),
        ("a dog [expire]", "did not get to this video in time", 0, [AGAIN]),
        ("a dog [nsfw]", "refused the words", 1, [EDIT]),
        ("a dog [outvideo]", "refused its own finished video", 1, [AGAIN, EDIT]),
        ("a dog [outaudio]", "refused the sound of its own finished video", 1, [EDIT, AGAIN]),
        ("a dog [copyright]", "somebody's protected work", 1, [EDIT]),
    ],
)
async def test_a_failed_task_releases_all_and_says_why(
    world: World, prompt: str, said: str, counted: int, ways: list[str]
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asking = await ann.say(f"/video {prompt}")
        told = await ann.reads(said, "Nothing was charged.")
        assert told["reply_to"]["id"] == asking["id"]
        assert buttons(told) == ways
        await until(lambda: world.telegram.calls.of("deleteMessage"))
    assert world.books.states == ["FAILED"]
    assert world.books.value("SELECT sum(value) FROM counters WHERE measure IN ('active', 'money')") == 0
    assert world.books.value("SELECT requests FROM tallies WHERE scope = 'service' AND grain = 'day'") == counted


async def test_a_real_face_is_told_apart_and_its_picture_is_named(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("my friend dances [face]", dog)
        told = await ann.reads("@image1 shows a real person", "Nothing was charged.")
        # No model here takes real people: none is spoken of, as none is offered.
        assert "another model" not in words(told)
        assert buttons(told) == ["🖼 Another file", "✏️ Edit the words"]
    assert world.books.jobs[0]["error_key"] == "refused-face"


async def test_a_finished_task_settles_to_its_tokens(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.providers.ark.tasks.tokens", lambda *_: 100_000)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        assert "$0.70" in words(await ann.video())
    (job,) = world.books.jobs
    assert (job["quote_microusd"], job["cost_microusd"]) == (762_300, 700_000)
    assert world.books.losses == []


async def test_a_bill_above_the_quote_is_the_operator_s(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.providers.ark.tasks.tokens", lambda *_: 200_000)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        assert "$0.76" in words(await ann.video())
    assert world.books.losses == [("overrun", 1_400_000 - 762_300)]


async def test_an_absurd_bill_is_reported_and_leaves_the_service_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.providers.ark.tasks.tokens", lambda *_: 10**14)
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/start")
        await mia.reads("Hi Mia")
        await ann.say("/video a dog runs")
        assert "$0.76" in words(await ann.video())
        told = words(await mia.reads("whose price is $0.76"))
        assert "ark reports $700,000,000.00 for #" in told
        assert "$1.52 above what its person paid" in told
        await ann.say("/video a cat runs")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    assert world.books.losses == [("overrun", 2 * 762_300)] * 2
    assert world.books.value("SELECT value FROM counters WHERE scope = 'service'") == 2 * 3 * 762_300


@pytest.mark.parametrize("told", [-5, "lots", 10**15, "1e30", 10**30])
async def test_a_bill_that_can_not_be_true_costs_its_person_the_price_and_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch, told: int | str
) -> None:
    monkeypatch.setattr("bot.sandbox.providers.ark.tasks.tokens", lambda *_: told)
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/start")
        await mia.reads("Hi Mia")
        await ann.say("/video a dog runs")
        assert "$0.76" in words(await ann.video())
        await mia.reads("ark reports ")
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0)
        assert len([m for m in await mia.heard() if "ark reports " in words(m)]) == 1
    (job,) = world.books.jobs
    assert job["cost_microusd"] == job["quote_microusd"]
    world.books.check()


@pytest.mark.parametrize("world_options", [STRANGER])
async def test_a_stranger_is_told_their_number_and_makes_no_call(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(access="granted"):
        for text, files in (("a dog runs", ()), ("/video a dog", (dog,)), ("", (dog,)), ("look", (dog, dog))):
            asked = await ann.say(text, *files)
            told = await ann.answer(asked)
            assert str(ANN) in words(told)
            assert str(MIA) in words(told)
        await ann.say("/start")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 6)
        await ann.say("/add")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 7)
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0)
        assert all(str(ANN) in words(m) for m in await ann.heard())
    assert world.ark.calls == []
    assert world.books.value("SELECT count(*) FROM requests") == 0
    assert world.books.value("SELECT count(*) FROM tray") == 0


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/allow @ann", "Ann may make videos now."),
        (f"/allow {ANN}", "Ann may make videos now."),
        ("/grant @ann $5", "Ann got $5.00; the balance is $5.00."),
        (f"/grant {ANN} 2,50", "Ann got $2.50; the balance is $2.50."),
    ],
)
async def test_an_operator_lets_a_stranger_in_by_name_or_number(world: World, command: str, answer: str) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(access="granted"):
        await ann.say("a dog runs")
        await ann.reads(str(ANN))
        await mia.say(command)
        await mia.reads(answer)
        await ann.say("a dog runs now")
        await ann.start()
        await ann.video()


@pytest.mark.parametrize("world_options", [STRANGER])
async def test_an_operator_lets_in_by_reply_and_by_a_number_never_seen(world: World) -> None:
    ann, mia, group = Talk(world.ann, GROUP), Talk(world.mia, MIA), Talk(world.mia, GROUP)
    async with world.bot(access="granted"):
        said = await ann.say("hello")
        await group.say("/grant $3", reply_to=said)
        await group.reads("Ann got $3.00")
        await group.say("/allow", reply_to=said)
        await group.reads("Ann may make videos now.")
        await mia.say(f"/grant {ZED} 5")
        await mia.reads(f"{ZED} got $5.00")
        await mia.say(f"/allow {ZED}")
        await mia.reads(f"{ZED} may make videos now.")
        await Talk(world.ann, ANN).say("/video a dog")
        await Talk(world.ann, ANN).video()


@pytest.mark.parametrize("world_options", [STRANGER])
async def test_an_allowed_group_lets_its_members_in_until_they_leave(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, GROUP)
    async with world.bot(access="granted"):
        await Talk(world.ann, GROUP).say("hello")
        await mia.say("/allow")
        await mia.reads("Members of “Video lab” may make videos now.")
        await ann.say("a dog runs")
        await ann.card()
        world.telegram.set_member(GROUP, ANN, "left", MIA)
        await until(lambda: world.books.value("SELECT count(*) FROM members WHERE left_at IS NOT NULL") == 1)
        await ann.say("a cat runs")
        await ann.reads(str(ANN), str(MIA))


@pytest.mark.parametrize("world_options", [STRANGER])
async def test_a_member_who_never_spoke_in_an_allowed_group_is_let_in_and_others_are_asked_about_once(
    world: World,
) -> None:
    ann, bob, mia = Talk(world.ann, ANN), Talk(world.bob, BOB), Talk(world.mia, GROUP)
    async with world.bot(access="granted"):
        await mia.say("/allow")
        await mia.reads("Members of “Video lab” may make videos now.")
        world.telegram.set_member(GROUP, BOB, "left", MIA)
        for words in ("a dog runs", "a cat runs"):
            await bob.answer(await bob.say(words))
        assert len(world.telegram.calls.of("getChatMember")) == 1
        world.clock.push(minutes=11)
        world.telegram.set_member(GROUP, BOB, "member", MIA)
        await bob.say("a bird flies")
        await bob.card()
        await ann.say("a dog runs")
        await ann.card()
        await ann.say("a cat runs")
        await until(lambda: world.books.value("SELECT count(*) FROM requests") == 3)
    assert len(world.telegram.calls.of("getChatMember")) == 3, "who is known as a member is not asked about"


@pytest.mark.parametrize("world_options", [STRANGER])
async def test_a_group_s_pool_pays_for_its_members(world: World) -> None:
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    async with world.bot(access="granted"):
        await mia.say("/grant $1")
        await mia.reads("Video lab got $1.00; the balance is $1.00.")
        await mia.say("/allow")
        await mia.reads("Members of")
        await ann.say("/video a dog runs")
        await ann.video()
        await ann.say("/balance")
        await ann.reads("Pool of “Video lab”: $0.24")
        await ann.say("/video a cat runs")
        await ann.reads("this group has $0.24 left")
    assert world.books.states == ["DELIVERED"]


async def test_a_balance_lifts_the_month(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot(user_usd_per_month=0.5):
        await ann.say("/start")
        await mia.say("/grant @ann $5")
        await mia.reads("Ann got $5.00")
        await ann.say("/video a dog runs")
        await ann.video()
        await ann.say("/balance")
        await ann.reads("Own balance: $4.74")


async def test_only_operators_give_and_let_in(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        for command in ("/grant @ann $5", "/allow @ann"):
            await ann.say(command)
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state = 'sent'") == 2)
        assert {words(m) for m in await ann.heard()} == {"Only an operator may do that."}
        for command, answer in (
            ("/grant", "Use /grant"),
            ("/grant @ann", "Use /grant"),
            ("/grant @ann -5", "Use /grant"),
            ("/grant @ann 0", "Use /grant"),
            ("/grant @ann 1000000", "Use /grant"),
            ("/grant @nobody_here 5", "I have not seen @nobody_here yet"),
            ("/allow", "Use /allow in a group"),
            ("/allow @nobody_here", "I have not seen @nobody_here yet"),
        ):
            asked = await mia.say(command)
            told = await mia.answer(asked)
            assert answer in words(told), command
    assert world.books.value("SELECT count(*) FROM entries") == 0


async def test_four_fifths_of_a_limit_are_told_once_a_period_however_many_come_together(world: World) -> None:
    ann, group, mia = Talk(world.ann, ANN), Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    near = "of your limit in “Video lab”: 5 videos a day"

    def told() -> int:
        rows = world.books.rows("SELECT payload FROM outbox WHERE kind = 'text'")
        return sum("% used of your limit in" in as_read(row["payload"]).replace(" %", "%") for row in rows)

    async with world.bot(user_active_jobs=20):
        await ann.say("/start")
        await ann.reads("Hi Ann")
        await mia.say("/quota@kinetogram_bot 5/day")
        await mia.reads("Saved")
        for day in (1, 2):
            async with world.stopped():
                for number in range(5):
                    await group.say(f"/video@kinetogram_bot a dog runs {number} 480p 4s")
            await until(lambda day=day: world.books.states == ["DELIVERED"] * 5 * day)  # type: ignore[misc]
            await ann.reads(near)
            assert told() == day
            world.clock.push(days=1)
    world.books.check()
