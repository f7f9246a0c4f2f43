"""Spoken words in writing, by a service with the `/audio/transcriptions` of OpenAI's format.

POST {base}/audio/transcriptions, a form with `file`, `model` and `response_format=json`; the answer is `{"text": …}`.
Telegram's voice notes (OGG with Opus) are taken as they are.
"""

from __future__ import annotations

from pathlib import Path

from bot.core.errors import NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.providers.bodies import Form, FormFile
from bot.providers.faults import ask_fault
from bot.providers.http import Account, Http, Reply

PATH = "/audio/transcriptions"
READ_S = 60.0
MAX_CHARS = 4_000


class Transcriber:
    """One account at one service."""

    def __init__(self, account: Account, model: str, http: Http) -> None:
        self._account = account
        self._model = model
        self._http = http

    async def transcribe(self, path: Path, mime: str) -> str:
        """The words, "" for silence. Raises Refusal (the file is no speech to it), OperatorFault, or Transient.

        Asking twice is harmless, so an answer that was lost is a Transient too.
        """
        form = Form([("model", self._model), ("response_format", "json")], [("file", FormFile(path, mime))])
        try:
            reply = await self._http.create(self._account, PATH, form, READ_S)
        except (NotTaken, Uncertain) as error:
            raise Transient(error.key, **self._account.who) from None
        return self._words(reply)

    def _words(self, reply: Reply) -> str:
        text = reply.mapping.get("text")
        if reply.ok and isinstance(text, str):
            return text.strip()[:MAX_CHARS]
        if reply.ok or reply.status >= 500:
            raise Transient("provider-answer-unclear", **self._account.who, status=reply.status)
        if reply.status in {400, 413, 415, 422} and reply.kind != "html":
            raise Refusal("voice-not-understood")
        raise self._fault(reply)

    def _fault(self, reply: Reply) -> Exception:
        fault = ask_fault(reply, self._account)
        return fault if isinstance(fault, OperatorFault | Transient) else OperatorFault(fault.key, **fault.data)
