"""What the readers of a text report: what was said, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import Refusal

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Said:
    """An option of the text: which field of `Options`, its value, and the words that said it."""

    option: str
    value: Value
    raw: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal about one option; None when it is about none. A button that sets the option mends it."""

    option: str | None
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Stripped:
    """A provider's flag that was taken out."""

    raw: str


Finding = Said | Fault | Stripped
