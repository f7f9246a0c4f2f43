"""Collect: fetch the output at once, verify it, make it playable, settle, and lay the delivery in the outbox."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from bot.core.errors import KinetogramError, MediaUnreadable, OperatorFault, OutputTooBig, Transient
from bot.core.job import Advance, Fail, Outcome, Retry, State
from bot.core.media import MediaInfo, MediaKind
from bot.providers.base import Downloaded, Ended, Provider, Succeeded
from bot.services import delivery, lifecycle
from bot.services.delivery import Collected, KeptFile
from bot.services.lifecycle import Held
from bot.worker import fitting, watch
from bot.worker.tools import Tools

RENEW_S = 30.0
UNREADABLE_TRIES = 3
MAX_FRAME_BYTES = 32 * 1024 * 1024

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The provider's bytes on our disk, and what was made of them."""

    output: KeptFile
    playable: KeptFile
    thumbnail: KeptFile
    last_frame: KeptFile | None


async def collecting(tools: Tools, held: Held) -> Outcome | None:
    """Fetches and settles; every try asks the provider anew, since its links expire."""
    provider = tools.provider_of(held)
    if provider is None:
        return watch.without_provider(tools, held)
    try:
        async with holding(tools, held):
            status = await provider.check(watch.task_of(held))
            if isinstance(status, Ended):
                return await watch.ended(tools, held, status)
            if not isinstance(status, Succeeded):
                return Advance(State.RUNNING)
            fetched = await _fetched(tools, held, provider, status)
    except (Transient, OperatorFault) as error:
        return await _again(tools, held, error)
    if not isinstance(fetched, Fetched):
        return fetched
    collected = Collected(status.usage, dict(status.receipt), fetched.output, fetched.playable, fetched.thumbnail)
    await delivery.settle(tools.env, held, collected, fetched.last_frame)
    return None


async def _again(tools: Tools, held: Held, error: KinetogramError) -> Outcome:
    if tools.env.now_ms() >= held.row["deadline_at"] + tools.pace.late_ms:
        return watch.deadline(tools, held)
    return Retry(tools.env.now_ms() + tools.pace.back_off_ms(held.row["attempts"]), error.key)


async def _fetched(tools: Tools, held: Held, provider: Provider, status: Succeeded) -> Fetched | Outcome:
    """A broken output is fetched again; still broken, or too large, it is the operator's loss, not the person's."""
    try:
        return await fetch(tools, held, provider, status)
    except MediaUnreadable as error:
        log.warning("output-unreadable", job=held.row["code"], attempt=held.row["attempts"])
        if held.row["attempts"] + 1 < UNREADABLE_TRIES:
            return Retry(tools.env.now_ms() + tools.pace.back_off_ms(held.row["attempts"]), error.key)
        await delivery.lose(tools.env, held, status.usage)
        return Fail("output-unreadable")
    except OutputTooBig as fault:
        await delivery.lose(tools.env, held, status.usage, fault)
        return lifecycle.failure(fault)


@contextlib.asynccontextmanager
async def holding(tools: Tools, held: Held) -> AsyncIterator[None]:
    """Keeps the lease while a long step runs."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            with contextlib.suppress(Transient):  # the lease outlasts several tries
                await lifecycle.keep_hold(tools.env, held)

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)  # a cancellation of our own still comes through


async def fetch(tools: Tools, held: Held, provider: Provider, status: Succeeded) -> Fetched:
    """The output, verified; a playable form of it; a thumbnail; the last frame. Raises MediaUnreadable, OutputTooBig,
    Transient.
    """
    folder = tools.folder(held.id)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    path = folder / "output.mp4"
    got = await provider.fetch(status.video_url, path, tools.max_output_bytes)
    info = await tools.media.probe(path)
    if info.kind is not MediaKind.VIDEO or info.duration_ms <= 0:
        raise MediaUnreadable("media-unreadable")
    output = _kept(tools, path, got, info)
    playable = await fitting.playable(tools, held, output, info)
    thumbnail = await _thumbnail(tools, folder, path)
    return Fetched(output, playable, thumbnail, await _last_frame(tools, provider, status, folder))


def _kept(tools: Tools, path: Path, got: Downloaded, info: MediaInfo) -> KeptFile:
    relative = path.relative_to(tools.data_dir).as_posix()
    return KeptFile(relative, got.size_bytes, got.sha256, json.dumps(asdict(info)))


async def _thumbnail(tools: Tools, folder: Path, path: Path) -> KeptFile:
    out = folder / "thumbnail.jpg"
    info = await tools.media.thumbnail(path, out)
    return KeptFile(out.relative_to(tools.data_dir).as_posix(), info.size_bytes, "", json.dumps(asdict(info)))


async def _last_frame(tools: Tools, provider: Provider, status: Succeeded, folder: Path) -> KeptFile | None:
    """Kept for "extend", unmodified where the provider gives one; a video is not held up for it."""
    path = folder / "last_frame.jpg"
    relative = path.relative_to(tools.data_dir).as_posix()
    try:
        if status.last_frame_url is None:
            info = await tools.media.last_frame(folder / "output.mp4", path)
            return KeptFile(relative, info.size_bytes, "", json.dumps(asdict(info)))
        got = await provider.fetch(status.last_frame_url, path, MAX_FRAME_BYTES)
    except KinetogramError as error:
        log.warning("last-frame-not-kept", reason=error.key)
        return None
    return KeptFile(relative, got.size_bytes, got.sha256, "{}")
