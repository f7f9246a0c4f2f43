"""Changes films and sounds. Runs in the child only.

A film is always made with a constant pace, square pixels, 4:2:0 of eight bits, and its index in front, which is what
every phone and every provider takes.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
from av.container import InputContainer, OutputContainer
from PIL import Image

from bot.core.media import MP3, MP4, Conversion, Fit, MediaInfo, MediaKind, video_bitrate_bps
from bot.media.probing import probe
from bot.media.reading import MAX_SIDE_PX, Unreadable, film_of, opened_av, ratio_of, sound_of

AUDIO_BPS = 128_000
AUDIO_HZ = 48_000
CRF = 20
MAX_FRAMES = 20_000
MAX_SOUND_S = 7200
MAX_TRIES = 4
MIN_BITS_PER_PIXEL = 0.04
"""Below this a smaller picture looks better than a coarser one."""

SD_HEIGHT_PX = 576
UNTOLD = 2
"""FFmpeg's number for a colour property that a file leaves open."""

BT709, BT601 = 1, 6
_MATRICES = {BT709: "bt709", 4: "fcc", 5: "bt601", BT601: "bt601", 7: "smpte240m", 9: "bt2020"}
_COLOURS = ("colorspace", "color_primaries", "color_trc")
_MP4_OPTIONS = {"movflags": "+faststart"}
_PLAYABLE_SOUNDS = frozenset({"", "aac", "mp3"})
_PLAYABLE_PAINT = frozenset({"yuv420p", "yuvj420p"})


Tell = Callable[[int], None]


def silent(_: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a film is encoded. `max_bps` caps the pictures alone; None: as much as the quality asks for.

    `heard` is called with the number of frames made so far.
    """

    width: int
    height: int
    fps: Fraction
    fit: Fit = Fit.SCALE
    trim_ms: int | None = None
    max_bps: int | None = None
    heard: Tell = silent


def convert_film(source: Path, target: Path, conversion: Conversion) -> None:
    """Make an mp4 or an mp3."""
    if conversion.mime == MP3:
        _convert_sound(source, target, conversion.trim_ms)
        return
    info = probe(source)
    if conversion.mime != MP4 or info.kind is not MediaKind.VIDEO:
        raise Unreadable
    _encode_within(source, target, _recipe(info, conversion), info, conversion.max_bytes)


def _recipe(info: MediaInfo, conversion: Conversion) -> Recipe:
    return Recipe(
        width=conversion.width or _even(info.width),
        height=conversion.height or _even(info.height),
        fps=_pace(conversion.fps or info.fps),
        fit=conversion.fit,
        trim_ms=conversion.trim_ms,
    )


def playable(source: Path, target: Path, max_bytes: int | None, tell: Tell = silent) -> None:
    """Make what phones play: untouched, or only its index moved, when it is that already and small enough.

    `tell` hears the percent of a re-encode.
    """
    info = probe(source)
    if info.kind is not MediaKind.VIDEO:
        raise Unreadable
    small = max_bytes is None or info.size_bytes <= max_bytes
    if small and _plays(info) and info.mime == MP4 and info.faststart:
        shutil.copyfile(source, target)
    elif small and _plays(info):
        _remux(source, target)
    else:
        recipe = Recipe(width=_even(info.width), height=_even(info.height), fps=_pace(info.fps))
        frames = max(1, math.ceil(info.duration_ms * recipe.fps / 1000))
        told = replace(recipe, heard=lambda made: tell(min(99, made * 100 // frames)))
        _encode_within(source, target, told, info, max_bytes)


def _plays(info: MediaInfo) -> bool:
    pictures = info.video_codec == "h264" and info.pix_fmt in _PLAYABLE_PAINT
    return pictures and info.audio_codec in _PLAYABLE_SOUNDS


def _even(side: int) -> int:
    return min(math.ceil(side / 2) * 2, MAX_SIDE_PX)


def _pace(fps: float) -> Fraction:
    """29.97 means 30000/1001."""
    return Fraction(min(max(fps, 1.0), 120.0)).limit_denominator(1001)


def _remux(source: Path, target: Path) -> None:
    with opened_av(source) as container, _new_mp4(target) as out:
        streams = [stream for stream in (film_of(container), sound_of(container)) if stream is not None]
        copies = {stream.index: out.add_stream_from_template(stream) for stream in streams}
        for packet in container.demux(*streams):
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                out.mux(packet)


def _encode_within(source: Path, target: Path, recipe: Recipe, info: MediaInfo, max_bytes: int | None) -> None:
    """The cap on the bit rate nearly always holds the size; where the encoder overshoots, it is tried lower."""
    if max_bytes is None:
        _encode(source, target, recipe)
        return
    duration_ms = min(info.duration_ms, recipe.trim_ms or info.duration_ms)
    bps = video_bitrate_bps(max_bytes, duration_ms, AUDIO_BPS if info.has_audio else 0)
    for _ in range(MAX_TRIES):
        _encode(source, target, _capped(recipe, bps))
        size_bytes = target.stat().st_size
        if size_bytes <= max_bytes:
            return
        bps = max(int(bps * 0.9 * max_bytes / size_bytes), 30_000)
    raise Unreadable("media-too-big")


def _capped(recipe: Recipe, bps: int) -> Recipe:
    affordable = bps / float(recipe.fps) / MIN_BITS_PER_PIXEL
    factor = min(1.0, math.sqrt(affordable / (recipe.width * recipe.height)))
    width, height = (max(64, _even(int(side * factor))) for side in (recipe.width, recipe.height))
    return replace(recipe, width=width, height=height, max_bps=bps)


def _encode(source: Path, target: Path, recipe: Recipe) -> None:
    with opened_av(source) as container, _new_mp4(target) as out:
        film = film_of(container)
        if film is None:
            raise Unreadable
        film.thread_type = "AUTO"
        start = Fraction(container.start_time or 0, 1_000_000)
        sound = sound_of(container)
        pictures = _Pictures(out, film, recipe, start)
        heard = None if sound is None else _Sound(out, "aac", start, recipe.trim_ms)
        _pump(container, film, sound, pictures, heard)


def _pump(container: InputContainer, film: Any, sound: Any | None, pictures: _Pictures, heard: _Sound | None) -> None:
    takers: dict[int, _Pictures | _Sound] = {film.index: pictures}
    if sound is not None and heard is not None:
        takers[sound.index] = heard
    for packet in container.demux(*((film,) if sound is None else (film, sound))):
        taker = takers[packet.stream.index]
        for frame in () if taker.full else packet.decode():
            taker.take(frame)
        if all(taker.full for taker in takers.values()):
            break
    pictures.finish()
    if heard is not None:
        heard.finish()


def _new_mp4(target: Path) -> OutputContainer:
    return av.open(str(target), "w", format="mp4", options=_MP4_OPTIONS)


class _Pictures:
    """Frames in, H.264 out: turned upright, paced, sized, eight bits."""

    def __init__(self, out: OutputContainer, film: Any, recipe: Recipe, start: Fraction) -> None:
        self.out, self.film, self.recipe, self.start = out, film, recipe, start
        self.stream: Any = out.add_stream("libx264", rate=recipe.fps, options=_x264_options(recipe))
        self.stream.width, self.stream.height, self.stream.pix_fmt = recipe.width, recipe.height, "yuv420p"
        self.stream.codec_context.thread_count = 2
        self.stream.codec_context.time_base = 1 / recipe.fps
        self.most = MAX_FRAMES if recipe.trim_ms is None else math.floor(recipe.trim_ms * recipe.fps / 1000)
        self.graph: av.filter.Graph | None = None
        self.seen = self.made = 0

    @property
    def full(self) -> bool:
        return self.made >= self.most

    def take(self, frame: Any) -> None:
        self.seen += 1
        if self.seen > MAX_FRAMES:
            raise Unreadable
        if self.full or frame.pts is None:
            return
        if self.graph is None:
            self._copy_colours(frame)
            self.graph = _picture_graph(frame, self.film, self.recipe, self.start)
        self.graph.vpush(frame)
        self._drain(self.graph)

    def finish(self) -> None:
        if self.graph is None:
            raise Unreadable
        self.graph.vpush(None)
        self._drain(self.graph)
        self.out.mux(self.stream.encode(None))

    def _copy_colours(self, frame: Any) -> None:
        """Said aloud, because a player guesses them by the size, which may have changed."""
        for name in _COLOURS:
            told = getattr(frame, name)
            setattr(self.stream.codec_context, name, _guessed_matrix(frame) if told == UNTOLD else told)

    def _drain(self, graph: av.filter.Graph) -> None:
        for frame in _pulled(graph):
            if not self.full:
                frame.pts, frame.time_base = self.made, 1 / self.recipe.fps
                frame.pict_type = 0  # the source's key frames are not ours
                self.made += 1
                self.out.mux(self.stream.encode(frame))
                self.recipe.heard(self.made)


def _pulled(graph: av.filter.Graph) -> Iterator[Any]:
    with suppress(BlockingIOError, EOFError):
        while True:
            yield graph.pull()


def _x264_options(recipe: Recipe) -> dict[str, str]:
    options = {"preset": "veryfast", "crf": str(CRF), "g": str(math.ceil(recipe.fps * 2))}
    if recipe.max_bps is None:
        return options
    return options | {"maxrate": str(recipe.max_bps), "bufsize": str(recipe.max_bps)}


def _picture_graph(frame: Any, film: Any, recipe: Recipe, start: Fraction) -> av.filter.Graph:
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=film.time_base)
    steps = [
        *_turns(round(frame.rotation) % 360),
        ("fps", f"fps={recipe.fps}:start_time={float(start)}"),
        *_sizing(frame, film, recipe),
        ("setsar", "1"),
        ("format", "pix_fmts=yuv420p"),
        ("buffersink", ""),
    ]
    graph.link_nodes(source, *(graph.add(name, args or None) for name, args in steps)).configure()
    return graph


def _turns(rotation: int) -> list[tuple[str, str]]:
    return {90: [("transpose", "cclock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "clock")]}.get(
        rotation, []
    )


def _sizing(frame: Any, film: Any, recipe: Recipe) -> list[tuple[str, str]]:
    width, height = recipe.width, recipe.height
    matrix = _matrix(frame)
    paint = f"out_range=tv:in_color_matrix={matrix}:out_color_matrix={matrix}"
    if recipe.fit is Fit.SCALE:
        return [("scale", f"{width}:{height}:{paint}")]
    shown = Fraction(frame.width, frame.height) * (ratio_of(film.sample_aspect_ratio) or 1)
    shown = 1 / shown if frame.rotation % 180 else shown
    inner_width, inner_height = min(width, _near(height * shown)), min(height, _near(width / shown))
    return [("scale", f"{inner_width}:{inner_height}:{paint}"), ("pad", f"{width}:{height}:-1:-1:black")]


def _guessed_matrix(frame: Any) -> int:
    """What players take for a film that does not tell: HD is BT.709, what is smaller BT.601."""
    return BT709 if frame.height > SD_HEIGHT_PX else BT601


def _matrix(frame: Any) -> str:
    told = _guessed_matrix(frame) if frame.colorspace == UNTOLD else frame.colorspace
    return _MATRICES.get(told, "auto")


def _near(side: Fraction) -> int:
    return max(2, round(side / 2) * 2)


class _Sound:
    """Frames in, AAC or mp3 out."""

    def __init__(self, out: OutputContainer, codec: str, start: Fraction, trim_ms: int | None) -> None:
        self.out, self.start = out, start
        stream: Any = out.add_stream(codec, rate=AUDIO_HZ, options={"b": str(AUDIO_BPS)})
        self.stream = stream
        self.stream.layout = "stereo"
        self.resampler = av.AudioResampler(format="fltp", layout="stereo", rate=AUDIO_HZ)
        self.most = (trim_ms or MAX_SOUND_S * 1000) * AUDIO_HZ // 1000
        self.made: int | None = None

    @property
    def full(self) -> bool:
        return self.made is not None and self.made >= self.most

    def take(self, frame: Any) -> None:
        if self.full:
            return
        if self.made is None:
            self.made = self._first(frame)
        for piece in self.resampler.resample(frame):
            self._encode(piece)

    def finish(self) -> None:
        if self.made is not None and not self.full:
            for piece in self.resampler.resample(None):
                self._encode(piece)
        self.out.mux(self.stream.encode(None))

    def _first(self, frame: Any) -> int:
        """Sound that begins after the pictures must not be pulled forward to them."""
        late = 0 if frame.time is None else Fraction(frame.time) - self.start
        return max(0, round(late * AUDIO_HZ))

    def _encode(self, piece: Any) -> None:
        if self.full or self.made is None:
            return
        piece.pts, piece.time_base = self.made, Fraction(1, AUDIO_HZ)
        self.made += piece.samples
        self.out.mux(self.stream.encode(piece))


def _convert_sound(source: Path, target: Path, trim_ms: int | None) -> None:
    with opened_av(source) as container, av.open(str(target), "w", format="mp3") as out:
        sound = sound_of(container)
        if sound is None:
            raise Unreadable
        heard = _Sound(out, "libmp3lame", Fraction(container.start_time or 0, 1_000_000), trim_ms)
        for frame in container.decode(sound):
            heard.take(frame)
            if heard.full:
                break
        heard.finish()


def first_picture(path: Path) -> Image.Image:
    """The first frame, upright."""
    with opened_av(path) as container:
        film = film_of(container)
        frame = None if film is None else next(container.decode(film), None)
        return picture_of(frame)


def last_picture(path: Path) -> Image.Image:
    """The very last frame, upright: only the end is decoded when the file can be entered there."""
    with opened_av(path) as container:
        film = film_of(container)
        if film is None:
            raise Unreadable
        if container.duration:
            container.seek(max(0, container.duration - 2_000_000))
        return picture_of(_last(container, film))


def _last(container: InputContainer, film: Any) -> Any:
    last = None
    for count, frame in enumerate(container.decode(film)):
        if count > MAX_FRAMES:
            raise Unreadable
        last = frame
    return last


def picture_of(frame: Any) -> Image.Image:
    """A frame as RGB, upright."""
    if frame is None:
        raise Unreadable
    told = frame.colorspace != UNTOLD
    image: Image.Image = frame.to_image() if told else frame.to_image(src_colorspace=_guessed_matrix(frame))
    return image.rotate(frame.rotation, expand=True) if frame.rotation else image
