"""Draws every frame and writes the MP4: 24 frames a second, H.264 (or 10-bit HEVC), mono AAC."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from bot.sandbox.render.order import FRAMES_PER_SECOND, Codec, Order
from bot.sandbox.render.overlay import Overlay
from bot.sandbox.render.soundtrack import RATE_HZ, Samples, loudness, soundtrack
from bot.sandbox.render.stage import Stage

_ENCODERS = {Codec.H264: ("libx264", "yuv420p"), Codec.HEVC_10BIT: ("libx265", "yuv420p10le")}
_BOX_HEADER_BYTES = 8
_LARGE_PIXELS = 2600 * 1100  # beyond 1080p every second frame is drawn, so that 4k takes seconds, not minutes


def render(order: Order, video: Path, last_frame: Path) -> None:
    """Write the video and its last frame; raises whatever a broken reference raises in FFmpeg or Pillow."""
    movie = _Movie(order)
    movie.write(video)
    movie.last_frame.save(last_frame, "JPEG", quality=92)
    if order.size_bytes is not None:
        pad(video, order.size_bytes)


class _Movie:
    def __init__(self, order: Order) -> None:
        self._order = order
        self._stage = Stage(order)
        self._track = soundtrack(order) if order.sound else None
        sound = " + ".join(sound.label for sound in order.sounds) if order.sound else None
        size = (order.width, order.height)
        self._overlay = Overlay(size, order.prompt, self._stage.tiles(), sound, order.seed)
        self._hold = FRAMES_PER_SECOND if order.fast else (2 if self._is_large else 1)
        self.last_frame = Image.new("RGB", size)

    @property
    def _is_large(self) -> bool:
        return self._order.width * self._order.height > _LARGE_PIXELS

    def write(self, path: Path) -> None:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            picture = self._video_stream(container)
            sound = container.add_stream("aac", rate=RATE_HZ, layout="mono") if self._track else None
            self._encode(container, picture, sound)

    def _video_stream(self, container: OutputContainer) -> VideoStream:
        encoder, pixels = _ENCODERS[self._order.codec]
        options = {"preset": "ultrafast" if self._order.fast or self._is_large else "veryfast", "crf": "21"}
        stream = cast("VideoStream", container.add_stream(encoder, rate=FRAMES_PER_SECOND, options=options))
        stream.width, stream.height, stream.pix_fmt = self._order.width, self._order.height, pixels
        if self._order.codec is Codec.HEVC_10BIT:
            stream.options |= {"x265-params": "log-level=none"}
            stream.codec_context.codec_tag = "hvc1"  # what phones and browsers ask for
        return stream

    def _encode(self, container: OutputContainer, picture: VideoStream, sound: AudioStream | None) -> None:
        shown = None
        for number in range(self._order.frames):
            if shown is None or number % self._hold == 0:
                shown = self._frame(number, picture.pix_fmt or "yuv420p")
            shown.pts = number
            container.mux(picture.encode(shown))
            if sound and self._track:
                container.mux(sound.encode(_piece(self._track, number)))
        container.mux(picture.encode(None))
        if sound:
            container.mux(sound.encode(None))

    def _frame(self, number: int, pixels: str) -> av.VideoFrame:
        at_s = number / FRAMES_PER_SECOND
        drawn = self._stage.draw(at_s)
        self.last_frame = drawn.copy()
        loud = loudness(self._track, number) if self._track else 0.0
        self._overlay.press(drawn, self._stage.label(at_s), loud)
        return from_picture(drawn).reformat(format=pixels)


def from_picture(picture: Image.Image) -> av.VideoFrame:
    """A Pillow image as a frame to encode."""
    frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]  # PyAV leaves it untyped
    return frame


def _piece(track: Samples, number: int) -> av.AudioFrame:
    """The sound of one video frame."""
    start, end = (n * RATE_HZ // FRAMES_PER_SECOND for n in (number, number + 1))
    samples = track[start:end]
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
    frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
    return frame


def pad(video: Path, size_bytes: int) -> None:
    """Bring the file to ``size_bytes`` with an empty ``free`` box, which every player skips."""
    missing = size_bytes - video.stat().st_size
    if missing < _BOX_HEADER_BYTES:
        return
    with video.open("ab") as file:
        file.write(struct.pack(">I4s", missing, b"free"))
        file.truncate(size_bytes)
