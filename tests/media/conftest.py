"""Small media made on the spot, once per run."""

from __future__ import annotations

import math
import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pillow_heif
import pytest
from av.stream import Disposition
from PIL import Image, ImageDraw

from bot.media.orders import ChildLimits
from bot.media.tool import MediaTool

pillow_heif.register_heif_opener()
HZ = 48_000


def corners(width: int, height: int) -> Image.Image:
    """Red, green, blue and white quarters (from the top left, row by row): they tell which way is up."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    x, y = width // 2, height // 2
    pen.rectangle((0, 0, x - 1, y - 1), fill=(220, 20, 20))
    pen.rectangle((x, 0, width, y - 1), fill=(20, 200, 20))
    pen.rectangle((0, y, x - 1, height), fill=(20, 20, 220))
    return image


def _tone(samples: int, start: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
    wave = (int(9000 * math.sin((start + i) * 2 * math.pi * 440 / HZ)) for i in range(samples))
    frame.planes[0].update(struct.pack(f"<{samples}h", *wave))
    frame.sample_rate, frame.pts, frame.time_base = HZ, start, Fraction(1, HZ)
    return frame


def _write_tone(out: Any, stream: Any, seconds: float) -> None:
    resampler = av.AudioResampler(format=stream.format.name, layout=stream.layout.name, rate=HZ)
    piece = _tone(HZ // 10, 0)
    for step in range(round(seconds * 10)):
        piece.pts = step * (HZ // 10)
        for frame in resampler.resample(piece):
            out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _write_film(out: Any, stream: Any, frames: int, fps: int, noise: bool) -> None:
    size = (stream.width, stream.height)
    grain = Image.effect_noise((size[0] // 4 + 32, size[1] // 4 + 32), 90).resize((size[0] + 128, size[1] + 128))
    from_image: Any = av.VideoFrame.from_image
    for number in range(frames):
        shift = number * 7 % 100
        picture = (
            grain.crop((shift, shift, shift + size[0], shift + size[1])).convert("RGB") if noise else corners(*size)
        )
        frame: Any = from_image(picture)
        frame.pts, frame.time_base = number, Fraction(1, fps)
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


class Studio:
    """Makes a file the first time it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sound(self, name: str, seconds: float, codec: str = "libmp3lame") -> Path:
        path = self.folder / name
        if not path.exists():
            with av.open(str(path), "w") as out:
                stream: Any = out.add_stream(codec, rate=HZ)
                stream.layout = "mono"
                _write_tone(out, stream, seconds)
        return path

    def film(
        self,
        name: str,
        seconds: float = 2,
        size: tuple[int, int] = (640, 640),
        *,
        fps: int = 24,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        sound: str | None = "aac",
        noise: bool = False,
        movflags: str = "",
    ) -> Path:
        path = self.folder / name
        if path.exists():
            return path
        quick = {"preset": "ultrafast"} if codec.startswith("libx26") else {}
        quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
        with av.open(str(path), "w", options={"movflags": movflags} if movflags else {}) as out:
            stream: Any = out.add_stream(codec, rate=fps, options=quick | quiet)
            stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
            heard: Any = out.add_stream(sound, rate=HZ) if sound else None
            _write_film(out, stream, round(seconds * fps), fps, noise)
            if heard is not None:
                _write_tone(out, heard, seconds)
        return path

    def picture(self, name: str, image: Image.Image | None = None, **options: Any) -> Path:
        path = self.folder / name
        if not path.exists():
            (image or corners(640, 480)).save(path, **options)
        return path

    def data(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def tool() -> MediaTool:
    return MediaTool(ChildLimits(wall_s=60))


@pytest.fixture
def rotated_film(studio: Studio) -> Path:
    """Filmed with the phone upright: the pictures lie on their side and the file says: turn a quarter to the right."""
    raw = studio.film("lying.mp4", 2, (800, 600), sound=None).read_bytes()
    upright = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    at = raw.index(upright, raw.index(b"tkhd"))
    return studio.data("portrait.mp4", raw[:at] + turned + raw[at + len(turned) :])


@pytest.fixture(scope="session")
def bomb(studio: Studio) -> Path:
    """A PNG of a hundred kilobytes that unpacks to ten gigabytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9) * 100
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    assert len(png) < 200_000
    return studio.data("bomb.png", png)


@pytest.fixture
def colour_at() -> Any:
    def name(path: Path, x: float, y: float) -> str:
        """The colour at a share of the width and of the height of a picture or of a film's first frame."""
        if path.suffix == ".mp4":
            with av.open(str(path)) as film:
                frame: Any = next(film.decode(video=0))
                image: Image.Image = frame.to_image()
        else:
            with Image.open(path) as opened:
                image = opened.convert("RGB")
        return nearest(image.getpixel((round(image.width * x), round(image.height * y))))

    return name


def nearest(pixel: Any) -> str:
    palette = {
        "red": (220, 20, 20),
        "green": (20, 200, 20),
        "blue": (20, 20, 220),
        "white": (255, 255, 255),
        "black": (0, 0, 0),
    }
    return min(palette, key=lambda name: sum((a - b) ** 2 for a, b in zip(palette[name], pixel, strict=True)))


@pytest.fixture
def song_with_cover(studio: Studio) -> Path:
    """An mp3 that carries a picture, as shops sell them."""
    path = studio.folder / "covered.mp3"
    with av.open(str(studio.sound("three.mp3", 3))) as song, av.open(str(path), "w") as out:
        heard = out.add_stream_from_template(song.streams.audio[0])
        cover: Any = out.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        out.mux(cover.encode(av.VideoFrame(64, 64, "yuvj420p")))
        for packet in song.demux(song.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = heard
                out.mux(packet)
    return path


@pytest.fixture
def red_hd_film(studio: Studio) -> Path:
    """BT.709 without saying so, as many cameras write it."""
    path = studio.folder / "red.mp4"
    from_image: Any = av.VideoFrame.from_image
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=24, options={"crf": "5", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        red = from_image(Image.new("RGB", (1280, 720), (200, 30, 60)))
        for number in range(6):
            frame = red.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
