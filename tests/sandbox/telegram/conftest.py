"""One running Telegram for each test, with people and a clock that the test moves."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from PIL import Image

from bot.sandbox.telegram import ANN, BOB, MIA, Options, Person, TelegramServer, WorldOptions
from tests.sandbox.telegram.wire import TOKEN, Clock, Wire, jpeg, mp4


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def options() -> Options:
    return Options(world=WorldOptions(started=True))


@pytest.fixture
def server(tmp_path: Path, clock: Clock, options: Options) -> TelegramServer:
    return TelegramServer(TOKEN, tmp_path / "files", clock, options=options)


@pytest.fixture
async def wire(server: TelegramServer, clock: Clock) -> AsyncIterator[Wire]:
    async with server.running() as base, ClientSession() as session:
        yield Wire(base, server, clock, session)


@pytest.fixture
async def ann(wire: Wire) -> AsyncIterator[Person]:
    async with Person(wire.base, ANN) as person:
        yield person


@pytest.fixture
async def bob(wire: Wire) -> AsyncIterator[Person]:
    async with Person(wire.base, BOB) as person:
        yield person


@pytest.fixture
async def mia(wire: Wire) -> AsyncIterator[Person]:
    async with Person(wire.base, MIA) as person:
        yield person


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str = "picture.jpg", size: tuple[int, int] = (640, 480)) -> Path:
        path = tmp_path / name
        Image.new("RGB", size, (200, 30, 30)).save(path)
        return path

    return make


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(mp4())
    return path


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """A web site with one picture."""

    async def picture(_: web.Request) -> web.Response:
        return web.Response(body=jpeg(), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/picture.jpg", picture)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
