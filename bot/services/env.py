"""What every use case is given: the store, the words, the catalog, the operator's policy, the clock and the dice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core.catalog import Catalog, Offer
from bot.core.money import Microusd
from bot.storage.base import Store
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's settings that decide; all times in milliseconds, all money in micro-dollars.

    `transcribe_host`, `enhance_host`: who is given voice notes, and words; empty: nobody.
    """

    operator_ids: frozenset[int]
    open_access: bool
    service_microusd_per_day: Microusd
    user_microusd_per_month: Microusd
    user_requests_per_day: int
    user_active_jobs: int
    confirm_above_microusd: Microusd
    zone: ZoneInfo
    can_link: bool
    max_download_bytes: int = 20 << 20
    max_upload_bytes: int = 50_000_000
    transcribes: bool = False
    transcribe_host: str = ""
    enhance_host: str = ""
    user_requests_per_minute: int = 30
    welcome_microusd: Microusd = Microusd(0)  # noqa: RUF009 - a NewType of int
    content_refusals: int = 5
    content_pause_ms: int = 3_600_000
    link_ms: int = 24 * 3_600_000
    deadline_s: int | None = None
    star_microusd: Microusd | None = None
    star_subscription: int | None = None
    tray_ms: int = 15 * 60_000
    album_ms: int = 1_500
    rest_ms: int = 4_000
    retention_ms: int = 365 * 24 * 3_600_000
    button_ms: int = 7 * 24 * 3_600_000


@dataclass(slots=True)
class Away:
    """Which providers, or models of them, do not answer at the moment: as the pauses said when they were last read, and
    as the gates say. A hint for choosing; what is really sent is decided at the gate.
    """

    paused: frozenset[tuple[str, str]] = frozenset()
    down: Callable[[str, str], bool] = lambda _provider, _wire_id: False

    def up(self, offer: Offer) -> bool:
        """Whether an order may be given to this offer now."""
        out = {(offer.provider, ""), (offer.provider, offer.model.id)} & self.paused
        return not out and not self.down(offer.provider, offer.wire_id)


@dataclass(slots=True)
class Own:
    """What Telegram says of the bot itself; asked at the start."""

    username: str = ""
    inline: bool = False
    business: bool = False


@dataclass(frozen=True, slots=True)
class Env:
    """Passed in, never imported: tests choose the clock and the dice."""

    store: Store
    texts: Texts
    catalog: Catalog
    policy: Policy
    now_ms: Callable[[], int]
    random_bytes: Callable[[int], bytes]
    data_dir: Path
    own: Own = field(default_factory=Own)
    away: Away = field(default_factory=Away)
    link: Callable[[Path], str] | None = None
    """A signed, expiring link of our own to a file below DATA_DIR; None without a public address."""
