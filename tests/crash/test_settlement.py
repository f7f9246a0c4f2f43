"""A video that is paid and one that fails, with the process gone at every commit: each has its end and its money."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from bot.chat import sender
from bot.sandbox.telegram import ANN
from tests.crash.hurried import HURRIED
from tests.crash.mortal import Mortal, When, at_every_commit, survived
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, is_video, words

COST = 762_300
PATIENCE_S = 90.0
STRIDE = 9
"""Without `--crash-full` every ninth commit, after it and before it in turns."""

RICH: Final[dict[str, Any]] = {
    "user_usd_per_month": 1_000, "service_usd_per_day": 1_000, "user_requests_per_day": 1_000, "user_active_jobs": 10,
}  # fmt: skip
PACE = replace(HURRIED, look_up_ms=100)


async def people(world: World) -> None:
    """Ann asks for two videos; if it is not known whether one came, she asks for it again."""
    ann = Talk(world.ann, ANN)
    asked = await ann.say("/video a dog runs")
    other = await ann.say("/video a dog runs [fail]")

    def ended(message: Message) -> bool:
        return message["id"] > asked["id"] and (is_video(message) or "did not confirm" in words(message))

    told = await ann.sees(ended, PATIENCE_S)
    if not is_video(told) and not any(video["id"] > asked["id"] for video in await ann.videos()):
        await ann.press(told, "Send it again")
    await ann.sees(lambda m: m["id"] > asked["id"] and is_video(m), PATIENCE_S)
    await ann.sees(lambda m: m["id"] > other["id"] and "Nothing was charged" in words(m), PATIENCE_S)
    await settled(world)


async def settled(world: World) -> None:
    """No task twice, no hold left, each job's money where its state says.

    A video that came while its bot ended is not known to have come: it stays on its way until Ann asks for it.
    """
    open_jobs = "SELECT count(*) FROM jobs WHERE state NOT IN ('DELIVERING', 'DELIVERED', 'FAILED')"
    await until(lambda: world.books.value(open_jobs) == 0)
    jobs = world.books.jobs
    assert [job["cost_microusd"] for job in jobs if job["state"] != "FAILED"] == [COST] * (len(jobs) // 2)
    assert len(world.ark.tasks) == len(jobs)
    assert world.books.value("SELECT count(*) FROM holds") == 0
    assert world.books.value("SELECT -sum(amount_microusd) FROM entries") == COST * len(jobs) // 2
    world.books.check()


@pytest.mark.crash
@pytest.mark.timeout(1_800)
async def test_a_video_and_a_failure_survive_the_end_of_the_process_at_every_commit(
    world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "GRACE_S", 0.1)
    world.refusals |= {400, 409}
    async with world.bot(pace=PACE, **RICH):  # the commits of the very first start are not the story's
        await Talk(world.ann, ANN).say("/start")
        await Talk(world.ann, ANN).reads("Hi Ann")

    async def story(_: int, mortal: Mortal) -> None:
        await survived(world, mortal, people(world), pace=PACE, **RICH)

    full = bool(request.config.getoption("--crash-full"))
    plans: list[tuple[When, ...]] = [("before",), ("after",)] if full else [("after", "before")]
    stride = 1 if full else STRIDE
    for whens in plans:
        assert await at_every_commit(2, stride, story, whens) * stride >= 18
