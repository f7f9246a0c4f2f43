"""What the worker's steps are given."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.core.catalog import Offer
from bot.core.errors import Defect
from bot.media.tool import MediaTool
from bot.providers.ring import Ring
from bot.services.env import Env
from bot.services.lifecycle import Held
from bot.services.pacing import Ears

SECOND_MS = 1000


class Files(Protocol):
    """Fetches what people sent, by `file_id`."""

    async def fetch(self, file_id: str, path: Path, max_bytes: int) -> int: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Every wait of the worker, in milliseconds; `usual_ms` is the guess at a model that was never seen at work.

    `floor_ms` stands for the floor of every provider: None where each has its own.
    """

    poll_ms: int = 5_000
    floor_ms: int | None = None
    usual_ms: int = 90_000
    retry_ms: tuple[int, ...] = (1_000, 2_000, 4_000, 8_000, 16_000, 30_000)
    busy_ms: int = 2_000
    behind_ms: int = 1_000
    pause_ms: int = 60_000
    max_wait_ms: int = 24 * 3_600_000
    absence_first_ms: int = 180_000
    absence_again_ms: int = 60_000
    blind_release_ms: int = 60_000
    look_up_ms: int = 10_000
    late_ms: int = 5 * 60_000
    late_end_ms: int = 7 * 24 * 3_600_000
    albums_turn_ms: int = 200
    late_turn_ms: int = 15_000
    house_turn_ms: int = 60_000

    def back_off_ms(self, attempts: int) -> int:
        """The wait after the n-th failed try of a step (0-based)."""
        return self.retry_ms[min(attempts, len(self.retry_ms) - 1)]


@dataclass(frozen=True, slots=True)
class Tools:
    """Assembled by the composition root."""

    env: Env
    providers: Mapping[str, Ring]
    media: MediaTool
    files: Files
    data_dir: Path
    max_output_bytes: int
    max_upload_bytes: int
    max_active_jobs: int
    link: Callable[[Path], str] | None = None
    callback_url: Callable[[str, str], str] | None = None
    pace: Pace = field(default_factory=Pace)
    ears: Ears = field(default_factory=Ears)
    orders: set[int] = field(default_factory=set)
    """The jobs whose create call may be out; a stop gives them time to write its answer down."""

    @contextlib.contextmanager
    def ordering(self, held: Held) -> Iterator[None]:
        """A job is one of `orders` while the block runs."""
        self.orders.add(held.id)
        try:
            yield
        finally:
            self.orders.discard(held.id)

    def provider_of(self, held: Held) -> Ring | None:
        """The adapter of a job; None when the operator took it out of the settings."""
        return self.providers.get(held.row["provider"])

    def offer_of(self, held: Held) -> Offer:
        """The offer that a job was quoted with. Raises Defect for one that is in no catalog any more."""
        offer = self.env.catalog.offer(held.row["provider"], held.row["model"])
        if offer is None:
            raise Defect("offer-gone", provider=held.row["provider"], model=held.row["model"])
        return offer

    def title_of(self, held: Held) -> str:
        """The model's name, whether it is still offered or not."""
        offer = self.env.catalog.offer(held.row["provider"], held.row["model"])
        return offer.model.title if offer is not None else str(held.row["model"])

    def folder(self, job_id: int) -> Path:
        """A job's own folder below DATA_DIR."""
        return self.data_dir / "jobs" / str(job_id)
