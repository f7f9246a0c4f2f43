"""Which text keys the code names: read from its syntax, so that a key can't be forgotten or left behind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = {
    *("Refusal", "ContentRefused", "LimitReached", "MediaUnreadable", "Transient", "Throttled", "NotTaken"),
    *("Uncertain", "OperatorFault", "Note", "Fail"),
}
"""Constructors whose first argument is a text key. A Defect's is not: it is told in one calm sentence."""

SAYING = {"render": 1, "plain": 1}
"""Methods of Texts, and where their key stands."""


@dataclass(frozen=True)
class Said:
    """A call that names a key; `parameters` are None where the call passes some on that can't be seen here."""

    key: str
    where: str
    parameters: frozenset[str] | None


@dataclass
class Usage:
    """`calls`: a literal where a key must stand. `mentioned`: any literal. `prefixes`: beginnings of f-strings."""

    calls: list[Said] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)

    def uses(self, key: str) -> bool:
        return key in self.mentioned or any(key.startswith(prefix) for prefix in self.prefixes)


def usage() -> Usage:
    """What the code says, the sandbox left out."""
    found = Usage()
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            _note(found, node, str(path.relative_to(ROOT)))
    return found


def sources() -> Iterator[Path]:
    for folder in ("bot", "handlers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "sandbox" not in path.relative_to(ROOT).parts:
                yield path


def _note(found: Usage, node: ast.AST, where: str) -> None:
    match node:
        case ast.Constant(value=str(text)):
            found.mentioned.add(text)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if text.endswith("-"):
            found.prefixes.add(text)
        case ast.Call():
            key = _key(node)
            if key is not None:
                found.calls.append(Said(key, f"{where}:{node.lineno}", _parameters(node)))
        case _:
            pass


def _key(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = 0 if name in SPOKEN else SAYING.get(name)
    if place is None or len(call.args) <= place:
        return None
    argument = call.args[place]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _parameters(call: ast.Call) -> frozenset[str] | None:
    """Beside keywords, a Note and a Fail take a dictionary."""
    names = [keyword.arg for keyword in call.keywords]
    for argument in call.args[1:]:
        if isinstance(argument, ast.Dict):
            names += [str(key.value) if isinstance(key, ast.Constant) else None for key in argument.keys]
        elif isinstance(argument, ast.Name | ast.Call | ast.Starred) and getattr(call.func, "id", "") in {
            "Fail",
            "Note",
        }:
            names.append(None)
    return None if None in names else frozenset(str(name) for name in names)
