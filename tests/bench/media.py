"""What a media child takes, beside the start of an empty Python and one that loads its decoders itself: wall time, and
what the serving loop feels of it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import av
from PIL import Image

from bot.core.media import Conversion, Convert, Range, audio_limits, plan
from bot.media.children import Children
from bot.media.tool import MediaTool
from bot.sandbox.samples import portrait, voice_note
from tests.bench.measure import Run, measured
from tests.bench.report import Line, table

REPEATS = 5
FILM_S, FPS = 5, 24
VOICE_S = 12.0
SIDES = (1280, 720)
SOUNDS = audio_limits(max_bytes=15_000_000, duration_ms=Range(2000, 15_000))

Act = Callable[[], Awaitable[object]]


async def run() -> list[str]:
    """Medians of a few runs of each order."""
    with tempfile.TemporaryDirectory() as name:
        orders = await _orders(Path(name))
        runs = {label: [await measured(act) for _ in range(REPEATS)] for label, act in orders.items()}
    empty_ms = _median_ms(runs["an empty Python"])
    head = "media, each in a child of its own"
    return table(head, ["ms", "ratio", "stall ms"], [_line(label, found, empty_ms) for label, found in runs.items()])


async def _orders(folder: Path) -> dict[str, Act]:
    photo, film, voice = await asyncio.to_thread(_samples, folder)
    tool = MediaTool()
    conversion = await _conversion(tool, voice)
    return {
        "an empty Python": _empty,
        "probe a photo, decoders loaded anew": partial(_anew, photo),
        "probe a photo": partial(tool.probe, photo),
        f"probe a film of {FILM_S} s": partial(tool.probe, film),
        "thumbnail of a film": partial(tool.thumbnail, film, folder / "thumbnail.jpg"),
        f"{VOICE_S:.0f} s of OGG/Opus to mp3": partial(tool.convert, voice, conversion, folder / "voice.mp3"),
    }


async def _conversion(tool: MediaTool, voice: Path) -> Conversion:
    decision = plan(await tool.probe(voice), SOUNDS)
    assert isinstance(decision, Convert)
    return decision.conversion


async def _anew(photo: Path) -> None:
    children = Children()
    try:
        await MediaTool(children=children).probe(photo)
    finally:
        children.close()


async def _empty() -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-s", "-P", "-c", "")
    assert await child.wait() == 0


def _samples(folder: Path) -> tuple[Path, Path, Path]:
    photo = portrait(folder / "photo.jpg", (236, 156, 74), (120, 178, 232), singing=True)
    return photo, _film(folder / "film.mp4", photo), voice_note(folder / "voice.ogg", VOICE_S)


def _film(path: Path, photo: Path) -> Path:
    """The photo slides by."""
    picture = Image.open(photo).resize((SIDES[0] + FILM_S * FPS, SIDES[1]))
    from_image: Any = av.VideoFrame.from_image
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIDES, "yuv420p"
        for left in range(FILM_S * FPS):
            frame = from_image(picture.crop((left, 0, left + SIDES[0], SIDES[1])))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _line(label: str, runs: list[Run], empty_ms: float) -> Line:
    took_ms, stall_ms = _median_ms(runs), median(run.stall_ms for run in runs)
    return Line(label, (f"{took_ms:.0f}", f"{took_ms / empty_ms:.1f}", f"{stall_ms:.1f}"))


def _median_ms(runs: list[Run]) -> float:
    return median(run.took_s for run in runs) * 1000
