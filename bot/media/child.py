"""What a process does that reads strangers' files: an order on stdin, an answer on stdout.

It confines itself before it opens a file, and is ended when it overruns.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.media.orders import (
    MAX_ORDER_BYTES,
    TROUBLE_DISK,
    TROUBLE_IMPORT,
    UNREADABLE,
    decode_conversion,
    encode_failure,
    encode_info,
    encode_progress,
)

MAX_OPEN_FILES = 64


def main() -> None:
    """Answer one order. Nothing but the answer reaches stdout, whatever a library prints."""
    answer_fd = os.dup(1)
    os.dup2(2, 1)
    order = json.loads(sys.stdin.buffer.read(MAX_ORDER_BYTES))
    confine(order["limits"])
    answer = obey(order["op"], order["args"], Progress(answer_fd))
    os.write(answer_fd, answer)


def confine(limits: Mapping[str, Any]) -> None:
    """Take rights away from this process for good. The alarm ends it even if the parent is gone."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_FSIZE, limits["max_output_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_s"]),
        (resource.RLIMIT_AS, limits["memory_bytes"]),
    ):
        resource.setrlimit(kind, (most, most))
    signal.setitimer(signal.ITIMER_REAL, limits["wall_s"] + 1)


class Progress:
    """Says each whole percent once, a line each, in front of the answer."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._said = 0

    def __call__(self, percent: int) -> None:
        if percent > self._said:
            self._said = percent
            os.write(self._fd, encode_progress(percent))


def obey(op: str, args: Mapping[str, Any], tell: Callable[[int], None] = lambda _: None) -> bytes:
    """Every end of an order is an answer: a broken file must not look like a broken child."""
    try:
        from bot.media import work
    except ImportError:
        traceback.print_exc()
        return encode_failure(TROUBLE_IMPORT)
    try:
        if op == "playable":
            return encode_info(work.playable(_path(args), _path(args, "out"), args["max_bytes"], tell))
        return encode_info(_OPS[op](work, args))
    except Exception as error:  # noqa: BLE001 - decoders raise anything at a hostile file
        traceback.print_exc()
        return encode_failure(failure_key(error))


def failure_key(error: Exception) -> str:
    """A full disk is ours; everything else is the file's fault, and the error may name which."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return TROUBLE_DISK
    return str(getattr(error, "key", UNREADABLE))


def _path(args: Mapping[str, Any], name: str = "path") -> Path:
    return Path(args[name])


_OPS: Mapping[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "probe": lambda work, args: work.probe(_path(args)),
    "convert": lambda work, args: work.convert(_path(args), _path(args, "out"), decode_conversion(args["conversion"])),
    "thumbnail": lambda work, args: work.thumbnail(_path(args), _path(args, "out")),
    "last_frame": lambda work, args: work.last_frame(_path(args), _path(args, "out")),
    "contact_sheet": lambda work, args: work.contact_sheet(args["tiles"], _path(args, "out")),
    "chart": lambda work, args: work.chart(args["drawing"], _path(args, "cache"), _path(args, "out")),
}
