"""Which messages of a chat are its newest, as the loop and the database's thread note them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from bot.chat import previews
from bot.chat.previews import Bottoms

ROUNDS = 100_000


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_what_arrives_is_not_lost_to_what_is_recorded_as_sent_just_then() -> None:
    """Updates come in the loop's thread, what was sent is recorded in the database's."""
    bottoms, over = Bottoms(), threading.Event()

    def record() -> None:
        while not over.is_set():
            bottoms.note(1, 0)

    thread = threading.Thread(target=record)
    thread.start()
    try:
        for number in range(1, ROUNDS):
            bottoms.note(1, number)
            assert bottoms.last(1) == number
    finally:
        over.set()
        thread.join()


def test_groups_push_no_private_chat_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "CHATS_KEPT", 2)
    bottoms = Bottoms()
    bottoms.note(1, 5)
    for group in range(-9, 0):
        bottoms.note(group, 7)
    assert (bottoms.below(1, 4), bottoms.last(1), bottoms.last(-1)) == (1, 5, 0)
