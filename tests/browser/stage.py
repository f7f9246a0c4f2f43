"""What the page's tests stand on: a real Telegram with the page on it, a bot played by plain HTTP calls, and files."""

import io
import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from aiohttp import ClientSession, FormData, web
from PIL import Image
from playwright.async_api import Locator, Page, expect

from bot.sandbox import page as chat_page
from bot.sandbox.telegram import Options, TelegramServer, WorldOptions

TOKEN = "700700:page-tests"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """`base` is the page's address without a trailing slash; the bot's calls go over the wire."""

    base: str
    server: TelegramServer
    http: ClientSession

    @property
    def bot(self) -> str:
        """Where the bot's calls go, without a trailing slash."""
        return f"{self.base}/bot{TOKEN}"

    async def call(self, method: str, **params: Any) -> Any:
        """A Bot API call as JSON; its `result`."""
        async with self.http.post(f"{self.bot}/{method}", json=params) as response:
            answer: Json = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def upload(self, method: str, field: str, body: bytes, name: str, **params: str) -> Any:
        """A Bot API call that carries a file."""
        form = FormData(params)
        form.add_field(field, body, filename=name, content_type="video/mp4")
        async with self.http.post(f"{self.bot}/{method}", data=form) as response:
            answer: Json = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def next_updates(self, count: int = 1) -> list[Json]:
        """The next `count` updates, each acknowledged."""
        updates: list[Json] = []
        while len(updates) < count:
            batch = await self.call("getUpdates", timeout=10, limit=count - len(updates))
            assert batch, f"only {updates} came"
            updates += batch
            await self.call("getUpdates", timeout=0, offset=updates[-1]["update_id"] + 1, limit=1)
        return updates

    async def next_message(self) -> Json:
        """The next update, a message."""
        (update,) = await self.next_updates()
        message: Json = update["message"]
        return message

    async def open(self, page: Page, person: int, chat: int | None = None) -> None:
        """Open the page as this person, in this chat."""
        where = f"&chat={chat}" if chat else ""
        await page.goto(f"{self.base}/?as={person}{where}")
        await expect(page.locator("#app[data-ready=true]")).to_be_visible()


@asynccontextmanager
async def staged(files: Path, now_ms: Any, world: WorldOptions) -> AsyncIterator[Stage]:
    """Serve Telegram and the page on one port of their own."""
    server = TelegramServer(TOKEN, files, now_ms, options=Options(world=world))
    app = web.Application()
    server.attach(app)
    chat_page.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession() as http:
            yield Stage(f"http://127.0.0.1:{runner.addresses[0][1]}", server, http)
    finally:
        await runner.cleanup()


def message(page: Page, sent: Json) -> Locator:
    """The bubble of a message of the Bot API."""
    return page.get_by_test_id(f"message-{sent['message_id']}")


def keyboard(*rows: list[tuple[str, str]]) -> Json:
    """An inline keyboard of (text, data)."""
    return {"inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in rows]}


def picture(path: Path, size: tuple[int, int]) -> Path:
    """A JPEG of this size."""
    Image.new("RGB", size, (180, 90, 40)).save(path)
    return path


def tone(path: Path, seconds: float = 2.0) -> Path:
    """A WAV with a hum that swells and fades."""
    rate = 8000
    samples = (math.sin(t / 6) * math.sin(math.pi * t / rate / seconds) * 20000 for t in range(int(rate * seconds)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"".join(struct.pack("<h", int(sample)) for sample in samples))
    return path


def mp4(seconds: int = 2) -> bytes:
    """A little H.264 film, 9:16."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 180, 320, "yuv420p"
        for number in range(seconds * 10):
            image = Image.new("RGB", (180, 320), (number * 8 % 256, 90, 160))
            for packet in stream.encode(av.VideoFrame.from_image(image)):  # type: ignore[no-untyped-call]  # PyAV leaves it bare
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return out.getvalue()
