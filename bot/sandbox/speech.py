"""An embedded service that writes speech down, strict about its form: it hears what it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from bot.sandbox.aids import fault, listed, locked

PATH = "/speech/v1"
MODEL = "whisper-1"
LIMIT_BYTES = 25 * 1024 * 1024
FORMATS = frozenset({"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "oga", "wav", "webm"})
"""By the file's name, as OpenAI's service does it."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was handed in."""

    model: str
    file_name: str
    size_bytes: int


@dataclass
class SpeechServer:
    """`says` is what it understands next; `statuses` are answered first, one a call."""

    api_key: str
    says: str = "a paper boat sails down a rainy street, 9:16"
    statuses: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def attach(self, app: web.Application, prefix: str = PATH) -> None:
        """Adds its routes."""
        app.router.add_post(f"{prefix}/audio/transcriptions", self._transcribe)
        app.router.add_get(f"{prefix}/models", self._models)

    async def _models(self, request: web.Request) -> web.Response:
        return listed(request, self.api_key, MODEL)

    async def _transcribe(self, request: web.Request) -> web.Response:
        if (refused := locked(request, self.api_key)) is not None:
            return refused
        fields, note = await _form(request)
        if "model" not in fields:
            return fault(400, "you must provide a model parameter")
        if note is None or note.file_name.rpartition(".")[2].lower() not in FORMATS:
            return fault(400, "Invalid file format")
        self.notes.append(Note(fields["model"], note.file_name, note.size_bytes))
        if self.statuses and (status := self.statuses.pop(0)) != web.HTTPOk.status_code:
            return fault(status, "the server had an error")
        return web.json_response({"text": self.says})


async def _form(request: web.Request) -> tuple[dict[str, str], Note | None]:
    fields: dict[str, str] = {}
    note: Note | None = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is None:
            fields[part.name or ""] = await part.text()
        else:
            note = Note("", part.filename, await _size(part))
    return fields, note


async def _size(part: BodyPartReader) -> int:
    size_bytes = 0
    while chunk := await part.read_chunk(64 * 1024):
        size_bytes += len(chunk)
        if size_bytes > LIMIT_BYTES:
            raise web.HTTPRequestEntityTooLarge(LIMIT_BYTES, size_bytes)
    return size_bytes
