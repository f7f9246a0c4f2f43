"""The adapters by name, first choice first: every package beside this file with an `ADAPTER` in its `adapter.py`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bot import providers
from bot.providers.adapter import Adapter


def _found() -> Mapping[str, Adapter[Any]]:
    names = sorted(path.parent.name for home in providers.__path__ for path in Path(home).glob("*/adapter.py"))
    found = {name: import_module(f"{providers.__name__}.{name}.adapter").ADAPTER for name in names}
    return dict(sorted(found.items(), key=lambda one: one[1].place))


ADAPTERS = _found()
