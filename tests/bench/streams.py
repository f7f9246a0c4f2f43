"""Big bodies, streamed and whole: nine or twelve files in a create call, ten videos of 50 MB at once to Telegram.

Each run of each way is a process of its own, the far end another.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench import bodies, uploads
from tests.bench.report import Line, table

TARGET_MB, TARGET_MS = 20, 50
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """One run: memory above where the process stood, the loop's longest stall, the time in all."""

    extra_mb: float
    stall_ms: float
    took_s: float


Runs = Sequence[Found]


async def run() -> list[str]:
    """Of the streamed ways the highest memory and the median stall of a few runs (the machine is shared)."""
    found = {**await _creates(), **await _deliveries()}
    head = f"big bodies: extra peak memory <= {TARGET_MB} MB, longest stall of the loop <= {TARGET_MS} ms, streamed"
    return table(head, ["extra MB", "stall ms", "seconds"], [_line(label, runs) for label, runs in found.items()])


def _line(label: str, runs: Runs) -> Line:
    extra_mb = max(one.extra_mb for one in runs)
    stall_ms = median(one.stall_ms for one in runs)
    cells = (f"{extra_mb:.1f}", f"{stall_ms:.1f}", f"{median(one.took_s for one in runs):.2f}")
    return Line(label, cells, extra_mb <= TARGET_MB and stall_ms <= TARGET_MS if "streamed" in label else None)


async def _creates() -> dict[str, Runs]:
    found = {}
    async with bodies._child("serve") as server:
        base = await bodies._line(server)
        for provider, count in bodies.COUNTS.items():
            for way in ("streamed", "json="):
                found[f"{count} x 5 MB to {provider}, {way}"] = await _runs(way, _create(provider, way, base))
    return found


def _create(provider: str, way: str, base: str) -> Callable[[], Awaitable[Found]]:
    async def measure() -> Found:
        return Found(**await bodies._measured(provider, way, base))

    return measure


async def _deliveries() -> dict[str, Runs]:
    found = {}
    async with uploads._child("serve") as server:
        url = await uploads._line(server)
        for way in uploads.WAYS:
            found[f"{uploads.UPLOADS} x 50 MB to Telegram, {way}"] = await _runs(way, _delivery(way, url))
    return found


def _delivery(way: str, url: str) -> Callable[[], Awaitable[Found]]:
    async def measure() -> Found:
        async with uploads._child("measure", way, url) as child:
            return Found(**json.loads(await uploads._line(child)))

    return measure


async def _runs(way: str, measure: Callable[[], Awaitable[Found]]) -> Runs:
    return [await measure() for _ in range(REPEATS if way == "streamed" else 1)]
