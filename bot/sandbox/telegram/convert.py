"""What Telegram's apps and servers change on the way: a voice note becomes OGG/Opus, a GIF a silent MP4."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import av

_VOICE_RATE_HZ = 48_000
_GIF_RATE = 25


async def to_voice_note(source: Path, target: Path) -> bool:
    """Any sound as OGG/Opus; False when it can't be read."""
    return await asyncio.to_thread(_quietly, _voice_note, source, target)


async def gif_to_mp4(source: Path, target: Path) -> bool:
    """A GIF as H.264 without sound; False when it can't be read."""
    return await asyncio.to_thread(_quietly, _gif_to_mp4, source, target)


def _quietly(convert: Callable[[Path, Path], None], source: Path, target: Path) -> bool:
    try:
        convert(source, target)
    except (av.FFmpegError, ValueError, OSError, IndexError):
        return False
    return True


def _voice_note(source: Path, target: Path) -> None:
    with av.open(str(source)) as heard, av.open(str(target), "w", format="ogg") as note:
        stream = note.add_stream("libopus", rate=_VOICE_RATE_HZ)
        resampler = av.AudioResampler(format="s16", layout="mono", rate=_VOICE_RATE_HZ)
        stream.layout = "mono"
        for frame in heard.decode(heard.streams.audio[0]):
            for piece in resampler.resample(frame):
                note.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            note.mux(stream.encode(piece))
        note.mux(stream.encode(None))


def _gif_to_mp4(source: Path, target: Path) -> None:
    with av.open(str(source)) as gif, av.open(str(target), "w", format="mp4") as clip:
        shown = gif.streams.video[0]
        stream = clip.add_stream("libx264", rate=shown.average_rate or _GIF_RATE)
        stream.width, stream.height = max(shown.width & ~1, 2), max(shown.height & ~1, 2)
        stream.pix_fmt = "yuv420p"
        for frame in gif.decode(shown):
            fitted = frame.reformat(stream.width, stream.height, "yuv420p")
            fitted.pts = None
            clip.mux(stream.encode(fitted))
        clip.mux(stream.encode(None))
