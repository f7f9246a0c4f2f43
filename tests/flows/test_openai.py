"""The `/v1/videos` format through whole stories: a frame cut to size, and an answer that was lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from bot.sandbox.providers.openai import OpenAIKnobs, OpenAIServer
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.render import Renderer
from bot.sandbox.telegram import ANN
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words

KEY = "sk-a-key-that-must-be-seen-nowhere"


@asynccontextmanager
async def sold(world: World, dialect: Any = "official") -> AsyncIterator[tuple[OpenAIServer, dict[str, Any]]]:
    """A server of the format, and the settings that use it in the place of Ark."""
    knobs = OpenAIKnobs(dialect=dialect, queue_s=0.1, render_s=0.2)
    server = OpenAIServer(KEY, Renderer(world.films, fast=True, alike=True), world.clock, knobs)
    async with server.running() as base:
        settings = {"openai_base_url": base, "openai_api_key": KEY, "openai_dialect": dialect}
        yield server, {"ark_api_key": None, "default_model": "sora-2", **settings}


async def test_a_photo_becomes_a_first_frame_of_the_outputs_own_size(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with sold(world) as (server, settings), world.bot(**settings):
        await ann.say("the dog runs 8s 9:16", dog)
        await ann.start()
        video = await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        (made,) = server.videos.values()
        assert made.ask.size == "720x1280"
        assert "input_reference" in server.wire.of("create")[0].ask
    (job,) = world.books.jobs
    assert (job["provider"], job["cost_microusd"]) == ("openai", 800_000)
    assert "$0.80" in words(video)
    (sent,) = (world.folder / "data").rglob("reference0.jpg")
    with Image.open(sent) as frame:
        assert frame.size == (720, 1280)
    assert not [line for line in world.journal.lines if KEY in line]


async def test_a_video_whose_answer_was_lost_is_found_by_what_was_ordered(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with sold(world) as (server, settings), world.bot(**settings):
        server.fail("create", Fault(Trouble.DROP_AFTER))
        await ann.say("/video a dog runs 4s")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        assert (len(server.videos), len(server.wire.of("create"))) == (1, 1)
        (job,) = world.books.jobs
        assert job["task_id"] in server.videos
