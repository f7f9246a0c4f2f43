"""The entries that money moves by, as pure data. A bucket is the sum of its entries; nothing is ever rewritten.

Reserve, then settle or release, once: each entry has a business id that the schema keeps unique.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.core.limits import Split
from bot.core.money import Microusd

EntryKind = Literal["GRANT", "RESERVE", "SETTLE", "RELEASE", "REFUND", "TOPUP", "ADJUST"]


class Bucket(StrEnum):
    """Whose money: the operator's, lent by a limit, or the account's own."""

    ALLOWANCE = "allowance"
    BALANCE = "balance"


class Loss(StrEnum):
    """Why the operator's own account is charged: the person got nothing, or nothing on time."""

    REFUSED_BILLED = "refused_billed"
    LOST_OUTPUT = "lost_output"
    OVERRUN = "overrun"
    LATE = "late"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Entry:
    """One signed amount in one bucket."""

    kind: EntryKind
    bucket: Bucket
    amount_microusd: int
    business_id: str
    note: str = ""


def reserve(uid: str, split: Split) -> list[Entry]:
    """Holds a price before the provider is asked."""
    amounts = {Bucket.ALLOWANCE: split.from_allowance, Bucket.BALANCE: split.from_balance}
    return [
        Entry("RESERVE", bucket, -amount, f"{uid}:reserve:{bucket}") for bucket, amount in amounts.items() if amount
    ]


def release(uid: str, holds: Mapping[Bucket, Microusd]) -> list[Entry]:
    """Gives back all that is held."""
    return [Entry("RELEASE", bucket, amount, f"{uid}:release:{bucket}") for bucket, amount in holds.items()]


def settle(uid: str, holds: Mapping[Bucket, Microusd], cost: Microusd) -> list[Entry]:
    """Turns the hold into the real cost, the allowance used first; never more than is held, never less than nothing."""
    entries = release(uid, holds)
    open_cost: int = max(0, min(cost, sum(holds.values())))
    for bucket in Bucket:
        part = min(holds.get(bucket, 0), open_cost)
        open_cost -= part
        if part:
            entries.append(Entry("SETTLE", bucket, -part, f"{uid}:settle:{bucket}"))
    return entries


def void(entry: Entry) -> Entry:
    """Takes an entry back, once: what it was booked for did not come."""
    return Entry("ADJUST", entry.bucket, -entry.amount_microusd, f"{entry.business_id}:void", note=f"{entry.note}:void")


PLAUSIBLE = 3
"""So many times its quote a job may have cost. A quote is the most that an order can cost by the price list; one that
is out of date is off by less."""


def believed(reported: Microusd, quote: Microusd) -> Microusd:
    """What is taken for true of a reported cost: one absurd number must not use up the service's day."""
    return Microusd(min(reported, PLAUSIBLE * quote))


def loss(uid: str, why: Loss, amount: Microusd) -> Entry:
    """A cost of the operator's own."""
    return Entry("SETTLE", Bucket.ALLOWANCE, -amount, f"{uid}:{why}", note=why.value)
