"""The legacy design's token: a JWT, signed here with HMAC-SHA256 (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.providers.http import Account, bearer

LIFETIME_S = 1_800
SLACK_S = 5
WIDE_S = 3_600
"""Added on both sides when the vendor's clock was found to differ from ours."""


def token(access_key: str, secret_key: str, now_s: int, wider_s: int = 0) -> str:
    """A token that is good from a moment ago until half an hour from now."""
    claims = {"iss": access_key, "exp": now_s + LIFETIME_S + wider_s, "nbf": now_s - SLACK_S - wider_s}
    head = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{head}.{_base64(hmac.digest(secret_key.encode(), head.encode(), 'sha256'))}"


def signing(account: Account, access_key: str, now_ms: Callable[[], int], wider_s: int = 0) -> Account:
    """The same account, whose `api_key` is a secret key: every call is signed anew."""

    def headers(secret_key: str) -> Mapping[str, str]:
        return bearer(token(access_key, secret_key, now_ms() // 1000, wider_s))

    return replace(account, auth=headers)


def _part(fields: Mapping[str, Any]) -> str:
    return _base64(json.dumps(fields, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
