"""What goes into the chat of an output: itself, or a copy that every phone plays and Telegram takes.

    plays everywhere, fits    the output itself
    does neither              made anew in a child, with progress on the card
    can't be made to fit      the output itself: it goes by a link (services.delivery)

A paid video is never lost to its making: what can't be made anew in time goes as the provider made it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import structlog

from bot.core.errors import MediaUnreadable
from bot.core.media import MediaInfo
from bot.services import lifecycle
from bot.services.delivery import KeptFile
from bot.services.lifecycle import Held
from bot.worker.tools import Tools

SHOW_EVERY_S = 3.0

log = structlog.get_logger(__name__)


async def playable(tools: Tools, held: Held, output: KeptFile, info: MediaInfo) -> KeptFile:
    """The file for the chat. `output` is verified already, `info` is what was measured of it."""
    fits = info.size_bytes <= tools.max_upload_bytes
    if fits and plays_everywhere(info):
        return output
    path, out = tools.data_dir / output.path, tools.folder(held.id) / "playable.mp4"
    try:
        async with _showing(tools, held) as progress:
            made = await tools.media.playable(path, out, tools.max_upload_bytes, progress.tell)
    except MediaUnreadable as error:
        log.warning("output-not-made-to-fit", job=held.row["code"], reason=error.key, size_bytes=info.size_bytes)
        return output
    return KeptFile(_below(tools, out), made.size_bytes, "", json.dumps(asdict(made)))


def plays_everywhere(info: MediaInfo) -> bool:
    """What every phone plays while it loads."""
    return info.video_codec == "h264" and info.bit_depth == 8 and info.faststart


def _below(tools: Tools, path: Path) -> str:
    return path.relative_to(tools.data_dir).as_posix()


class _Progress:
    """The last percent that the child told of."""

    def __init__(self) -> None:
        self.percent = 0

    def tell(self, percent: int) -> None:
        self.percent = percent


@contextlib.asynccontextmanager
async def _showing(tools: Tools, held: Held) -> AsyncIterator[_Progress]:
    """The card says how far it is, as long as it takes."""
    progress = _Progress()

    async def show() -> None:
        while True:
            await asyncio.sleep(SHOW_EVERY_S)
            data: dict[str, str | int] = {
                "percent": progress.percent,
                "bar": tools.env.texts.bar(progress.percent / 100),
            }
            await lifecycle.show(tools.env, held, "status-fitting", data, cancellable=False)

    task = asyncio.create_task(show())
    try:
        yield progress
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
