"""A call's body, with files streamed from open handles piece by piece."""

from __future__ import annotations

import asyncio
import os
from typing import IO, Final

from aiohttp import FormData
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload
from telegram.request import RequestData

CHUNK_BYTES: Final = 256 << 10


class FilePart(Payload):
    """One file of a multipart body. It knows how much of it went out; the handle stays its owner's."""

    def __init__(self, handle: IO[bytes], mime: str) -> None:
        super().__init__(handle, content_type=mime)
        self._handle = handle
        self._size_bytes = os.fstat(handle.fileno()).st_size
        self._sent_bytes = 0

    @property
    def size(self) -> int:
        """So that the call has a Content-Length."""
        return self._size_bytes

    @property
    def went_out_whole(self) -> bool:
        """Whether the last piece was handed to the connection: only then can the file have arrived."""
        return self._sent_bytes >= self._size_bytes

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Never: a file of this size is not made a text."""
        raise TypeError(f"a file is not read whole ({encoding}, {errors})")

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Streams the file; a file that shrank meanwhile leaves the call incomplete."""
        while chunk := await asyncio.to_thread(self._handle.read, CHUNK_BYTES):
            await writer.write(chunk)
            self._sent_bytes += len(chunk)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """The same: within a multipart body there is no other length."""
        del content_length
        await self.write(writer)


def form(data: RequestData | None) -> tuple[FormData | None, list[FilePart]]:
    """A call's fields and files, and the files by themselves."""
    if data is None:
        return None, []
    made, files = FormData(quote_fields=False), list[FilePart]()  # Telegram reads names of files as UTF-8
    for name, value in data.json_parameters.items():
        made.add_field(name, value)
    for name, (file_name, content, mime) in data.multipart_data.items():
        shown = _plain_name(file_name)
        if isinstance(content, bytes):
            made.add_field(name, content, filename=shown, content_type=mime)
        else:
            files.append(FilePart(content, mime))
            made.add_field(name, files[-1], filename=shown, content_type=mime)
    return made, files


def _plain_name(name: str) -> str:
    """As much of a file's name as may stand in a header."""
    return "".join(char for char in name if char.isprintable() and char not in '"\\/')[-100:] or "file"
