"""The conformance suite is whole: every declared ability is exercised, and it holds at least sixty behaviours."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.providers.case import DERIVED, Can
from tests.providers.cases import CASES
from tests.providers.kit import abilities

MODULES = ("", "_create", "_ends", "_check", "_ask")
BEHAVIOURS = 60


def behaviours() -> Iterator[tuple[str, frozenset[Can]]]:
    """Each test of the suite with what it needs."""
    for part in MODULES:
        module = import_module(f"tests.providers.test_conformance{part}")
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and test.__module__ == module.__name__:
                marks = getattr(test, "pytestmark", [])
                yield name, frozenset(can for mark in marks if mark.name == "needs" for can in mark.args)


def test_the_suite_holds_sixty_behaviours() -> None:
    assert len(list(behaviours())) >= BEHAVIOURS


@pytest.mark.parametrize("name", CASES)
def test_every_declared_ability_is_exercised(name: str) -> None:
    can = abilities(CASES[name])
    run = [needed for _, needed in behaviours() if needed <= can]
    exercised = frozenset[Can]().union(*run)
    assert CASES[name].can - exercised == set()
    assert not CASES[name].can & DERIVED, "what a model takes is read from its catalog entry"


def test_no_ability_goes_without_a_test() -> None:
    named = frozenset[Can]().union(*(needed for _, needed in behaviours()))
    assert set(Can) - named == set()
