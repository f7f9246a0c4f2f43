"""The real renderer: what it writes is opened again with FFmpeg and looked at."""

from __future__ import annotations

import asyncio
import math
import struct
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path
from statistics import correlation

import av
import pytest
from PIL import Image

from bot.sandbox.render import Clip, Codec, Order, Picture, Renderer, RenderFailedError, Role, Sound
from bot.sandbox.render.movie import pad
from bot.sandbox.render.order import order_from_json, order_to_json
from bot.sandbox.render.overlay import wrap

RED, BLUE, GREEN = (200, 40, 40), (40, 60, 200), (40, 180, 70)
RATE_HZ = 44_100
SMALL = Order(320, 320, 4, fast=True)


@dataclass(frozen=True)
class Seen:
    """A video as FFmpeg reads it."""

    codec: str
    pixels: str
    size: tuple[int, int]
    frames_per_second: float
    frames: list[Image.Image]
    sound_codec: str | None
    samples: list[int]

    def colour(self, second: float, x: float = 0.5, y: float = 0.3) -> tuple[int, int, int]:
        frame = self.frames[min(len(self.frames) - 1, round(second * 24))]
        red, green, blue = frame.resize((9, 9), Image.Resampling.BOX).getpixel((int(x * 9), int(y * 9)))  # type: ignore[misc]
        return red, green, blue


def look(path: Path) -> Seen:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_image() for frame in container.decode(video=0)]  # type: ignore[no-untyped-call]
        codec, pixels, rate = stream.codec_context.name, stream.pix_fmt or "", float(stream.average_rate or 0)
    with av.open(str(path)) as container:
        sounds = container.streams.audio
        samples: list[int] = []
        for sound in container.decode(audio=0) if sounds else ():
            samples += [round(level * 32767) for level in array("f", bytes(sound.planes[0])[: sound.samples * 4])]
        return Seen(
            codec, pixels, frames[0].size, rate, frames, sounds[0].codec_context.name if sounds else None, samples
        )


def envelope(samples: list[int]) -> list[float]:
    """Loudness in pieces of 20 ms."""
    piece = RATE_HZ // 50
    return [math.dist(samples[at : at + piece], [0] * piece) for at in range(0, len(samples) - piece, piece)]


def near(one: tuple[int, int, int], other: tuple[int, int, int], distance: float = 60) -> bool:
    return math.dist(one, other) < distance


def plain(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (600, 600)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def beats(path: Path, seconds: float) -> tuple[Path, list[int]]:
    """A tone that pulses in an uneven rhythm."""
    samples = [
        round(
            12_000
            * math.sin(2 * math.pi * 523 * n / RATE_HZ)
            * (math.sin(7.1 * n / RATE_HZ) * math.sin(2.3 * n / RATE_HZ))
        )
        for n in range(round(RATE_HZ * seconds))
    ]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path, samples


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studio")
    plain(folder / "red.png", RED)
    plain(folder / "blue.png", BLUE)
    plain(folder / "green.jpg", GREEN)
    return folder


@pytest.fixture
def fast(tmp_path: Path) -> Renderer:
    return Renderer(tmp_path / "videos", fast=True)


async def test_a_whole_video_shows_its_pictures_and_plays_its_sound(studio: Path, tmp_path: Path) -> None:
    sound, samples = beats(studio / "beats.wav", 4.5)
    order = Order(
        496,
        864,
        4,
        "From Image 1 to Image 2 with the rhythm of Audio 1",
        (Picture(studio / "blue.png", "Image 2", Role.LAST), Picture(studio / "red.png", "Image 1", Role.FIRST)),
        sounds=(Sound(sound, "Audio 1"),),
        seed=5,
    )
    rendered = await Renderer(tmp_path).render(order)
    seen = look(rendered.path)
    assert (seen.codec, seen.pixels, seen.size, seen.frames_per_second) == ("h264", "yuv420p", (496, 864), 24)
    assert len(seen.frames) == rendered.frames == 97
    assert near(seen.colour(0.2), RED)
    assert near(seen.colour(4), BLUE)
    assert near(seen.colour(2), (120, 50, 120))
    assert seen.sound_codec == "aac"
    assert abs(len(seen.samples) / RATE_HZ - 97 / 24) < 0.05
    heard, meant = envelope(seen.samples), envelope(samples)
    assert correlation(heard[:180], meant[:180]) > 0.9
    assert max(seen.samples) > 5000
    with Image.open(rendered.last_frame_path) as last:
        assert last.size == (496, 864)
        assert near(last.convert("RGB").resize((1, 1)).getpixel((0, 0)), BLUE, 40)  # type: ignore[arg-type]


async def test_players_can_start_before_the_whole_file_is_there(fast: Renderer) -> None:
    content = (await fast.render(SMALL)).path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


async def test_every_reference_gets_its_turn(studio: Path, fast: Renderer) -> None:
    pictures = tuple(Picture(studio / name, name) for name in ("red.png", "green.jpg"))
    clip = await fast.render(Order(320, 320, 4, pictures=(Picture(studio / "blue.png", "x", Role.FIRST),), fast=True))
    seen = look((await fast.render(Order(640, 640, 9, pictures=pictures, clips=(Clip(clip.path, "Video 1"),)))).path)
    assert [near(seen.colour(second), colour) for second, colour in ((1.5, BLUE), (4.5, RED), (7.5, GREEN))] == [
        True
    ] * 3


async def test_a_short_sound_is_repeated_and_two_share_the_time(studio: Path, fast: Renderer) -> None:
    sound, samples = beats(studio / "short.wav", 1.0)
    order = Order(320, 320, 4, sounds=(Sound(sound, "Audio 1"), Sound(sound, "Audio 2")))
    heard, meant = envelope(look((await fast.render(order)).path).samples), envelope(samples)
    assert correlation(heard[2:45], meant[2:45]) > 0.9
    assert correlation(heard[52:95], meant[2:45]) > 0.9


async def test_a_video_with_sound_lends_it(studio: Path, fast: Renderer) -> None:
    sound, samples = beats(studio / "lent.wav", 4.5)
    clip = await fast.render(Order(320, 320, 4, sounds=(Sound(sound, "Audio 1"),)))
    seen = look((await fast.render(Order(320, 320, 4, clips=(Clip(clip.path, "Video 1"),)))).path)
    assert correlation(envelope(seen.samples)[5:180], envelope(samples)[5:180]) > 0.7


async def test_without_sound_there_is_no_track_and_without_a_reference_a_tune(fast: Renderer) -> None:
    silent = look((await fast.render(Order(320, 320, 4, sound=False))).path)
    tuned = look((await fast.render(SMALL)).path)
    assert (silent.sound_codec, silent.samples) == (None, [])
    assert max(tuned.samples) > 1500


async def test_seeds_and_prompts_make_different_pictures(fast: Renderer) -> None:
    orders = [Order(320, 320, 4, prompt, seed=seed) for prompt, seed in (("a", 1), ("a", 2), ("b", 1))]
    frames = [look((await fast.render(order)).path).frames[0].tobytes() for order in orders]
    assert len(set(frames)) == 3


async def test_large_formats_can_be_ten_bit_hevc(fast: Renderer) -> None:
    seen = look((await fast.render(Order(640, 640, 4, codec=Codec.HEVC_10BIT))).path)
    assert (seen.codec, seen.pixels, len(seen.frames)) == ("hevc", "yuv420p10le", 97)


async def test_a_file_can_be_padded_to_a_size_and_still_plays(fast: Renderer) -> None:
    rendered = await fast.render(Order(320, 320, 4, size_bytes=60_000_000))
    assert rendered.size_bytes == rendered.path.stat().st_size == 60_000_000
    assert len(look(rendered.path).frames) == 97


def test_padding_never_shortens_and_needs_room_for_its_header(tmp_path: Path) -> None:
    file = tmp_path / "x.mp4"
    file.write_bytes(b"0123456789")
    pad(file, 5)
    pad(file, 17)
    assert file.read_bytes() == b"0123456789"
    pad(file, 18)
    assert file.read_bytes() == b"0123456789\x00\x00\x00\x08free"


async def test_identical_orders_are_rendered_once(studio: Path, fast: Renderer, tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes((studio / "red.png").read_bytes())
    orders = [Order(320, 320, 4, pictures=(Picture(path, "Image 1"),)) for path in (studio / "red.png", copy)]
    one, other = await asyncio.gather(*(fast.render(order) for order in orders))
    assert one == other
    assert fast.started == 1
    again = await Renderer(fast.folder, fast=True).render(orders[0])
    assert again == one


async def test_alike_orders_share_one_film(studio: Path, tmp_path: Path) -> None:
    renderer = Renderer(tmp_path, fast=True, alike=True)
    films = [await renderer.render(Order(320, 320, 4, prompt, seed=seed)) for prompt, seed in (("a", 1), ("b", 2))]
    assert films[0] == films[1]
    assert (await renderer.render(Order(320, 320, 5))).frames == 121
    assert renderer.started == 2


async def test_only_the_newest_films_are_kept(tmp_path: Path) -> None:
    renderer = Renderer(tmp_path, fast=True, keep=2)
    films = [await renderer.render(Order(320, 320, 4, seed=seed)) for seed in range(3)]
    assert [film.path.exists() for film in films] == [False, True, True]
    assert [film.last_frame_path.exists() for film in films] == [False, True, True]


async def test_a_broken_reference_is_an_error_and_leaves_nothing(fast: Renderer, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(RenderFailedError, match="UnidentifiedImageError"):
        await fast.render(Order(320, 320, 4, pictures=(Picture(broken, "Image 1"),)))
    assert list(fast.folder.iterdir()) == []


async def test_an_overrun_ends_the_child(tmp_path: Path) -> None:
    hasty = Renderer(tmp_path, deadline_s=0.05)
    with pytest.raises(RenderFailedError, match="longer than"):
        await hasty.render(SMALL)
    assert (await Renderer(tmp_path).render(SMALL)).frames == 97


async def test_a_cancelled_render_ends_the_child_and_frees_its_place(fast: Renderer) -> None:
    rendering = asyncio.create_task(fast.render(Order(1280, 720, 15)))
    await asyncio.sleep(0.1)
    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rendering
    assert (await fast.render(SMALL)).frames == 97


def test_an_order_survives_the_way_to_the_child() -> None:
    order = Order(
        720,
        1280,
        5,
        "é",
        (Picture(Path("a.png"), "Image 1", Role.LAST),),
        (Clip(Path("b.mp4"), "Video 1"),),
        (Sound(Path("c.wav"), "Audio 1"),),
        codec=Codec.HEVC_10BIT,
        size_bytes=7,
    )
    assert order_from_json(order_to_json(order)) == order


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("one", ["one"]),
        ("aaaa bbbb cccc", ["aaaa bbbb", "cccc"]),
        ("aaaa bbbb cccc dddd eeee ffff gggg", ["aaaa bbbb", "cccc dddd", "eeee ffff…"]),
        ("rain 🌧️ now", ["rain now"]),
        ("a" * 5000, ["a" * 9 + "…"]),
    ],
)
def test_a_caption_has_three_lines_at_most(text: str, lines: list[str]) -> None:
    assert wrap(text, lambda line: len(line) <= 10) == lines


def test_frames_are_one_more_than_the_seconds_hold() -> None:
    assert [Order(2, 2, seconds).frames for seconds in (4, 5, 15)] == [97, 121, 361]
