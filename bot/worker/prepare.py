"""Prepare: fetch the files that a job refers to and convert what its model needs. Safe to repeat."""

from __future__ import annotations

import asyncio
import hashlib
import json
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from bot.core.catalog import Model
from bot.core.errors import MediaUnreadable, Refusal
from bot.core.frames import plan_frame
from bot.core.media import Convert, InputLimits, Keep, MediaInfo, MediaKind, Range, plan, refuse_total
from bot.core.request import Label, Reference, Role
from bot.providers.base import PreparedReference
from bot.services.lifecycle import Held, note, rows
from bot.storage.base import Row
from bot.storage.queries import load
from bot.worker.tools import Tools

Q = load("jobs")
MAX_ATTEMPTS = 2
TOLD_SLACK_MS = 1_000
"""Telegram tells whole seconds."""
MAX_SOURCE_BYTES = 2_000 * 1024 * 1024
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "audio/mpeg": ".mp3"}


async def prepare(tools: Tools, held: Held) -> tuple[PreparedReference, ...]:
    """Every reference as a file that its model accepts. Raises Refusal for a file that can't be used, Transient."""
    listed = await rows(tools.env, Q.references, job_id=held.id)
    if not listed:
        return ()
    sources = await _sources(tools, held, listed)
    if sources:
        await _count_attempt(tools, held)
    model = tools.offer_of(held).model
    prepared = [await _one(tools, held, row, sources, model) for row in listed]
    _check_totals(prepared, model)
    return tuple(prepared)


async def _count_attempt(tools: Tools, held: Held) -> None:
    """Committed before any file is opened: one that kills its process is not tried for ever."""
    if held.row["prepare_attempts"] >= MAX_ATTEMPTS:
        raise MediaUnreadable("media-unreadable")
    await note(tools.env, Q.start_prepare, id=held.id, lease_token=held.token, now=tools.env.now_ms())


async def _sources(tools: Tools, held: Held, listed: Sequence[Row]) -> dict[int, Path]:
    """The files that are still to be prepared, by position. Fetching opens none: it may be tried for long."""
    folder = tools.folder(held.id)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    missing = [row for row in listed if await asyncio.to_thread(_known, tools, row) is None]
    if missing:
        await note(tools.env, Q.note_inputs, id=held.id, now=tools.env.now_ms())
    return {row["position"]: await _source(tools, row, folder) for row in missing}


async def _one(tools: Tools, held: Held, row: Row, sources: Mapping[int, Path], model: Model) -> PreparedReference:
    known = await asyncio.to_thread(_known, tools, row)
    path, info = known if known is not None else await _make(tools, held, row, sources[row["position"]], model)
    return _reference(tools, row, path, info)


def _reference(tools: Tools, row: Row, path: Path, info: MediaInfo) -> PreparedReference:
    reference = Reference(Label.read(row["label"]), Role(row["role"]), row["media_id"])
    return PreparedReference(reference, path, info, tools.link(path) if tools.link else None)


def _known(tools: Tools, row: Row) -> tuple[Path, MediaInfo] | None:
    """What an earlier try prepared, if it still lies there."""
    if row["path"] is None:
        return None
    path = tools.data_dir / row["path"]
    return (path, info_from(row["info"])) if path.exists() else None


async def _make(tools: Tools, held: Held, row: Row, source: Path, model: Model) -> tuple[Path, MediaInfo]:
    info = await tools.media.probe(source)
    decision = _planned(held, row, info, model)
    if isinstance(decision, Refusal):
        raise decision
    path = source
    if isinstance(decision, Convert):
        path = tools.folder(held.id) / f"reference{row['position']}{SUFFIXES.get(decision.conversion.mime, '.bin')}"
        info = await tools.media.convert(source, decision.conversion, path)
    await _keep(tools, held, row, path, info)
    return path, info


def _planned(held: Held, row: Row, info: MediaInfo, model: Model) -> Keep | Convert | Refusal:
    """A frame has the output's own pixels where the model asks for that."""
    limits = as_quoted(model.inputs[MediaKind(row["kind"])], row["told_ms"])
    if model.frame_fills_output and Role(row["role"]) is not Role.REFERENCE:
        return plan_frame(info, limits, held.spec.width, held.spec.height)
    return plan(info, limits)


def as_quoted(limits: InputLimits, told_ms: int | None) -> InputLimits:
    """A video is cut to the length that its sender told of: the price was made for that (None: for the longest)."""
    if limits.kind is not MediaKind.VIDEO or told_ms is None:
        return limits
    low, high = limits.duration_ms.low, limits.duration_ms.high
    return replace(limits, duration_ms=Range(low, min(high, max(low, told_ms + TOLD_SLACK_MS))))


async def _source(tools: Tools, row: Row, folder: Path) -> Path:
    """The bytes: our own unmodified output (or last frame) for a video that we made, else what Telegram keeps."""
    if row["output_of_job_id"] is not None:
        wanted = "output" if row["kind"] == MediaKind.VIDEO else "last_frame"
        for file in await rows(tools.env, Q.files, job_id=row["output_of_job_id"]):
            path: Path = tools.data_dir / file["path"]
            if file["kind"] == wanted and await asyncio.to_thread(path.exists):
                return path
    if not row["file_id"]:
        raise Refusal("media-gone")
    suffix = mimetypes.guess_extension(row["mime"] or "") or ""
    source = folder / f"source{row['position']}{suffix}"
    if not await asyncio.to_thread(source.exists):
        await tools.files.fetch(row["file_id"], source, MAX_SOURCE_BYTES)
    return source


async def _keep(tools: Tools, held: Held, row: Row, path: Path, info: MediaInfo) -> None:
    relative = path.relative_to(tools.data_dir).as_posix()
    await note(
        tools.env,
        Q.set_prepared,
        job_id=held.id,
        position=row["position"],
        path=relative,
        info=json.dumps(asdict(info)),
        sha256=await asyncio.to_thread(_digest, path),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as readable:
        return hashlib.file_digest(readable, "sha256").hexdigest()


def info_from(text: str) -> MediaInfo:
    """The inverse of the JSON kept with a reference or a file."""
    data = json.loads(text)
    return MediaInfo(**{**data, "kind": MediaKind(data["kind"])})


def _check_totals(prepared: list[PreparedReference], model: Model) -> None:
    for kind in (MediaKind.VIDEO, MediaKind.AUDIO):
        durations = [item.info.duration_ms for item in prepared if item.reference.label.kind is kind]
        refusal = refuse_total(durations, model.inputs[kind]) if durations else None
        if refusal is not None:
            raise refusal


async def shrink(
    tools: Tools, held: Held, prepared: tuple[PreparedReference, ...], max_bytes: int
) -> tuple[PreparedReference, ...]:
    """The same references with pictures small enough that all together fit a body of `max_bytes`. Raises Refusal."""
    others = sum(item.info.size_bytes for item in prepared if item.reference.label.kind is not MediaKind.IMAGE)
    pictures = [item for item in prepared if item.reference.label.kind is MediaKind.IMAGE]
    budget = max_bytes - others
    if not pictures or budget <= 0:
        raise Refusal("request-too-big")
    each_bytes = budget // len(pictures)
    limits = tools.offer_of(held).model.inputs[MediaKind.IMAGE]
    fitted = {id(item): await _fit(tools, held, item, replace(limits, max_bytes=each_bytes)) for item in pictures}
    return tuple(fitted.get(id(item), item) for item in prepared)


async def _fit(tools: Tools, held: Held, item: PreparedReference, limits: InputLimits) -> PreparedReference:
    decision = plan(item.info, limits)
    if isinstance(decision, Refusal):
        raise decision
    if isinstance(decision, Keep):
        return item
    path = tools.folder(held.id) / f"small-{item.reference.label}.jpg"
    info = await tools.media.convert(item.path, decision.conversion, path)
    return replace(item, path=path, info=info, url=tools.link(path) if tools.link else None)
