"""A job's states and the table of moves between them."""

from __future__ import annotations

from itertools import product

import pytest

from bot.core.errors import Defect
from bot.core.job import ACTIVE, ENDED, MOVES, State, check_move


@pytest.mark.parametrize(("old", "new"), list(product(State, State)), ids=str)
def test_only_moves_of_the_table_are_made(old: State, new: State) -> None:
    if new in MOVES[old]:
        check_move(old, new)
        return
    with pytest.raises(Defect) as caught:
        check_move(old, new)
    assert caught.value.data == {"old": old.value, "new": new.value}


def test_every_state_has_a_row_and_can_be_reached_from_the_queue() -> None:
    assert set(MOVES) == set(State)
    reached = {State.QUEUED}
    while more := {new for old in reached for new in MOVES[old]} - reached:
        reached |= more
    assert reached == set(State)


def test_every_state_leads_to_an_end_and_ends_are_final() -> None:
    leading = set(ENDED)
    while more := {old for old in State if MOVES[old] & leading} - leading:
        leading |= more
    assert leading == set(State)
    assert all(not MOVES[end] for end in ENDED)


def test_a_paid_output_can_neither_fail_nor_be_cancelled() -> None:
    assert MOVES[State.DELIVERING] == {State.DELIVERED}


def test_a_job_holds_a_place_until_its_file_is_ours() -> None:
    assert set(State) == ACTIVE | ENDED | {State.DELIVERING}
    assert not ACTIVE & ENDED
