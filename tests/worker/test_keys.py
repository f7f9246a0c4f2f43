"""Two keys of one provider, each an account of its own on the wire: they share the load, and one fails alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.providers.config import ProviderConfig
from bot.providers.config import Tools as Wires
from bot.providers.download import Files
from bot.providers.http import Http
from bot.providers.registry import build
from bot.providers.ring import Ring, ring_of
from bot.sandbox.providers.ark import ArkKnobs, ArkServer
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.render import Renderer
from bot.services import pauses
from bot.services.heard import Source
from tests.services.house import MIA
from tests.worker.line import MIAS, Clock, Line

SECOND = "the-second-key-that-was-made-up"
REFUSED = Fault(Trouble.STATUS, status=401, code="AuthenticationError")


@dataclass
class Pair:
    """The line with a second key: `other` is its account."""

    line: Line
    other: ArkServer
    ring: Ring

    async def asked(self, count: int) -> None:
        for number in range(count):
            await self.line.ask(f"a dog runs {number}")
        await self.line.turn()

    @property
    def made(self) -> tuple[int, int]:
        return len(self.line.ark.tasks), len(self.other.tasks)


@pytest.fixture
async def pair(line: Line, tmp_path: Path) -> AsyncIterator[Pair]:
    clock = Clock(line.house)
    knobs = ArkKnobs(queue_s=0, render_s=0, lists_per_second=None, seed=42)
    other = ArkServer(SECOND, Renderer(tmp_path, fast=True, alike=True), clock, knobs)
    wires = Wires(Http(now_s=lambda: clock() / 1000), Files(), clock, clock.sleep)
    async with other.running() as base:
        registry = build([ProviderConfig("ark", base, SECOND, prices="byteplus")], (), wires)
        (second,) = registry.providers["ark"]._members.values()
        ring = ring_of([line.provider, second])
        line.changed(providers={"ark": ring})
        yield Pair(line, other, ring)
        await registry.close()


async def test_keys_take_turns_and_each_task_is_looked_at_with_its_own(pair: Pair) -> None:
    await pair.asked(4)
    assert pair.made == (2, 2)
    await pair.line.live(s=20, every_s=5)
    jobs = await pair.line.house.jobs()
    assert {job["key_name"] for job in jobs} == set(pair.ring.keys)
    for server in (pair.line.ark, pair.other):
        asked = {call.path.rsplit("/", 1)[-1] for call in server.wire.of("get")}
        assert asked == set(server.tasks)
        assert {call.status for call in server.wire.of("get")} == {200}


async def test_a_key_that_is_refused_is_paused_alone_and_comes_back(pair: Pair) -> None:
    line = pair.line
    await line.house.hear("hello there", user=MIA, chat=MIAS, source=Source.PLAIN)
    line.ark.fail("create", REFUSED, times=1)
    await pair.asked(4)
    await line.live(s=10, every_s=5)
    assert sum(pair.made) == 4
    assert pair.made[1] >= 3
    (pause,) = await pauses.all_of(line.tools.env)
    assert pause.key_name == pair.ring.keys[0]
    (alert,) = await line.told("alert-provider-paused")
    assert "ark · 1/2" in alert
    line.house.later(s=61)
    await pair.asked(1)
    assert await pauses.all_of(line.tools.env) == []
    assert len(await line.told("alert-provider-back")) == 1


async def test_an_uncertain_call_is_looked_up_with_the_key_that_made_it(pair: Pair) -> None:
    for server in (pair.line.ark, pair.other):
        server.fail("create", Fault(Trouble.DROP_AFTER))
    await pair.asked(2)
    await pair.line.live(s=30, every_s=5)
    assert pair.made == (1, 1)
    assert {job["state"] for job in await pair.line.house.jobs()} <= {"RUNNING", "COLLECTING", "DELIVERING"}


async def test_when_every_key_is_refused_jobs_wait(pair: Pair) -> None:
    for server in (pair.line.ark, pair.other):
        server.fail("create", REFUSED)
    await pair.asked(3)
    await pair.line.turn()
    assert pair.made == (0, 0)
    assert {job["state"] for job in await pair.line.house.jobs()} == {"QUEUED"}
    assert len(await pauses.all_of(pair.line.tools.env)) == 2
    await pair.line.live(s=200, every_s=5)
    assert sum(pair.made) == 3


def test_keys_with_commas_are_a_configuration_each() -> None:
    extras = {"access_key": "a1,a2", "webhook_secret": "w"}
    both = ProviderConfig("kling", "https://k.example", "s1, s2", extras=extras, paired="access_key")
    pairs = [(one.api_key, one.extras["access_key"], one.extras["webhook_secret"]) for one in both.each()]
    assert pairs == [("s1", "a1", "w"), ("s2", "a2", "w")]
    assert len({one.key_name for one in both.each()}) == 2
    assert ProviderConfig("ark", "https://a.example", "k").each() == [ProviderConfig("ark", "https://a.example", "k")]
