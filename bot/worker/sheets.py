"""Makes the pictures of cards' references out of Telegram's small pictures: bounded, in the child, never waited for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import structlog

from bot.core.errors import KinetogramError
from bot.services import sheets
from bot.services.sheets import Part
from bot.storage.base import Row
from bot.worker.tools import SECOND_MS, Tools

MAKE_S = 20.0
MAX_THUMB_BYTES = 1_000_000
FOLDER = "sheets"

log = structlog.get_logger(__name__)


async def make_sheets(tools: Tools) -> int:
    """Every picture that is wanted now; one that can't be made leaves its card as it is. Answers how many were due."""
    rows = await sheets.due(tools.env)
    for row in rows:
        try:
            async with asyncio.timeout(MAKE_S):
                await sheets.made(tools.env, row, await _make(tools, row))
        except (KinetogramError, TimeoutError, OSError) as error:
            log.info("sheet-not-made", reason=str(error))
    return len(rows)


async def _make(tools: Tools, row: Row) -> str:
    parts = await sheets.begin(tools.env, row)
    path = f"{FOLDER}/{row['request_id']}-{token_hex(4)}.jpg"
    out = tools.data_dir / path
    await asyncio.to_thread(out.parent.mkdir, parents=True, exist_ok=True)
    folder = await asyncio.to_thread(TemporaryDirectory, dir=out.parent)
    try:
        small = await asyncio.gather(*(_small(tools, part, Path(folder.name)) for part in parts))
        await tools.media.contact_sheet(small, [_label(tools, part) for part in parts], out)
    finally:
        await asyncio.to_thread(folder.cleanup)
    return path


async def _small(tools: Tools, part: Part, folder: Path) -> Path | None:
    """A reference's small picture; None where there is none, or it can't be had."""
    file_id = part.media["thumb_file_id"]
    if file_id is None:
        return None
    path = folder / f"{part.label}.jpg"
    try:
        await tools.files.fetch(file_id, path, MAX_THUMB_BYTES)
    except KinetogramError:
        return None
    return path


def _label(tools: Tools, part: Part) -> str:
    """`@image1`; what lasts says how long."""
    duration_ms = part.media["duration_ms"]
    if not duration_ms:
        return f"@{part.label}"
    return f"@{part.label} · {tools.env.texts.seconds('en', round(duration_ms / SECOND_MS))}"


async def erase_old(tools: Tools) -> None:
    """Unlinked first, noted after."""
    rows = await sheets.old(tools.env)
    for row in rows:
        await asyncio.to_thread((tools.data_dir / row["path"]).unlink, missing_ok=True)
    await sheets.erased(tools.env, rows)
