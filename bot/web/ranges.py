"""Which bytes of a file a GET asks for (RFC 9110, 14). What is no single range is answered with the whole file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE | re.ASCII)


class Unsatisfiable(Exception):
    """416: the range begins behind the end."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end`."""

    start: int
    end: int
    partial: bool

    @property
    def length(self) -> int:
        return self.end - self.start


def span_of(headers: Mapping[str, str], size_bytes: int, etag: str) -> Span:
    """The part that `Range` asks for, unless `If-Range` names another version. Raises Unsatisfiable.

    >>> span_of({"Range": "bytes=-4"}, 10, "")
    Span(start=6, end=10, partial=True)
    """
    whole = Span(0, size_bytes, partial=False)
    match = _RANGE.fullmatch(headers.get("Range", "").strip())
    if match is None or not (match[1] or match[2]) or headers.get("If-Range", etag) != etag:
        return whole
    if not match[1]:
        return _last(int(match[2]), size_bytes)
    start, end = int(match[1]), int(match[2] or size_bytes)
    if match[2] and end < start:
        return whole  # not a range at all
    if start >= size_bytes:
        raise Unsatisfiable
    return Span(start, min(end + 1, size_bytes), partial=True)


def _last(count: int, size_bytes: int) -> Span:
    if count == 0 or size_bytes == 0:
        raise Unsatisfiable
    return Span(max(0, size_bytes - count), size_bytes, partial=True)
