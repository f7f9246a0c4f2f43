"""What the provider sends: fetched again when it is cut, verified, and never charged when it can't be read."""

from pathlib import Path

from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN
from tests.flows.stage import World, until
from tests.flows.talk import Talk


async def test_a_download_that_breaks_off_is_fetched_again(world: World) -> None:
    world.ark.fail("file", Fault(Trouble.TRUNCATED))
    world.ark.fail("file", Fault(Trouble.DROP_BEFORE))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()
    assert world.books.losses == []


async def test_a_link_that_is_refused_is_asked_for_anew(world: World) -> None:
    world.ark.fail("file", Fault(Trouble.STATUS, status=403))
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await ann.video()


async def test_an_output_that_can_not_be_read_is_the_operator_s_loss(world: World, tmp_path: Path) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: any(task.output is not None for task in world.ark.tasks.values()))
        (task,) = world.ark.tasks.values()
        broken = tmp_path / "broken.mp4"
        broken.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(20_000))
        world.ark._shelf.put(f"{task.id}.mp4", broken)
        await world.ark.advance(task.id, Status.SUCCEEDED)
        await ann.reads("returned a file that can't be read. Nothing was charged.")
    assert world.books.states == ["FAILED"]
    assert world.books.losses == [("lost_output", 762_300)]
    assert len([call for call in world.ark.wire.of("file") if call.path.endswith(".mp4")]) == 3


async def test_a_last_frame_that_can_not_be_had_holds_nothing_up(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["DELIVERED"])
        kinds = world.books.value("SELECT group_concat(kind) FROM job_files WHERE job_id = 1")
        assert set(kinds.split(",")) == {"output", "last_frame", "thumbnail"}
        world.ark.knobs.render_s = 600
        await ann.say("/video a cat runs")
        await until(lambda: any(t.output and t.status is Status.RUNNING for t in world.ark.tasks.values()))
        task = list(world.ark.tasks.values())[-1]
        world.ark._shelf.put(f"{task.id}.jpeg", Path("/nonexistent.jpeg"))
        await world.ark.advance(task.id, Status.SUCCEEDED)
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        kinds = world.books.value("SELECT group_concat(kind) FROM job_files WHERE job_id = 2")
        assert set(kinds.split(",")) == {"output", "thumbnail"}


async def test_a_task_that_fails_after_it_was_ready_ends_well(world: World) -> None:
    world.ark.fail("file", Fault(Trouble.STATUS, status=500), times=3)
    world.ark.knobs.record_lifetime_s = 3
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states in (["FAILED"], ["DELIVERED"]))
    assert len(world.ark.wire.of("create")) == 1


async def test_the_provider_s_bytes_are_kept_unmodified(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["DELIVERED"])
    (task,) = world.ark.tasks.values()
    assert task.output is not None
    row = world.books.rows("SELECT * FROM job_files WHERE kind = 'output'")[0]
    assert (world.folder / "data" / row["path"]).read_bytes() == task.output.path.read_bytes()
