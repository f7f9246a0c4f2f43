"""Fetches, opens and measures the references inside the create call, as Ark does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, InvalidURL

from bot.sandbox.providers.ark.ask import Ask, Item
from bot.sandbox.providers.ark.errors import ArkError, not_valid
from bot.sandbox.providers.ark.facts import Model
from bot.sandbox.providers.bodies import Blob, Body
from bot.sandbox.providers.looks import Look, UnreadableError, look_at_picture, look_at_sound, look_at_video

_MB = 1_000_000
_LARGEST_BYTES = {"image": 30 * _MB, "video": 200 * _MB, "audio": 15 * _MB}
_PICTURE_FORMS = {"jpeg", "png", "webp", "bmp", "tiff", "gif", "heif", "heic", "mpo"}
_SOUND_FORMS = {"mp3", "wav"}
_VIDEO_CODECS = {"h264", "hevc"}
_SIDES = (300, 6000)
_RATIOS = (0.40, 2.50)
_VIDEO_PIXELS = (407_696, 8_295_044)
_FRAME_RATES = (23.9, 60.1)
_LOWERCASE_TYPE = re.compile(r"data:(image|audio)/[a-z0-9.+-]+;base64,")
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference on disk, and what it is."""

    item: Item
    path: Path
    look: Look


async def gather(ask: Ask, body: Body, folder: Path, session: ClientSession) -> list[Reference]:
    """All references of a request, within the model's limits; raises :class:`ArkError`."""
    references = [await _obtain(item, ask, body, folder, session) for item in ask.items]
    for kind in ("video", "audio"):
        looks = [reference.look for reference in references if reference.item.kind == kind]
        _check_total(kind, looks, ask)
    return references


async def _obtain(item: Item, ask: Ask, body: Body, folder: Path, session: ClientSession) -> Reference:
    if item.url.startswith("asset://"):
        raise not_valid(f"The specified asset {item.url.removeprefix('asset://')} is not found")
    if item.url.startswith("data:"):
        path = _inline(item, body.blob(item.url))
    else:
        path = folder / f"fetched-{item.index}.bin"
        await _fetch(item, path, session)
    look = await asyncio.to_thread(_look, item, path)
    _check(item, look, ask.model, ask.mode)
    return Reference(item, path, look)


def _inline(item: Item, blob: Blob | None) -> Path:
    if blob is None or blob.path is None or not _LOWERCASE_TYPE.match(item.url):
        code = "InvalidImageURL.InvalidFormat" if item.kind == "image" else "InvalidParameter"
        raise ArkError(400, code, f"Invalid {item.kind}_url.")
    if blob.size_bytes > _LARGEST_BYTES[item.kind]:
        raise _too_heavy(item)
    return blob.path


async def _fetch(item: Item, path: Path, session: ClientSession) -> None:
    try:
        async with session.get(item.url) as response:
            response.raise_for_status()
            with await asyncio.to_thread(path.open, "wb") as file:
                await _copy(item, response.content.iter_chunked(_CHUNK_BYTES), file.write)
    except (ClientError, InvalidURL, TimeoutError, ValueError) as fault:
        raise not_valid("resource download failed", f"content[{item.index}]") from fault


async def _copy(item: Item, chunks: AsyncIterable[bytes], write: Callable[[bytes], int]) -> None:
    size_bytes = 0
    async for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > _LARGEST_BYTES[item.kind]:
            raise _too_heavy(item)
        await asyncio.to_thread(write, chunk)


def _too_heavy(item: Item) -> ArkError:
    limit = _LARGEST_BYTES[item.kind] // _MB
    return not_valid(f"the {item.kind} file size must not exceed {limit} MB", f"content[{item.index}]")


def _look(item: Item, path: Path) -> Look:
    looks = {"image": look_at_picture, "video": look_at_video, "audio": look_at_sound}
    try:
        return looks[item.kind](path)
    except UnreadableError as fault:
        code = "InvalidImageURL.InvalidFormat" if item.kind == "image" else "InvalidParameter"
        raise ArkError(400, code, f"Invalid {item.kind}_url.") from fault


def _check(item: Item, look: Look, model: Model, mode: str) -> None:
    match item.kind:
        case "image":
            _check_form(item, look, _PICTURE_FORMS)
            _check_sides("image", look)
        case "video":
            _check_form(item, look, {"mp4", "mov"})
            _check_sides("video", look)
            _check_video(item, look, model, mode)
            _check_length(item, look, model, mode)
        case "audio":
            _check_form(item, look, _SOUND_FORMS)
            _check_length(item, look, model, mode)


def _check_form(item: Item, look: Look, allowed: set[str]) -> None:
    if not allowed.intersection(look.form.split(",")):
        words = f"unsupported {item.kind} format {look.form}, expected {', '.join(sorted(allowed))}"
        raise not_valid(words, f"content[{item.index}]")


def _check_sides(kind: str, look: Look) -> None:
    seen = f"{look.width}x{look.height}px {kind}"
    for side, length in (("width", look.width), ("height", look.height)):
        if length < _SIDES[0]:
            raise _refused(kind, f"expected the {side} to be at least {_SIDES[0]}px, but received a {seen} instead")
        if length > _SIDES[1]:
            raise _refused(kind, f"expected the {side} to be at most {_SIDES[1]}px, but received a {seen} instead")
    ratio = look.width / look.height
    if not _RATIOS[0] <= ratio <= _RATIOS[1]:
        limits = f"{_RATIOS[0]:.2f} and {_RATIOS[1]:.2f}"
        seen = f"{kind} with aspect ratio: {ratio:.2f}"
        raise _refused(kind, f"expected the aspect ratio to be between {limits}, but received {seen} instead")


def _refused(kind: str, words: str) -> ArkError:
    return not_valid(f"Error while downloading {kind}, error: {words}")


def _check_video(item: Item, look: Look, model: Model, mode: str) -> None:
    place, end = f"content[{item.index}]", f"for model {model.family} in {mode}"
    low, high = _VIDEO_PIXELS
    if look.width * look.height < low:
        words = f"video pixel count specified in the request must be greater than or equal to {low} {end}"
        raise ArkError(400, "InvalidParameter.PixelCountTooSmall", not_valid(words, place).message)
    if look.width * look.height > high:
        raise not_valid(f"video pixel count specified in the request must be less than or equal to {high} {end}", place)
    if look.codec not in _VIDEO_CODECS:
        raise not_valid(f"unsupported video codec {look.codec}, expected h264 or h265", place)
    if not _FRAME_RATES[0] <= look.frames_per_second <= _FRAME_RATES[1]:
        raise not_valid(f"the parameter video fps specified in the request must be between 24 and 60 {end}", place)


def _check_length(item: Item, look: Look, model: Model, mode: str) -> None:
    least, most = model.each_s
    words = f"the parameter {item.kind} duration (seconds) specified in the request must be"
    place, end = f"content[{item.index}]", f"for model {model.family} in {mode}"
    if look.duration_s < least:
        raise not_valid(f"{words} greater than or equal to {least} {end}", place)
    if look.duration_s > most:
        raise not_valid(f"{words} less than or equal to {most} {end}", place)


def _check_total(kind: str, looks: Sequence[Look], ask: Ask) -> None:
    if sum(look.duration_s for look in looks) > ask.model.total_s:
        words = f"the parameter {kind} total duration (seconds) specified in the request must be less than or equal to"
        raise not_valid(f"{words} {ask.model.total_s} for model {ask.model.family} in {ask.mode}")


def client(timeout_s: float) -> ClientSession:
    """The session that references are fetched with."""
    return ClientSession(timeout=ClientTimeout(total=timeout_s, connect=5))
