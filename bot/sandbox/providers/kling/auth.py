"""Who may call: an API key everywhere, a token signed with the secret key on the legacy paths alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from bot.sandbox.providers.kling.errors import KlingError


def check_key(header: str, api_key: str) -> None:
    """Raises what Kling says to a wrong or missing key."""
    given = _word(header)
    if not hmac.compare_digest(given.encode(), api_key.encode()):
        raise KlingError(1002)


def check_token(header: str, access_key: str, secret_key: str, now_s: float) -> None:
    """Raises what Kling says to a token that is forged, too early or too late."""
    head, _, signature = _word(header).rpartition(".")
    right = hmac.digest(secret_key.encode(), head.encode(), hashlib.sha256)
    if not hmac.compare_digest(_bytes(signature), right):
        raise KlingError(1002)
    first, _, second = head.partition(".")
    top, claims = _parsed(first), _parsed(second)
    if top != {"alg": "HS256", "typ": "JWT"} or claims.get("iss") != access_key:
        raise KlingError(1000)
    if now_s < claims.get("nbf", now_s):
        raise KlingError(1003)
    if now_s >= claims.get("exp", 0):
        raise KlingError(1004)


def _word(header: str) -> str:
    kind, _, word = header.partition(" ")
    if not header:
        raise KlingError(1001)
    if kind != "Bearer" or not word:
        raise KlingError(1002)
    return word


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _parsed(part: str) -> Any:
    try:
        return json.loads(_bytes(part) or b"{}")
    except ValueError:
        return {}
