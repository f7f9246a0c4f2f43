"""The adapters under test, one file each; collected by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from tests.providers.case import Case


def _collected() -> dict[str, Case]:
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").CASE for name in names}


CASES: Mapping[str, Case] = _collected()
