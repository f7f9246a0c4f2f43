"""A provider that calls back: the end is seen at once though looks are rare, and that earns trust."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.sandbox.providers.ark import Status
from bot.sandbox.providers.google import GoogleServer
from bot.sandbox.telegram import ANN
from tests.flows.houses import serving
from tests.flows.stage import BRISK, World, until
from tests.flows.talk import Talk

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
SIGNS = "whsec_YSBzZWNyZXQgb2YgdGhlIHByb2plY3Q="
AT_ONCE_MS = 5_000
"""Far from the minute of the looks; some tenths of a second on a machine that is not busy with other tests."""


async def test_ends_are_seen_at_once_by_callbacks_alone(world: World) -> None:
    world.ark.knobs.render_s = 0.5
    ann = Talk(world.ann, ANN)
    seldom = replace(BRISK, poll_ms=MINUTE_MS, floor_ms=MINUTE_MS)
    async with world.bot(linked=True, pace=seldom, user_active_jobs=8) as bot:
        for name in ("dog", "cat", "bird"):
            await ann.say(f"/video a {name} runs")
        await until(lambda: world.books.states == ["DELIVERED"] * 3)
        await until(lambda: bot._tools.ears.trust("ark", "seedance-2.0"))
    for task in world.ark.tasks.values():
        assert task.status is Status.SUCCEEDED
        looks = [call.at_ms for call in world.ark.wire.of("get") if call.path.endswith(task.id)]
        seen_ms = min(at_ms for at_ms in looks if at_ms >= task.changed_ms) - task.changed_ms
        assert seen_ms <= AT_ONCE_MS


@pytest.mark.parametrize("name", ["fal", "google", "kling", "kling-legacy"])
async def test_a_provider_that_takes_an_address_with_the_order_calls_it_at_the_end(world: World, name: str) -> None:
    ann = Talk(world.ann, ANN)
    seldom = replace(BRISK, poll_ms=HOUR_MS, floor_ms=HOUR_MS)
    async with serving(world, name) as (_, settings), world.bot(linked=True, pace=seldom, **settings):
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["DELIVERED"])


@pytest.mark.parametrize("name", ["google", "veo"])
async def test_the_webhook_of_a_google_project_tells_of_the_end_of_either_wire(world: World, name: str) -> None:
    ann = Talk(world.ann, ANN)
    seldom = replace(BRISK, poll_ms=HOUR_MS, floor_ms=HOUR_MS)
    async with serving(world, name) as (server, settings):
        assert isinstance(server, GoogleServer)
        server.knobs.webhook_secrets = (SIGNS,)
        async with world.bot(linked=True, pace=seldom, gemini_webhook_secret=SIGNS, **settings):
            server.knobs.webhook_url = f"{world.public_url}/callbacks/google"
            await ann.say("/video a dog runs 4s")
            await until(lambda: world.books.states == ["DELIVERED"])
            assert {(hook.event.partition(".")[0], hook.answer) for hook in server.hooks.made} == {
                ("video" if name == "veo" else "interaction", 200)
            }
