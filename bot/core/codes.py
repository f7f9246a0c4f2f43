"""Names for things: UUIDv7 business ids, display codes for people, nonces for buttons. Dice come in as bytes."""

from __future__ import annotations

import base64
import uuid

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0 O 1 I: read aloud and typed on a phone."""

WIDTH = 4
SHUFFLE = 387_420_489
"""Coprime to the number of codes of any width, so neighbours look unlike each other and none repeats."""


def uuid7(now_ms: int, random_bytes: bytes) -> str:
    """RFC 9562 version 7: 48 bits of milliseconds, then 74 random bits out of 10 bytes."""
    bits = int.from_bytes(random_bytes[:10], "big")
    value = (now_ms & (2**48 - 1)) << 80 | 7 << 76 | (bits >> 62 & 0xFFF) << 64 | 2 << 62 | bits & (2**62 - 1)
    return str(uuid.UUID(int=value))


def code_of(number: int) -> str:
    """`#K7Q2` for a positive whole number; unique, longer only after a million.

    >>> code_of(1), code_of(2), len(code_of(32**4))
    ('#H6CB', '#YANL', 6)
    """
    width = WIDTH
    while number >= len(ALPHABET) ** width:
        width += 1
    mixed = number * SHUFFLE % len(ALPHABET) ** width
    digits = []
    for _ in range(width):
        mixed, digit = divmod(mixed, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "#" + "".join(reversed(digits))


def nonce(random_bytes: bytes) -> str:
    """A button's name: URL-safe, far below the 64 bytes of callback data."""
    return base64.urlsafe_b64encode(random_bytes).rstrip(b"=").decode()
