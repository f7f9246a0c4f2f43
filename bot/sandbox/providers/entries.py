"""The embedded providers by name: every `ENTRY` of an `entry.py` in a package beside this file, and its others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from bot.sandbox import providers
from bot.sandbox.providers.base import Entry


@cache
def _found() -> Mapping[str, Entry]:
    folders = [path.parent.name for home in providers.__path__ for path in Path(home).glob("*/entry.py")]
    own: dict[str, Entry] = {name: import_module(f"{providers.__name__}.{name}.entry").ENTRY for name in folders}
    others = {name: other for entry in own.values() for name, other in entry.others.items()}
    return dict(sorted((own | others).items()))


def names() -> tuple[str, ...]:
    """What `SANDBOX_PROVIDER` may say."""
    return tuple(_found())


def entry_of(name: str) -> Entry:
    """The name is one of `names()`."""
    return _found()[name]
