"""Fetches, opens and measures the pictures and videos inside the create call."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.fetching import FetchFailedError, fetch
from bot.sandbox.providers.kling.asks import VIDEOS, Ask, Medium
from bot.sandbox.providers.kling.errors import bad
from bot.sandbox.providers.looks import Look, UnreadableError, look_at_picture, look_at_video
from bot.sandbox.render import Clip, Order, Picture, Role

RAW_MEDIA = re.compile(rb'(?<!\\)"(?:url|image|image_tail|image_url|video_url)"\s*:\s*"(?!https?:|")')
"""A string in the place of an address that is none: base64, which must have no ``data:`` prefix."""
_MB = 1_000_000
_FORMS = {"jpeg", "png", "mpo"}
_RATIOS = (0.4, 2.5)
_ROLES = {"first_frame": Role.FIRST, "last_frame": Role.LAST, "refer_image": Role.REFERENCE}


@dataclass(frozen=True, slots=True)
class Seen:
    """A medium on disk, and what it is."""

    medium: Medium
    path: Path
    look: Look


async def gather(ask: Ask, body: Body, folder: Path, session: ClientSession) -> list[Seen]:
    """Everything that the request shows, within the limits."""
    return [await _obtain(number, medium, body, folder, session) for number, medium in enumerate(ask.media)]


async def _obtain(number: int, medium: Medium, body: Body, folder: Path, session: ClientSession) -> Seen:
    if medium.url.startswith("#"):
        path = _inline(medium, body)
    else:
        path = folder / f"fetched-{number}.bin"
        await _fetch(medium, path, session)
    look = await asyncio.to_thread(_look, medium, path)
    _check(medium, look)
    return Seen(medium, path, look)


def _inline(medium: Medium, body: Body) -> Path:
    blob = body.blob(medium.url)
    if medium.type in VIDEOS:
        raise bad("Video URL is invalid")
    if blob is None or blob.path is None or not blob.size_bytes:
        raise bad("File is not in a valid base64 format")
    return blob.path


async def _fetch(medium: Medium, path: Path, session: ClientSession) -> None:
    limit = 200 * _MB if medium.type in VIDEOS else 50 * _MB
    try:
        await fetch(session, medium.url, path, limit)
    except FetchFailedError as fault:
        raise bad(f"Something went wrong when we tried to get the contents of the file: {fault}") from fault


def _look(medium: Medium, path: Path) -> Look:
    try:
        return look_at_video(path) if medium.type in VIDEOS else look_at_picture(path)
    except UnreadableError as fault:
        raise bad("File format is not supported") from fault


def _check(medium: Medium, look: Look) -> None:
    if medium.type in VIDEOS:
        _check_video(look)
        return
    if look.form not in _FORMS or look.size_bytes > 50 * _MB:
        raise bad("Image must be a jpg or png of at most 50 MB")
    if min(look.width, look.height) < 300 or not _RATIOS[0] <= look.width / look.height <= _RATIOS[1]:
        raise bad(f"Image pixel is invalid: {look.width}x{look.height}")


def _check_video(look: Look) -> None:
    if not {"mp4", "mov"}.intersection(look.form.split(",")):
        raise bad("Video must be mp4 or mov")
    if not 3 <= look.duration_s <= 15.5 or not 23.9 <= look.frames_per_second <= 60.1:
        raise bad("Video duration must be 3 to 15.5 s, its frame rate 24 to 60")
    if not all(700 <= side <= 4553 for side in (look.width, look.height)):
        raise bad(f"Video pixel is invalid: {look.width}x{look.height}")


def order_of(ask: Ask, seen: Sequence[Seen], size_bytes: int | None) -> Order:
    """What the renderer is asked for."""
    pictures = [one for one in seen if one.medium.type not in VIDEOS]
    clips = [one for one in seen if one.medium.type in VIDEOS]
    first = next((one.look for one in pictures if one.medium.type == "first_frame"), None)
    width, height = ask.size(first.width / first.height if first else None)
    return Order(
        width=width,
        height=height,
        duration_s=ask.seconds,
        prompt=ask.prompt,
        pictures=tuple(
            Picture(one.path, one.medium.name or f"Image {number}", _ROLES[one.medium.type])
            for number, one in enumerate(pictures, 1)
        ),
        clips=tuple(Clip(one.path, one.medium.name or f"Video {number}") for number, one in enumerate(clips, 1)),
        sound=ask.sound,
        size_bytes=size_bytes,
    )
