"""Veo on Vertex: a service account's tokens, and the video inside the operation."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.providers.config import ProviderConfig
from bot.sandbox.providers.google import GoogleServer, service_account
from bot.sandbox.providers.wire import Clock, Fault, Trouble
from bot.sandbox.render import VideoMaker
from tests.providers.case import Can, Case


@dataclass
class House:
    """The server of this moment: its token endpoint is asked even when Vertex itself is somewhere else."""

    server: GoogleServer | None = None
    key: str = ""

    def build(self, key: str, renders: VideoMaker, clock: Clock) -> GoogleServer:
        self.server, self.key = GoogleServer(key, renders, clock), key
        return self.server

    def config(self, base: str, key: str) -> ProviderConfig:
        """Another key is another pair: its assertions are not those of the account."""
        found = service_account(f"{self.server.origin if self.server else base}/token")
        if key != self.key:
            found["private_key"] = stranger()
        folder = Path(tempfile.mkdtemp(prefix="vertex-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        file = folder / "key.json"
        file.write_text(json.dumps(found))
        extras = {"project": "sandbox", "location": "us-central1", "credentials": str(file)}
        return ProviderConfig("vertex", base, extras=extras)


def stranger() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


HOUSE = House()
CASE = Case(
    adapter="vertex",
    model="veo-3.1",
    server=HOUSE.build,
    config=HOUSE.config,
    can={Can.AT_ONCE, Can.EXPIRY, Can.GONE, Can.BODY_LIMIT, Can.KEYED_FILES},
    made=lambda server: len(server.works),
    label=lambda _, number: f"reference image {number}",
    broke=Fault(Trouble.STATUS, status=429, code="billing"),
    kinds={"file": "get"},
    key_refused="provider-credentials-refused",
)
