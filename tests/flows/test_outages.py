"""A provider that is away or refuses our key: paused, told to the operator once, healed; nothing lost or charged."""

from itertools import pairwise

import pytest

from bot.app.sandboxed import free_port
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN, MIA
from tests.flows.stage import ARK_PATH, World, until
from tests.flows.talk import Talk, words

PAUSED = "⚠️ ark is paused"
BACK = "✅ ark answers again"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(Trouble.STATUS, status=401), "refuses the key"),
        (Fault(Trouble.STATUS, status=403, code="AccountOverdueError"), "has no money"),
        (Fault(Trouble.HTML), "does not answer like this provider's API"),
        (Fault(Trouble.EMPTY_404), "does not answer like this provider's API"),
    ],
    ids=["401", "overdue", "html", "404"],
)
async def test_an_operator_s_fault_pauses_the_provider_until_it_heals(world: World, fault: Fault, reason: str) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/start")
        await mia.reads("Hi Mia")
        world.ark.fail("create", fault, times=2)
        await ann.say("/video a dog runs")
        await mia.reads(PAUSED, reason)
        await ann.reads("does not answer at the moment")
        await ann.video()
        await mia.reads(BACK)
        told = [words(m) for m in await mia.heard()]
    assert sum(text.startswith(PAUSED) for text in told) == 1
    assert sum(text.startswith(BACK) for text in told) == 1
    assert len(world.ark.tasks) == 1
    assert world.books.value("SELECT count(*) FROM pauses") == 0


async def test_an_operator_who_never_wrote_is_not_written_to(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        world.ark.fail("create", Fault(Trouble.STATUS, status=401))
        await ann.say("/video a dog runs")
        await ann.video()
        assert await Talk(world.mia, MIA).heard() == []


async def test_a_key_that_is_refused_meanwhile_does_not_end_running_jobs(world: World) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/start")
        await mia.reads("Hi Mia")
        world.ark.fail("get", Fault(Trouble.STATUS, status=401), times=2)
        await ann.say("/video a dog runs")
        await mia.reads(PAUSED, "refuses the key")
        await ann.video()
        await ann.say("/video a cat runs")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await mia.reads(BACK)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_provider_is_asked_again(world: World, status: int) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        world.ark.fail("create", Fault(Trouble.STATUS, status=status, retry_after_s=1), times=2)
        await ann.say("/video a dog runs")
        await ann.video()
    assert [call.status for call in world.ark.wire.of("create")] == [status, status, 200]
    assert len(world.ark.tasks) == 1


async def test_a_provider_that_can_not_be_reached_keeps_its_jobs_until_it_can(world: World) -> None:
    ann = Talk(world.ann, ANN)
    nowhere = f"http://127.0.0.1:{free_port()}{ARK_PATH}"
    async with world.bot(ark_base_url=nowhere):
        await ann.say("/video a dog runs")
        await until(lambda: world.books.value("SELECT sum(attempts) FROM jobs"))
        assert world.books.states == ["QUEUED"]
    async with world.bot():
        await ann.video()
    assert len(world.ark.tasks) == 1


@pytest.mark.parametrize("trouble", [Trouble.DROP_BEFORE, Trouble.HTML, Trouble.TRUNCATED, Trouble.STRINGS])
async def test_polling_survives_every_kind_of_bad_answer(world: World, trouble: Trouble) -> None:
    ann, mia = Talk(world.ann, ANN), Talk(world.mia, MIA)
    async with world.bot():
        await mia.say("/start")
        world.ark.fail("get", Fault(trouble), times=2)
        await ann.say("/video a dog runs")
        await ann.video()
    assert world.books.states == ["DELIVERED"]


async def test_a_model_that_is_gone_after_a_restart_ends_its_jobs_and_frees_the_money(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(policy={"rest_ms": 60_000}):
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["QUEUED"])
    world.clock.push(minutes=2)
    async with world.bot(ark_api_key=None):
        await ann.reads("This model is not offered any more", "Nothing was charged.")
    assert world.books.states == ["FAILED"]


async def test_a_running_job_without_its_provider_ends_at_the_deadline_and_its_output_comes_late(
    world: World,
) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: any(task.output is not None for task in world.ark.tasks.values()))
    async with world.bot(ark_api_key=None):
        world.clock.push(minutes=31)
        await ann.reads("did not finish within", "Nothing was charged.")
    world.clock.push(minutes=6)
    async with world.bot():
        assert "late, so free of charge" in words(await ann.video())
    assert world.books.states == ["FAILED"]
    assert world.books.losses == [("late", 762_300)]


async def test_jobs_wait_their_turn_when_all_places_are_taken(world: World) -> None:
    world.ark.knobs.render_s = 1
    ann = Talk(world.ann, ANN)
    async with world.bot(max_active_jobs=1, user_active_jobs=5):
        for name in ("a dog", "a cat", "a bird"):
            await ann.say(f"/video {name} runs")
        await ann.reads("In the queue · place")
        await until(lambda: world.books.states == ["DELIVERED"] * 3)
    at = sorted(task.created_ms for task in world.ark.tasks.values())
    assert all(later - earlier >= 900 for earlier, later in pairwise(at))
