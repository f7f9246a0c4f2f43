"""The bot's end of the wire, a clock that a test moves, and small media made on the spot."""

import io
from dataclasses import dataclass
from typing import Any

import av
from aiohttp import ClientSession, FormData
from PIL import Image

from bot.sandbox.telegram import TelegramServer
from bot.sandbox.telegram.errors import JsonDict

TOKEN = "4242:made-up"


@dataclass
class Clock:
    """Milliseconds that a test moves."""

    at: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += round(seconds * 1000)


@dataclass
class Wire:
    """The bot's end: raw calls over HTTP."""

    base: str
    server: TelegramServer
    clock: Clock
    session: ClientSession
    offset: int = 0

    async def call(self, method: str, /, **params: Any) -> JsonDict:
        async with self.session.post(f"{self.base}/bot{TOKEN}/{method}", json=params) as response:
            answer: JsonDict = await response.json()
            assert answer["ok"] is (response.status == 200)
            return answer

    async def ok(self, method: str, /, **params: Any) -> Any:
        answer = await self.call(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, /, **params: Any) -> str:
        answer = await self.call(method, **params)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def form(self, method: str, files: dict[str, bytes], /, **params: Any) -> JsonDict:
        form = FormData()
        for name, value in params.items():
            form.add_field(name, str(value))
        for name, content in files.items():
            form.add_field(name, io.BytesIO(content), filename=f"{name}.bin", content_type="application/octet-stream")
        async with self.session.post(f"{self.base}/bot{TOKEN}/{method}", data=form) as response:
            answer: JsonDict = await response.json()
            return answer

    async def updates(self) -> list[JsonDict]:
        found = await self.ok("getUpdates", offset=self.offset)
        self.offset = found[-1]["update_id"] + 1 if found else self.offset
        return list(found)


def mp4(seconds: int = 1, size: tuple[int, int] = (160, 90)) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for _ in range(10 * seconds):
            frame = av.VideoFrame(*size, "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def sound(seconds: int = 1, codec: str = "aac", container: str = "mp4") -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as written:
        stream = written.add_stream(codec, rate=48_000)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        for _ in range(50 * seconds):
            frame = av.AudioFrame(format="fltp", layout="mono", samples=960)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate = 48_000
            written.mux(stream.encode(frame))
        written.mux(stream.encode(None))
    return out.getvalue()


def jpeg(size: tuple[int, int] = (320, 180)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (9, 99, 9)).save(out, "JPEG")
    return out.getvalue()
