"""The embedded providers by name: every package beside this file that has an `entry.py` with an `ENTRY`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bot.sandbox import providers
from bot.sandbox.providers.base import Entry


def names() -> tuple[str, ...]:
    """What `SANDBOX_PROVIDER` may say."""
    return tuple(sorted(path.parent.name for home in providers.__path__ for path in Path(home).glob("*/entry.py")))


def entry_of(name: str) -> Entry:
    """The name is one of `names()`."""
    entry: Entry = import_module(f"{providers.__name__}.{name}.entry").ENTRY
    return entry
