"""What our adapters really send, recorded at the wire by the embedded servers: printed as JSON for the SDKs' types.

python -m tests.sdk.orders openai     [{"prompt": "…", "model": "sora-2", "seconds": "4", "size": "1280x720"}, …]
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.core.catalog import Model
from bot.core.media import MediaKind
from bot.core.request import Role
from bot.providers.base import PreparedReference
from tests.providers.kit import Bench, bench_of, image, of
from tests.sandbox.providers.desk import picture_bytes


async def recorded(name: str, folder: Path) -> list[Any]:
    """The create bodies of every size, length and kind of frame that is offered."""
    async with bench_of(name, folder) as bench:
        for offer in bench.provider.offers:
            if MediaKind.VIDEO in offer.model.needs:
                continue  # what edits a video is asked for in its adapter's own tests
            for changes, references in _orders(offer.model, bench):
                task = await bench.provider.submit(of(bench, "a cat", *references, offer=offer, **changes))
                await bench.finish()
                await bench.provider.check(task)  # frees its place
        return [call.ask for call in bench.calls("create")]


def _orders(model: Model, bench: Bench) -> Iterator[tuple[dict[str, Any], tuple[PreparedReference, ...]]]:
    lengths: set[str] = set()
    for (resolution, ratio), (width, height) in model.sizes.items():
        size = {"resolution": resolution, "ratio": ratio, "width": width, "height": height}
        offered = model.seconds_for(resolution)
        for seconds in {*offered[:2], offered[-1]} if resolution not in lengths else offered[:1]:
            yield {**size, "duration_s": seconds}, ()
        lengths.add(resolution)
    for (resolution, ratio), (width, height) in model.sizes_for(framed=True).items() if _frames(model) else ():
        frame = bench.folder / f"{width}x{height}.png"
        frame.write_bytes(picture_bytes(width, height))
        size = {"resolution": resolution, "ratio": ratio, "width": width, "height": height}
        yield size, (image(frame, role=Role.FIRST),)


def _frames(model: Model) -> bool:
    return model.first_last and model.max_counts.get(MediaKind.IMAGE, 0) > 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        sys.stdout.write(json.dumps(asyncio.run(recorded(sys.argv[1], Path(scratch)))))
