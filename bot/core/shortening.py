"""Words that are longer than their place."""

from __future__ import annotations


def shortened(words: str, most: int) -> str:
    """Their beginning, at most so many characters with the sign that there is more.

    >>> shortened("a paper boat crosses", 20), shortened("a paper boat crosses", 9)
    ('a paper boat crosses', 'a paper…')
    """
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
