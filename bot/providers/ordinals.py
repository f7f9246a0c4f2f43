"""The numbers by which a provider's words know references."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.media import MediaKind
from bot.core.request import Label
from bot.providers.base import PreparedReference


def ordinals(references: Sequence[PreparedReference]) -> dict[Label, int]:
    """1-based within each kind, without gaps, in the order in which they are sent; labels of people may have gaps."""
    counts: dict[MediaKind, int] = {}
    numbers: dict[Label, int] = {}
    for ref in references:
        label = ref.reference.label
        counts[label.kind] = counts.get(label.kind, 0) + 1
        numbers[label] = counts[label.kind]
    return numbers
