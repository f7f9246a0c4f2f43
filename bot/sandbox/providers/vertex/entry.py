"""Veo on Vertex in the sandbox, with a service account whose key file is made for it."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.sandbox.providers.base import Entry
from bot.sandbox.providers.google.knobs import GoogleKnobs
from bot.sandbox.providers.google.oauth import service_account
from bot.sandbox.providers.google.server import GoogleServer


def _variables(base: str, _key: str) -> Mapping[str, str]:
    return {
        "VERTEX_PROJECT": "sandbox",
        "VERTEX_BASE_URL": base,
        "GOOGLE_APPLICATION_CREDENTIALS": str(_key_file(base)),
        "DEFAULT_MODEL": "veo-3.1-fast",
    }


def _key_file(base: str) -> Path:
    """Readable by this user alone, though it opens nothing but the sandbox; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="kinetogram-vertex-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "service-account.json"
    file.write_text(json.dumps(service_account(f"{base}/token")))
    return file


ENTRY = Entry(
    build=lambda key, renderer, now_ms, tempo: GoogleServer(
        key, renderer, now_ms, GoogleKnobs(queue_s=tempo.queue_s, render_s=tempo.render_s)
    ),
    path="/vertex",
    variables=_variables,
)
