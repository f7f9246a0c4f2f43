"""A create body in any of its encodings: multipart with files streamed to disk, urlencoded, or JSON."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiohttp import BodyPartReader, web

from bot.sandbox.providers.bodies import DATA_URL, Body, BodyTooLargeError, BodyUnreadableError, read_body

_TEXT_LIMIT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the body."""

    path: Path
    mime: str


@dataclass(frozen=True, slots=True)
class Form:
    """Values are texts unless ``kind`` is json; ``files`` holds every file under its field's name."""

    kind: Literal["multipart", "urlencoded", "json"]
    fields: Mapping[str, Any]
    files: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)
    body: Body | None = None

    def inline(self, url: object) -> Upload | None:
        """The file that a data URL of a JSON body holds."""
        blob = self.body.blob(url) if self.body and isinstance(url, str) else None
        if blob is None or blob.path is None:
            return None
        return Upload(blob.path, str(url).partition(";")[0].removeprefix("data:"))

    def told(self) -> dict[str, Any]:
        """What a test may look at: the fields, and the files by their types."""
        return {**self.fields, **{name: [file.mime for file in files] for name, files in self.files.items()}}


async def read_form(request: web.Request, folder: Path, limit_bytes: int) -> Form:
    """Raises BodyTooLargeError and BodyUnreadableError."""
    match request.content_type:
        case "multipart/form-data":
            return await _multipart(request, folder, limit_bytes)
        case "application/x-www-form-urlencoded":
            posted = await request.post()
            return Form("urlencoded", {name: value for name, value in posted.items() if isinstance(value, str)})
        case _:
            body = await read_body(request, folder, DATA_URL, limit_bytes)
            if not isinstance(body.json, dict):
                raise BodyUnreadableError
            return Form("json", body.json, body=body)


async def _multipart(request: web.Request, folder: Path, limit_bytes: int) -> Form:
    if (request.content_length or 0) > limit_bytes:
        raise BodyTooLargeError
    texts: dict[str, str] = {}
    files: defaultdict[str, list[Upload]] = defaultdict(list)
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise BodyUnreadableError
            if part.filename is None:
                texts[part.name] = await _text(part)
            else:
                path = folder / f"{part.name}{len(files[part.name])}.upload"
                files[part.name].append(await _file(part, path, limit_bytes))
    except ValueError as fault:
        raise BodyUnreadableError from fault
    return Form("multipart", texts, {name: tuple(uploads) for name, uploads in files.items()})


async def _text(part: BodyPartReader) -> str:
    pieces = bytearray()
    while chunk := await part.read_chunk():
        pieces += chunk
        if len(pieces) > _TEXT_LIMIT_BYTES:
            raise BodyTooLargeError
    return pieces.decode()


async def _file(part: BodyPartReader, path: Path, limit_bytes: int) -> Upload:
    size_bytes = 0
    with await asyncio.to_thread(path.open, "wb") as file:
        while chunk := await part.read_chunk(1 << 18):
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise BodyTooLargeError
            await asyncio.to_thread(file.write, chunk)
    return Upload(path, part.headers.get("Content-Type", "application/octet-stream"))
