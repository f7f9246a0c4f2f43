"""Ephemeral uploads: a ticket, then a form to another address, whose ``file`` comes last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from aiohttp import BodyPartReader, web

from bot.sandbox.providers.runway.settings import RunwayKnobs, invalid
from bot.sandbox.providers.wire import Clock

_REFUSED = "<Error><Code>{}</Code></Error>"
_CHUNK_BYTES = 1 << 18


@dataclass(slots=True)
class Ticket:
    """Where a file may be put, and the file once it is there."""

    name: str
    made_ms: int
    fields: dict[str, str] = field(default_factory=dict)
    path: Path | None = None


class Storage:
    """Every upload of the account by its number."""

    def __init__(self, knobs: RunwayKnobs, now_ms: Clock) -> None:
        self.tickets: dict[str, Ticket] = {}
        self._knobs = knobs
        self._now_ms = now_ms

    def ticket(self, filename: object, kind: object, address: str) -> dict[str, object]:
        """The answer to a request for one."""
        if not isinstance(filename, str) or "." not in filename or kind != "ephemeral":
            raise invalid("filename", "Expected a file name, and type ephemeral")
        number = str(uuid4())
        fields = {"key": f"ephemeral/{number}", "policy": uuid4().hex, "x-amz-signature": uuid4().hex}
        self.tickets[number] = Ticket(filename, self._now_ms(), fields)
        return {"runwayUri": f"runway://{number}", "uploadUrl": f"{address}/{number}", "fields": fields}

    def find(self, uri: str) -> Path | None:
        """The file behind ``runway://…``, while it is kept."""
        ticket = self.tickets.get(uri.removeprefix("runway://"))
        old = ticket and self._now_ms() - ticket.made_ms >= self._knobs.upload_lifetime_s * 1000
        return None if ticket is None or old else ticket.path

    async def take(self, request: web.Request, folder: Path) -> web.Response:
        """204 for a whole form. The storage is another house: it takes no key of the API."""
        ticket = self.tickets.get(request.match_info["number"])
        if ticket is None or "Authorization" in request.headers or not request.content_type.startswith("multipart/"):
            return _refused("AccessDenied")
        given: dict[str, str] = {}
        path: Path | None = None
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or path is not None:
                return _refused("MalformedPOSTRequest")  # whatever stands behind the file is not read there
            if part.name == "file":
                path = folder / f"upload-{request.match_info['number']}"
                await _save(part, path)
            else:
                given[part.name or ""] = await part.text()
        if given != ticket.fields or path is None:
            return _refused("AccessDenied")
        ticket.path = path
        return web.Response(status=204)


def _refused(code: str) -> web.Response:
    return web.Response(status=403, text=_REFUSED.format(code), content_type="application/xml")


async def _save(part: BodyPartReader, path: Path) -> None:
    with await asyncio.to_thread(path.open, "wb") as file:
        while chunk := await part.read_chunk(_CHUNK_BYTES):
            await asyncio.to_thread(file.write, chunk)
