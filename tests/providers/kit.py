"""A provider's client before its embedded server, with a clock that a test holds and files of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.core.media import MediaInfo, MediaKind
from bot.core.request import Label, Prompt, Reference, Role, VideoSpec
from bot.providers.base import Order, PreparedReference, Provider, Task
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import Files
from bot.providers.http import Account, Http
from bot.providers.registry import ADAPTERS
from bot.sandbox.providers.ark import ArkKnobs, ArkServer
from bot.sandbox.providers.guide import GuideKnobs, GuideServer
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.render import Order as RenderOrder
from bot.sandbox.render import Rendered

KEY = "4f0d5c1e-made-up-key-0b1c2d3e4f50"
HURRIED = 0.004
"""Makes the 120 s of a create 0.48 s and the 30 s of the rest 0.12 s."""
MP4 = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 40
ACCOUNT = Account("ark", "https://ark.example/api/v3", KEY)


@dataclass
class HeldClock:
    """Stands still until a test moves it; sleeping moves it."""

    at_ms: int = 1_784_279_786_000

    def __call__(self) -> int:
        return self.at_ms

    def pass_s(self, seconds: float) -> None:
        self.at_ms += round(seconds * 1000)

    async def sleep(self, seconds: float) -> None:
        self.pass_s(seconds)


@dataclass
class Renders:
    """Any order gets the same small file at once."""

    folder: Path
    orders: list[RenderOrder] = field(default_factory=list)

    async def render(self, order: RenderOrder) -> Rendered:
        self.orders.append(order)
        await asyncio.sleep(0)
        video, frame = self.folder / "output.mp4", self.folder / "output.jpeg"
        video.write_bytes(MP4)
        frame.write_bytes(b"\xff\xd8\xff\xe0 a last frame")
        return Rendered(video, frame, order.width, order.height, order.frames, len(MP4))


@dataclass
class Bench:
    """One provider under test."""

    provider: Provider
    server: ArkServer | GuideServer
    clock: HeldClock
    folder: Path
    renders: Renders
    base: str
    tools: Tools

    def fail(self, kind: str, trouble: Trouble, *, times: int = 1, **details: Any) -> None:
        self.server.fail(kind, Fault(trouble, **details), times=times)

    def made(self) -> int:
        """How many tasks the provider holds."""
        return len(self.server.tasks if isinstance(self.server, ArkServer) else self.server.jobs)

    def calls(self, kind: str) -> list[Any]:
        return [call for call in self.server.calls if call.kind == kind]

    def asked(self) -> dict[str, Any]:
        """The last create body, without its base64."""
        ask = self.calls("create")[-1].ask
        assert isinstance(ask, dict)
        return ask

    async def pass_s(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        await self.server.settle()

    async def finish(self) -> None:
        """Enough time for every task to end."""
        await self.pass_s(1.0)
        await self.pass_s(4.0)

    def another(self, base: str = "", key: str = KEY, http: Http | None = None) -> Provider:
        """The same provider, configured otherwise."""
        config = ProviderConfig(self.provider.name, base or self.base, key, prices="byteplus")
        return ADAPTERS[self.provider.name](config, replace(self.tools, http=http or self.tools.http))


def spec(prompt: Prompt = ("a cat",), references: Sequence[Reference] = (), **changes: Any) -> VideoSpec:
    plain = VideoSpec("seedance-2.0", prompt, tuple(references), 5, "720p", "16:9", 1280, 720)
    return replace(plain, **changes)


def order(
    prompt: str | Prompt = "a cat",
    *references: PreparedReference,
    wire_id: str = "",
    trace: str = "t-1",
    **changes: Any,
) -> Order:
    words = (prompt,) if isinstance(prompt, str) else prompt
    wanted = spec(words, [ref.reference for ref in references], **changes)
    return Order(wanted, wire_id or "dreamina-seedance-2-0-260128", references, trace)


def reference(
    path: Path, kind: MediaKind, ordinal: int = 1, role: Role = Role.REFERENCE, url: str | None = None, **facts: Any
) -> PreparedReference:
    mimes = {MediaKind.IMAGE: "image/png", MediaKind.VIDEO: "video/mp4", MediaKind.AUDIO: "audio/wav"}
    size = facts.pop("size_bytes", None)
    info = MediaInfo(kind, facts.pop("mime", mimes[kind]), "", path.stat().st_size if size is None else size)
    return PreparedReference(Reference(Label(kind, ordinal), role, 100 + ordinal), path, info, url)


def image(path: Path, ordinal: int = 1, role: Role = Role.REFERENCE, **facts: Any) -> PreparedReference:
    return reference(path, MediaKind.IMAGE, ordinal, role, **facts)


def of(bench: Bench, prompt: str | Prompt = "a cat", *references: PreparedReference, **changes: Any) -> Order:
    """An order with the wire id of this provider's own catalog."""
    offer = next(offer for offer in bench.provider.offers if offer.model.id == "seedance-2.0")
    return order(prompt, *references, wire_id=offer.wire_id, **changes)


@asynccontextmanager
async def bench_of(name: str, folder: Path) -> AsyncIterator[Bench]:
    clock, renders = HeldClock(), Renders(folder)
    server = _SERVERS[name](renders, clock)
    tools = Tools(Http(now_s=lambda: clock() / 1000), Files(), clock, clock.sleep)
    async with server.running() as base:
        config = ProviderConfig(name, base, KEY, prices="byteplus")
        provider = ADAPTERS[name](config, tools)
        try:
            yield Bench(provider, server, clock, folder, renders, base, tools)
        finally:
            await provider.close()
            await tools.close()


_SERVERS: dict[str, Callable[[Renders, HeldClock], ArkServer | GuideServer]] = {
    "ark": lambda renders, clock: ArkServer(KEY, renders, clock, ArkKnobs(callback_wait_s=0.1)),
    "seedance": lambda renders, clock: GuideServer(KEY, renders, clock, GuideKnobs()),
}


async def submitted(bench: Bench, *args: Any, **changes: Any) -> Task:
    return await bench.provider.submit(of(bench, *args, **changes))
