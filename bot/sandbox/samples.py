"""Small media for the demo and for stories: two drawn portraits and a hummed tune as a voice note. Nothing is fetched.

Blocking: call it in a thread.
"""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from PIL import Image, ImageDraw

PORTRAIT = (900, 1200)
RATE = 48_000
FRAME = 960
TUNE_HZ = (392.0, 440.0, 493.9, 587.3, 493.9, 440.0, 392.0, 329.6)
NOTE_S = 0.75
Colour = tuple[int, int, int]


def portrait(path: Path, fur: Colour, sky: Colour, *, singing: bool) -> Path:
    """A cat in front of a hill, singing or watching, as a JPEG."""
    width, height = PORTRAIT
    picture = Image.new("RGB", PORTRAIT)
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        shade = 1 - 0.45 * y / height
        draw.line([(0, y), (width, y)], fill=tuple(round(part * shade) for part in sky))
    draw.ellipse([-300, 850, 1200, 1900], fill=(54, 94, 76))
    _cat(draw, fur, singing=singing)
    picture.save(path, "JPEG", quality=88)
    return path


def _cat(draw: ImageDraw.ImageDraw, fur: Colour, *, singing: bool) -> None:
    dark = tuple(round(part * 0.55) for part in fur)
    for left in (230, 530):
        draw.polygon([(left, 480), (left + 70, 250), (left + 140, 480)], fill=fur)
        draw.polygon([(left + 32, 450), (left + 70, 310), (left + 108, 450)], fill=dark)
    draw.ellipse([200, 360, 700, 820], fill=fur)
    draw.ellipse([270, 760, 630, 1200], fill=fur)
    for x in (320, 500):
        draw.ellipse([x, 510, x + 80, 600], fill=(250, 250, 240))
        draw.ellipse([x + 25, 530, x + 55, 590], fill=(30, 30, 40))
    draw.polygon([(425, 630), (475, 630), (450, 660)], fill=(220, 120, 130))
    if singing:
        draw.ellipse([405, 670, 495, 770], fill=(110, 30, 40))
    else:
        draw.arc([390, 640, 450, 700], 0, 180, fill=dark, width=8)
        draw.arc([450, 640, 510, 700], 0, 180, fill=dark, width=8)


def voice_note(path: Path, seconds: float = 6.0) -> Path:
    """A hummed tune as OGG/Opus, mono, 48 kHz: what a phone makes of a voice note."""
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.layout = "mono"
        for start in range(0, round(seconds * RATE), FRAME):
            frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
            frame.sample_rate = RATE
            frame.pts = start
            frame.planes[0].update(array("h", (_sample(start + i) for i in range(FRAME))).tobytes())
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _sample(index: int) -> int:
    at_s = index / RATE
    note, within_s = divmod(at_s, NOTE_S)
    hertz = TUNE_HZ[int(note) % len(TUNE_HZ)]
    envelope = min(within_s / 0.05, (NOTE_S - within_s) / 0.1, 1.0)
    tone = math.sin(2 * math.pi * hertz * at_s) + 0.3 * math.sin(4 * math.pi * hertz * at_s)
    return round(9_000 * max(envelope, 0) * tone)


def make(folder: Path) -> tuple[Path, Path, Path]:
    """The singer, the watcher and the song."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        portrait(folder / "singer.jpg", (236, 156, 74), (120, 178, 232), singing=True),
        portrait(folder / "watcher.jpg", (150, 154, 168), (240, 176, 148), singing=False),
        voice_note(folder / "song.ogg"),
    )
