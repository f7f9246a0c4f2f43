"""Links in the words of a request, fetched like attachments; nothing inside the house can be reached by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.providers import download
from bot.sandbox.providers.serving import serve
from bot.sandbox.telegram import ANN
from bot.worker import links
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words


@asynccontextmanager
async def gallery(dog: Path) -> AsyncIterator[tuple[str, list[str]]]:
    """A web site with the picture of a dog, and the paths that were asked for."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        match request.path:
            case "/dog.jpg":
                return web.FileResponse(dog)
            case "/page.jpg":
                return web.Response(text="<html>log in first</html>", content_type="text/html")
            case "/large.jpg":
                return web.Response(body=bytes(2_000), content_type="image/jpeg")
            case _:
                return web.Response(status=404)

    site = web.Application()
    site.router.add_get("/{name}", answer)
    async with serve(site, "127.0.0.1", 0) as origin:
        yield origin, asked


@pytest.fixture
def opened(world: World) -> None:
    """This machine counts as a part of the open internet."""
    world.patch.setattr(download, "is_public", lambda _: True)
    world.patch.setattr(links, "AGAIN_S", 0.01)


@pytest.mark.usefixtures("opened")
async def test_a_linked_picture_is_a_reference_of_the_video(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with gallery(dog) as (origin, asked), world.bot():
        await ann.say(f"/video the dog {origin}/dog.jpg runs into the sea 9:16 5s")
        video = await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        assert asked == ["/dog.jpg"]
    assert words(video).startswith("the dog runs into the sea ·")
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 1


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("name", ["gone.jpg", "page.jpg"])
async def test_a_link_without_a_file_is_told_and_nothing_is_charged(world: World, dog: Path, name: str) -> None:
    ann = Talk(world.ann, ANN)
    async with gallery(dog) as (origin, _), world.bot():
        await ann.say(f"/video the dog {origin}/{name} runs 5s")
        await ann.start()
        await ann.reads("does not give the file of your link", "Nothing was charged")
    assert (world.books.states, len(world.ark.tasks)) == (["FAILED"], 0)


@pytest.mark.usefixtures("opened")
async def test_a_linked_file_has_a_largest_size(world: World, dog: Path) -> None:
    world.patch.setattr(links, "MAX_BYTES", 1_000)
    ann = Talk(world.ann, ANN)
    async with gallery(dog) as (origin, _), world.bot():
        await ann.say(f"/video the dog {origin}/large.jpg runs 5s")
        await ann.start()
        await ann.reads("The file of your link is larger than", "Nothing was charged")
    assert world.books.states == ["FAILED"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_link_into_the_house_is_never_followed(world: World, dog: Path, host: str) -> None:
    ann = Talk(world.ann, ANN)
    async with gallery(dog) as (origin, asked), world.bot():
        await ann.say(f"/video the dog {origin.replace('127.0.0.1', host)}/dog.jpg runs 9:16 5s")
        await until(lambda: world.books.states == ["FAILED"])
        assert asked == []
    assert len(world.ark.tasks) == 0
