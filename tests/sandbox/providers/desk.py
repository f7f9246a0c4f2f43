"""A client's desk before an embedded provider: short words for calls, references of every kind, a held clock."""

from __future__ import annotations

import asyncio
import base64
import io
import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import av
from aiohttp import ClientResponse, ClientSession, web
from av.video.stream import VideoStream
from PIL import Image

from bot.sandbox.providers.ark import ArkServer
from bot.sandbox.providers.serving import serve
from bot.sandbox.render import Order, Rendered

KEY = "ark-test-key"
MODEL = "dreamina-seedance-2-0-260128"


@dataclass
class HeldClock:
    """Stands still until a test moves it."""

    at_ms: int = 1_784_279_786_000

    def __call__(self) -> int:
        return self.at_ms

    def pass_s(self, seconds: float) -> None:
        self.at_ms += round(seconds * 1000)


@dataclass
class Stub:
    """A renderer for wire tests: any order gets the same few bytes at once."""

    folder: Path
    orders: list[Order] = field(default_factory=list)

    async def render(self, order: Order) -> Rendered:
        self.orders.append(order)
        await asyncio.sleep(0)
        video, frame = self.folder / "stub.mp4", self.folder / "stub.jpeg"
        video.write_bytes(b"0123456789" * 100)
        frame.write_bytes(b"jpeg")
        return Rendered(video, frame, order.width, order.height, order.frames, 1000)


@dataclass
class Desk:
    """A client of the server under test: short words for its calls."""

    server: ArkServer
    base: str
    session: ClientSession
    clock: HeldClock
    stub: Stub

    @property
    def origin(self) -> str:
        return self.base.removesuffix("/ark/api/v3")

    async def call(self, method: str, path: str = "", *, key: str = KEY, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        url = f"{self.base}/contents/generations/tasks{path}"
        async with self.session.request(method, url, headers=headers, **more) as response:
            return response.status, await response.json(content_type=None)

    async def create(self, *items: dict[str, Any], text: str | None = "a cat", **fields: Any) -> tuple[int, Any]:
        content = [*([{"type": "text", "text": text}] if text is not None else []), *items]
        return await self.call("POST", json={"model": MODEL, "content": content, **fields})

    async def created(self, *items: dict[str, Any], **fields: Any) -> str:
        status, answer = await self.create(*items, **fields)
        assert status == 200, answer
        return str(answer["id"])

    async def refused(self, *items: dict[str, Any], **fields: Any) -> tuple[str, str]:
        status, answer = await self.create(*items, **fields)
        assert status == 400, answer
        return answer["error"]["code"], answer["error"]["message"]

    async def get(self, task_id: str) -> Any:
        status, answer = await self.call("GET", f"/{task_id}")
        assert status == 200, answer
        return answer

    async def plain(self, url: str, **headers: str) -> ClientResponse:
        response = await self.session.get(url, headers=headers)
        await response.read()
        return response


def picture_bytes(width: int = 400, height: int = 400, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 40, 40)).save(buffer, form)
    return buffer.getvalue()


def wav_bytes(seconds: float = 3.0, hertz: float = 440.0) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        turn = 2 * math.pi * hertz / 8000
        file.writeframes(
            b"".join(struct.pack("<h", round(9000 * math.sin(turn * n))) for n in range(round(8000 * seconds)))
        )
    return buffer.getvalue()


def movie_bytes(
    seconds: float = 2.0, width: int = 640, height: int = 640, rate: int = 24, codec: str = "libx264"
) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = cast("VideoStream", container.add_stream(codec, rate=rate, options={"preset": "ultrafast"}))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([90]) * plane.buffer_size)
        for number in range(round(seconds * rate)):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def data_url(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def image(content: bytes | str | None = None, role: str | None = "reference_image") -> dict[str, Any]:
    url = content if isinstance(content, str) else data_url("image/png", content or picture_bytes())
    return {"type": "image_url", "image_url": {"url": url}, "role": role}


def audio(content: bytes | str | None = None, role: str | None = "reference_audio") -> dict[str, Any]:
    url = content if isinstance(content, str) else data_url("audio/wav", content or wav_bytes())
    return {"type": "audio_url", "audio_url": {"url": url}, "role": role}


def video(url: str, role: str | None = "reference_video") -> dict[str, Any]:
    return {"type": "video_url", "video_url": {"url": url}, "role": role}


@dataclass
class Host:
    """Somebody's web server: serves ``files`` by name, keeps what is posted to it."""

    origin: str
    files: dict[str, bytes]
    posted: list[Any]
    answers: list[int]
    arrivals: asyncio.Semaphore

    def put(self, name: str, content: bytes) -> str:
        self.files[name] = content
        return f"{self.origin}/{name}"


@asynccontextmanager
async def hosting() -> AsyncIterator[Host]:
    host = Host("", {}, [], [], asyncio.Semaphore(0))

    async def send(request: web.Request) -> web.Response:
        content = host.files.get(request.match_info["name"])
        return web.Response(body=content) if content is not None else web.Response(status=404)

    async def take(request: web.Request) -> web.Response:
        host.posted.append(await request.json())
        host.arrivals.release()
        return web.Response(status=host.answers.pop(0) if host.answers else 200)

    app = web.Application()
    app.router.add_get("/{name}", send)
    app.router.add_post("/{name}", take)
    async with serve(app, "127.0.0.1", 0) as host.origin:
        yield host
