"""Money moves by entries that always balance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.ledger import Bucket, Entry, Loss, loss, release, reserve, settle
from bot.core.limits import Split
from bot.core.money import Microusd

UID = "0190-job"
A_SPLIT = Split(Microusd(100), Microusd(200))


def rows(entries: list[Entry]) -> list[tuple[str, str, int]]:
    return [(entry.kind, entry.bucket.value, entry.amount_microusd) for entry in entries]


def held(entries: list[Entry]) -> dict[Bucket, Microusd]:
    """What is reserved and not released."""
    open_ones = [entry for entry in entries if entry.kind in {"RESERVE", "RELEASE"}]
    sums = {bucket: -total(open_ones, bucket) for bucket in Bucket}
    return {bucket: Microusd(amount) for bucket, amount in sums.items() if amount}


def total(entries: list[Entry], bucket: Bucket | None = None) -> int:
    return sum(entry.amount_microusd for entry in entries if bucket in {None, entry.bucket})


def test_a_hold_takes_from_both_buckets_and_an_empty_one_gets_no_entry() -> None:
    assert rows(reserve(UID, A_SPLIT)) == [("RESERVE", "allowance", -100), ("RESERVE", "balance", -200)]
    assert rows(reserve(UID, Split(Microusd(0), Microusd(5)))) == [("RESERVE", "balance", -5)]


def test_each_entry_has_a_business_id_that_a_repetition_would_repeat() -> None:
    first, again = reserve(UID, A_SPLIT), reserve(UID, A_SPLIT)
    assert [entry.business_id for entry in first] == [entry.business_id for entry in again]
    holds = held(first)
    ids = [entry.business_id for entry in [*first, *settle(UID, holds, Microusd(300))]]
    assert len(set(ids)) == len(ids)
    assert release(UID, holds)[0].business_id in ids, "settling and releasing exclude each other"


def test_a_release_gives_all_back() -> None:
    entries = reserve(UID, A_SPLIT)
    entries += release(UID, held(entries))
    assert {bucket: total(entries, bucket) for bucket in Bucket} == {Bucket.ALLOWANCE: 0, Bucket.BALANCE: 0}
    assert held(entries) == {}


def test_the_cost_takes_the_allowance_first_and_frees_the_rest() -> None:
    entries = reserve(UID, A_SPLIT)
    entries += settle(UID, held(entries), Microusd(150))
    assert (total(entries, Bucket.ALLOWANCE), total(entries, Bucket.BALANCE)) == (-100, -50)


def test_a_cost_within_the_allowance_leaves_the_balance_alone() -> None:
    entries = reserve(UID, A_SPLIT)
    entries += settle(UID, held(entries), Microusd(60))
    assert (total(entries, Bucket.ALLOWANCE), total(entries, Bucket.BALANCE)) == (-60, 0)


def test_what_the_provider_bills_above_the_hold_is_not_the_payers() -> None:
    entries = reserve(UID, A_SPLIT)
    entries += settle(UID, held(entries), Microusd(10_000))
    assert total(entries) == -300


def test_the_operators_losses_are_told_apart_and_booked_once_each() -> None:
    entries = [loss(UID, why, Microusd(9)) for why in Loss]
    assert {entry.note for entry in entries} == {"refused_billed", "lost_output", "overrun", "late", "uncertain"}
    assert len({entry.business_id for entry in entries}) == len(Loss)
    assert total(entries) == -9 * len(Loss)


amounts = st.integers(0, 10**9)


@given(
    jobs=st.lists(st.tuples(amounts, amounts, st.one_of(st.none(), amounts)), max_size=8),
    openings=st.tuples(amounts, amounts),
)
def test_any_sequence_of_jobs_balances(jobs: list[tuple[int, int, int | None]], openings: tuple[int, int]) -> None:
    """After all jobs ended an account is poorer by their capped costs and by nothing else."""
    entries = [Entry("GRANT", bucket, amount, bucket) for bucket, amount in zip(Bucket, openings, strict=True)]
    spent = 0
    for number, (from_allowance, from_balance, cost) in enumerate(jobs):
        holding = reserve(str(number), Split(Microusd(from_allowance), Microusd(from_balance)))
        holds = held(holding)
        assert sum(holds.values()) == from_allowance + from_balance
        entries += holding
        entries += release(str(number), holds) if cost is None else settle(str(number), holds, Microusd(cost))
        spent += 0 if cost is None else min(cost, from_allowance + from_balance)
        assert total(entries) == sum(openings) - spent
    assert len({entry.business_id for entry in entries}) == len(entries)
    assert held(entries) == {}
    assert all((entry.amount_microusd <= 0) == (entry.kind in {"RESERVE", "SETTLE"}) for entry in entries[2:])


def test_a_negative_bill_gives_nobody_money() -> None:
    entries = reserve(UID, A_SPLIT)
    entries += settle(UID, held(entries), Microusd(-1_000_000))
    assert (total(entries, Bucket.ALLOWANCE), total(entries, Bucket.BALANCE)) == (0, 0)
