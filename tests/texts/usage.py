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

COUNTING = {"message", "note_audit", "debug", "info", "warning", "error", "exception"}
"""Methods of metrics, logs and the audit: a word handed to them is said to nobody."""

HANDED_ON = (ast.Return, ast.IfExp, ast.BoolOp, ast.Tuple, ast.Assign, ast.keyword)
"""Where a literal may be a key on its way to a text; compared or an index, it is some other word."""


@dataclass(frozen=True)
class Said:
    """A call that names a key; `parameters` are None where the call passes some on that can't be seen here."""

    key: str
    where: str
    parameters: frozenset[str] | None


@dataclass
class Usage:
    """`calls`: a literal where a key must stand. `mentioned`: one that is handed on. `prefixes`: those of f-strings."""

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
        for parent in ast.walk(tree):
            for node in ast.iter_child_nodes(parent):
                _note(found, node, parent, str(path.relative_to(ROOT)))
    return found


def sources() -> Iterator[Path]:
    for folder in ("bot", "handlers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "sandbox" not in path.relative_to(ROOT).parts:
                yield path


def _note(found: Usage, node: ast.AST, parent: ast.AST, where: str) -> None:
    match node:
        case ast.Constant(value=str(text)) if _hands_on(parent, node):
            found.mentioned.add(text)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if text.endswith("-"):
            found.prefixes.add(text)
        case ast.Call():
            key = _key(node)
            if key is not None:
                found.calls.append(Said(key, f"{where}:{node.lineno}", _parameters(node)))
        case _:
            pass


def _hands_on(parent: ast.AST, literal: ast.Constant) -> bool:
    match parent:
        case ast.Call():
            return _name(parent) not in COUNTING
        case ast.Dict():
            return literal in parent.values
        case _:
            return isinstance(parent, HANDED_ON)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _key(call: ast.Call) -> str | None:
    name = _name(call)
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
