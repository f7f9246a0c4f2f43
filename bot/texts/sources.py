"""The Fluent files of a language, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files as package
from typing import Any, Final

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor

from bot.texts.formats import unbroken

FALLBACK: Final = "en"
GIVEN: Final = "GIVEN"
"""`{ GIVEN($labels) -> [yes] … *[no] … }` asks whether a text is there at all; such a parameter may be left out."""


def languages() -> list[str]:
    """Codes of the folders here, English first."""
    folders = [entry.name for entry in package("bot.texts").iterdir() if entry.is_dir()]
    codes = [name for name in folders if name.isalpha() and len(name) == 2]
    return sorted(codes, key=lambda code: (code != FALLBACK, code))


def files(language: str) -> dict[str, str]:
    """A language's texts by file name."""
    folder = package("bot.texts").joinpath(language)
    if not folder.is_dir():
        return {}
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".ftl")), key=lambda entry: entry.name)
    return {entry.name: entry.read_text(encoding="utf-8") for entry in found}


@cache
def parsed(language: str, own: str = "") -> tuple[ast.Resource, ast.Resource]:
    """The parsed texts of a language, figures held together, and those of `own`; parsed once a process, since it takes
    a quarter of a second.
    """
    return FluentResource(unbroken("\n".join(files(language).values()))), FluentResource(unbroken(own))


def messages(language: str, own: str = "") -> Iterator[ast.Message]:
    """The parsed messages of a language; those of `own` come last."""
    for resource in parsed(language, own):
        yield from (entry for entry in resource.body if isinstance(entry, ast.Message))


@cache
def bundle(language: str, own: str = "") -> FluentBundle:
    """A language ready to speak, with the operator's `own` texts in place of those here."""
    # isolation is done by `escaped`, where a text needs it: marks around every figure would go along when it is copied
    functions: dict[str, Any] = {GIVEN: _given}
    made = FluentBundle([language], functions=functions, use_isolating=False)
    here, instead = parsed(language, own)
    made.add_resource(here)
    made.add_resource(instead, allow_overrides=True)
    return made


def variables(message: ast.Message) -> set[str]:
    """The names of all parameters that a message has."""
    found = _Variables()
    found.visit(message)
    return found.names


def optional(message: ast.Message) -> set[str]:
    """The names of those that may be left out."""
    found = _Variables()
    found.visit(message)
    return found.optional


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.optional: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the library's naming
        self.names.add(node.id.name)

    def visit_FunctionReference(self, node: ast.FunctionReference) -> None:  # noqa: N802 - the library's naming
        if node.id.name == GIVEN:
            arguments = node.arguments.positional
            self.optional.update(item.id.name for item in arguments if isinstance(item, ast.VariableReference))
        self.generic_visit(node)


@cache
def optional_by_key(language: str, own: str = "") -> Mapping[str, frozenset[str]]:
    """For each message the parameters that may be left out."""
    return {message.id.name: frozenset(optional(message)) for message in messages(language, own)}


def written(message: ast.Message) -> str:
    """All that stands in a message, every variant of it."""
    found = _Words()
    found.visit(message)
    return "".join(found.words)


class _Words(Visitor):
    def __init__(self) -> None:
        self.words: list[str] = []

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802 - the library's naming
        self.words.append(node.value)


def _given(value: Any) -> str:
    return "yes" if value is not None and str(value) else "no"
