"""The pace, told the time: what it lets through and what Telegram's own counting would say."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.limiter import CHATS_KEPT, MINUTE_MS, Kind, Limiter, Pace, Priority

ANN, BOB, GROUP = 1, 2, -3
MESSAGE, FREE = Kind.MESSAGE, Kind.FREE
DELIVERY, ANSWER, STATUS = Priority.DELIVERY, Priority.ANSWER, Priority.STATUS


def send(limiter: Limiter, chat: int, now: int, priority: Priority = ANSWER, kind: Kind = MESSAGE) -> bool:
    """Sends if it may, answered at once."""
    if limiter.delay_ms(chat, kind, priority, now):
        return False
    limiter.note_started(chat, kind, priority)
    limiter.note_sent(chat, kind, priority, now)
    return True


def sent(limiter: Limiter, chat: int, until: int, priority: Priority = ANSWER, step_ms: int = 100) -> list[int]:
    """When messages went out if there were always one more to send."""
    return [now for now in range(0, until, step_ms) if send(limiter, chat, now, priority)]


def test_a_private_chat_takes_a_burst_of_three_and_then_one_a_second() -> None:
    limiter = Limiter()
    assert [send(limiter, ANN, 0) for _ in range(4)] == [True, True, True, False]
    assert 1000 <= limiter.delay_ms(ANN, MESSAGE, ANSWER, 0) <= 1001
    assert len(sent(Limiter(), ANN, 10_000)) in {12, 13}


def test_statuses_of_a_private_chat_keep_five_seconds_between_them() -> None:
    limiter = Limiter()
    assert send(limiter, ANN, 0, STATUS)
    limiter.note_started(BOB, MESSAGE, STATUS)
    assert limiter.delay_ms(BOB, MESSAGE, STATUS, 0) > 0
    assert (limiter.delay_ms(ANN, MESSAGE, STATUS, 1000), limiter.delay_ms(ANN, MESSAGE, ANSWER, 1000)) == (4000, 0)
    assert send(limiter, ANN, 5000, STATUS)


def test_an_album_is_as_many_messages_as_items() -> None:
    limiter = Limiter()
    limiter.note_started(GROUP, MESSAGE, DELIVERY, 10)
    limiter.note_sent(GROUP, MESSAGE, DELIVERY, 0, 10)
    assert 8000 <= limiter.delay_ms(GROUP, MESSAGE, DELIVERY, 0) <= 8001
    assert limiter.delay_ms(GROUP, MESSAGE, DELIVERY, 10_000, 10) == 0
    assert limiter.delay_ms(GROUP, MESSAGE, DELIVERY, 10_000, 11) > 50_000


def test_another_chat_does_not_wait() -> None:
    limiter = Limiter()
    for _ in range(3):
        send(limiter, ANN, 0)
    assert limiter.delay_ms(BOB, MESSAGE, ANSWER, 0) == 0


def test_a_pause_holds_that_chat_alone_and_ends() -> None:
    limiter = Limiter()
    limiter.pause(ANN, 5000)
    limiter.pause(ANN, 3000)
    assert limiter.delay_ms(ANN, FREE, DELIVERY, 1000) == 4000
    assert limiter.delay_ms(BOB, MESSAGE, STATUS, 1000) == 0
    assert limiter.delay_ms(ANN, MESSAGE, STATUS, 5000) == 0


@pytest.mark.parametrize(("priority", "most"), [(STATUS, 6), (ANSWER, 12), (DELIVERY, 20), (Priority.DECORATION, 6)])
def test_a_groups_minute_is_shared_by_priority(priority: Priority, most: int) -> None:
    assert len(sent(Limiter(), GROUP, MINUTE_MS, priority)) == most


def test_deliveries_find_their_places_after_a_flood_of_statuses_and_answers() -> None:
    limiter = Limiter(Pace(chat_per_s=1000, chat_burst=1000))
    counts = {
        priority: sum(send(limiter, GROUP, 0, priority) for _ in range(30)) for priority in (STATUS, ANSWER, DELIVERY)
    }
    assert counts == {STATUS: 6, ANSWER: 6, DELIVERY: 8}


def test_a_groups_minute_frees_its_places_again() -> None:
    times = sent(Limiter(), GROUP, 3 * MINUTE_MS, DELIVERY, step_ms=250)
    assert len(times) == 60
    assert all(later - earlier > MINUTE_MS for earlier, later in zip(times, times[20:], strict=False))


def test_reactions_take_no_place_in_a_chat_but_in_the_whole() -> None:
    limiter = Limiter(Pace(overall_per_s=5))
    assert sum(send(limiter, GROUP, 0, STATUS, FREE) for _ in range(9)) == 5
    assert limiter.delay_ms(GROUP, MESSAGE, STATUS, 2000) == 0


def test_thirty_a_second_go_out_in_all() -> None:
    limiter = Limiter()
    assert sum(send(limiter, chat, 0) for chat in range(1, 60)) == 30
    assert 1000 < limiter.delay_ms(99, MESSAGE, DELIVERY, 0) <= 1050


def test_a_long_upload_counts_when_it_ends() -> None:
    limiter = Limiter()
    limiter.note_started(ANN, MESSAGE, DELIVERY)
    assert [send(limiter, ANN, 30_000) for _ in range(3)] == [True, True, False], "one place is kept for the upload"
    limiter.note_sent(ANN, MESSAGE, DELIVERY, 30_100)
    assert not send(limiter, ANN, 30_200)


def test_what_never_reached_telegram_does_not_count() -> None:
    limiter = Limiter()
    for _ in range(9):
        limiter.note_started(ANN, MESSAGE, DELIVERY)
        limiter.note_sent(ANN, MESSAGE, DELIVERY, 0, counted=0)
    assert [send(limiter, ANN, 0) for _ in range(3)] == [True, True, True]


def test_only_calls_in_flight_make_a_short_wait() -> None:
    limiter = Limiter(Pace(overall_per_s=1))
    limiter.note_started(ANN, FREE, STATUS)
    assert 0 < limiter.delay_ms(BOB, FREE, STATUS, 0) <= 100


def test_idle_chats_are_forgotten() -> None:
    limiter = Limiter(Pace(overall_per_s=1_000_000))
    for chat in range(1, 3 * CHATS_KEPT):
        assert send(limiter, chat, chat * 100)
    assert len(limiter._chats) <= CHATS_KEPT
    send(limiter, ANN, 10 * MINUTE_MS + 3 * CHATS_KEPT * 100)
    assert len(limiter._chats) <= 1


class Telegram:
    """Counts as a strict server would: a bucket of three in each chat, twenty in any minute of a group."""

    def __init__(self) -> None:
        self.tokens: dict[int, tuple[float, int]] = {}
        self.minutes: dict[int, deque[int]] = {}

    def accepts(self, chat: int, now: int, messages: int) -> bool:
        left, at = self.tokens.get(chat, (3.0, now))
        left = min(3.0, left + (now - at) / 1000)
        minute = self.minutes.setdefault(chat, deque())
        while minute and minute[0] <= now - MINUTE_MS:
            minute.popleft()
        if left < 1 or (chat < 0 and len(minute) + messages > 20):
            return False
        self.tokens[chat] = (left - messages, now)
        minute.extend([now] * messages)
        return True


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3000),
            st.sampled_from([ANN, GROUP]),
            st.sampled_from(list(Priority)),
            st.integers(0, 250),
            st.sampled_from([1, 1, 2, 10]),
        ),
        min_size=1,
        max_size=120,
    )
)
def test_whatever_is_asked_and_however_slow_the_network_telegram_never_has_to_refuse(
    asked: list[tuple[int, int, Priority, int, int]],
) -> None:
    limiter, telegram, now = Limiter(), Telegram(), 0
    for gap_ms, chat, priority, network_ms, messages in asked:
        now += gap_ms
        if limiter.delay_ms(chat, MESSAGE, priority, now, messages):
            continue
        limiter.note_started(chat, MESSAGE, priority, messages)
        assert telegram.accepts(chat, now + network_ms // 2, messages)
        now += network_ms
        limiter.note_sent(chat, MESSAGE, priority, now, messages)


@given(st.integers(0, 40), st.sampled_from([ANN, GROUP]), st.sampled_from(list(Priority)))
def test_after_the_told_delay_the_call_may_go(count: int, chat: int, priority: Priority) -> None:
    limiter, now = Limiter(), 0
    for _ in range(count):
        now += limiter.delay_ms(chat, MESSAGE, priority, now)
        assert send(limiter, chat, now, priority)
