"""Two providers of one model, and other models: who takes a job over, when, and that nothing is ever made twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN, BOB, GROUP
from tests.flows.stage import BRISK, GUIDE_KEY, GUIDE_PATH, World, until
from tests.flows.talk import Talk, buttons

AT = "@kinetogram_bot"
NOT_OPEN = Fault(Trouble.STATUS, status=404, code="ModelNotOpen")


def both(world: World) -> dict[str, Any]:
    """Ark first, then the guide's provider: the same model, cheaper there."""
    return {"seedance_api_key": GUIDE_KEY, "seedance_base_url": world.origin + GUIDE_PATH}


def made(world: World) -> int:
    return len(world.ark.tasks) + len(world.guide.jobs)


async def test_another_provider_of_the_same_model_takes_over_from_one_that_is_paused(world: World) -> None:
    world.ark.fail("create", Fault(Trouble.STATUS, status=401), times=50)
    ann = Talk(world.ann, ANN)
    async with world.bot(**both(world)):
        await ann.say("/video a dog runs")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await ann.say("/video a cat runs")  # the next one is quoted where it is made
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    assert (len(world.ark.tasks), len(world.guide.jobs)) == (0, 2)
    assert {job["provider"] for job in world.books.jobs} == {"seedance"}
    assert all(job["cost_microusd"] <= job["quote_microusd"] for job in world.books.jobs)


@pytest.mark.parametrize(
    ("kind", "fault", "times"),
    [
        ("create", Fault(Trouble.DROP_AFTER), 1),
        ("create", Fault(Trouble.STATUS, status=500, acts=True), 1),
        ("create", Fault(Trouble.STATUS, status=503, retry_after_s=1), 2),
        ("create", Fault(Trouble.STATUS, status=401), 1),
        ("get", Fault(Trouble.DROP_BEFORE), 8),
        ("get", Fault(Trouble.HTML), 2),
        ("file", Fault(Trouble.TRUNCATED), 2),
    ],
    ids=["taken, answer lost", "taken, 500", "busy", "key", "looks lost", "looks unreadable", "file cut"],
)
async def test_a_provider_that_dies_at_any_call_makes_it_once(
    world: World, kind: str, fault: Fault, times: int
) -> None:
    world.ark.fail(kind, fault, times=times)
    ann = Talk(world.ann, ANN)
    async with world.bot(**both(world)):
        await ann.say("/video a dog runs")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
    assert made(world) == 1
    assert world.books.losses == []
    (job,) = world.books.jobs
    assert 0 < job["cost_microusd"] <= job["quote_microusd"]


async def test_auto_lets_the_next_model_take_over_and_says_so(world: World) -> None:
    world.ark.fail("create", NOT_OPEN)
    ann = Talk(world.ann, ANN)
    async with world.bot(default_model="auto"):
        await ann.say("/video a dog runs")
        await ann.reads("Seedance 2.0 does not answer at the moment; Seedance 2.0 fast makes it")
        await ann.video()
    (job,) = world.books.jobs
    assert job["model"] == "seedance-2.0-fast"
    assert job["cost_microusd"] < job["quote_microusd"] == 762_300
    assert made(world) == 1


async def test_a_named_model_waits_and_offers_others_with_their_prices(world: World) -> None:
    world.ark.fail("create", NOT_OPEN)
    ann = Talk(world.ann, ANN)
    async with world.bot(pace=replace(BRISK, pause_ms=60_000)):
        await ann.say("/video a dog runs")
        card = await ann.sees(lambda m: any(text.startswith("Seedance 2.0 fast $0.61") for text in buttons(m)))
        assert made(world) == 0
        await ann.press(card, "Seedance 2.0 fast")
        await ann.video()
    states = {job["model"]: job["state"] for job in world.books.jobs}
    assert states == {"seedance-2.0": "CANCELLED", "seedance-2.0-fast": "DELIVERED"}
    assert made(world) == 1


async def test_another_model_that_the_groups_administrators_do_not_allow_can_be_asked_for(world: World) -> None:
    world.ark.fail("create", NOT_OPEN)
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    async with world.bot(operator_ids=(BOB,), pace=replace(BRISK, pause_ms=60_000)):
        await mia.say(f"/quota{AT} model=seedance-2.0")
        await mia.reads("Saved. Each member: only seedance-2.0.")
        await ann.say(f"/video{AT} a dog runs")
        card = await ann.sees(lambda m: any(text.startswith("Seedance 2.0 fast $0.61") for text in buttons(m)))
        await ann.press(card, "Seedance 2.0 fast")
        refusal = await ann.reads("Only seedance-2.0 may be used here.", "goes on waiting")
        await ann.press(refusal, "Ask a moderator")
        await mia.press(await mia.sees(lambda m: "Allow once" in buttons(m)), "Allow once")
        allowed = await ann.reads("A moderator allowed this once.")
        assert made(world) == 0
        await ann.press(allowed, "▶")
        await ann.video()
    models = {job["model"]: job["state"] for job in world.books.jobs}
    assert models == {"seedance-2.0": "QUEUED", "seedance-2.0-fast": "DELIVERED"}


async def test_refused_content_goes_nowhere_else(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(default_model="auto", **both(world)):
        await ann.say("/video [nsfw] a dog runs")
        await until(lambda: world.books.states == ["FAILED"])
    assert made(world) == 0
    assert (len(world.ark.wire.of("create")), len(world.guide.wire.of("create"))) == (1, 0)


async def test_what_the_first_provider_of_a_model_can_not_make_is_made_by_the_next(world: World) -> None:
    """2K is made by the guide's provider alone."""
    ann = Talk(world.ann, ANN)
    async with world.bot(**both(world)):
        await ann.say("/video a dog runs 2k")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
    assert (len(world.ark.tasks), len(world.guide.jobs)) == (0, 1)
    async with world.bot():
        await ann.say("/video a cat runs 2k")
        card = await ann.sees(lambda m: any(text.startswith("1080p") for text in buttons(m)))
        assert card
    assert made(world) == 1
