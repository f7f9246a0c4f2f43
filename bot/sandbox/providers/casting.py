"""From the files of a request to the renderer's order: opened, numbered, each in its part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.fetching import FetchFailedError, client, fetch
from bot.sandbox.providers.looks import Look, UnreadableError, look_at_picture, look_at_sound, look_at_video
from bot.sandbox.render import Clip, Order, Picture, Role, Sound

_FETCH_S = 30
_LOOKS = {"image": look_at_picture, "video": look_at_video, "audio": look_at_sound}


async def obtain(url: str, body: Body, path: Path, most_bytes: int) -> Path:
    """The file at an address: inline in the body, else fetched to ``path``. Raises :class:`UnreadableError`."""
    if url.startswith("data:"):
        blob = body.blob(url)
        if blob is None or blob.path is None or blob.size_bytes > most_bytes:
            raise UnreadableError
        return blob.path
    try:
        async with client(_FETCH_S) as session:
            await fetch(session, url, path, most_bytes)
    except FetchFailedError as fault:
        raise UnreadableError from fault
    return path


def look_at(kind: str, path: Path) -> Look:
    """What a file of a kind is; raises :class:`UnreadableError`. Call it in a thread."""
    return _LOOKS[kind](path)


def cast(order: Order, files: Mapping[str, Sequence[Path]], roles: Sequence[Role] = ()) -> Order:
    """The order with its files by kind; pictures without a role are references."""
    parts = [*roles, *[Role.REFERENCE] * len(files.get("image", ()))]
    pictures = zip(files.get("image", ()), parts, strict=False)
    return replace(
        order,
        pictures=tuple(Picture(path, f"Image {number}", role) for number, (path, role) in enumerate(pictures, 1)),
        clips=tuple(Clip(path, f"Video {number}") for number, path in enumerate(files.get("video", ()), 1)),
        sounds=tuple(Sound(path, f"Audio {number}") for number, path in enumerate(files.get("audio", ()), 1)),
    )
