"""Whatever people, workers and operators do, in whatever order: the books balance and no budget is exceeded."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.catalog import Usage
from bot.core.job import Advance, Fail, State
from bot.core.ledger import Loss
from bot.core.money import usd
from bot.services import delivery, lifecycle, taking
from bot.services.delivery import Collected, KeptFile
from bot.services.directory import ChatRef, UserRef
from bot.services.heard import Source
from bot.services.lifecycle import Held, Start
from tests.flows.books import Books
from tests.services.house import ANN, BOB, LAB, MIA, House, opened

FILE = KeptFile("o.mp4", 5, "x", '{"width": 1, "height": 1, "duration_ms": 1000, "size_bytes": 5}')
BUDGETS = {"service_microusd_per_day": usd(6), "user_microusd_per_month": usd(2), "user_active_jobs": 3}
PEOPLE = (ANN, BOB)

acts = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, 1), st.booleans(), st.integers(4, 15)),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("finish"), st.integers(0, 5), st.integers(0, 400_000)),
    st.tuples(st.just("fail"), st.integers(0, 5), st.sampled_from(["task-failed", "refused-text", "deadline"])),
    st.tuples(st.just("release"), st.integers(0, 5)),
    st.tuples(st.just("grant"), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.just("later"), st.sampled_from([3_600, 86_400, 20 * 86_400])),
)


def home(person: UserRef) -> ChatRef:
    """A person's private chat."""
    return ChatRef(person.telegram_id, "private", person.name)


async def _job(house: House, index: int) -> Held | None:
    """One of the jobs that are not over, held; None when there is none."""
    house.later(s=5)
    due = await lifecycle.due(house.env, 10)
    return await lifecycle.take(house.env, due[index % len(due)]) if due else None


async def _taken(house: House, held: Held) -> Held:
    """The same job with a task at the provider."""
    if held.state is not State.QUEUED:
        return held
    submitting = await lifecycle.start_submit(house.env, held, Start("k", 1, 10**9, 100))
    assert isinstance(submitting, Held)
    await taking.taken(house.env, submitting, f"T{held.id}", "k", house.clock[0])
    again = await lifecycle.take(house.env, held.id)
    assert again is not None
    return again


async def _finish(house: House, held: Held, tokens: int) -> None:
    held = await _taken(house, held)
    await lifecycle.apply(house.env, held, Advance(State.COLLECTING))
    collecting = await lifecycle.take(house.env, held.id)
    assert collecting is not None
    await delivery.settle(house.env, collecting, Collected(Usage(tokens=tokens), {}, FILE, FILE, FILE), None)


async def _release(house: House, held: Held) -> None:
    """A call without an answer, whose output comes late all the same."""
    if held.state is not State.QUEUED:
        await lifecycle.apply(house.env, held, Fail("task-failed"))
        return
    submitting = await lifecycle.start_submit(house.env, held, Start("k", 1, 10**9, 100))
    assert isinstance(submitting, Held)
    await lifecycle.uncertain(house.env, submitting, house.clock[0])
    unsure = await lifecycle.take(house.env, held.id)
    assert unsure is not None
    await lifecycle.apply(house.env, unsure, Fail("uncertain-released"))
    await lifecycle.book_operator(house.env, unsure, Loss.LATE, Usage(tokens=100_000))


async def do(house: House, act: tuple[Any, ...]) -> None:
    """One act; what it is not the time for does nothing."""
    match act:
        case "ask", who, in_group, seconds:
            person = PEOPLE[who]
            chat = LAB if in_group else home(person)
            await house.hear(f"a dog {seconds}s", user=person, chat=chat, source=Source.COMMAND)
        case "cancel", index:
            held = await _job(house, index)
            if held is not None:
                await lifecycle.apply(house.env, held, Fail("cancel-done", cancelled=True))
        case "finish", index, tokens:
            held = await _job(house, index)
            if held is not None:
                await _finish(house, held, tokens)
        case "fail", index, key:
            held = await _job(house, index)
            if held is not None:
                data: dict[str, str | float] = {"model": "m", "waited_s": 1} if key == "deadline" else {}
                await lifecycle.apply(house.env, await _taken(house, held), Fail(key, data))
        case "release", index:
            held = await _job(house, index)
            if held is not None:
                await _release(house, held)
        case "grant", whom, dollars:
            words = f"${dollars}" if whom == 2 else f"@{PEOPLE[whom].username} ${dollars}"
            await house.run("grant", words, chat=LAB)
        case "later", seconds:
            house.later(s=seconds)


async def play(folder: Path, story: list[tuple[Any, ...]]) -> None:
    """Every act of the story, the books looked at after each."""
    async with opened(folder, **BUDGETS) as house:
        with closing(Books(folder / "kinetogram.db")) as books:
            for person in PEOPLE:
                await house.run("start", user=person, chat=home(person))
            await house.run("start", user=MIA)
            for act in story:
                await do(house, act)
                sound(books)


def sound(books: Books) -> None:
    """They balance, and no limit was passed."""
    books.check()
    assert books.value("SELECT count(*) FROM counters WHERE measure = 'active' AND value > 3") == 0
    assert books.value("SELECT count(*) FROM counters WHERE measure = 'balance' AND value < 0") == 0
    lent = "SELECT max(value) FROM counters WHERE scope = 'user' AND measure = 'money'"
    assert (books.value(lent) or 0) <= usd(2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, min_size=1, max_size=14))
def test_the_books_balance_after_every_act(story: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), story))
