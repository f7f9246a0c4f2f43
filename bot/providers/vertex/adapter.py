"""Vertex's variables. The address is Google's of the region unless one is told; `global` has no region in its name."""

from __future__ import annotations

from pathlib import Path

from bot.providers.adapter import Adapter
from bot.providers.config import ProviderConfig
from bot.providers.google.vertex import VertexProvider
from bot.providers.variables import BaseUrl, Variables


class VertexVariables(Variables):
    vertex_project: str | None = None
    vertex_location: str = "us-central1"
    vertex_base_url: BaseUrl | None = None
    google_application_credentials: Path | None = None


def _read(own: VertexVariables) -> ProviderConfig | None:
    if own.vertex_project is None:
        return None
    region, key_file = own.vertex_location, own.google_application_credentials
    host = "aiplatform.googleapis.com" if region == "global" else f"{region}-aiplatform.googleapis.com"
    extras = {"project": own.vertex_project, "location": region, "credentials": str(key_file or "")}
    return ProviderConfig("vertex", own.vertex_base_url or f"https://{host}", extras=extras)


ADAPTER = Adapter(VertexProvider, VertexVariables, _read, place=50)
