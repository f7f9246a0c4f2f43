"""The vendors' own SDKs as independent clients of the embedded servers, and as judges of what our adapters send.

An SDK lives in an environment without anything of ours; the servers run in processes of their own, in the product's.
To add one: a line in requirements/sdk.in, its pins in sdk.txt, and a file of tests that asks `serve(name)` where to go.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

KEY = "sdk-key-that-opens-nothing"
ROOT = Path(__file__).parents[2]
PYTHON = os.environ.get("PRODUCT_PYTHON", str(ROOT / ".venv/bin/python"))
Serve = Callable[..., str]
Reach = Callable[..., dict[str, str]]


def product(module: str, *words: str) -> list[str]:
    """A command that runs a module of ours where our own requirements are installed."""
    return [PYTHON, "-m", module, *words]


@pytest.fixture
def reach() -> Iterator[Reach]:
    """From a provider's name and its knobs to the settings that reach its embedded server, and its `base`."""
    running: list[subprocess.Popen[str]] = []

    def start(name: str, **knobs: Any) -> dict[str, str]:
        command = product("tests.sdk.serving", name, json.dumps(knobs))
        child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(child)
        assert child.stdout is not None
        told: dict[str, str] = json.loads(child.stdout.readline())
        return told

    yield start
    for child in running:
        child.communicate(timeout=20)


@pytest.fixture
def serve(reach: Reach) -> Serve:
    """From a provider's name and its knobs to the base URL of its embedded server."""
    return lambda name, **knobs: reach(name, **knobs)["base"]


@pytest.fixture
def sent() -> Callable[[str], list[dict[str, Any]]]:
    """What one of our adapters sends."""

    def record(name: str) -> list[dict[str, Any]]:
        done = subprocess.run(product("tests.sdk.orders", name), cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        assert found
        return found

    return record


@pytest.fixture
def frame() -> bytes:
    """A picture of 1280 x 720."""
    buffer = io.BytesIO()
    Image.new("RGB", (1280, 720), (200, 40, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def is_film(content: bytes) -> bool:
    """Whether these bytes begin as an mp4 does."""
    return content[4:8] == b"ftyp" and len(content) > 1_000
