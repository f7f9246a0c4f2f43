"""A provider's client before its embedded server, with a clock that a test holds and files of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.core.catalog import Model, Offer
from bot.core.media import MediaInfo, MediaKind
from bot.core.request import Label, Prompt, Reference, Role, VideoSpec
from bot.providers.base import Order, PreparedReference, Provider, Task
from bot.providers.config import Tools
from bot.providers.download import Files
from bot.providers.http import Account, Http
from bot.providers.registry import client_of
from bot.sandbox.providers.base import Embedded
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.render import Order as RenderOrder
from bot.sandbox.render import Rendered
from tests.providers.case import Can, Case, Wish, taken_by
from tests.providers.cases import CASES
from tests.sandbox.providers.desk import picture_bytes

KEY = "4f0d5c1e-made-up-key-0b1c2d3e4f50"
HURRIED = 0.004
"""Makes the 120 s of a create 0.48 s and the 30 s of the rest 0.12 s."""
MP4 = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 40
ACCOUNT = Account("ark", "https://ark.example/api/v3", KEY)
USUAL_SECONDS = 5
NOWHERE = "http://127.0.0.1:9"


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

    case: Case
    provider: Provider
    server: Embedded
    clock: HeldClock
    folder: Path
    renders: Renders
    base: str
    tools: Tools

    @property
    def offer(self) -> Offer:
        """The model that the suite asks for."""
        return next(offer for offer in self.provider.offers if offer.model.id == self.case.model)

    def fail(self, kind: str, trouble: Trouble, *, times: int = 1, **details: Any) -> None:
        self.meet(kind, Fault(trouble, **details), times=times)

    def meet(self, kind: str, fault: Fault, *, times: int = 1) -> None:
        self.server.wire.fail(self.case.kinds.get(kind, kind), fault, times=times)

    def made(self) -> int:
        """How many tasks the provider holds."""
        return self.case.made(self.server)

    def calls(self, kind: str) -> list[Any]:
        return self.server.wire.of(self.case.kinds.get(kind, kind))

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
        config = self.case.config(base or self.base, key)
        return client_of(config, replace(self.tools, http=http or self.tools.http))

    def says(self, wish: Wish) -> str:
        """A prompt that asks the server for this."""
        return f"{self.case.word(wish)} in here"


def spec(prompt: Prompt = ("a cat",), references: Sequence[Reference] = (), **changes: Any) -> VideoSpec:
    plain = VideoSpec("seedance-2.0", prompt, tuple(references), 5, "720p", "16:9", 1280, 720)
    return replace(plain, **changes)


def spec_for(model: Model, prompt: Prompt, references: Sequence[Reference] = (), **changes: Any) -> VideoSpec:
    """The usual order as far as a model makes it: 5 s, 720p and 16:9, else what is nearest."""
    framed = any(reference.role is not Role.REFERENCE for reference in references)
    sizes = model.sizes_for(framed=framed)
    wish = (changes.get("resolution", "720p"), changes.get("ratio", "16:9"))
    resolution, ratio = max(sizes, key=lambda size: (size[0] == wish[0], size[1] == wish[1]))
    width, height = sizes[resolution, ratio]
    made = model.seconds_for(resolution, referenced=bool(references) and not framed)
    seconds = min(made, key=lambda second: abs(second - USUAL_SECONDS))
    plain = VideoSpec(model.id, prompt, tuple(references), seconds, resolution, ratio, width, height)
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


def of(
    bench: Bench,
    prompt: str | Prompt = "a cat",
    *references: PreparedReference,
    offer: Offer | None = None,
    trace: str = "t-1",
    **changes: Any,
) -> Order:
    """An order of the usual kind for an offer of this provider; a model that needs a picture gets one."""
    wanted = offer or bench.offer
    files = references or _needed(bench, wanted.model)
    words = (prompt,) if isinstance(prompt, str) else prompt
    made = spec_for(wanted.model, words, [ref.reference for ref in files], **changes)
    return Order(made, wanted.wire_id, files, trace, model=wanted.model)


def _needed(bench: Bench, model: Model) -> tuple[PreparedReference, ...]:
    if MediaKind.IMAGE not in model.needs:
        return ()
    path = bench.folder / "needed.png"
    path.write_bytes(picture_bytes(1280, 720))
    return (image(path, role=Role.FIRST if model.first_last else Role.REFERENCE),)


@asynccontextmanager
async def bench_of(name: str, folder: Path) -> AsyncIterator[Bench]:
    case, clock, renders = CASES[name], HeldClock(), Renders(folder)
    server = case.server(KEY, renders, clock)
    tools = Tools(Http(now_s=lambda: clock() / 1000), Files(), clock, clock.sleep)
    async with server.running() as base:
        provider = client_of(case.config(base, KEY), tools)
        try:
            yield Bench(case, provider, server, clock, folder, renders, base, tools)
        finally:
            await provider.close()
            await tools.close()


def abilities(case: Case) -> frozenset[Can]:
    """What a case declares and what its model takes."""
    provider = client_of(case.config(NOWHERE, KEY), Tools(Http(), Files()))
    model = next(offer.model for offer in provider.offers if offer.model.id == case.model)
    return frozenset(case.can) | taken_by(model)


async def submitted(bench: Bench, *args: Any, **changes: Any) -> Task:
    return await bench.provider.submit(of(bench, *args, **changes))
