"""An access token for Vertex: a service account's key signs an assertion, Google's token endpoint gives an hour for it.

The token is kept until shortly before its end and fetched outside of any create call, so that whatever goes wrong here
goes wrong before anything is asked for. The key file is read and the assertion signed in a thread.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bot.core.errors import OperatorFault, Transient
from bot.providers.bodies import UrlEncoded
from bot.providers.config import Tools
from bot.providers.faults import clean
from bot.providers.http import Account, Reply
from bot.providers.reading import real, text

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""Always this one, whatever address the key file names: so it is documented, and so Google's own library does."""
LIFETIME_S = 3600
EARLY_MS = 120_000
"""A token is renewed so long before its end: longer than a create call may take."""
YOUNG_MS = 60_000
TOTAL_S = 30.0
"""The longest that anybody waits for a token, behind others who wait for it too."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What the key file says."""

    email: str
    key_id: str
    token_uri: str
    key: rsa.RSAPrivateKey = field(repr=False)


def read_key_file(path: Path | None) -> ServiceAccount:
    """Raises OperatorFault with what to change. Call it in a thread."""
    try:
        raw = path.read_bytes() if path is not None else None
    except OSError:
        raw = None
    if raw is None:
        raise OperatorFault("provider-credentials-missing")
    try:
        return _service_account(json.loads(raw))
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm):
        raise OperatorFault("provider-credentials-wrong") from None


def _service_account(found: Mapping[str, Any]) -> ServiceAccount:
    """Raises whatever a file that is something else leads to."""
    if found["type"] != "service_account":
        raise ValueError("another kind of credentials")
    pem = found["private_key"].encode()
    key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)  # its maker is Google
    uri = found.get("token_uri") or AUDIENCE
    if not isinstance(key, rsa.RSAPrivateKey) or not uri.startswith(("https://", "http://")):
        raise ValueError("no RSA key, or no address for it")
    return ServiceAccount(found["client_email"], str(found.get("private_key_id", "")), uri, key)


def assertion(account: ServiceAccount, now_s: int) -> str:
    """The signed JWT that asks for a token (RFC 7523)."""
    header = {"alg": "RS256", "typ": "JWT", "kid": account.key_id}
    claims = {
        "iss": account.email,
        "scope": SCOPE,
        "aud": AUDIENCE,
        "iat": now_s,
        "exp": now_s + LIFETIME_S,
    }
    signed = f"{_segment(header)}.{_segment(claims)}"
    return f"{signed}.{_base64(account.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _segment(value: Mapping[str, object]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class AccessTokens:
    """The current token of one service account; many calls that need a new one wait for the same."""

    def __init__(self, name: str, key_file: Path | None, tools: Tools, total_s: float = TOTAL_S) -> None:
        self._name = name
        self._total_s = total_s
        self._key_file = key_file
        self._tools = tools
        self._lock = asyncio.Lock()
        self._token = ""
        self._begun_ms = 0
        self._ends_ms = 0

    async def get(self) -> str:
        """Raises OperatorFault for a file or an account that is not accepted, Transient for everything that passes."""
        try:
            async with asyncio.timeout(self._total_s), self._lock:
                if self._tools.now_ms() >= self._ends_ms - EARLY_MS:
                    await self._renew()
                return self._token
        except TimeoutError:
            raise Transient("provider-unreachable", provider=self._name, host="", why="token") from None

    def refused(self) -> bool:
        """After a 401: whether a new token may help, because the old one was not new. It is forgotten."""
        young = self._tools.now_ms() - self._begun_ms < YOUNG_MS
        self._ends_ms = 0
        return not young

    async def _renew(self) -> None:
        service = await asyncio.to_thread(read_key_file, self._key_file)
        now_ms = self._tools.now_ms()
        signed = await asyncio.to_thread(assertion, service, now_ms // 1000)
        house = Account(self._name, service.token_uri, "")
        content = UrlEncoded({"grant_type": GRANT, "assertion": signed})
        reply = await self._tools.http.ask(house, "POST", "", tree=content)
        self._token, lifetime_s = _read(reply, house)
        self._begun_ms, self._ends_ms = now_ms, now_ms + round(lifetime_s * 1000)


def _read(reply: Reply, house: Account) -> tuple[str, float]:
    token = text(reply.mapping.get("access_token"))
    if reply.ok and token:
        return token, real(reply.mapping.get("expires_in")) or LIFETIME_S
    if 400 <= reply.status < 500 and reply.status != 429 and reply.kind == "json":
        detail = clean(reply.mapping.get("error_description") or reply.mapping.get("error"))
        raise OperatorFault("provider-credentials-refused", **house.who, detail=detail)
    raise Transient("provider-unreachable", reply.retry_after_s, **house.who, why="no token")
