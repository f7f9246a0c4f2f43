"""Opens what the request points at, and makes the renderer's order of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.casting import cast, look_at, obtain
from bot.sandbox.providers.looks import Look, UnreadableError
from bot.sandbox.providers.runway.asks import Ask, Medium
from bot.sandbox.providers.runway.settings import RunwayError
from bot.sandbox.providers.runway.storage import Storage
from bot.sandbox.render import Order, Role

_FORMS = {"image": {"jpeg", "png", "webp", "mpo"}}
_INLINE_BYTES, _LINKED_BYTES = 5_000_000, 32_000_000
_ROLES = {"first": Role.FIRST, "last": Role.LAST, "": Role.REFERENCE}


@dataclass(frozen=True, slots=True)
class Seen:
    """A medium on disk, and what it is."""

    medium: Medium
    path: Path
    look: Look


async def gather(ask: Ask, body: Body, storage: Storage, folder: Path) -> list[Seen]:
    """Everything that the request shows; raises 400."""
    return [await _obtain(medium, body, storage, folder / f"file-{at}") for at, medium in enumerate(ask.media)]


async def _obtain(medium: Medium, body: Body, storage: Storage, spot: Path) -> Seen:
    path = await _path(medium, body, storage, spot)
    try:
        look = await asyncio.to_thread(look_at, medium.kind, path)
    except UnreadableError as fault:
        raise RunwayError(400, f"The {medium.kind} asset can not be read.") from fault
    if look.form not in _FORMS.get(medium.kind, {look.form}):
        raise RunwayError(400, f"Unsupported {medium.kind} type {look.form}.")
    return Seen(medium, path, look)


async def _path(medium: Medium, body: Body, storage: Storage, spot: Path) -> Path:
    inline = medium.uri.startswith("data:")
    try:
        uploaded = medium.uri.startswith("runway:")
        limit = _INLINE_BYTES if inline else _LINKED_BYTES
        path = storage.find(medium.uri) if uploaded else await obtain(medium.uri, body, spot, limit)
    except UnreadableError as fault:
        wrong = "data URI is invalid or larger than 5 MB" if inline else "asset can not be fetched"
        raise RunwayError(400, f"The {medium.kind} {wrong}.") from fault
    if path is None:
        raise RunwayError(400, f"Failed to fetch the {medium.kind} asset.")
    return path


def input_s(seen: Sequence[Seen]) -> float:
    """How long the videos among the inputs are."""
    return sum(one.look.duration_s for one in seen if one.medium.kind == "video")


def measured(ask: Ask, seen: Sequence[Seen]) -> tuple[tuple[int, int], float]:
    """The output's pixels and seconds; an edited video keeps its own."""
    first = next((one.look for one in seen if one.medium.kind == "video"), None)
    size = ask.size or (_even(first.width), _even(first.height)) if first else ask.size
    return size or (1280, 720), float(ask.seconds or (first.duration_s if first else 0))


def _even(side: int) -> int:
    return max(2, side // 2 * 2)


def order_of(ask: Ask, seen: Sequence[Seen], size_bytes: int | None) -> Order:
    """What the renderer is asked for."""
    (width, height), seconds = measured(ask, seen)
    files = {kind: [one.path for one in seen if one.medium.kind == kind] for kind in ("image", "video", "audio")}
    roles = [_ROLES[one.medium.position] for one in seen if one.medium.kind == "image"]
    order = Order(
        width=width,
        height=height,
        duration_s=seconds,
        prompt=ask.prompt,
        seed=random.randrange(100_000) if ask.seed is None else ask.seed,  # noqa: S311  no secret
        sound=ask.sound,
        size_bytes=size_bytes,
    )
    return cast(order, files, roles)
