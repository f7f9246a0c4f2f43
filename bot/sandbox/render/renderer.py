"""The event loop's side of rendering: one child process a video, a few at a time, identical orders once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

from bot.sandbox.render.order import Order, Rendered, order_to_json

DEADLINE_S = 180.0
FILMS_KEPT = 500
_PROJECT = Path(__file__).resolve().parents[3]


class RenderFailedError(Exception):
    """The child died, overran its deadline or could not read a reference; the message is its last words."""


class Renderer:
    """Renders into ``folder``, where finished files stay and answer the same order again, from any process.

    ``fast`` makes every order a fast one (right size, seconds and codecs, one picture a second). ``alike`` gives all
    orders of one size, length and sound the same film, for tests that care only that there is one. Of the finished
    films the ``keep`` newest stay.
    """

    def __init__(
        self,
        folder: Path,
        *,
        fast: bool = False,
        alike: bool = False,
        at_once: int = 1,
        deadline_s: float = DEADLINE_S,
        keep: int = FILMS_KEPT,
    ) -> None:
        self.folder = folder
        self.started = 0
        self._fast = fast
        self._alike = alike
        self._keep = keep
        self._deadline_s = deadline_s
        self._places = asyncio.Semaphore(at_once)

    async def render(self, order: Order) -> Rendered:
        """The video for ``order``; raises :class:`RenderFailedError`. Cancelling it ends the child."""
        order = self._simplified(order)
        digest = await asyncio.to_thread(_digest, order)
        async with self._places:
            kept = await asyncio.to_thread(self._kept, order, digest)
            return kept or await self._run(order, digest)

    def _simplified(self, order: Order) -> Order:
        if self._alike:
            order = replace(order, prompt="", pictures=(), clips=(), sounds=(), seed=0)
        return replace(order, fast=order.fast or self._fast)

    def _kept(self, order: Order, digest: str) -> Rendered | None:
        self.folder.mkdir(parents=True, exist_ok=True)
        rendered = self._result(order, digest) if self._video(digest).exists() else None
        return rendered if rendered and rendered.last_frame_path.exists() else None

    async def _run(self, order: Order, digest: str) -> Rendered:
        self.started += 1
        mark = f"{digest}.{token_hex(4)}"
        film, frame = self.folder / f"{mark}.film.part", self.folder / f"{mark}.frame.part"
        errand = {"order": order_to_json(order), "video": str(film), "last_frame": str(frame)}
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.sandbox.render.child", stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment()
        )
        try:
            await self._finish(child, json.dumps(errand).encode())
            await asyncio.to_thread(frame.replace, self._frame(digest))
            await asyncio.to_thread(film.replace, self._video(digest))
        finally:
            film.unlink(missing_ok=True)
            frame.unlink(missing_ok=True)
        await asyncio.to_thread(self._drop_old)
        return await asyncio.to_thread(self._result, order, digest)

    def _drop_old(self) -> None:
        films = sorted(self.folder.glob("*.mp4"), key=lambda film: film.stat().st_mtime_ns)
        for film in films[: -self._keep]:
            film.unlink(missing_ok=True)
            film.with_suffix(".jpeg").unlink(missing_ok=True)

    async def _finish(self, child: Process, errand: bytes) -> None:
        try:
            async with asyncio.timeout(self._deadline_s):
                _, errors = await child.communicate(errand)
        except TimeoutError as overrun:
            raise RenderFailedError(f"the renderer took longer than {self._deadline_s} s") from overrun
        finally:
            await _end(child)
        if child.returncode:
            raise RenderFailedError(errors.decode(errors="replace").strip()[-500:] or f"exit code {child.returncode}")

    def _video(self, digest: str) -> Path:
        return self.folder / f"{digest}.mp4"

    def _frame(self, digest: str) -> Path:
        return self.folder / f"{digest}.jpeg"

    def _result(self, order: Order, digest: str) -> Rendered:
        video = self._video(digest)
        size_bytes = video.stat().st_size
        return Rendered(video, self._frame(digest), order.width, order.height, order.frames, size_bytes)


async def _end(child: Process) -> None:
    if child.returncode is None:
        child.kill()
        await child.communicate()


def _environment() -> dict[str, str]:
    """The child finds the package wherever the parent was started from, and gets no secret of the parent's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONPATH": str(_PROJECT)}


def _digest(order: Order) -> str:
    """Identical orders have one digest: the contents of the references count, their paths do not."""
    fields = order_to_json(order)
    for kind in ("pictures", "clips", "sounds"):
        fields[kind] = [{**reference, "path": _file_digest(reference["path"])} for reference in fields[kind]]
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:32]


def _file_digest(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
