"""Telegram Stars as plain data: what an offer is, what Telegram tells of a payment, what a refund can come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.core.money import Microusd

CURRENCY: Final = "XTR"
MAX_STARS: Final = 10_000
INVOICE_MS: Final = 3_600_000
"""An offer's rate holds for an hour."""
PERIOD_S: Final = 2_592_000
"""The one period that Telegram renews a payment after: thirty days."""
AMOUNTS: Final = (100, 250, 500, 1_000, 2_500)
_PREFIX: Final = "topup"


@dataclass(frozen=True, slots=True)
class Move:
    """One transaction of Telegram's list: Stars that came (`incoming`), or went back under the same charge.

    `period_s`: it pays for so long, and is paid again then.
    """

    charge: str
    telegram_user_id: int
    stars: int
    payload: str
    at: int
    incoming: bool = True
    period_s: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The Stars are with their payer again (`already`: from before)."""

    already: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram does not return them; `why` in its words, for the operator."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """Telegram can't be asked now."""

    pause_ms: int | None = None


Answer = Given | Refused | Later


def worth(stars: int, star_microusd: Microusd) -> Microusd:
    """What so many Stars buy.

    >>> worth(250, Microusd(13_000))
    3250000
    """
    return Microusd(stars * star_microusd)


def covering(lacking_microusd: int, star_microusd: Microusd) -> int:
    """The smallest amount that covers what is lacking; the largest where none does.

    >>> [covering(lacking, Microusd(13_000)) for lacking in (1, 1_300_000, 1_300_001, 10**9)]
    [100, 100, 250, 2500]
    """
    return next((stars for stars in AMOUNTS if worth(stars, star_microusd) >= lacking_microusd), AMOUNTS[-1])


def stars_of(words: str) -> int | None:
    """A whole number of Stars that can be sold at once.

    >>> stars_of("500"), stars_of("⭐500"), stars_of("0"), stars_of("10001"), stars_of("many")
    (500, 500, None, None, None)
    """
    digits = words.strip().strip("⭐️ ")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(MAX_STARS)):
        return None
    return int(digits) if 1 <= int(digits) <= MAX_STARS else None


def payload_of(account_id: int, user_id: int, nonce: str) -> str:
    """Binds an invoice to an account and to its payer; at most 128 bytes.

    >>> payload_of(7, 3, "AbC-_9")
    'topup:7:3:AbC-_9'
    """
    return f"{_PREFIX}:{account_id}:{user_id}:{nonce}"


def nonce_of(payload: str) -> str | None:
    """The nonce of a payload that may be ours.

    >>> nonce_of("topup:7:3:AbC-_9"), nonce_of("coffee:1")
    ('AbC-_9', None)
    """
    parts = payload.split(":")
    return parts[3] if len(parts) == 4 and parts[0] == _PREFIX else None
