"""Every provider, dying at any call before or after it acted: one task at most, the truth told, the money right."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from bot.sandbox.providers.base import Embedded
from bot.sandbox.providers.entries import names
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN
from tests.flows.houses import KEY, serving
from tests.flows.stage import World, until
from tests.flows.talk import Talk

IN_RECORD = {"google", "vertex"}
"""Their output comes inside of the record: there is no file to be cut."""
CANCELLING = {"ark": "delete", "fal": "delete", "runway": "delete", "google": "cancel"}
OVER = {"DELIVERED", "FAILED"}
BEFORE, AFTER = Fault(Trouble.DROP_BEFORE), Fault(Trouble.DROP_AFTER)
DEATHS = {
    "create, before": ("create", BEFORE, 1),
    "create, after": ("create", AFTER, 1),
    "create, after, with 500": ("create", Fault(Trouble.STATUS, status=500, acts=True), 1),
    "create, with half an answer": ("create", Fault(Trouble.TRUNCATED), 1),
    "look, before": ("get", BEFORE, 3),
    "look, with half an answer": ("get", Fault(Trouble.TRUNCATED), 2),
    "file, before": ("file", BEFORE, 2),
    "file, with half of it": ("file", Fault(Trouble.TRUNCATED), 2),
}
ALL_DEATHS = [(name, death) for name in names() for death in DEATHS if name not in IN_RECORD or "file" not in death]
STRIDE = 3
OWN_DEATHS = [
    ("runway", "upload", BEFORE),
    ("runway", "upload", AFTER),
    ("runway", "storage", BEFORE),
    ("runway", "storage", AFTER),
    ("vertex", "token", BEFORE),
    ("vertex", "token", AFTER),
]


def made(server: Embedded) -> int:
    """How many tasks it took."""
    kept = next(getattr(server, name) for name in ("tasks", "videos", "works", "jobs") if hasattr(server, name))
    return len(kept)


async def came_to_its_end(world: World) -> None:
    """The job is over; what can only wait to be found out is waited for by the clock."""
    await until(lambda: set(world.books.states) & {*OVER, "UNCERTAIN"})
    while world.books.states == ["UNCERTAIN"]:
        world.clock.push(minutes=2)
        with suppress(TimeoutError):
            await until(lambda: world.books.states != ["UNCERTAIN"], 1)
    await until(lambda: set(world.books.states) & OVER)


async def check_truth(world: World, ann: Talk, server: Embedded) -> None:
    """Either the one video, paid within its quote, or none, unpaid; the words say which."""
    (job,) = world.books.jobs
    assert made(server) <= 1
    if job["state"] == "DELIVERED":
        assert 0 < job["cost_microusd"] <= job["quote_microusd"]
        assert world.books.losses == []
        await ann.video()
    else:
        assert world.books.losses == [("uncertain", job["quote_microusd"])]
        await ann.reads("It could not be found out", "Nothing was charged")
    assert not [line for line in world.journal.lines if KEY in line]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every death of every provider in `make crash`; else every third of them, each kind and each provider in turn."""
    if "death" in metafunc.fixturenames:
        full = metafunc.config.getoption("--crash-full")
        metafunc.parametrize(("name", "death"), ALL_DEATHS if full else ALL_DEATHS[::STRIDE])


async def test_a_death_at_any_call_makes_one_task_at_most(world: World, name: str, death: str) -> None:
    kind, fault, times = DEATHS[death]
    ann = Talk(world.ann, ANN)
    async with serving(world, name) as (server, settings), world.bot(**settings):
        server.wire.fail(kind, fault, times=times)
        await ann.say("/video a dog runs 4s")
        await came_to_its_end(world)
        assert len(server.wire.of(kind)) >= times
        await check_truth(world, ann, server)


@pytest.mark.parametrize(("name", "kind", "fault"), OWN_DEATHS)
async def test_what_goes_before_the_request_can_die_and_is_done_again(
    world: World, dog: Path, name: str, kind: str, fault: Fault
) -> None:
    ann = Talk(world.ann, ANN)
    async with serving(world, name) as (server, settings), world.bot(**settings):
        server.wire.fail(kind, fault)
        await ann.say("/video the dog runs 4s 16:9", dog)
        await came_to_its_end(world)
        assert len(server.wire.of(kind)) > 1
        assert (made(server), world.books.states) == (1, ["DELIVERED"])
        await check_truth(world, ann, server)


@pytest.mark.parametrize("fault", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("name", CANCELLING)
async def test_a_stop_whose_answer_is_lost_ends_in_the_truth(world: World, name: str, fault: Fault) -> None:
    ann = Talk(world.ann, ANN)
    async with serving(world, name) as (server, settings), world.bot(**settings):
        server.knobs.queue_s = 600
        kind = CANCELLING[name]
        server.wire.fail(kind, fault)
        await ann.say("/video a dog runs 4s")
        await until(lambda: world.books.states == ["RUNNING"])
        await ann.press(await ann.reads("Rendering"), "✕")
        await ann.reads("Cancelled. Nothing was charged.")
        assert len(server.wire.of(kind)) >= 1
    assert (world.books.states, world.books.losses) == (["CANCELLED"], [])
