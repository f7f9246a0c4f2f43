"""Answers that hold a whole video as base64, sent piece by piece."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

_MARK = "\N{BLACK SQUARE}video\N{BLACK SQUARE}"
_WHOLE_BYTES = 1 << 20
_PIECE_BYTES = 3 << 18


@dataclass(frozen=True, slots=True)
class Answer:
    """How the video stands in its object: an address under ``field``, or a file as base64."""

    field: str
    value: str | Path


async def answer(
    request: web.Request, build: Callable[[dict[str, str] | None], dict[str, Any]], video: Answer | None
) -> web.StreamResponse:
    """The JSON of ``build``, which is given the video's object."""
    if video is None or isinstance(video.value, str):
        return web.json_response(build(None if video is None else {video.field: str(video.value)}))
    size_bytes = (await asyncio.to_thread(video.value.stat)).st_size
    if size_bytes <= _WHOLE_BYTES:
        data = base64.b64encode(await asyncio.to_thread(video.value.read_bytes)).decode()
        return web.json_response(build({video.field: data}))
    head, _, tail = json.dumps(build({video.field: _MARK}), ensure_ascii=False).partition(_MARK)
    return await _streamed(request, head.encode(), video.value, size_bytes, tail.encode())


async def _streamed(request: web.Request, head: bytes, path: Path, size_bytes: int, tail: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=UTF-8"})
    response.content_length = len(head) + 4 * -(-size_bytes // 3) + len(tail)
    await response.prepare(request)
    await response.write(head)
    for offset in range(0, size_bytes, _PIECE_BYTES):
        await response.write(await asyncio.to_thread(_piece, path, offset))
    await response.write(tail)
    return response


def _piece(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return base64.b64encode(file.read(_PIECE_BYTES))
