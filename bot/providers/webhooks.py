"""Standard Webhooks: who really sent a callback (standardwebhooks.com, version 1 of its symmetric signatures).

    webhook-id · webhook-timestamp · webhook-signature: "v1,<base64> v1,<base64>"
    HMAC-SHA256 with the secret's bytes over  id "." timestamp "." body, and the timestamp within five minutes of now

While a secret is being changed there are several signatures; one that is right is enough.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.providers.reading import fields

TOLERANCE_S = round(timedelta(minutes=5).total_seconds())
PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises ValueError for a secret that is not base64, with its prefix or without.

    >>> key_of("whsec_aGVsbG8=")
    b'hello'
    """
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a webhook secret is base64") from None


def verified(secret: str, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether the holder of the secret sent these very bytes a moment ago. Header names are lower case or any case."""
    told = {name.lower(): value for name, value in headers.items()}
    number, at_s = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not number or not _is_now(at_s, now_s):
        return False
    right = hmac.digest(key_of(secret), f"{number}.{at_s}.".encode() + body, "sha256")
    given = (word.partition(",") for word in told.get("webhook-signature", "").split())
    return any(version == "v1" and hmac.compare_digest(_bytes(value), right) for version, _, value in given)


def event_data(body: bytes, kind: str) -> Mapping[str, Any] | None:
    """What an event of a kind is about; None for whatever else a body may be.

    >>> event_data(b'{"type": "video.completed", "data": {"id": "v-1"}}', "video.")
    {'id': 'v-1'}
    """
    event = fields(body)
    about = event.get("data")
    return about if isinstance(about, Mapping) and str(event.get("type")).startswith(kind) else None


def _is_now(at_s: str, now_s: int) -> bool:
    return at_s.isascii() and at_s.isdecimal() and len(at_s) < 16 and abs(int(at_s) - now_s) <= TOLERANCE_S


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
