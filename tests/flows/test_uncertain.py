"""A create call without an answer: looked up, never sent again blindly; deadlines release, late outputs are free."""

from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN
from bot.worker import loop
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words

PRICE = 762_300


async def test_a_task_whose_answer_was_lost_is_found_in_the_list(world: World) -> None:
    world.ark.fail("create", Fault(Trouble.DROP_AFTER))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
    assert len(world.ark.tasks) == 1
    assert len(world.ark.wire.of("create")) == 1
    assert world.ark.wire.of("list")
    (job,) = world.books.jobs
    (task,) = world.ark.tasks.values()
    assert (job["task_id"], job["trace"]) == (task.id, task.ask.safety_identifier)


async def test_a_5xx_that_acted_is_found_too(world: World) -> None:
    world.ark.fail("create", Fault(Trouble.STATUS, status=500, acts=True))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()
    assert len(world.ark.tasks) == 1


async def test_what_was_provably_not_taken_is_sent_again_after_two_listings(world: World) -> None:
    world.ark.fail("create", Fault(Trouble.DROP_BEFORE))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.reads("Checking whether the video model took the request")
        world.books.check()
        await until(lambda: len(world.ark.wire.of("list")) >= 1)
        assert len(world.ark.wire.of("create")) == 1
        world.clock.push(minutes=3.1)
        await until(lambda: world.books.value("SELECT lookup FROM jobs") != "{}")
        assert world.books.states == ["UNCERTAIN"]
        world.clock.push(minutes=1.1)
        await ann.video()
    assert len(world.ark.tasks) == 1
    assert len(world.ark.wire.of("create")) == 2


async def test_an_unanswered_request_is_released_at_the_deadline_and_its_late_output_is_free(world: World) -> None:
    world.ark.fail("create", Fault(Trouble.DROP_AFTER))
    world.ark.fail("list", Fault(Trouble.STATUS, status=500), times=1000)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["UNCERTAIN"])
        world.clock.push(minutes=31)
        await ann.reads("could not be found out", "Nothing was charged")
        world.books.check()
        assert world.books.losses == [("uncertain", PRICE)]
        world.ark.wire.heal()
        world.clock.push(minutes=6)
        video = await ann.video()
        assert "late, so free of charge" in words(video)
        await until(lambda: sum(amount for _, amount in world.books.losses) == PRICE)
    assert world.books.losses[-1] == ("late", PRICE)
    assert world.books.states == ["FAILED"]
    assert len(world.ark.wire.of("create")) == 1


async def test_a_task_that_outlives_its_deadline_is_free_when_it_comes(world: World) -> None:
    world.ark.knobs.render_s = 3_600 * 10
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: any(task.output is not None for task in world.ark.tasks.values()))
        world.clock.push(minutes=6)
        await ann.reads("It takes longer than usual")
        world.clock.push(minutes=25)
        told = await ann.reads("Seedance 2.0 did not finish within", "Nothing was charged.")
        assert "↻ Again" in [button["text"] for row in told["buttons"] for button in row]
        world.clock.push(minutes=6)
        await until(lambda: world.books.value("SELECT run_at FROM jobs") > world.clock())
        (task,) = world.ark.tasks.values()
        await world.ark.advance(task.id, Status.SUCCEEDED)
        world.clock.push(minutes=6)
        assert "late, so free of charge" in words(await ann.video())
    assert world.books.losses == [("late", PRICE)]
    assert world.books.states == ["FAILED"]


async def test_a_task_in_the_queue_is_stopped_at_the_deadline_and_forgotten(world: World) -> None:
    world.ark.knobs.queue_s = 3_600 * 10
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["RUNNING"])
        world.clock.push(minutes=31)
        await ann.reads("did not finish within")
        world.clock.push(minutes=6)
        await until(lambda: world.books.value("SELECT run_at FROM jobs") == 0)
    assert [task.status for task in world.ark.tasks.values()] == [Status.CANCELLED]
    assert world.books.losses == []


async def test_a_wish_to_stop_waits_for_the_answer_to_whether_it_began(world: World) -> None:
    world.ark.knobs.queue_s = 600
    world.ark.fail("create", Fault(Trouble.DROP_AFTER))
    world.ark.fail("list", Fault(Trouble.STATUS, status=500), times=3)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        card = await ann.reads("Checking whether")
        await ann.press(card, "✕")
        await ann.reads("Cancelled. Nothing was charged.")
    assert world.books.states == ["CANCELLED"]
    assert [task.status for task in world.ark.tasks.values()] == [Status.CANCELLED]


async def test_a_stop_waits_for_the_answer_of_a_create_call(world: World) -> None:
    """And makes no further one."""
    world.ark.fail("create", Fault(Trouble.SLOW, delay_s=1))
    ann = Talk(world.ann, ANN)
    async with world.bot(max_active_jobs=1):
        await ann.say("/video a dog runs")
        await ann.say("/video a cat sleeps")
        await until(lambda: world.ark.tasks)
    (task,) = world.ark.tasks.values()
    jobs = {(job["state"], job["task_id"]) for job in world.books.jobs}  # both were due: either may come first
    assert jobs == {("RUNNING", task.id), ("QUEUED", None)}
    assert not world.ark.wire.of("list")


async def test_a_restart_while_the_call_was_out_looks_before_it_sends(world: World) -> None:
    world.patch.setattr(loop, "GRACE_S", 0.2)
    world.ark.fail("create", Fault(Trouble.SLOW, delay_s=30))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.ark.tasks)
    world.clock.push(minutes=4)
    async with world.bot():
        await ann.video()
    assert len(world.ark.tasks) == 1
    assert len(world.ark.wire.of("create")) == 1
