"""The ways of a finished video into the chat: as it is, made to fit, or by a link. Sizes are bytes.

Telegram takes 50 MB from a bot, 2,000 MB through a local Bot API server.
"""

from __future__ import annotations

from bot.core.request import VideoSpec

FPS = 24
BITS_PER_PIXEL = 0.25
"""An assumption on the high side for H.264 of a moving scene: 1080p then takes 12 Mbit/s, 4K 50 Mbit/s."""


def expected_bytes(spec: VideoSpec) -> int:
    """How large an output may become, told before it is made.

    >>> spec = VideoSpec("m", (), (), 10, "4k", "16:9", 3840, 2160)
    >>> round(expected_bytes(spec) / 1e6)
    62
    """
    return round(spec.width * spec.height * FPS * spec.duration_s * BITS_PER_PIXEL / 8)


def may_not_fit(spec: VideoSpec, max_upload_bytes: int) -> bool:
    """Whether the card must say that the video may not come as the provider makes it."""
    return expected_bytes(spec) > max_upload_bytes
