"""A video on its way to a client, with the process gone at every commit: it is there once, or its owner is asked."""

from __future__ import annotations

from itertools import count

import pytest

from bot.chat import sender
from bot.sandbox.telegram import ANN, BOB
from tests.crash.mortal import Mortal, When, at_every_commit, survived
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, words

SEND = "➤ Send to Bob"
STRIDE = 3
"""Without `--crash-full` every third commit, before it and after it in turns."""


async def there(world: World, dialog: int) -> int:
    """How many videos are in the chat with the client."""
    return sum(m.get("media", {}).get("kind") == "video" for m in await world.bob.messages(dialog, 1000))


async def people(world: World, dialog: int, video: Message) -> None:
    """Ann's tap; where she is asked, she looks into the chat, and sends it again if it is not there."""
    ann, before = Talk(world.ann, ANN), await there(world, dialog)
    await ann.press(video, SEND)
    told = await ann.sees(lambda m: m["id"] > video["id"] and "Bob" in words(m))
    if "did not confirm" in words(told) and await there(world, dialog) == before:
        await ann.press(told, "Send")
        await ann.sees(lambda m: m["id"] > video["id"] and "Bob has the video, sent in your name" in words(m))
    assert await there(world, dialog) == before + 1


@pytest.mark.crash
@pytest.mark.timeout(600)
async def test_a_tap_survives_the_end_of_the_process_at_every_commit(
    world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "GRACE_S", 0.1)
    await world.ann.connect()
    world.refusals.add(400)  # what was taken away just before the end is taken away once more
    dialog = await world.ann.dialog(BOB)
    await world.bob.send(dialog, "Hello!")

    numbers = count()

    async def story(_: int, mortal: Mortal) -> None:
        number = next(numbers)
        async with world.bot(user_requests_per_day=100, user_usd_per_month=100):
            await world.ann.send(dialog, f"/video dog {number} runs 4s")
            await until(lambda: world.books.states == ["DELIVERED"] * (number + 1))
            video = await Talk(world.ann, ANN).sees(lambda m: f"dog {number} runs" in words(m) and "media" in m)
        await survived(world, mortal, people(world, dialog, video))

    full = bool(request.config.getoption("--crash-full"))
    plans: list[tuple[When, ...]] = [("before",), ("after",)] if full else [("before", "after")]
    stride = 1 if full else STRIDE
    for whens in plans:
        assert await at_every_commit(1, stride, story, whens) * stride >= 6
