"""Spoken words in writing, by a service with the `/audio/transcriptions` of OpenAI's format.

POST {base}/audio/transcriptions, a form with `file`, `model` and `response_format=json`; the answer is `{"text": …}`.
Telegram's voice notes (OGG with Opus) are taken as they are.
"""

from __future__ import annotations

from pathlib import Path

from bot.providers.aid import Aid
from bot.providers.bodies import Form, FormFile

PATH = "/audio/transcriptions"
MAX_CHARS = 4_000


class Transcriber(Aid):
    """One account at one service."""

    refusal = "voice-not-understood"

    async def transcribe(self, path: Path, mime: str) -> str:
        """The words, "" for silence. Raises Refusal (the file is no speech to it), OperatorFault, or Transient."""
        form = Form([("model", self._model), ("response_format", "json")], [("file", FormFile(path, mime))])
        text = (await self.call(PATH, form)).get("text")
        if not isinstance(text, str):
            raise self.unclear()
        return text.strip()[:MAX_CHARS]
