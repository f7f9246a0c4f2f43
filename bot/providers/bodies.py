"""Bodies that hold whole files, sent piece by piece: a body of 80 MB costs one chunk of memory.

    {"url": InlineFile(path, "data:image/png;base64,")}  ──pieces──▶  b'{"url":"data:…,' · path · b'"}'

The length is known before the first byte (4 * ceil(n / 3) for n bytes of file), so nothing is sent chunked. A form
(multipart) sends its files as they are.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from aiohttp.payload import Payload

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

CHUNK_BYTES = 192 * 1024
"""A multiple of 3, so that every chunk's base64 but the last has no padding; read and encoded in a thread."""


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A file as base64 inside a JSON string, behind `prefix`."""

    path: Path
    prefix: str = ""


Tree: TypeAlias = "str | int | float | bool | InlineFile | Sequence[Tree] | Mapping[str, Tree] | None"
"""JSON in which a string may be a file."""


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file as a part of a form."""

    path: Path
    mime: str


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body: texts, then files, in the order given. A name may stand more than once."""

    fields: Sequence[tuple[str, str]]
    files: Sequence[tuple[str, FormFile]] = ()


@dataclass(frozen=True, slots=True)
class UrlEncoded:
    """A small body in the way of web forms, as token endpoints take it."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size_bytes: int
    as_base64: bool = True


_Part = bytes | _File


class FileChanged(OSError):
    """A file is not as long as it was when the body's length was told."""


def base64_size(size_bytes: int) -> int:
    """How long the base64 of so many bytes is.

    >>> base64_size(4)
    8
    """
    return 4 * -(-size_bytes // 3)


class StreamedBody(Payload):
    """A request body for aiohttp. `complete` turns True before its last part is handed to the connection: what the
    connection has may still go out after the call was given up, so from there on the other side may have it whole.
    """

    def __init__(self, parts: Sequence[_Part], content_type: str = "application/json") -> None:
        super().__init__(parts, content_type=content_type)
        self._parts = tuple(parts)
        self._size = sum(_part_size(part) for part in parts)
        self.complete = False

    @property
    def size(self) -> int:
        return self._size or 0

    async def write(self, writer: AbstractStreamWriter) -> None:
        for place, part in enumerate(self._parts, start=1):
            self.complete = place == len(self._parts)
            match part:
                case bytes():
                    await writer.write(part)
                case _File():
                    await _write_file(part, writer)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """What can be shown of it: the JSON without the files."""
        return b"...".join(part for part in self._parts if isinstance(part, bytes)).decode(encoding, errors)


async def open_body(tree: Tree) -> StreamedBody:
    """Measures the files (in a thread). Raises OSError when one is missing."""
    return StreamedBody(await asyncio.to_thread(_measured, tree))


async def open_form(form: Form) -> StreamedBody:
    """The same as multipart/form-data, under a boundary that no file will hold by chance."""
    boundary = secrets.token_hex(16)
    parts = await asyncio.to_thread(lambda: list(_form_parts(form, boundary)))
    return StreamedBody(parts, f"multipart/form-data; boundary={boundary}")


def _form_parts(form: Form, boundary: str) -> Iterator[_Part]:
    for name, value in form.fields:
        yield _head(boundary, name) + b"\r\n\r\n" + value.encode() + b"\r\n"
    for name, file in form.files:
        words = f'; filename="{_quoted(file.path.name)}"\r\nContent-Type: {file.mime}\r\n\r\n'
        yield _head(boundary, name) + words.encode()
        yield _File(file.path, file.path.stat().st_size, as_base64=False)
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _head(boundary: str, name: str) -> bytes:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'.encode()


def _quoted(name: str) -> str:
    return name.translate({10: "%0A", 13: "%0D", 34: "%22"})


def _measured(tree: Tree) -> list[_Part]:
    parts: list[_Part] = []
    for is_text, group in groupby(_pieces(tree), key=lambda piece: isinstance(piece, bytes)):
        found = list(group)
        if is_text:
            parts.append(b"".join(piece for piece in found if isinstance(piece, bytes)))
        parts += [_File(piece, piece.stat().st_size) for piece in found if isinstance(piece, Path)]
    return parts


def _pieces(tree: Tree) -> Iterator[bytes | Path]:
    match tree:
        case InlineFile(path, prefix):
            yield json.dumps(prefix)[:-1].encode()
            yield path
            yield b'"'
        case Mapping():
            yield from _listed(b"{", ((_text(key) + b":", value) for key, value in tree.items()), b"}")
        case str() | int() | float() | None:
            yield _text(tree)
        case Sequence():
            yield from _listed(b"[", ((b"", value) for value in tree), b"]")


def _listed(start: bytes, items: Iterable[tuple[bytes, Tree]], end: bytes) -> Iterator[bytes | Path]:
    yield start
    for index, (label, value) in enumerate(items):
        yield (b"," if index else b"") + label
        yield from _pieces(value)
    yield end


def _text(value: str | float | None) -> bytes:
    return json.dumps(value).encode()


def _part_size(part: _Part) -> int:
    if isinstance(part, bytes):
        return len(part)
    return base64_size(part.size_bytes) if part.as_base64 else part.size_bytes


async def _write_file(file: _File, writer: AbstractStreamWriter) -> None:
    for offset in range(0, file.size_bytes, CHUNK_BYTES):
        wanted = min(CHUNK_BYTES, file.size_bytes - offset)
        await writer.write(await asyncio.to_thread(_read, file, offset, wanted))


def _read(file: _File, offset: int, size_bytes: int) -> bytes:
    with file.path.open("rb") as handle:
        handle.seek(offset)
        data = handle.read(size_bytes)
    if len(data) != size_bytes:
        raise FileChanged(f"{file.path.name} is shorter than it was")
    return b2a_base64(data, newline=False) if file.as_base64 else data
