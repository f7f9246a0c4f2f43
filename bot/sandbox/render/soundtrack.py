"""The sound of a video: its audio references one after another, else the references' own sound, else a soft tune."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import exp, pi, sin
from pathlib import Path
from random import Random
from typing import TypeAlias

import av
from av.audio.resampler import AudioResampler

from bot.sandbox.render.order import FRAMES_PER_SECOND, Order

RATE_HZ = 44_100
_TUNE_RATE_HZ = RATE_HZ // 4
_PENTATONIC = (0, 3, 5, 7, 10, 12, 15)
_BEAT_S = 0.42

Samples: TypeAlias = "array[int]"  # the class itself takes no parameter before Python 3.12


def soundtrack(order: Order) -> Samples:
    """Mono 16-bit samples at :data:`RATE_HZ`, exactly as long as the video."""
    length = round(order.frames * RATE_HZ / FRAMES_PER_SECOND)
    heard = _references(order, length)
    track = _in_turns(heard, length) if heard else _tune(order.seed, length)
    _fade_out(track)
    return track


def loudness(track: Samples, frame: int) -> float:
    """How loud the sound is around a video frame, 0–1."""
    middle = frame * RATE_HZ // FRAMES_PER_SECOND
    peak = max((abs(sample) for sample in track[middle : middle + 1800 : 9]), default=0)
    return min(1.0, peak / 18_000)


def _references(order: Order, length: int) -> list[Samples]:
    paths = [sound.path for sound in order.sounds] or [clip.path for clip in order.clips]
    return [samples for samples in (_decode(path, length) for path in paths) if samples]


def _decode(path: Path, length: int) -> Samples:
    """At most ``length`` samples of a file; none when it has no sound."""
    samples: Samples = array("h")
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return samples
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        for frame in container.decode(audio=0):
            samples.extend(_samples(resampler.resample(frame)))
            if len(samples) >= length:
                break
    return samples[:length]


def _in_turns(heard: Sequence[Samples], length: int) -> Samples:
    track: Samples = array("h")
    for number, samples in enumerate(heard, start=1):
        wanted = length * number // len(heard) - len(track)
        track.extend((samples * (wanted // len(samples) + 1))[:wanted])
    return track


def _fade_out(track: Samples) -> None:
    length = min(len(track), RATE_HZ // 4)
    for step in range(length):
        track[-1 - step] = track[-1 - step] * step // length


def _tune(seed: int, length: int) -> Samples:
    random = Random(seed)  # noqa: S311  a tune, no secret
    root_hz = random.choice((196.0, 220.0, 246.9, 261.6))
    notes = {step: _note(root_hz * 2 ** (step / 12)) for step in _PENTATONIC}
    low: Samples = array("h", bytes(2 * (length * _TUNE_RATE_HZ // RATE_HZ)))
    for start in range(0, len(low), round(_BEAT_S * _TUNE_RATE_HZ)):
        _add(low, notes[random.choice(_PENTATONIC)], start)
    track = _resampled(low)[:length]
    track.extend([0] * (length - len(track)))
    return track


def _resampled(low: Samples) -> Samples:
    """From the rate that is cheap to compute to the one that is played."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(low))
    frame.planes[0].update(low.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate = _TUNE_RATE_HZ
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    return _samples([*resampler.resample(frame), *resampler.resample(None)])


def _samples(frames: Iterable[av.AudioFrame]) -> Samples:
    samples: Samples = array("h")
    for frame in frames:
        samples.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    return samples


def _note(pitch_hz: float) -> Samples:
    turn = 2 * pi * pitch_hz / _TUNE_RATE_HZ
    length = round(1.3 * _TUNE_RATE_HZ)
    return array("h", (round(_string(turn * at, at / _TUNE_RATE_HZ)) for at in range(length)))


def _string(angle: float, at_s: float) -> float:
    swell = min(1.0, at_s / 0.015) * exp(-3.2 * at_s)
    return 5200 * swell * (sin(angle) + 0.3 * sin(2 * angle))


def _add(track: Samples, note: Samples, start: int) -> None:
    for offset, sample in enumerate(note[: len(track) - start]):
        track[start + offset] += sample
