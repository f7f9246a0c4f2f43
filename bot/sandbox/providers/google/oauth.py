"""The token endpoint: a service account's signed assertion in, an access token out (RFC 7523), as strict as Google."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bot.sandbox.providers.wire import ASK, Clock

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
EMAIL = "kinetogram@sandbox.iam.gserviceaccount.com"
KEY_ID = "5a9d0b7c6e"
AUDIENCE = "https://oauth2.googleapis.com/token"
LONGEST_S = 3600
SKEW_S = 300


@cache
def _key() -> rsa.RSAPrivateKey:
    """One for the process: making it takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def service_account(token_uri: str, project: str = "sandbox") -> dict[str, str]:
    """The key file of the one service account that there is."""
    pem = _key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": KEY_ID,
        "private_key": pem.decode(),
        "client_email": EMAIL,
        "client_id": "104000000000000000000",
        "token_uri": token_uri,
    }


class Refused(Exception):
    """An OAuth error: its word and its sentence."""

    def __init__(self, word: str, sentence: str) -> None:
        super().__init__(sentence)
        self.word = word


class Tokens:
    """Access tokens and when they end."""

    def __init__(self, now_ms: Clock, lifetime_s: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._lifetime_s = lifetime_s
        self._ends_ms: dict[str, int] = {}

    def good(self, token: str) -> bool:
        """Whether this token opens the door now."""
        return self._ends_ms.get(token, 0) > self._now_ms()

    def revoke(self) -> None:
        """No token that was given opens it any more."""
        self._ends_ms.clear()

    async def serve(self, request: web.Request) -> web.Response:
        """``POST /token``."""
        form = await request.post()
        request[ASK] = {"grant_type": form.get("grant_type")}
        try:
            self._check(str(form.get("grant_type")), str(form.get("assertion")))
        except Refused as fault:
            body = {"error": fault.word, "error_description": str(fault)}
            return web.json_response(body, status=400)
        token = f"ya29.{secrets.token_urlsafe(60)}"
        self._ends_ms[token] = self._now_ms() + self._lifetime_s() * 1000
        return web.json_response({"access_token": token, "expires_in": self._lifetime_s(), "token_type": "Bearer"})

    def _check(self, grant: str, assertion: str) -> None:
        if grant != GRANT:
            raise Refused("unsupported_grant_type", "Invalid grant_type")
        claims = _verified(assertion)
        now_s = self._now_ms() // 1000
        issued, ends = claims.get("iat"), claims.get("exp")
        if not isinstance(issued, int) or not isinstance(ends, int):
            raise Refused("invalid_grant", "Invalid JWT: iat and exp must be numbers.")
        if ends - issued > LONGEST_S or abs(now_s - issued) > SKEW_S or ends <= now_s:
            words = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            raise Refused("invalid_grant", words)
        if claims.get("iss") != EMAIL:
            raise Refused("invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") != AUDIENCE:
            raise Refused("invalid_grant", "Invalid JWT: Failed audience check.")
        if SCOPE not in str(claims.get("scope")).split():
            raise Refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")


def signed(claims: Mapping[str, Any]) -> str:
    """A JWT of ours (RS256)."""
    parts = [_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": KEY_ID}, claims)]
    told = ".".join(parts)
    return f"{told}.{_encoded(_key().sign(told.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _verified(assertion: str) -> Mapping[str, Any]:
    """The claims of an assertion that our key has signed."""
    try:
        head, body, signature = assertion.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        if header.get("alg") != "RS256" or not isinstance(claims, dict):
            raise Refused("invalid_grant", "Invalid JWT.")
        public = _key().public_key()
        public.verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, binascii.Error, InvalidSignature) as fault:
        raise Refused("invalid_grant", "Invalid JWT Signature.") from fault
    return claims


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
