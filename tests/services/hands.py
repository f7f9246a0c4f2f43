"""A worker's hands without a worker: jobs asked for, held, submitted, and a hold that was lost."""

from __future__ import annotations

from typing import Any

from bot.services import lifecycle, taking
from bot.services.heard import Source
from bot.services.lifecycle import Held, Start
from tests.services.house import House


async def ask(house: House, words: str = "a dog runs", **values: Any) -> dict[str, Any]:
    """A command that starts at once, past its rest; the job's row."""
    await house.hear(words, source=Source.COMMAND, **values)
    house.later(s=5)
    return (await house.jobs())[-1]


async def held(house: House) -> Held:
    """The newest job, held by a worker."""
    taken = await lifecycle.take(house.env, (await house.jobs())[-1]["id"])
    assert taken is not None
    return taken


async def running(house: House) -> Held:
    """A job whose task the provider has, held."""
    await ask(house)
    start = Start("key", 300_000, 1_800_000, 100)
    submitting = await lifecycle.start_submit(house.env, await held(house), start)
    assert isinstance(submitting, Held)
    await taking.taken(house.env, submitting, "T1", "key", house.clock[0])
    return await held(house)


def lost(one: Held) -> Held:
    """The same job in the hands of a worker that lost its hold."""
    return Held(one.row, "another token")
