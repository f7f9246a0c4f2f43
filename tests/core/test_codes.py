"""Names are unique, short and readable aloud."""

from __future__ import annotations

import re
import uuid

from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes import ALPHABET, code_of, nonce, uuid7


@given(now_ms=st.integers(0, 2**48 - 1), dice=st.binary(min_size=10, max_size=10))
def test_a_business_id_is_a_uuid_of_version_7_that_tells_its_time(now_ms: int, dice: bytes) -> None:
    made = uuid.UUID(uuid7(now_ms, dice))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == now_ms


def test_later_ids_sort_behind_earlier_ones() -> None:
    assert uuid7(1_000, b"\xff" * 10) < uuid7(1_001, b"\x00" * 10)
    assert uuid7(1_000, b"\x00" * 10) != uuid7(1_000, b"\x00" * 9 + b"\x01")


def test_codes_are_unique_and_grow_only_after_a_million() -> None:
    numbers = [*range(20_000), *range(32**4 - 500, 32**4 + 500)]
    codes = {code_of(number) for number in numbers}
    assert len(codes) == len(numbers)
    assert {len(code_of(number)) for number in range(32**4 - 500, 32**4)} == {5}
    assert len(code_of(32**4)) == 6


def test_neighbours_do_not_look_alike() -> None:
    alike = [sum(a == b for a, b in zip(code_of(n), code_of(n + 1), strict=True)) for n in range(1, 500)]
    assert max(alike) <= 2, "the # and at most one more sign"


@given(st.integers(0, 10**12))
def test_codes_can_be_read_aloud(number: int) -> None:
    code = code_of(number)
    assert code[0] == "#"
    assert set(code[1:]) <= set(ALPHABET)
    assert not set(code[1:]) & set("01IO")


@given(st.binary(min_size=9, max_size=18))
def test_a_nonce_fits_callback_data(dice: bytes) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{12,24}", nonce(dice))
