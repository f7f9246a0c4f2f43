"""Strict reading of JSON: a field of the wrong kind, or one that does not exist, is refused by its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.sandbox.providers.kling.errors import bad


def only(fields: Any, allowed: Collection[str], where: str) -> Mapping[str, Any]:
    """An object with no other fields than these: the vendor ignores unknown ones, and makes something else."""
    if not isinstance(fields, Mapping):
        raise bad(f"{where} value type is invalid, expected object")
    for name in fields:
        if name not in allowed:
            raise bad(f"{where}.{name} is not a field of this model")
    return fields


def text(fields: Mapping[str, Any], name: str, longest: int) -> str:
    """A text, "" when absent."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise bad(f"{name} value type is invalid, expected string")
    if len(value) > longest:
        raise bad(f"{name} is longer than {longest} characters")
    return value


def choice(fields: Mapping[str, Any], name: str, allowed: Collection[str], default: str) -> str:
    """One of the words that are allowed."""
    value = fields.get(name, default)
    if not isinstance(value, str) or value not in allowed:
        raise bad(f"{name} value '{value}' is invalid, allowed values: {', '.join(allowed)}")
    return value


def flag(fields: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """A boolean."""
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise bad(f"{name} value type is invalid, expected boolean")
    return value


def whole(fields: Mapping[str, Any], name: str, low: int, high: int, default: int) -> int:
    """A JSON integer within its range."""
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise bad(f"{name} must be an integer from {low} to {high}")
    return value


def optional(fields: Mapping[str, Any], name: str) -> str | None:
    """A text that may be absent or empty."""
    return text(fields, name, 2048) or None
