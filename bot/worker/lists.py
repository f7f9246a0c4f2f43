"""Fetches the lists that people sent as files: small, decoded off the loop, refused when they are none."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.core.errors import KinetogramError
from bot.core.parsing.lines import Listed, decoded
from bot.services import list_files
from bot.storage.base import Row
from bot.worker.tools import Tools

FETCH_S = 30.0


async def fetch_lists(tools: Tools) -> int:
    """Every list that is due; answers how many."""
    rows = await list_files.due(tools.env)
    for row in rows:
        try:
            async with asyncio.timeout(FETCH_S):
                listed = await _fetched(tools, row)
        except KinetogramError as error:
            await list_files.failed(tools.env, row, error)
        except TimeoutError:
            await list_files.failed(tools.env, row, KinetogramError("telegram-file-unavailable"))
        else:
            await list_files.read(tools.env, row["request_id"], listed)
    return len(rows)


async def _fetched(tools: Tools, row: Row) -> Listed:
    folder = await asyncio.to_thread(TemporaryDirectory, dir=tools.data_dir, prefix="list-")
    try:
        path = Path(folder.name) / "list"
        await tools.files.fetch(row["file_id"], path, list_files.MAX_BYTES)
        return await asyncio.to_thread(lambda: decoded(path.read_bytes(), row["file_name"]))
    finally:
        await asyncio.to_thread(folder.cleanup)
