"""Google's doors through whole stories: a video inside a record, settled by its tokens, and one that was refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.sandbox.providers.google import GoogleKnobs, GoogleServer
from bot.sandbox.render import Renderer
from bot.sandbox.telegram import ANN
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

KEY = "AIza-a-key-that-must-be-seen-nowhere"


@asynccontextmanager
async def google(world: World) -> AsyncIterator[tuple[GoogleServer, str]]:
    """Google, and its address."""
    films = Renderer(world.films, fast=True, alike=True)
    server = GoogleServer(KEY, films, world.clock, GoogleKnobs(queue_s=0.1, render_s=0.2, early_misses=1))
    async with server.running() as base:
        yield server, base


async def test_a_photo_opens_a_video_of_omni_that_is_settled_by_its_tokens(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with google(world) as (server, base):
        settings: dict[str, Any] = {"gemini_api_key": KEY, "gemini_base_url": base, "default_model": "gemini-omni-1.1"}
        async with world.bot(ark_api_key=None, **settings):
            await ann.say("the dog runs 3s 360p --negative cats", dog)
            await ann.start()
            video = await ann.video()
            await until(lambda: world.books.states == ["DELIVERED"])
        (work,) = server.works.values()
    assert work.order.prompt == "the dog runs. Avoid: cats"
    (job,) = world.books.jobs
    read = 100 + len(work.order.prompt) // 4 + 258
    assert (job["provider"], job["cost_microusd"]) == ("google", -(-(3 * 1931 * 175 + read * 15) // 10))
    assert job["cost_microusd"] < job["quote_microusd"]
    assert "Gemini Omni 1.1" in words(video)
    assert not [line for line in world.journal.lines if KEY in line]


async def test_a_filtered_video_of_vertex_costs_nothing_and_is_told(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with google(world) as (server, base):
        key_file = world.folder / "key.json"
        key_file.write_text(json.dumps(server.key_file(base)))
        settings: dict[str, Any] = {
            "vertex_project": "sandbox",
            "vertex_base_url": base,
            "default_model": "veo-3.1-fast",
        }
        async with world.bot(ark_api_key=None, google_application_credentials=key_file, **settings):
            await ann.say("/video [outaudio] a dog sings 4s")
            await ann.reads("charged")
            await until(lambda: world.books.states == ["FAILED"])
    (job,) = world.books.jobs
    assert (job["provider"], job["error_key"], job["cost_microusd"]) == ("vertex", "refused-output-audio", None)


async def test_the_seconds_on_a_button_are_those_that_the_model_makes_with_the_pictures(
    world: World, dog: Path
) -> None:
    """Veo makes 4, 6 or 8 s, and 8 s alone of references."""
    ann = Talk(world.ann, ANN)
    async with google(world) as (server, base):
        key_file = world.folder / "key.json"
        key_file.write_text(json.dumps(server.key_file(base)))
        settings: dict[str, Any] = {"vertex_project": "sandbox", "vertex_base_url": base, "default_model": "veo-3.1"}
        async with world.bot(ark_api_key=None, google_application_credentials=key_file, **settings):
            await ann.say("@image1 and @image2 run --dur", dog, dog)
            faults = await ann.sees(lambda m: any(text.startswith("8 s") for text in buttons(m)))
            assert not [text for text in buttons(faults) if text.startswith(("5 s", "10 s"))]
            await ann.press(faults, "8 s")
            await ann.start()
            await ann.video()
            await until(lambda: world.books.states == ["DELIVERED"])
    (job,) = world.books.jobs
    assert json.loads(job["spec"])["duration_s"] == 8
