"""The scribe: fetches voice notes whose words shall ask, has them written down, and hands the words on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from bot.core.errors import KinetogramError, OperatorFault, Refusal
from bot.services import alerts, voice
from bot.services.env import Env
from bot.storage.base import Row
from bot.worker.tools import Files

TURN_MS = 500
RETRY_MS = (2_000, 10_000, 30_000)
MAX_BYTES = 20 * 1024 * 1024
OGG = "audio/ogg"

log = structlog.get_logger(__name__)


class Writer(Protocol):
    """Who writes speech down."""

    async def transcribe(self, path: Path, mime: str) -> str: ...


class Scribe:
    """One note at a time; what fails in passing is tried four times within a minute, then its sender is told."""

    def __init__(self, env: Env, files: Files, writer: Writer | None, wake: Callable[[], None]) -> None:
        self._env = env
        self._files = files
        self._writer = writer
        self._wake = wake

    async def run(self) -> None:
        """Until cancelled."""
        if self._writer is None:
            await asyncio.Event().wait()
            return
        while True:
            await self._turn(self._writer)
            await asyncio.sleep(TURN_MS / 1000)

    async def _turn(self, writer: Writer) -> None:
        try:
            for note in await voice.due(self._env):
                await self._write(writer, note)
                self._wake()
        except KinetogramError as error:
            log.warning("scribe-waits", reason=error.key)

    async def _write(self, writer: Writer, note: Row) -> None:
        try:
            text = await self._listen(writer, note)
        except Refusal as refusal:
            log.info("voice-refused", reason=refusal.key)
            await voice.give_up(self._env, note, "voice-not-understood")
        except KinetogramError as error:
            await self._later(note, error)
            if isinstance(error, OperatorFault):
                await alerts.aid(self._env, "voice", error)
        else:
            if text:
                await voice.heard(self._env, note, text)
            else:
                await voice.give_up(self._env, note, "voice-not-understood")

    async def _later(self, note: Row, error: KinetogramError) -> None:
        log.warning("voice-not-written", reason=error.key, attempt=note["attempts"])
        if note["attempts"] >= len(RETRY_MS):
            await voice.give_up(self._env, note, "voice-no-service")
        else:
            await voice.later(self._env, note, self._env.now_ms() + RETRY_MS[note["attempts"]])

    async def _listen(self, writer: Writer, note: Row) -> str:
        folder = self._env.data_dir / "voices"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        path = folder / f"{note['media_id']}.ogg"
        try:
            await self._files.fetch(note["file_id"], path, MAX_BYTES)
            return await writer.transcribe(path, note["mime"] or OGG)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
