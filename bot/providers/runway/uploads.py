"""Files on their way to Runway: a ticket, then a form to the storage that it names, with the file last.

An upload costs nothing and may be repeated, so whatever goes wrong here is not taken.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bot.core.errors import KinetogramError, NotTaken, OperatorFault, Transient, Uncertain
from bot.core.request import Label
from bot.providers.base import Order, PreparedReference
from bot.providers.bodies import Form, FormFile
from bot.providers.download import is_private_host
from bot.providers.faults import ask_fault, clean
from bot.providers.http import Account, Http, Reply
from bot.providers.runway import wire

TOTAL_S = 90.0
"""For all files of an order: with the create call it stays below the worker's lease."""
READ_S = 30.0
_ENDINGS = {"image/jpeg": ".jpg", "audio/mpeg": ".mp3", "video/quicktime": ".mov"}


async def upload_all(http: Http, account: Account, order: Order) -> dict[Label, str]:
    """The address of each reference. Raises NotTaken or OperatorFault."""
    try:
        async with asyncio.timeout(TOTAL_S):
            return {ref.reference.label: await _upload(http, account, ref) for ref in order.references}
    except TimeoutError:
        raise NotTaken("provider-unreachable", **account.who, why="uploads") from None


async def _upload(http: Http, account: Account, ref: PreparedReference) -> str:
    uri, url, fields = await _ticket(http, account, ref)
    form = Form(tuple(fields.items()), (("file", FormFile(ref.path, ref.info.mime.lower())),))
    try:
        reply = await http.create(Account(account.name, url, ""), "", form, READ_S)
    except Uncertain as error:
        raise NotTaken("provider-unreachable", None, **dict(error.data)) from None
    if not 200 <= reply.status < 300:
        raise NotTaken("provider-down", None, **account.who, status=reply.status)
    return uri


async def _ticket(http: Http, account: Account, ref: PreparedReference) -> tuple[str, str, Any]:
    """Nothing is sent over an open line but in the sandbox."""
    try:
        reply = await http.ask(account, "POST", wire.UPLOADS, tree={"filename": filename(ref), "type": "ephemeral"})
    except Transient as error:
        raise NotTaken(error.key, error.retry_after_s, **dict(error.data)) from None
    ticket = wire.read_ticket(reply)
    if ticket is None or not (ticket[1].startswith("https://") or is_private_host(account.base_url)):
        raise _fault(reply, account)
    return ticket


def _fault(reply: Reply, account: Account) -> KinetogramError:
    error = ask_fault(reply, account, clean(wire.message(reply)))
    if isinstance(error, OperatorFault):
        return error
    return NotTaken(error.key, error.retry_after_s if isinstance(error, Transient) else None, **dict(error.data))


def filename(ref: PreparedReference) -> str:
    """Ours, not the person's: `image1.jpg`."""
    mime = ref.info.mime.lower()
    return f"{ref.reference.label}{_ENDINGS.get(mime, '.' + mime.partition('/')[2])}"
