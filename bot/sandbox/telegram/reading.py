"""Reading a request: the query, a form, JSON or multipart become parameters and files on disk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.telegram.errors import ApiError, JsonDict, bad
from bot.sandbox.telegram.files import FileStore, TooLarge, Upload, discard

_FIELD_LIMIT_BYTES = 1 << 20
_FRAME_BYTES = 1 << 20  # boundaries and small fields beside the file itself
TOO_LARGE = ApiError(413, "Request Entity Too Large")


@dataclass(slots=True)
class Incoming:
    """A request's parameters as sent (not validated) and its files in order of arrival."""

    params: JsonDict = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    parts: list[tuple[str, str | Upload]] = field(default_factory=list)

    async def clean_up(self, files: FileStore) -> None:
        """Remove the uploads that nobody kept."""
        for _, value in self.parts:
            if isinstance(value, Upload) and not files.holds(value.path):
                await discard(value.path)


async def read_request(request: web.Request, files: FileStore, incoming: Incoming, limit_bytes: int) -> None:
    """Read all of the request into `incoming` (the caller's, so that it can clean up); raises ApiError 413 or 400."""
    incoming.params |= dict(request.query)
    if (request.content_length or 0) > limit_bytes + _FRAME_BYTES:
        raise TOO_LARGE
    try:
        await _read_body(request, files, incoming, limit_bytes)
    except (ConnectionError, ValueError):  # the sender died while sending, or the multipart is broken
        raise bad("can't parse the request") from None


async def _read_body(request: web.Request, files: FileStore, incoming: Incoming, limit_bytes: int) -> None:
    match request.content_type:
        case "application/json":
            incoming.params |= await _json(request)
        case "multipart/form-data":
            await _multipart(request, files, limit_bytes, incoming)
        case "application/x-www-form-urlencoded":
            incoming.params |= {name: str(value) for name, value in (await request.post()).items()}
        case _:
            pass


async def _json(request: web.Request) -> JsonDict:
    if not request.can_read_body:
        return {}
    try:
        body: Any = await request.json()
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad("object expected as JSON body")
    return body


async def _multipart(request: web.Request, files: FileStore, limit_bytes: int, incoming: Incoming) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad("can't parse multipart body")
        if part.filename is None and not _is_file(part):
            text = (await _text(part)).decode()
            incoming.params[part.name] = text
            incoming.parts.append((part.name, text))
        else:
            upload = await _upload(part, files, limit_bytes)
            incoming.uploads[part.name] = upload
            incoming.parts.append((part.name, upload))


def _is_file(part: BodyPartReader) -> bool:
    return part.headers.get("Content-Type", "text/plain").split(";")[0] not in {"text/plain", "application/json"}


async def _text(part: BodyPartReader) -> bytes:
    text = bytearray()
    async for chunk in _chunks(part):
        text += chunk
        if len(text) > _FIELD_LIMIT_BYTES:
            raise TOO_LARGE
    return bytes(text)


async def _upload(part: BodyPartReader, files: FileStore, limit_bytes: int) -> Upload:
    mime = part.headers.get("Content-Type", "application/octet-stream").split(";")[0].strip()
    try:
        return await files.receive(_chunks(part), part.filename, mime, limit_bytes)
    except TooLarge:
        raise TOO_LARGE from None


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(1 << 17):
        yield chunk
