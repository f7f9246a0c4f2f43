"""Makes the pictures of cards' references out of Telegram's small pictures: bounded, in the child, never waited for."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from secrets import token_hex

import structlog

from bot.core.drawing import Tile
from bot.core.errors import KinetogramError
from bot.core.media import MediaKind
from bot.services import sheets
from bot.services.sheets import Part
from bot.storage.base import Row
from bot.worker.tools import SECOND_MS, Tools

MAKE_S = 20.0
MAX_THUMB_BYTES = 1_000_000
FOLDER = "sheets"
EMPTY = Tile("–", "", None)
"""A card that had references has none any more."""

log = structlog.get_logger(__name__)


async def make_sheets(tools: Tools) -> int:
    """Every picture that is wanted now; where one can't be made, its card says so. Answers how many were due."""
    rows = await sheets.due(tools.env)
    for row in rows:
        try:
            async with asyncio.timeout(MAKE_S):
                await sheets.made(tools.env, row, await _make(tools, row))
        except (KinetogramError, TimeoutError, OSError) as error:
            log.info("sheet-not-made", reason=str(error))
    await sheets.give_up(tools.env)
    return len(rows)


async def _make(tools: Tools, row: Row) -> str:
    language, parts = await sheets.begin(tools.env, row)
    path = f"{FOLDER}/{row['request_id']}-{token_hex(4)}.jpg"
    out = tools.data_dir / path
    await asyncio.to_thread(out.parent.mkdir, parents=True, exist_ok=True)
    folder = out.with_suffix("")
    try:
        await asyncio.to_thread(folder.mkdir)
        targets = [folder / f"{number}.jpg" for number in range(len(parts))]
        if not parts:
            await tools.media.contact_sheet([EMPTY], out)
            return path
        tiles = [_tile(tools, language, part, target) for part, target in zip(parts, targets, strict=True)]
        await tools.media.contact_sheet(await asyncio.gather(*tiles), out)
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
    return path


async def _tile(tools: Tools, language: str, part: Part, target: Path) -> Tile:
    """A reference with its small picture, where there is one and it can be had. What lasts says how long."""
    duration_ms, is_sound = part.media["duration_ms"], part.media["kind"] == MediaKind.AUDIO
    length = [tools.env.texts.seconds(language, round(duration_ms / SECOND_MS))] if duration_ms else []
    path = await _small(tools, part.media["thumb_file_id"], target)
    return Tile(part.label, " · ".join([part.role, *length]), str(path) if path else None, is_sound)


async def _small(tools: Tools, file_id: str | None, target: Path) -> Path | None:
    if file_id is None:
        return None
    try:
        await tools.files.fetch(file_id, target, MAX_THUMB_BYTES)
    except KinetogramError:
        return None
    return target


async def erase_old(tools: Tools) -> None:
    """Unlinked first, noted after."""
    rows, replaced = await sheets.old(tools.env), await sheets.replaced(tools.env)
    for row in [*rows, *replaced]:
        await asyncio.to_thread((tools.data_dir / row["path"]).unlink, missing_ok=True)
    await sheets.erased(tools.env, rows)
    await sheets.unlinked(tools.env, replaced)
