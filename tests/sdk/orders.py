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
            for changes, references in _orders(offer.model, bench):
                task = await bench.provider.submit(of(bench, "a cat", *references, offer=offer, **changes))
                await bench.finish()
                await bench.provider.check(task)  # frees its place
        return [call.ask for call in bench.calls("create")]


def _orders(model: Model, bench: Bench) -> Iterator[tuple[dict[str, Any], tuple[PreparedReference, ...]]]:
    for (resolution, ratio), (width, height) in model.sizes.items():
        size = {"resolution": resolution, "ratio": ratio, "width": width, "height": height}
        for seconds in {*model.seconds_for(resolution)[:2], *model.seconds_for(resolution)[-1:]}:
            yield {**size, "duration_s": seconds}, ()
        if model.first_last and model.max_counts.get(MediaKind.IMAGE):
            frame = bench.folder / f"{width}x{height}.png"
            frame.write_bytes(picture_bytes(width, height))
            yield size, (image(frame, role=Role.FIRST),)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        sys.stdout.write(json.dumps(asyncio.run(recorded(sys.argv[1], Path(scratch)))))
