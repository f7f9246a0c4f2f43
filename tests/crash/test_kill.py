"""The bot killed at the worst moments: one task at the provider, one video in the chat, books that balance."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, FileToSend, WorldOptions
from tests.crash.victim import Guillotine, Module, Moment, Victim
from tests.flows.stage import World, staged, until
from tests.flows.talk import Message, Talk, buttons, is_video, words

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]
PATIENCE_S = 90.0
REFUSED_AFTER_A_KILL = {400, 409}
"""What was done just before a kill is asked for again: a message that is gone already, a poll that took over."""


@asynccontextmanager
async def doomed(
    folder: Path, films: Path, patch: pytest.MonkeyPatch, guillotine: Guillotine, module: Module
) -> AsyncIterator[World]:
    """A world whose bot is killed once."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    options = WorldOptions(started=True)
    guard = guillotine.middleware()
    async with staged(folder, films, patch, options, middlewares=[guard]) as world:  # type: ignore[list-item]  # as above
        world.refusals |= REFUSED_AFTER_A_KILL
        victim = Victim(world, guillotine, module)
        async with victim.living():
            yield world
            await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'open'") == 0)
        victim.check()


async def ending(talk: Talk) -> None:
    """The video, or the question whether it came, which is answered with the button."""
    told = await talk.sees(lambda m: is_video(m) or "did not confirm" in words(m), PATIENCE_S)
    if not is_video(told) and not await talk.videos():
        await talk.press(told, "Send it again")
    await talk.sees(is_video, PATIENCE_S)


def at_call(number: int) -> Callable[[str, int], bool]:
    """Chooses the `number`-th call of all."""
    return lambda _, count: count == number


def nth(name: str, number: int = 1) -> Callable[[str, int], bool]:
    """Chooses the call of that name that comes as the `number`-th of its kind."""
    seen = 0

    def chooses(call: str, _: int) -> bool:
        nonlocal seen
        seen += call == name
        return call == name and seen == number

    return chooses


@pytest.mark.parametrize(
    ("call", "number", "moment"),
    [
        ("getUpdates", 2, "before"),
        ("sendMessage", 1, "before"),
        ("POST api", 1, "after"),
        ("GET files", 1, "download"),
        ("sendVideo", 1, "upload"),
        ("sendVideo", 1, "after"),
    ],
    ids=[
        "not acknowledged",
        "acknowledged",
        "taken by the provider",
        "half a download",
        "half an upload",
        "video sent",
    ],
)
async def test_a_killed_bot_goes_on_where_it_was(
    tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, moment: Moment
) -> None:
    guillotine = Guillotine(nth(call, number), moment)
    async with doomed(tmp_path, films, monkeypatch, guillotine, "bot") as world:
        ann = Talk(world.ann, ANN)
        await ann.say("/video a dog runs")
        await ending(ann)
        assert guillotine.fell
        await asyncio.sleep(0.5)
        assert len(await ann.videos()) == 1
    assert world.books.states in (["DELIVERED"], ["DELIVERING"])


async def story(world: World, dog: Path, cat: Path, note: Path) -> None:
    """The demo's, told by somebody who waits for each answer."""
    ann = Talk(world.ann, ANN)
    voice = await ann.say("", FileToSend(note, "voice", 3.0))

    def acknowledged(message: Message) -> bool:
        return message["id"] == voice["id"] and bool(message.get("reactions"))

    await world.ann.wait_for(ANN, acknowledged, PATIENCE_S)
    await ann.say("/video @image1 sings while @image2 watches, @audio1 is the song 9:16 5s 720p", dog, cat)
    card = await ann.sees(lambda m: any(text.startswith("▶") for text in buttons(m)), PATIENCE_S)
    await ann.press(card, "▶")
    await ending(ann)
    assert len(await ann.videos()) == 1


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_kill_at_any_call_loses_nothing(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    films: Path,
    monkeypatch: pytest.MonkeyPatch,
    dog: Path,
    cat: Path,
    note: Path,
    moment: Moment,
) -> None:
    if not request.config.getoption("--crash-full"):
        pytest.skip("the whole matrix runs in `make crash`")
    number, broken = 0, []
    while True:
        number += 1
        guillotine = Guillotine(at_call(number), moment)
        try:
            async with doomed(tmp_path / str(number), films, monkeypatch, guillotine, "tests.crash.hurried") as world:
                await story(world, dog, cat, note)
        except (AssertionError, TimeoutError) as error:
            broken.append(f"{moment} call {number} ({guillotine.calls[-1:]}): {error}")
        if not guillotine.fell:
            break
    assert not broken, "\n".join(broken)
    assert number > 20
    sys.stdout.write(f"{moment}: killed at each of {number - 1} calls\n")
