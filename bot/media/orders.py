"""The words between the process that serves and the child that reads media: one JSON order in, one JSON answer out.

The child has read a stranger's file, so its answer is checked like anything else from outside.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.core.media import REFUSAL_KEYS, Conversion, Fit, MediaInfo, MediaKind

MAX_ORDER_BYTES = 65_536
MAX_ANSWER_BYTES = 65_536
MAX_WORD_CHARS = 64
PERCENT_END = 101
MAX_WHOLE = 2**53
UNREADABLE = "media-unreadable"
SOCKETS_A_CHILD = 3
NO_FORK = b"!"


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one child may use. `memory_bytes` is address space: measured, a picture takes 0.25 GB and 15 s of 10-bit 4K
    turned into H.264 between 1.0 and 1.3 GB (0.9 of it resident), 30 s of wall time on two cores.
    """

    memory_bytes: int = 2_000_000_000
    cpu_s: int = 600
    wall_s: float = 420.0
    max_output_bytes: int = 300_000_000


class BadAnswer(Exception):
    """The child answered something that is no answer."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The child could not do it. `key` is a refusal key, or a `TROUBLE_` below when the file is not to blame."""

    key: str


TROUBLE_DISK = "trouble-disk-full"
TROUBLE_IMPORT = "trouble-import"


def encode_order(op: str, limits: ChildLimits, args: Mapping[str, Any]) -> bytes:
    """`args` are JSON values; paths as strings."""
    return json.dumps({"op": op, "limits": asdict(limits), "args": dict(args)}).encode()


def encode_conversion(conversion: Conversion) -> dict[str, Any]:
    return asdict(conversion)


def decode_conversion(raw: Mapping[str, Any]) -> Conversion:
    return Conversion(**{**raw, "fit": Fit(raw["fit"])})


def encode_info(info: MediaInfo) -> bytes:
    return json.dumps({"info": asdict(info)}).encode()


def encode_failure(key: str) -> bytes:
    return json.dumps({"failed": key}).encode()


def encode_progress(percent: int) -> bytes:
    """One line; any number of them may stand before the answer."""
    return b'{"percent": %d}\n' % percent


def decode_progress(line: bytes) -> int | None:
    """The percent that a line tells; None for a line that is no progress."""
    try:
        percent = json.loads(line)["percent"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return percent if type(percent) is int and 0 <= percent < PERCENT_END else None


def decode_answer(raw: bytes) -> MediaInfo | Failed:
    """Raises BadAnswer for anything that is not exactly an answer."""
    try:
        answer = json.loads(raw)
        if "failed" in answer:
            return Failed(_known_key(answer["failed"]))
        return _info(answer["info"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadAnswer("not an answer") from error


def _known_key(key: str) -> str:
    if key not in (*REFUSAL_KEYS, TROUBLE_DISK, TROUBLE_IMPORT):
        raise BadAnswer("unknown failure")
    return key


def _info(raw: Mapping[str, Any]) -> MediaInfo:
    kind = MediaKind(raw["kind"])
    values = {name: _checked(raw[name], kinds) for name, kinds in _INFO_TYPES.items()}
    return MediaInfo(kind=kind, **values)


_TYPES_BY_NAME = {"str": str, "int": int, "bool": bool, "float": float}
_INFO_TYPES = {f.name: _TYPES_BY_NAME[str(f.type)] for f in fields(MediaInfo) if f.name != "kind"}


def _checked(value: object, kind: type) -> Any:
    if kind is float and isinstance(value, int):
        value = float(value)
    if type(value) is not kind:
        raise BadAnswer("a field of another type")
    if isinstance(value, str) and len(value) > MAX_WORD_CHARS:
        raise BadAnswer("a long word")
    if isinstance(value, int | float) and not (math.isfinite(value) and 0 <= value <= MAX_WHOLE):
        raise BadAnswer("a number out of range")
    return value
